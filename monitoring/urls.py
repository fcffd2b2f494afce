from django.urls import path

from monitoring.alerts.views import alert, board
from monitoring.changes import views as changes
from monitoring.containment.views import acts, containments
from monitoring.gauges import views as gauges
from monitoring.golden.views import plans, rounds
from monitoring.golden.views import samples as golden
from monitoring.intake.views import pictures, telemetry
from monitoring.limits.views import limits
from monitoring.measures.views import acts as measure_acts
from monitoring.measures.views import files, measures
from monitoring.performance import views as inspections
from monitoring.reports.views import reports

urlpatterns = [
    path("alerts/", board.alerts, name="alerts"),
    path("alerts/<int:pk>/", alert.alert, name="alert"),
    path("alerts/<int:pk>/<slug:verb>/", alert.move, name="alert_move"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<slug:slug>/<slug:kind>/", changes.change, name="change"),
    path("containments/", containments.containments, name="containments"),
    path("containments/new/", acts.new, name="containment_new"),
    path("containments/<int:pk>/", containments.containment, name="containment"),
    path("containments/<int:pk>/bound/", acts.bound, name="containment_bound"),
    path("containments/<int:pk>/close/", acts.close, name="containment_close"),
    path("containments/<int:pk>/dispose/", acts.dispose, name="containment_dispose"),
    path("containments/<int:pk>/label/", containments.label, name="containment_label"),
    path("containments/<int:pk>/lot/", containments.lot, name="containment_lot"),
    path("containments/<int:pk>/parts.csv", containments.export, name="containment_export"),
    path("containments/<int:pk>/parts/<int:part_pk>/", acts.part, name="containment_part"),
    path("containments/<int:pk>/pull/", acts.pull, name="containment_pull"),
    path("containments/<int:pk>/widen/", acts.widen, name="containment_widen"),
    path("drift/", reports.drift, name="drift"),
    path("drift/ask/", reports.ask, name="drift_ask"),
    path("drift/<int:pk>/", reports.one, name="drift_report"),
    path("drift/<int:pk>/readings.csv", reports.readings, name="drift_readings"),
    path("gauge-studies/<int:pk>/", gauges.study, name="gauge_study"),
    path("golden/", golden.models, name="golden"),
    path("golden/rounds/", rounds.rounds, name="golden_rounds"),
    path("golden/rounds/begin/<slug:asset>/<slug:slug>/", rounds.begin, name="golden_round_begin"),
    path("golden/rounds/<int:pk>/", rounds.one_round, name="golden_round"),
    path("golden/changes/<int:pk>/<slug:verb>/", plans.decide, name="golden_change"),
    path("golden/<slug:slug>/", golden.samples, name="golden_set"),
    path("golden/<slug:slug>/add/", golden.choose, name="golden_choose"),
    path("golden/<slug:slug>/add/<int:row>/", golden.add, name="golden_add"),
    path("golden/<slug:slug>/check/<int:number>/", golden.check, name="golden_check"),
    path("golden/<slug:slug>/parts/<int:pk>/", rounds.course, name="golden_course"),
    path("golden/<slug:slug>/plan/", plans.plan, name="golden_plan"),
    path("golden/samples/<int:pk>/mark/", golden.mark, name="golden_mark"),
    path("golden/samples/<int:pk>/retire/", golden.retire, name="golden_retire"),
    path("inspections/", inspections.contradictions, name="inspections"),
    path("limits/", limits.limits, name="limits"),
    path("limits/lines/<slug:slug>/", limits.budget, name="limits_budget"),
    path("limits/<slug:slug>/", limits.model_limits, name="model_limits"),
    path("limits/<slug:slug>/watch/", limits.watch, name="limits_watch"),
    path("measures/", measures.measures, name="measures"),
    path("measures/add/", measures.add, name="measure_add"),
    path("measures/add/joint/", measures.add_joint, name="measure_add_joint"),
    path("measures/<int:pk>/", measures.measure, name="measure"),
    path("measures/<int:pk>/gauge/", gauges.studies, name="gauge_studies"),
    path("measures/<int:pk>/spec/", measure_acts.spec, name="measure_spec"),
    path("measures/<int:pk>/values.csv", files.values, name="measure_values"),
    path("measures/<int:pk>/record/", measure_acts.record, name="measure_record"),
    path("measures/<int:pk>/upload/", measure_acts.upload, name="measure_upload"),
    path("measures/<int:pk>/tables/<int:table_pk>/", measure_acts.table, name="measure_table"),
    path(
        "measures/<int:pk>/tables/<int:table_pk>/answer/",
        measure_acts.table_answer,
        name="measure_table_answer",
    ),
    path("measures/<int:pk>/relearn/", measure_acts.relearn, name="measure_relearn"),
    path("measures/<int:pk>/relearn/undo/", measure_acts.relearn_undo, name="measure_relearn_undo"),
    path("measures/<int:pk>/end/", measure_acts.end, name="measure_end"),
    path("pictures/<str:prediction_id>/<slug:view>/", pictures.picture, name="picture"),
    path("telemetry/", telemetry.telemetry, name="telemetry"),
]
