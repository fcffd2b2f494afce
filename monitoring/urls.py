from django.urls import path

from monitoring.views import (
    alert,
    board,
    changes,
    golden,
    measure_acts,
    measures,
    pictures,
    telemetry,
)

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
    path("measures/", measures.measures, name="measures"),
    path("measures/add/", measures.add, name="measure_add"),
    path("measures/<int:pk>/", measures.measure, name="measure"),
    path("measures/<int:pk>/record/", measure_acts.record, name="measure_record"),
    path("measures/<int:pk>/upload/", measure_acts.upload, name="measure_upload"),
    path("measures/<int:pk>/relearn/", measure_acts.relearn, name="measure_relearn"),
    path("measures/<int:pk>/end/", measure_acts.end, name="measure_end"),
    path("pictures/<str:prediction_id>/<slug:view>/", pictures.picture, name="picture"),
    path("telemetry/", telemetry.telemetry, name="telemetry"),
]
