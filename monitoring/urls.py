from django.urls import path

from monitoring.views import alert, board, telemetry

urlpatterns = [
    path("alerts/", board.alerts, name="alerts"),
    path("alerts/<int:pk>/", alert.alert, name="alert"),
    path("alerts/<int:pk>/<slug:verb>/", alert.move, name="alert_move"),
    path("telemetry/", telemetry.telemetry, name="telemetry"),
]
