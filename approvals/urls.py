"""Addresses of candidates, approvals and policies."""

from django.urls import path

from approvals.views import approvals, candidates, export, lineage, log, policies, signing

urlpatterns = [
    path("candidates/", candidates.candidates, name="candidates"),
    path("candidates/<slug:slug>/", candidates.beside, name="candidates_beside"),
    path("candidates/<slug:slug>/<int:number>/", candidates.candidate, name="candidate"),
    path("candidates/<slug:slug>/<int:number>/ask/", candidates.ask, name="approval_ask"),
    path("candidates/<slug:slug>/<int:number>/golden/", candidates.golden, name="candidate_golden"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/policies/", policies.policies, name="approval_policies"),
    path("approvals/policies/models/<slug:slug>/", policies.policy, name="approval_policy"),
    path("approvals/policies/lines/<slug:slug>/", policies.line_policy, name="line_policy"),
    path("approvals/<uuid:pk>/", approvals.approval, name="approval"),
    path("approvals/<uuid:pk>/submit/", approvals.submit, name="approval_submit"),
    path("approvals/<uuid:pk>/withdraw/", approvals.withdraw, name="approval_withdraw"),
    path("approvals/<uuid:pk>/sign/", signing.sign, name="approval_sign"),
    path("log/", log.log, name="log"),
    path("log/events/<uuid:uuid>/", log.event, name="log-event"),
    path("log/verify/", log.verify, name="log-verify"),
    path("log/exports/", export.exports, name="log-exports"),
    path("log/exports/<slug:digest>/", export.export, name="log-export"),
    path("log/exports/<slug:digest>/file/", export.download, name="log-export-file"),
    path("lineage/", lineage.search, name="lineage-search"),
    path("lineage/<str:pk>/", lineage.lineage, name="lineage"),
]
