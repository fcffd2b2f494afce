"""Addresses of bringing one's own data."""

from django.urls import path

from mlops_portal.above.onboarding.views import agree, describe, golden, upload

urlpatterns = [
    path("onboard/", upload.onboardings, name="onboardings"),
    path("onboard/new/", upload.new, name="onboarding_new"),
    path("onboard/<uuid:pk>/", upload.onboarding, name="onboarding"),
    path("onboard/<uuid:pk>/file/", upload.replace, name="onboarding_file"),
    path("onboard/<uuid:pk>/again/", upload.again, name="onboarding_again"),
    path("onboard/<uuid:pk>/undo/", upload.undo, name="onboarding_undo"),
    path("onboard/<uuid:pk>/table/", describe.table, name="onboarding_table"),
    path("onboard/<uuid:pk>/target/", describe.target, name="onboarding_target"),
    path("onboard/<uuid:pk>/problems/", agree.problems, name="onboarding_problems"),
    path("onboard/<uuid:pk>/answer/", agree.answer, name="onboarding_answer"),
    path("onboard/<uuid:pk>/check/", agree.check, name="onboarding_check"),
    path("onboard/<uuid:pk>/meaning/", agree.meaning, name="onboarding_meaning"),
    path("onboard/<uuid:pk>/agree/", agree.agree, name="onboarding_agree"),
    path("onboard/<uuid:pk>/training/", agree.training, name="onboarding_training"),
    path("onboard/<uuid:pk>/golden/", golden.golden, name="onboarding_golden"),
    path("onboard/<uuid:pk>/golden/<int:place>/confirm/", golden.confirm, name="onboarding_golden_confirm"),
    path("onboard/<uuid:pk>/golden/<int:place>/refuse/", golden.refuse, name="onboarding_golden_refuse"),
    path("onboard/<uuid:pk>/version/", agree.version, name="onboarding_version"),
]
