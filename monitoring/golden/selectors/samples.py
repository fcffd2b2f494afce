"""The golden set of a model, and how versions did on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from mlops_portal.foundation.plant.models import Person, PersonSkill, Site
from mlops_portal.foundation.plant.policies import Verdict, verdict
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import champion_of
from mlops_portal.foundation.wire import golden, jcs
from monitoring.models import GoldenChange, GoldenCheck, GoldenPlan, GoldenProposal, GoldenSample, SampledRow


def models_for(person: Person) -> QuerySet[RegisteredModel]:
    """The models of machines on the lines whose golden samples the person may see."""
    lines = lines_for(person=person, action="golden.view")
    models = RegisteredModel.objects.filter(asset_type__assets__line__in=lines, retired_at=None)
    return models.select_related("asset_type").distinct().order_by("name")


def edit_verdict(person: Person, model: RegisteredModel) -> Verdict:
    """The set is one for all machines of its kind, so any of their sites will do, but the whole of it."""
    sites = Site.objects.filter(lines__assets__type=model.asset_type).distinct()
    verdicts = [verdict(person, "golden.edit", site=site) for site in sites]
    return next((one for one in verdicts if one), (verdicts or [verdict(person, "golden.edit")])[0])


def samples_of(model: RegisteredModel) -> QuerySet[GoldenSample]:
    """Those in force, by code; one that waits for a second person is not yet."""
    in_force = GoldenSample.objects.filter(model=model, retired_at=None, waiting=False)
    return in_force.select_related("judged_by", "model")


def second_person(model: RegisteredModel) -> bool:
    """Whether a change of the model's golden set waits for a second person."""
    return GoldenPlan.objects.filter(model=model, second_person=True).exists()


def changes_waiting(model: RegisteredModel) -> QuerySet[GoldenChange]:
    """Changes of the set that wait for a second person, the oldest first."""
    waiting = GoldenChange.objects.filter(sample__model=model, agreed=None)
    return waiting.select_related("sample__model", "sample__judged_by", "asked_by")


def kept_apart(model: RegisteredModel) -> list[tuple[str, str, dict[str, float | None]]]:
    """What no training may have nor its like (``compute.apart``): (code, part, readings) of the golden
    samples in force or waiting for a second person, and of parts proposed as such that nobody has decided
    about; their code is their id."""
    samples = GoldenSample.objects.filter(model=model, retired_at=None).values_list(
        "code", "part", "readings"
    )
    open_ones = GoldenProposal.objects.filter(model=model, ended_at=None).values_list("part", "readings")
    return [*samples, *((part, part, readings) for part, readings in open_ones)]


def golden_bytes(model: RegisteredModel) -> tuple[bytes, str]:
    """The set in force as nodes get it (RFC 8785) and its SHA-256."""
    return golden.build(
        model=model.slug,
        samples=(
            {
                "code": one.code,
                "readings": one.readings,
                "truth": one.truth,
                "tolerance": one.tolerance,
                "safety": one.safety,
                "borderline": one.borderline,
            }
            for one in samples_of(model)
        ),
    )


def golden_set(model: RegisteredModel) -> tuple[dict[str, Any], str]:
    """``golden_bytes`` as JSON, and the digest."""
    data, digest = golden_bytes(model)
    whole = jcs.parse(data)
    assert isinstance(whole, dict)
    return whole, digest


def clear(results: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The results of a check on which a gate hangs: not those of borderline samples."""
    return [one for one in results if not one.get("borderline", False)]


def check_of(version: ModelVersion, digest: str) -> GoldenCheck | None:
    """How a version did on the set of that digest; None where it was not run."""
    return GoldenCheck.objects.filter(version=version, set_digest=digest).first()


@dataclass(frozen=True, slots=True)
class Checked:
    """One version beside the set in force; ``check`` is None where it was not run."""

    version: ModelVersion
    champion: bool
    check: GoldenCheck | None


def champion_and_newest(model: RegisteredModel, digest: str) -> list[Checked]:
    """The champion, and the newest version where it is another."""
    champion = champion_of(model)
    newest = model.versions.order_by("-number").first()
    shown = [(champion, True)] if champion else []
    if newest is not None and (champion is None or newest.pk != champion.pk):
        shown.append((newest, False))
    return [Checked(version, is_it, check_of(version, digest)) for version, is_it in shown]


def skilled_for(*, person: Person, model: RegisteredModel, now: Any) -> bool:
    """Whether the person holds a skill for the model's machines; where none is taught, everybody does."""
    held = PersonSkill.objects.filter(
        person=person, ended_at=None, expires_at__gt=now, skill__asset_type=model.asset_type
    )
    return held.exists() or not model.asset_type.skills.exists()


def sampled_rows(model: RegisteredModel) -> QuerySet[SampledRow]:
    """Parts whose readings the portal has, newest first; one of them may become a golden sample."""
    return (
        SampledRow.objects.filter(prediction__version__model=model)
        .select_related("prediction__asset__line", "prediction__version")
        .order_by("-prediction__at")
    )


def next_code(model: RegisteredModel) -> str:
    """G-01, G-02, …: the first number above all that were ever used."""
    used = GoldenSample.objects.filter(model=model).values_list("code", flat=True)
    numbers = [int(code[2:]) for code in used if code[:2] == "G-" and code[2:].isdecimal()]
    return f"G-{max(numbers, default=0) + 1:02d}"
