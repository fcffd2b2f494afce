"""What can go wrong with explanations, and when one is refused."""

from mlops_portal.foundation.wire.errors import Conflict, NotFound

LARGEST_DIFFERENCE = 1e-6  # log-odds between sum and model; exact sums differ by 1e-13


class NoStoredModel(Conflict):
    code = "no-stored-model"


class NoRow(NotFound):
    code = "no-row"
