"""Choosing parts to ask about, with the model that would be retrained."""

from __future__ import annotations

from typing import Any

import numpy as np
from celery import shared_task
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from labeling.compute.chance import hit
from labeling.compute.choosing import HAPPENED_SHARE, NEW, RANDOM_SHARE, CannotHesitate, Pick, choose, rate_of
from labeling.errors import NothingToAsk, UnfitToChoose
from labeling.selectors.pool import Pool, asked_anyway, known_read, pool_read, pool_rows
from labeling.services.asking import Choice, requests_add
from labeling.tasks.asking_model import asking_model
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.registry.models import Feature, ModelVersion
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.shell.work import jobs
from monitoring.models import Alert

STRATEGY = "margin, one of each kind, random share"
TEXTS = {"margin": "hesitates", "random": "random", "all": "all"}


@shared_task(name="labeling.choose")
def choose_parts(
    version: int,
    line: int,
    count: int,
    job_id: str,
    alert: int | None = None,
    asked_by: str | None = None,
    by_chance: bool = False,
) -> None:
    """Choose and ask; a message that comes twice finds its job taken."""
    with jobs.running(job_id) as job:
        if job is None:
            return
        by = Person.objects.get(pk=asked_by) if asked_by else None
        with override(by.language if by else None):
            place = Line.objects.get(pk=line)
            made = ask(
                by=by,
                version=ModelVersion.objects.select_related("model", "store").get(pk=version),
                line=place,
                alert=Alert.objects.select_related("asset").get(pk=alert) if alert else None,
                count=count,
                job_id=job_id,
                by_chance=by_chance,
            )
            words = ngettext("%(n)d part is asked about.", "%(n)d parts are asked about.", made) % {"n": made}
        job.result_url = reverse("label_line", args=[place.slug])
        jobs.progress(job_id, made, made, words)


def ask(
    *,
    by: Person | None,
    version: ModelVersion,
    line: Line,
    alert: Alert | None,
    count: int,
    job_id: str,
    by_chance: bool = False,
) -> int:
    """How many questions were written; ``by_chance``: none that the model chose.

    Raises NothingToAsk, UnfitToChoose with what to do.
    """
    pool_of = pool_rows(version=version, line=line, alert=alert)
    own = features_of(version.model)
    features = [one.key for one in own]
    pool = pool_read(pool_of, features=features)
    if not pool.rows:
        raise NothingToAsk(
            _("There is no sampled part on %(line)s that was not asked about or inspected yet; wait for the "
              "next ones.") % {"line": line}
        )  # fmt: skip
    if version.store is None:
        raise UnfitToChoose(
            _("%(version)s came as an edge model only, so it cannot say where it hesitates.")
            % {"version": version}
        )
    asking = asking_model(version)
    before = known_read(version=version, line=line, features=features)
    usual = [_usual(version.reference.get("features", {}), one) for one in own]
    seed = seed_of(job_id)
    try:
        picks = choose(
            asking.model,
            np.array(pool.readings, dtype=np.float64),
            count=count,
            seed=seed,
            centre=[centre for centre, _spread in usual],
            spread=[spread for _centre, spread in usual],
            known=np.array(before, dtype=np.float64) if before else None,
            stands=pool.stands,
            random_share=1.0 if by_chance else HAPPENED_SHARE if alert else RANDOM_SHARE,
        )
    except CannotHesitate:
        raise UnfitToChoose(
            _("%(version)s knows fewer than two classes, so it cannot say where it hesitates; label parts by "
              "hand first.") % {"version": version}
        ) from None  # fmt: skip
    choices = [_choice(pick, pool, features, asking.classes) for pick in picks]
    already = asked_anyway(version=version, line=line, alert=alert)
    stands = np.array(list(already.values()), dtype=np.float64)
    places = hit(stands, rate_of(picks, pool.stands), np.random.default_rng([seed, 1]))
    numbers = list(already)
    made = requests_add(
        asked_by=by, alert=alert, version=version, line=line, choices=choices, job_id=job_id,
        hit=[numbers[place] for place in places],
    )  # fmt: skip
    return len(made)


def _usual(known: dict[str, Any], feature: Feature) -> tuple[float, float]:
    """Centre and spread of a reading; of a category such that an unseen one alone is far enough to be new."""
    count = len(feature.categories)
    if count:
        return (count - 1) / 2, count / (2 * NEW)
    return _number(known, feature.key, "mean"), _number(known, feature.key, "sd")


def _number(known: dict[str, Any], key: str, name: str) -> float:
    value = known.get(key, {}).get(name)
    return float(value) if isinstance(value, int | float) else float("nan")


def _choice(pick: Pick, pool: Pool, features: list[str], classes: list[str]) -> Choice:
    lot = pool.lots[pick.index]
    feature = features[pick.feature]
    text = TEXTS.get(pick.kind) or ("new_lot" if lot and _is_new(lot, pick, pool) else "new_reading")
    why = {
        "strategy": STRATEGY,
        "measure": "novelty" if pick.kind == "novelty" else "margin",
        "value": round(pick.value, 4),
        "random": pick.kind == "random",
        "hit": pick.hit,
        "text_key": text,
        "classes": sorted(classes[place] for place in pick.pair),  # not which one the model favours
        "feature": feature,
        "lot": lot,
    }
    return Choice(pool.rows[pick.index], why, pick.inclusion)


def _is_new(lot: str, pick: Pick, pool: Pool) -> bool:
    """Whether most of the lot's parts lie on the same side of the pool in the reading that looks new."""
    column = np.array([row[pick.feature] for row in pool.readings], dtype=np.float64)
    inside = np.array([one == lot for one in pool.lots])
    if inside.sum() < 3 or inside.all():
        return False
    own, others = np.nanmedian(column[inside]), np.nanmedian(column[~inside])
    spread = np.nanstd(column[~inside])
    return bool(spread > 0 and abs(own - others) > 2 * spread)


def seed_of(job_id: str) -> int:
    """Of the draws by chance: nobody knows it before, and the job's id repeats them."""
    return int(job_id.replace("-", "")[:8], 16)
