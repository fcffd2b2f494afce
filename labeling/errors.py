"""What can go wrong with questions about parts and their answers."""

from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotAllowed, NotFound


class NothingToAsk(NotFound):
    """The pool is empty: no sampled part is left to ask about."""

    code = "nothing-to-ask"


class UnfitToChoose(Conflict):
    """The model cannot say where it hesitates: not fitted, or it knows one class only."""

    code = "model-unfit-to-choose"


class NotYours(Conflict):
    """The part is with somebody else, or was answered meanwhile."""

    code = "not-your-part"


class AnothersAnswer(NotAllowed):
    """The question was given to somebody else, who must be signed in for the answer to be saved."""

    code = "anothers-answer"


class TooOld(Conflict):
    """The part was shown too long ago."""

    code = "answer-too-old"


class KeyUsed(Conflict):
    """The idempotency key belongs to another answer."""

    code = "answer-key-used"


class WrongAnswer(Invalid):
    """The answer is no class of the model and no way out."""

    code = "no-such-answer"


class TooLateToUndo(Conflict):
    """A model was trained on the answer, or an expert has settled the question."""

    code = "answer-cannot-be-undone"


class WrongState(Conflict):
    """Somebody moved the question first."""

    code = "request-wrong-state"


class RunOpen(Conflict):
    """Another run of the model is proposed or under way."""

    code = "run-open"


class WrongRunState(Conflict):
    """The run is in a state that does not allow this, or somebody was first."""

    code = "run-wrong-state"


class WrongStepState(Conflict):
    """The step did not fail, so it is not tried again."""

    code = "step-wrong-state"


class ForeignModelUnfit(Invalid):
    """A model from outside that cannot be taken."""

    code = "foreign-model-unfit"


class RowsChanged(Conflict):
    """What a manifest froze is no longer what the tables hold."""

    code = "rows-changed"
