"""An answer that proves wrong: what the same person answered at that machine since is in doubt.

A person who judges parts is a measuring device like any other (ISO 9001 7.1.5.2). Only where good and bad
were confused: two defects that are taken for one another let no part pass.
"""

from __future__ import annotations

from labeling.models import Label
from labeling.transitions import Answer, RequestState
from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.registry.models import RegisteredModel
from monitoring.containment.selectors.spans import Beginning
from monitoring.containment.services.opening import containment_open
from monitoring.models import Containment
from monitoring.models.containment import Began
from monitoring.transitions import Trigger

MOST = 5_000


def answer_mistaken(*, label: Label, truth: str, actor: Actor) -> Containment | None:
    """Inside the caller's transaction; None where the answer lets no bad part pass and stops no good one."""
    prediction = label.request.row.prediction
    model: RegisteredModel = prediction.version.model
    defect = {one["key"]: bool(one.get("defect")) for one in model.classes}
    if label.answer not in defect or truth not in defect or defect[label.answer] == defect[truth]:
        return None
    answers = Label.objects.filter(
        person=label.person_id, request__row__prediction__asset=prediction.asset_id, undone_at=None
    ).exclude(answer__in=Answer.values)
    right = answers.filter(request__state=RequestState.AGREED, at__lt=label.at).order_by("-at").first()
    since = answers.filter(at__gt=right.at) if right else answers.filter(at__gte=label.at)
    judgements = list(since.order_by("-at").values_list("request__row__prediction", flat=True)[:MOST])
    return containment_open(
        actor=actor,
        asset=prediction.asset,
        trigger=Trigger.LABEL,
        key=f"person/{label.person_id}",
        facts={
            "part": prediction.part_id,
            "answer": model.class_words(label.answer),
            "truth": model.class_words(truth),
        },
        since=Beginning(right.at if right else label.at, Began.CHECK if right else Began.FIRST),
        judgements={*judgements, prediction.pk},
    )
