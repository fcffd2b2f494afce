"""What can be wrong with telemetry and alerts."""

from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotFound


class SequenceReused(Conflict):
    """A node sent other content under a sequence that the portal has already."""

    code = "sequence-reused"


class BatchVoid(Conflict):
    """A batch that the node took back comes after all; its records come under other numbers."""

    code = "batch-void"


class NotThisNode(Invalid):
    """A batch names another node than the one that signed it."""

    code = "not-this-node"


class AlertMoved(Conflict):
    """Somebody was first, or the alert's state has no such way."""

    code = "alert-moved"


class CauseMissing(Invalid):
    code = "cause-missing"


class NotASnooze(Invalid):
    code = "not-a-snooze"


class NoSuchPart(NotFound):
    code = "no-such-part"


class WhichModel(Invalid):
    """Several models that know the class judged the part, and the result names none of them."""

    code = "which-model"


class InspectionUnfit(Invalid):
    """A result from a time that cannot be."""

    code = "inspection-unfit"


class NoSuchClass(Invalid):
    code = "no-such-class"


class NotAChange(Invalid):
    code = "not-a-change"


class NotABudget(Invalid):
    """A promise of false alarms that is out of range, or without a reason."""

    code = "not-a-budget"


class NotAWatch(Invalid):
    """A way to watch a model that is out of range."""

    code = "not-a-watch"


class NotAPicture(Invalid):
    code = "not-a-picture"


class CodeTaken(Conflict):
    """Another golden sample in force has this code."""

    code = "golden-code-taken"


class NotAMeasure(Invalid):
    """A measure that could not be drawn or judged: its place, band, share, source or parts."""

    code = "not-a-measure"


class NormalMoved(Conflict):
    """A new normal that was taken back before, or there is none to take back."""

    code = "normal-moved"


class MeasureTaken(Conflict):
    """Another measure in force has this key."""

    code = "measure-key-taken"


class MeasureEnded(Conflict):
    """The measure was ended: it takes no more values."""

    code = "measure-ended"


class MeasureInUse(Conflict):
    """A measure that a joint one in force is made of."""

    code = "measure-in-use"


class GaugeUnfit(Invalid):
    """A study of a measuring system that cannot be told: its rows, its type, what it needs."""

    code = "gauge-unfit"


class ValueUnfit(Invalid):
    """A value that is no number, no moment, or from another time."""

    code = "value-unfit"


class TableUnfit(Invalid):
    """A table of values that cannot be read."""

    code = "table-unfit"


class Marked(Conflict):
    """The sample is borderline, or clear, already."""

    code = "golden-sample-marked"


class Retired(Conflict):
    """The sample was retired before."""

    code = "golden-sample-retired"


class NotASpan(Invalid):
    """A span that ends before it begins, begins in the future, or is too long."""

    code = "not-a-span"


class NoVersion(Invalid):
    """No version of which a machine's readings could be told, or not one of this machine."""

    code = "no-version"


class WrongTableState(Conflict):
    """A table of values is not in the state that this needs."""

    code = "wrong-table-state"


class NotARound(Invalid):
    """Golden parts that cannot be run, or an answer that no station gives."""

    code = "not-a-round"


class RoundOver(Conflict):
    """The round ended, or this part was run in it already."""

    code = "golden-round-over"


class NotAPlan(Invalid):
    """When golden parts are due cannot be so."""

    code = "not-a-golden-plan"


class ChangeDecided(Conflict):
    """Somebody decided about this change of the golden set before, or another waits for the same part."""

    code = "golden-change-decided"


class NotADoubt(Invalid):
    """Parts in doubt without a reason, or of a span that cannot be."""

    code = "not-a-doubt"


class ContainmentMoved(Conflict):
    """Somebody was first, or other parts wait than the person saw."""

    code = "containment-moved"


class ContainmentNotEmpty(Conflict):
    """Parts of it wait for a decision, or join it still."""

    code = "containment-not-empty"


class NotADisposition(Invalid):
    """Nothing that may become of these parts: no re-inspection, no note, no part."""

    code = "not-a-disposition"


class NotPulled(Invalid):
    """More parts found than the lot has, or fewer than none."""

    code = "not-pulled"
