"""What a version must show before people may approve it. Pure: facts in, results out.

Hard gates cannot be overridden by anybody, in any way:
- the artifact lies in the storage and is what its digest says;
- every golden sample of the set in force was run, and the model gave each truth at least its tolerance;
  those that a skilled person calls borderline are run and shown, and count neither way;
- each safety sample among them as well (told apart, because it is what people ask first);
- a sample that the version was taught (it, or its like) fails it where it is missed, and else counts for
  nothing; where only such samples are left the gate is not met;
- the edge model says what the trained model says, on every compared row.

Soft gates need a written reason from whoever asks for approval in spite of them:
- not worse than the champion on the same rows: the worse end of the 95 % interval of the paired difference
  stays within the policy's margin (a non-inferiority test: ICH E9, section 3.3.2), for macro F1 and for the
  share of defects that are missed;
- now (parts since the happening): not worse than the champion, and no more defects that slip through, each
  with its own margin at the worse end of its paired interval, together, and on no machine proven worse; a
  floor for each class on each machine; a sample below the policy's minimum, counted on the machines in
  question, is said to be a limited one; labels of one lot where others came too, or of which more than a
  quarter was never answered, do not show it;
- enough held-out parts for the measures to say something;
- no golden sample, nor its like, was in the training, and that is known;
- it is known what it was taught;
- no parts are in doubt on the lines in question: with some, whoever asks says why a release cannot wait (it
  may be what ends the doubt);
- where somebody promised how many of the parts that the model decides alone may be wrong: a threshold is
  proven for that promise, on parts of which it is known that they did not train it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from approvals.rules import Rules
from monitoring.rules.exact import at_most, parts_for
from monitoring.rules.proving import PROMISE

UNKNOWN = "unknown"
MOST_SILENT = 0.25  # of the parts asked about by chance: the hard ones may be those without an answer
FIRST_NOW = 30  # parts by chance that give a first figure, as labeling.compute.now.blocks asks for


@dataclass(frozen=True, slots=True)
class GoldenFact:
    """How a version judged one golden sample; ``taught``: why it knows it from its training, "" where it does
    not, "unknown" where nobody knows."""

    code: str
    safety: bool
    passed: bool
    taught: str = ""
    borderline: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """``stored``: SHA-256 of what the storage holds, "" where nothing; ``golden`` None: the set in force was
    not run. ``differences``: challenger minus champion, {measure: {"value", "low", "high"}}; ``champion`` is
    what runs now, ``compared_with`` what the differences are about ("" where none). ``now``: how both judge
    parts as they are now (``labeling.models.NowMeasure``), None where that was not measured; ``changed``:
    an alert is open on a machine in question; ``targets``: these machines, none for all. ``promise``: the
    share of wrong parts and the certainty that hold for what the model decides alone; ``zone``: what was
    proven of the version (``labeling.compute.training.ask_zone``). ``foreign``: it was trained elsewhere, so
    nobody here knows on which parts. ``contained``: parts in doubt on the lines in question, by number and
    machine."""

    artifact: str
    stored: str
    golden_samples: int
    golden: Sequence[GoldenFact] | None
    parity_rows: int
    parity_largest: float
    parity_labels_equal: bool
    holdout_rows: int
    champion: str
    compared_with: str
    differences: Mapping[str, Mapping[str, float]]
    manifest: str
    manifest_intact: bool
    now: Mapping[str, Any] | None = None
    changed: bool = False
    targets: Sequence[str] = ()
    promise: tuple[float, float] | None = None
    zone: Mapping[str, Any] | None = None
    foreign: bool = False
    contained: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """``case`` names the sentence (``approvals.gate_words``), ``params`` fill it."""

    key: str
    kind: Literal["hard", "soft"]
    met: bool
    case: str
    value: str | float | int
    limit: str | float | int
    params: Mapping[str, Any]

    def frozen(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "kind": self.kind,
            "met": self.met,
            "case": self.case,
            "value": self.value,
            "limit": self.limit,
            "params": dict(self.params),
        }


def gates_of(facts: Facts, rules: Rules) -> list[Gate]:
    """Every gate, in the order in which a reader asks."""
    return [
        _artifact(facts),
        _golden("golden_safety", facts, safety=True),
        _golden("golden_all", facts, safety=False),
        _golden_apart(facts),
        _parity(facts, rules),
        _now("now_not_worse", "wrong", facts, rules.now_worse_by, rules.fewest_now),
        _now("now_missed", "slipped", facts, rules.now_missed_by, rules.fewest_now),
        _floor(facts, rules),
        _difference("not_worse", "macro_f1", -1, facts, rules),
        _difference("missed", "missed_rate", 1, facts, rules),
        Gate(
            "rows", "soft", facts.holdout_rows >= rules.fewest_rows, "rows",
            facts.holdout_rows, rules.fewest_rows, {"n": facts.holdout_rows, "limit": rules.fewest_rows},
        ),
        _manifest(facts),
        _contained(facts),
        *_ask_zone(facts),
    ]  # fmt: skip


def _artifact(facts: Facts) -> Gate:
    met = bool(facts.artifact) and facts.stored == facts.artifact
    case = "artifact" if met else "artifact_damaged" if facts.stored else "artifact_missing"
    return Gate("artifact", "hard", met, case, facts.stored, facts.artifact, {})


def _golden(key: str, facts: Facts, *, safety: bool) -> Gate:
    if facts.golden is None:
        case = "golden_not_run" if facts.golden_samples else "golden_none"
        return Gate(key, "hard", False, case, 0, facts.golden_samples, {})
    clear = [one for one in facts.golden if not one.borderline]
    asked = [one for one in clear if one.safety or not safety]
    missed = [one.code for one in asked if not one.passed]
    taught = [one.code for one in asked if one.passed and _is_taught(one)]
    n = len(asked) - len(taught)
    passed = n - len(missed)
    params = {
        "passed": passed, "n": n, "missed": ", ".join(missed), "taught": ", ".join(taught),
        "at_most": at_most(len(missed), n) * 100, "needed": parts_for(PROMISE, len(missed)),
        "promise": PROMISE * 100,
    }  # fmt: skip
    if not asked:
        none = "golden_borderline" if len(facts.golden) > len(clear) else "golden_none"
        return Gate(key, "hard", safety, "golden_no_safety" if safety else none, 0, 0, params)
    case = "golden_missed" if missed else "golden_passed" if n else "golden_taught"
    return Gate(key, "hard", bool(n) and not missed, case, passed, n, params)


def _is_taught(one: GoldenFact) -> bool:
    return one.taught not in ("", UNKNOWN)


def _golden_apart(facts: Facts) -> Gate:
    """Whether the golden samples test the version on what it was not taught."""
    key, golden = "golden_apart", facts.golden
    if not golden:
        case = "golden_not_run" if golden is None and facts.golden_samples else "golden_none"
        return Gate(key, "soft", False, case, 0, facts.golden_samples, {})
    taught = [one.code for one in golden if _is_taught(one)]
    unknown = any(one.taught == UNKNOWN for one in golden)
    params = {"n": len(golden), "taught": ", ".join(taught)}
    case = "golden_apart_taught" if taught else "golden_apart_unknown" if unknown else "golden_apart"
    known = sum(one.taught == "" for one in golden)
    return Gate(key, "soft", known == len(golden), case, known, len(golden), params)


def _parity(facts: Facts, rules: Rules) -> Gate:
    params = {"rows": facts.parity_rows, "largest": facts.parity_largest, "limit": rules.parity}
    if not facts.parity_rows:
        return Gate("parity", "hard", False, "parity_none", 0, rules.parity, params)
    met = facts.parity_labels_equal and facts.parity_largest <= rules.parity
    case = "parity" if met else "parity_labels" if not facts.parity_labels_equal else "parity_far"
    return Gate("parity", "hard", met, case, facts.parity_largest, rules.parity, params)


def _difference(key: str, measure: str, worse: int, facts: Facts, rules: Rules) -> Gate:
    """``worse`` is the sign of a difference that is bad."""
    if not facts.champion:
        return Gate(key, "soft", True, "no_champion", 0, rules.not_worse_by, {})
    interval = facts.differences.get(measure)
    if interval is None or facts.compared_with != facts.champion:
        return Gate(key, "soft", False, "not_compared", 0, rules.not_worse_by, {"champion": facts.champion})
    end = interval["high"] if worse > 0 else -interval["low"]
    met = end <= rules.not_worse_by
    params = {"by": max(end, 0.0) * 100, "limit": rules.not_worse_by * 100}
    case = "may_be_worse" if not met else "within" if end > 0 else "better"
    return Gate(key, "soft", met, case, end, rules.not_worse_by, params)


def _blocks(facts: Facts) -> dict[str, Mapping[str, Any]]:
    """The figures of now by machine, those in question."""
    machines = (facts.now or {}).get("machines") or {}
    return {key: one for key, one in machines.items() if not facts.targets or key in facts.targets}


def _now(key: str, measure: str, facts: Facts, limit: float, fewest: int) -> Gate:
    """Challenger and champion on parts as they are now; a positive difference is bad."""
    if not facts.champion:
        return Gate(key, "soft", True, "no_champion", 0, limit, {})
    whole = (facts.now or {}).get("together") or {}
    if whole.get("case") != "measured" or not whole.get("differences"):
        known = facts.changed or (facts.now is not None and facts.now.get("why") == "alert")
        case = "now_no_chance" if known else "now_not_measured"
        return Gate(key, "soft", not known, case, 0, limit, {"more": whole.get("more", FIRST_NOW)})
    interval = whole["differences"][measure]
    end, n = interval["high"], whole["chance"]
    if facts.targets:  # labels of other machines say little about these
        n = min(n, sum(one["chance"] for one in _blocks(facts).values()))
    params = {
        "by": max(end, 0.0) * 100,
        "limit": limit * 100,
        "n": n,
        "fewest": fewest,
        "more": whole["more"],
    }
    worse = [name for name, one in _blocks(facts).items() if _is_worse(one, measure)]
    if worse:
        return Gate(key, "soft", False, "now_worse_on", end, limit, params | {"machines": ", ".join(worse)})
    case = "now_may_be_worse" if end > limit else "now_better" if end <= 0 else "now_within"
    if n < fewest:
        return Gate(key, "soft", False, f"limited_{case}", end, limit, params)
    if end <= limit and "one_lot" in whole.get("notes", ()):
        return Gate(key, "soft", False, "now_one_lot", end, limit, params)
    silent = int((facts.now or {}).get("unanswered", 0))
    if end <= limit and silent > MOST_SILENT * (silent + whole["chance"]):
        return Gate(key, "soft", False, "now_unanswered", end, limit, params | {"silent": silent})
    return Gate(key, "soft", end <= limit, case, end, limit, params)


def _is_worse(block: Mapping[str, Any], measure: str) -> bool:
    """Whether the challenger is proven worse on a machine."""
    interval = (block.get("differences") or {}).get(measure)
    return interval is not None and interval["low"] > 0


def _floor(facts: Facts, rules: Rules) -> Gate:
    """Whether each class is found now often enough on each machine: below by its interval, or not known."""
    floor = rules.found_floor
    if not floor:
        return Gate("now_floor", "soft", True, "floor_none", 0, 0, {})
    below: list[str] = []
    unknown: list[str] = []
    lowest = 1.0
    for name, block in _blocks(facts).items():
        found_now = (block.get("challenger") or {}).get("found") or {}
        for kind, part in found_now.items():
            if part is None or part["low"] < floor:
                (below if part is not None and part["high"] < floor else unknown).append(f"{name} {kind}")
            lowest = min(lowest, part["value"] if part is not None else 0.0)
        if not found_now:
            unknown.append(name)
    params = {"limit": floor * 100, "below": ", ".join(below), "unknown": ", ".join(unknown)}
    if not _blocks(facts):
        return Gate("now_floor", "soft", False, "floor_not_measured", 0, floor, params)
    case = "floor_below" if below else "floor_unknown" if unknown else "floor_kept"
    return Gate("now_floor", "soft", case == "floor_kept", case, lowest, floor, params)


def _manifest(facts: Facts) -> Gate:
    if not facts.manifest:
        return Gate("manifest", "soft", False, "manifest_none", "", "", {})
    case = "manifest" if facts.manifest_intact else "manifest_damaged"
    return Gate("manifest", "soft", facts.manifest_intact, case, facts.manifest, facts.manifest, {})


def _contained(facts: Facts) -> Gate:
    n = len(facts.contained)
    params = {"n": n, "which": ", ".join(facts.contained)}
    return Gate("containment", "soft", not n, "contained" if n else "contained_none", n, 0, params)


def _ask_zone(facts: Facts) -> list[Gate]:
    """One gate where somebody promised something, else none."""
    if facts.promise is None:
        return []
    key, (wrong_share, certainty), zone = "ask_zone", facts.promise, facts.zone
    said = {"limit": wrong_share * 100, "certainty": certainty * 100}
    if zone is None or (zone["wrong_share"], zone["certainty"]) != facts.promise:
        case = "zone_not_tried" if zone is None else "zone_other"
        return [Gate(key, "soft", False, case, 0, wrong_share, said)]
    said |= {
        "wrong": zone["wrong"], "alone": zone["alone"], "rows": zone["rows"],
        "at_most": zone["at_most"] * 100, "needed": zone["needed"] or 0,
        "share": 100 * zone["alone"] / max(zone["rows"], 1), "threshold": (zone["threshold"] or 0) * 100,
    }  # fmt: skip
    met = zone["threshold"] is not None
    if met and facts.foreign:
        return [Gate(key, "soft", False, "zone_foreign", zone["at_most"], wrong_share, said)]
    case = f"zone_{zone['population']}" if met else "zone_more" if zone["needed"] else "zone_never"
    return [Gate(key, "soft", met, case, zone["at_most"], wrong_share, said)]
