"""How the events of monitoring read in the log."""

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.types import labels, read_as, register
from monitoring.transitions import ChangeVerb, DispositionKind, RoundWhy, Sort, Trigger, check_words


def register_types() -> None:
    read_as("check", check_words, room="monitoring.records.")
    read_as("sort", labels(Sort), room="monitoring.records.")
    read_as("sort", labels(Sort), room="monitoring.node.")
    register("monitoring.alert.opened", _("{reading} on {asset} left what the model learned"))
    register("monitoring.alert.joined", _("{reading} on {asset} joined the alert"))
    register(
        "monitoring.alert.worse", _("The alert on {asset} got worse: {reading} is {times} times its limit")
    )
    register("monitoring.alert.leads", _("{reading} leads the alert on {asset} now"))
    register("monitoring.alert.acknowledged", _("{actor} acknowledged the alert on {asset}"))
    register("monitoring.alert.taken", _("{actor} took the alert on {asset}"))
    register("monitoring.alert.snoozed", _("{actor} snoozed the alert on {asset}"))
    register("monitoring.alert.woken", _("The alert on {asset} is open again: its rest is over"))
    register("monitoring.alert.resolved", _("{actor} resolved the alert on {asset}: {cause}"))
    register("monitoring.alert.reopened", _("{actor} reopened the alert on {asset}"))
    register("monitoring.measure.moved", _("{measure} on {place} left its reference"))
    register("monitoring.measure.added", _("{actor} added the measure {measure} of {place}"))
    register("monitoring.measure.ended", _("{actor} ended the measure {measure} of {place}"))
    register("monitoring.measure.relearned", _("{actor} let {measure} of {place} learn its reference anew"))
    register(
        "monitoring.measure.relearn_undone",
        _("{actor} took back the new normal of {measure} of {place}: {reason}"),
    )
    register("monitoring.measure.spec_set", _("{actor} said what the drawing of {measure} allows"))
    register("monitoring.gauge.recorded", _("{actor} recorded a study of the measuring system {equipment}"))
    register("monitoring.gauge.told", _("The measuring system {equipment} of {measure}: {verdict}"))
    register("monitoring.change.recorded", _("{actor} recorded a change on {asset}: {kind} {value}"))
    register("monitoring.change.undone", _("{actor} took back a change on {asset}: {kind} {value}"))
    register("monitoring.batch.refused", _("A batch of {node} was refused: {reason}"))
    register("monitoring.records.set_aside", _("What {node} sends was set aside ({check}): {reason}"))
    register("monitoring.node.contradicted", _("{node} contradicts itself about {what}: {reason}"))
    register("monitoring.unapproved.seen", _("{asset} runs a model that nobody approved ({artifact})"))
    register(
        "monitoring.unapproved.over", _("{asset} no longer runs the model that nobody approved ({artifact})")
    )
    register("monitoring.budget.set", _("{actor} set the false alarms that {line} bears a week: {new}"))
    register("monitoring.watch.set", _("{actor} set how {name} is watched"))
    register("monitoring.windows.rolled_up", _("{count} old windows of {name} became {rows} longer ones"))
    register("monitoring.inspection.recorded", _("{actor} recorded an inspection result"))
    register(
        "monitoring.inspection.contradicted",
        _("Inspections of part {part} on {asset} disagree; {counts} counts"),
    )
    register("monitoring.golden.added", _("{actor} added the golden sample {code} of {name}: {truth}"))
    register("monitoring.golden.retired", _("{actor} retired the golden sample {code} of {name}"))
    register(
        "monitoring.golden.borderline",
        _("{actor} says that the golden sample {code} of {name} is borderline: {reason}"),
    )
    register(
        "monitoring.golden.clear",
        _("{actor} says that the golden sample {code} of {name} is clear: {reason}"),
    )
    register("monitoring.golden.restored", _("{actor} brought the golden sample {code} of {name} back"))
    register("monitoring.golden.checked", _("{name} {number} judged {right} of {count} golden samples right"))
    _golden_round_types()
    _containment_types()


def _golden_round_types() -> None:
    register("monitoring.golden_round.due", _("Golden parts are due on {asset}: {why}"))
    register("monitoring.golden_round.begun", _("{actor} runs golden parts on {asset}"))
    register("monitoring.golden_round.late", _("Golden parts on {asset} are late"))
    register("monitoring.golden_round.missed", _("Golden parts on {asset} were not run: {why}"))
    register("monitoring.golden_round.passed", _("{asset} saw all golden parts right"))
    register("monitoring.golden_round.failed", _("{asset} did not see golden parts right: {wrong}"))
    register(
        "monitoring.golden_round.incomplete", _("Golden parts on {asset} could not all be run: {not_run}")
    )
    register("monitoring.golden_plan.set", _("{actor} set when golden parts of {name} are due"))
    register("monitoring.golden_change.asked", _("{actor} asks to {verb} the golden sample {code} of {name}"))
    register(
        "monitoring.golden_change.agreed",
        _("{actor} agreed to {verb} the golden sample {code} of {name}"),
    )
    register(
        "monitoring.golden_change.refused",
        _("{actor} refused to {verb} the golden sample {code} of {name}"),
    )
    read_as("verb", labels(ChangeVerb), room="monitoring.golden_change.")
    read_as("why", labels(RoundWhy), room="monitoring.golden_round.")


def _containment_types() -> None:
    read_as("trigger", labels(Trigger), room="monitoring.containment.")
    read_as("kind", labels(DispositionKind), room="monitoring.containment.")
    register("monitoring.containment.opened", _("Parts of {asset} are in doubt ({code}): {trigger}"))
    register("monitoring.containment.joined", _("{count} parts of {asset} joined {code}"))
    register("monitoring.containment.widened", _("The doubt about parts of {asset} ({code}) begins earlier"))
    register("monitoring.containment.bounded", _("No more parts of {asset} join {code}"))
    register(
        "monitoring.containment.pulled", _("{actor} pulled {pulled} of {count} parts of {asset} for {code}")
    )
    register("monitoring.containment.disposed", _("{actor} signed for {count} parts of {code}: {kind}"))
    register("monitoring.containment.closed", _("{actor} closed {code} of {asset}"))
    register("monitoring.containment.reopened", _("{count} late parts of {asset} opened {code} again"))
