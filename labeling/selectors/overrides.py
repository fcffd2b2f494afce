"""What people answered about parts of a machine, beside what its model had said."""

from __future__ import annotations

from datetime import datetime

from labeling.models import Label
from labeling.transitions import Answer
from mlops_portal.foundation.plant.models import Asset


def overrides_of(asset: Asset, after: datetime | None, most: int) -> list[tuple[datetime, bool]]:
    """(moment, whether the answer is another class than the model's) in order, of answers that count: neither
    taken back, nor an opinion beside, nor “can't tell”."""
    mine = Label.objects.filter(request__row__prediction__asset=asset, undone_at=None, opinion=False)
    mine = mine.exclude(answer__in=(Answer.CANT_TELL, Answer.ESCALATE))
    if after is not None:
        mine = mine.filter(at__gt=after)
    rows = mine.order_by("at", "pk").values_list("at", "answer", "model_said")
    return [(at, answer != said) for at, answer, said in rows[:most]]
