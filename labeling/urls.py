"""Addresses of labeling and training."""

from django.urls import path

from labeling.views import asking, experts, label, mine, now, runs

urlpatterns = [
    path("label/", label.home, name="label"),
    path("label/ask/", asking.ask, name="label_ask"),
    path("label/ask/<slug:slug>/<int:number>/", now.ask, name="now_ask"),
    path("label/mine/", mine.mine, name="label_mine"),
    path("label/mine/<uuid:pk>/take-back/", mine.take_back, name="label_take_back"),
    path("label/experts/", experts.experts, name="label_experts"),
    path("label/experts/<uuid:pk>/", experts.expert, name="label_expert"),
    path("label/experts/<uuid:pk>/dispute/", experts.dispute, name="label_dispute"),
    path("label/worker.js", label.worker, name="label_worker"),
    path("label/without-network/", label.shell, name="label_shell"),
    path("label/<slug:slug>/", label.line, name="label_line"),
    path("label/<slug:slug>/tasks/", label.tasks, name="label_tasks"),
    path("label/<slug:slug>/answer/", label.answer, name="label_answer"),
    path("label/<slug:slug>/undo/", label.undo, name="label_undo"),
    path("runs/", runs.runs, name="runs"),
    path("runs/new/", runs.propose, name="run_new"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/start/", runs.start, name="run_start"),
    path("runs/<int:pk>/cancel/", runs.cancel, name="run_cancel"),
    path("runs/<int:pk>/steps/<slug:name>/retry/", runs.retry, name="run_step_retry"),
]
