"""Addresses of labeling and training."""

from django.urls import path

from labeling.views import runs

urlpatterns = [
    path("runs/", runs.runs, name="runs"),
    path("runs/new/", runs.propose, name="run_new"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/start/", runs.start, name="run_start"),
    path("runs/<int:pk>/cancel/", runs.cancel, name="run_cancel"),
    path("runs/<int:pk>/steps/<slug:name>/retry/", runs.retry, name="run_step_retry"),
]
