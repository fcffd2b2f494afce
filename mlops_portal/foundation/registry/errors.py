"""What can go wrong with models, versions and their files."""

from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotFound, Unavailable


class NameTaken(Conflict):
    code = "model-name-taken"


class WrongState(Conflict):
    code = "version-wrong-state"


class StillRuns(Conflict):
    code = "model-still-runs"


class NumberRaced(Conflict):
    code = "version-number-raced"


class ReleaseNeverAutomatic(Invalid):
    code = "release-never-automatic"


class FeatureUnfit(Invalid):
    code = "feature-unfit"


class NoDataset(NotFound):
    code = "no-dataset"


class ArtifactDamaged(Unavailable):
    code = "artifact-damaged"


class AnswerUnfit(Invalid):
    """An answer to no question that a table raises, or none of its choices."""

    code = "answer-unfit"
