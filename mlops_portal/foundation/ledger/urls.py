"""Addresses of the public log."""

from django.urls import path

from mlops_portal.foundation.ledger import views

urlpatterns = [
    path("log/checkpoint", views.checkpoint, name="log-checkpoint"),
    path("log/tile/<str:level>/<path:path>", views.tile, name="log-tile"),
]
