"""The truth about a part, as inspection finds it later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import SYSTEM, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.wire import parts
from mlops_portal.foundation.wire.classes import class_of
from monitoring.errors import InspectionUnfit, NoSuchClass, NoSuchPart, WhichModel
from monitoring.models import Inspection, Prediction
from monitoring.performance.rules import Result, contradicted, counts
from monitoring.performance.services.performance import performance_stale

RECORD = "inspection.record"
AHEAD = timedelta(minutes=5)
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)


def inspection_record(
    *,
    by: Person | None,
    part_id: str,
    truth: str,
    at: datetime | None = None,
    source: str = "inspection",
    model: str = "",
    asset: str = "",
) -> list[Prediction]:
    """Keep what was found of a part with every judgement that it speaks of (``rules.inspected``); the newest
    result counts, all stay. ``at``: when it was inspected, now where that is not said. ``model`` and
    ``asset`` (slugs) say which judgements are meant. The same again changes nothing. ``by`` None: a command
    at the portal, whose clock may run ahead.

    NoSuchPart where no such judgement is known yet, NoSuchClass for a truth that no model of them knows,
    WhichModel where several do and none is named, InspectionUnfit for a time that cannot be.
    """
    now, part_id = timezone.now(), parts.part_id(part_id)
    if by is not None:
        guard(by, RECORD)
    every = _judged(by, part_id)
    moment = _moment(at, now, clamp=by is None)
    meant, truth = _meant(every, part_id, truth, model=model, asset=asset)
    owner = [by.ref("token_of")] if by is not None and by.token_actor else []
    with transaction.atomic():
        locked = Prediction.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in meant])
        rows = list(locked.select_related("asset__line", "version__model").order_by("pk"))
        fresh = [one for one in rows if _kept(one, truth, source, moment, now, by, said=at is not None)]
        if fresh:
            event_record(
                type="monitoring.inspection.recorded",
                actor=by.reporter if by else SYSTEM,
                subjects=[*(one.ref() for one in fresh), Ref("part", part_id), *owner],
                public={
                    "part": part_id,
                    "truth": truth,
                    "source": source,
                    "inspected": moment.isoformat(timespec="seconds"),
                    "models": sorted({one.version.model.slug for one in fresh}),
                },
            )
            performance_stale(judgements=fresh)
            changed("inspections", *{f"asset:{one.asset.slug}" for one in fresh})
    return rows


def _moment(at: datetime | None, now: datetime, *, clamp: bool) -> datetime:
    if at is None:
        return now
    try:
        moment = at.astimezone(UTC)
    except (OverflowError, ValueError):
        moment = OLDEST - timedelta(days=1)
    if moment < OLDEST or (moment > now + AHEAD and not clamp):
        raise InspectionUnfit(
            _("The part cannot have been inspected at %(at)s; send the time with its zone, or none for now.")
            % {"at": at.isoformat(timespec="seconds")}
        )
    return min(moment, now)


def _judged(by: Person | None, part_id: str) -> list[Prediction]:
    """The judgements of a part on the lines where ``by`` may record; the others are, to them, not there."""
    every = Prediction.objects.filter(part_id=part_id).select_related("asset__line", "version__model")
    return [one for one in every if by is None or by.may(RECORD, line=one.asset.line)]


def _meant(
    every: Sequence[Prediction], part_id: str, truth: str, *, model: str, asset: str
) -> tuple[list[Prediction], str]:
    """The judgements that the result speaks of, and the class as their model writes it."""
    judged = [one for one in every if model in ("", one.version.model.slug) and asset in ("", one.asset.slug)]
    if not judged:
        raise NoSuchPart(_nobody(part_id, every))
    models = {one.version.model_id: one.version.model for one in judged}
    spelled = {pk: class_of(truth, one.classes) for pk, one in models.items()}
    known = {pk: key for pk, key in spelled.items() if key is not None}
    if not known:
        raise NoSuchClass(
            _("“%(truth)s” is no class of %(model)s.")
            % {
                "truth": truth,
                "model": "; ".join(
                    _("%(model)s (there are %(classes)s)")
                    % {"model": one, "classes": ", ".join(kind["key"] for kind in one.classes)}
                    for one in models.values()
                ),
            }
        )
    if len(known) > 1:
        raise WhichModel(
            _("The part “%(part)s” was judged by %(judges)s, and “%(truth)s” is a class of each; say "
              "which is meant with “model” or “asset”.")
            % {"part": part_id, "truth": truth, "judges": _judges(judged)}
        )  # fmt: skip
    pk, key = known.popitem()
    return [one for one in judged if one.version.model_id == pk], key


def _nobody(part_id: str, every: Sequence[Prediction]) -> str:
    if every:
        return _("The part “%(part)s” was not judged there; %(judges)s judged it.") % {
            "part": part_id,
            "judges": _judges(every),
        }
    return _("No node has told of the part “%(part)s” yet; send its result again in some minutes.") % {
        "part": part_id
    }


def _judges(judgements: Sequence[Prediction]) -> str:
    """The models and machines that judged a part, as they are named in an inspection."""
    return ", ".join(sorted({f"{one.version.model.slug} ({one.asset.slug})" for one in judgements}))


def _kept(
    one: Prediction,
    truth: str,
    source: str,
    moment: datetime,
    now: datetime,
    by: Person | None,
    *,
    said: bool,
) -> bool:
    """Keep the result with a judgement, and let the one that counts stand in it; False where it is known.
    The judgement is locked."""
    if not said and (one.truth, one.truth_source) == (truth, source):
        return False
    _row, made = Inspection.objects.get_or_create(
        prediction=one,
        source=source,
        at=moment,
        truth=truth,
        defaults={"arrived_at": now, "by": by},
    )
    if not made:
        return False
    values = one.inspections.values_list("truth", "source", "at", "pk")
    results = [Result(*each) for each in values]
    newest, disagree = counts(results), contradicted(results)
    if disagree and not one.contradicted:
        event_record(
            type="monitoring.inspection.contradicted",
            actor=by.reporter if by else SYSTEM,
            subjects=[one.ref(), Ref("part", one.part_id)],
            public={
                "part": one.part_id,
                "asset": one.asset.name,
                "truths": sorted({each.truth for each in results if each.source == "inspection"}),
                "counts": newest.truth,
            },
        )
    one.truth, one.truth_source, one.truth_at = newest.truth, newest.source, newest.at
    one.contradicted = disagree
    one.save(update_fields=["truth", "truth_source", "truth_at", "contradicted"])
    return True
