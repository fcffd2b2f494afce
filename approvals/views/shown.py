"""An evidence pack as pages show it: numbers with words, people with names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from approvals.gate_words import sentence_of, title_of
from approvals.views.shown_measures import measures_shown
from approvals.views.shown_notes import left_out_shown, origin_shown
from approvals.views.shown_now import now_shown
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.models.model import in_words
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.golden.selectors.proving import proofs_in_words
from monitoring.golden.selectors.words import taught_words


@dataclass(frozen=True, slots=True)
class Golden:
    """One golden sample; ``tone`` and ``sign`` are its place in the grid."""

    code: str
    safety: bool
    judge: str
    truth: str
    said: str
    probability: str
    tolerance: str
    champion: str
    passed: bool
    borderline: bool
    taught: str
    tone: str
    sign: str

    @property
    def sentence(self) -> str:
        words = {
            "code": self.code, "judge": self.judge, "truth": self.truth,
            "said": self.said, "probability": self.probability, "tolerance": self.tolerance,
        }  # fmt: skip
        said = (
            _(
                "%(code)s: %(judge)s judged it “%(truth)s”, the model says “%(said)s” and gives “%(truth)s” "
                "%(probability)s; it needs %(tolerance)s."
            )
            % words
        )
        if self.borderline:
            said = _("%(said)s It is borderline, so no approval hangs on it.") % {"said": said}
        return f"{said} {taught_words(self.taught)}" if self.taught else said


NOTHING = ("now_not_measured", "floor_none")
"""Cases of gates that are met because there is nothing to look at."""


def evidence_shown(pack: Mapping[str, Any], version: ModelVersion) -> dict[str, Any]:
    """The context of ``approvals/_evidence.html``."""
    model = version.model
    names = _names(pack)
    golden = [_golden(one, model, names) for one in pack["golden"]["results"]]
    return {
        "pack": pack,
        "version": version,
        "champion_number": pack["champion"].rpartition("/")[2],
        "n": _rows_in(pack["measures"]["challenger"]),
        "now": now_shown(pack, version),
        "measures": measures_shown(pack, model),
        "recent": measures_shown(pack, model, part="recent"),
        "recent_n": _rows_in(pack["measures"]["challenger"].get("recent") or {}),
        "golden": golden,
        "golden_run": pack["golden"]["run"],
        "proofs": proofs_in_words(model, pack["golden"].get("proofs", ())),
        "missed": [one for one in golden if not one.passed and not one.borderline],
        "borderline": [one for one in golden if one.borderline],
        "known": [one for one in golden if one.taught not in ("", "unknown")],
        "judges": sorted({one.judge for one in golden}),
        "gates": gates_shown(pack),
        "in_spite": _in_spite(pack, names),
        "changes": [_change(one) for one in pack["reasons"] if one["beyond"]],
        "unchanged": sum(not one["beyond"] for one in pack["reasons"]),
        "taught": _taught(pack, names),
        "notes": [*origin_shown(pack, model), *left_out_shown(pack, model)],
        "trainer": names.get(pack["trained_by"], ""),
    }


def _rows_in(measures: Mapping[str, Any]) -> int:
    return int((measures.get("holdout") or {}).get("n", 0))


def gates_shown(pack: Mapping[str, Any]) -> list[dict[str, str]]:
    """For the component ``checks``."""
    tones = {("hard", False): "bad", ("soft", False): "caution"}
    return [
        {
            "tone": "quiet" if gate["case"] in NOTHING else tones.get((gate["kind"], gate["met"]), "good"),
            "title": title_of(gate),
            "text": sentence_of(gate),
        }
        for gate in pack["gates"]
    ]


def _in_spite(pack: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """Why approval is asked although gates are in doubt, and who says so."""
    given = pack.get("in_spite")
    if not given:
        return {}
    gates = ", ".join(title_of({"key": key}) for key in given["gates"])
    return {"gates": gates, "reason": given["reason"], "by": names.get(given["by"], _("Somebody"))}


def _names(pack: Mapping[str, Any]) -> dict[str, str]:
    ids = {pack["trained_by"], pack["asked_by"], *pack["manifest"]["per_person"]}
    ids |= {(pack.get("in_spite") or {}).get("by", "")}
    ids |= {one["judged_by"] for one in pack["golden"]["results"]}
    people = Person.objects.filter(pk__in=[one for one in ids if _is_id(one)])
    return {str(pk): name for pk, name in people.values_list("pk", "name")}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _golden(one: Mapping[str, Any], model: RegisteredModel, names: Mapping[str, str]) -> Golden:
    sure = one["said"] == one["truth"] and not one.get("taught", "unknown")
    tone, sign = (
        ("bad", "cross") if not one["passed"] else ("good", "check") if sure else ("caution", "question")
    )
    if one.get("borderline", False):
        tone = "quiet"
    before = one["champion"]
    return Golden(
        code=one["code"],
        safety=one["safety"],
        judge=names.get(one["judged_by"], _("Somebody")),
        truth=model.class_words(one["truth"]),
        said=model.class_words(one["said"]),
        probability=number_text(one["probability"], 2),
        tolerance=number_text(one["tolerance"], 2),
        champion=model.class_words(before["said"]) if before else "–",
        passed=one["passed"],
        borderline=one.get("borderline", False),
        taught=one.get("taught", "unknown"),
        tone=tone,
        sign=sign,
    )


def _change(one: Mapping[str, Any]) -> dict[str, str]:
    return {
        "group": in_words(one.get("words") or {}) or one["group"],
        "before": f"{number_text(one['before'] * 100, 0)} %",
        "after": f"{number_text(one['after'] * 100, 0)} %",
    }


def _taught(pack: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    manifest = pack["manifest"]
    people = sorted(manifest["per_person"].items(), key=lambda item: -item[1])
    total = sum(count for _person, count in people)
    return {
        "rows": manifest["rows"],
        "base_rows": manifest["base_rows"],
        "digest": manifest["digest"],
        "apart": sum(manifest.get("apart", {}).values()),
        "labels": total,
        "people": [
            {
                "name": names.get(person, _("Somebody")),
                "count": count,
                "share": f"{number_text(100 * count / total, 0)} %",
            }
            for person, count in people
        ],
        "assets": sorted(manifest["per_asset"].items()),
    }
