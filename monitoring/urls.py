from django.urls import path

from monitoring.views import alert, board, changes, golden, limits, pictures, telemetry

urlpatterns = [
    path("alerts/", board.alerts, name="alerts"),
    path("alerts/<int:pk>/", alert.alert, name="alert"),
    path("alerts/<int:pk>/<slug:verb>/", alert.move, name="alert_move"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<slug:slug>/<slug:kind>/", changes.change, name="change"),
    path("golden/", golden.models, name="golden"),
    path("golden/<slug:slug>/", golden.samples, name="golden_set"),
    path("golden/<slug:slug>/add/", golden.choose, name="golden_choose"),
    path("golden/<slug:slug>/add/<int:row>/", golden.add, name="golden_add"),
    path("golden/<slug:slug>/check/<int:number>/", golden.check, name="golden_check"),
    path("golden/samples/<int:pk>/retire/", golden.retire, name="golden_retire"),
    path("limits/", limits.limits, name="limits"),
    path("limits/lines/<slug:slug>/", limits.budget, name="limits_budget"),
    path("limits/<slug:slug>/", limits.model_limits, name="model_limits"),
    path("limits/<slug:slug>/watch/", limits.watch, name="limits_watch"),
    path("pictures/<str:prediction_id>/<slug:view>/", pictures.picture, name="picture"),
    path("telemetry/", telemetry.telemetry, name="telemetry"),
]
