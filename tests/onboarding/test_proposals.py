"""Parts proposed as golden samples are drawn without a model, of every class, some near the boundary."""

from __future__ import annotations

from collections import Counter

import numpy as np

from mlops_portal.above.onboarding.compute.proposals import drawn
from monitoring.golden.compute import apart


def table(n: int = 900, seed: int = 2) -> tuple[np.ndarray, list[str], list[str]]:
    """Three classes, one rare, that overlap along the first reading."""
    rng = np.random.default_rng(seed)
    label = rng.choice(["ok", "crack", "leak"], size=n, p=[0.8, 0.18, 0.02])
    readings = rng.normal(size=(n, 4))
    readings[:, 0] += np.select([label == "crack", label == "leak"], [3.0, -3.0], 0.0)
    return readings, label.tolist(), [f"P{number}" for number in range(n)]


def draw(readings, label, part, *, words: int = 0, per_class: int = 3):
    categories = [place < words for place in range(readings.shape[1])]
    return drawn(readings=readings, label=label, part=part, categories=categories, per_class=per_class)


def test_every_class_gives_its_parts_the_rare_one_too() -> None:
    readings, label, part = table()
    found = draw(readings, label, part)
    counts = Counter(label[one.row] for one in found)
    assert counts == {"ok": 3, "crack": 3, "leak": 3}


def test_the_same_table_gives_the_same_parts() -> None:
    assert draw(*table()) == draw(*table())


def test_a_third_lies_nearer_to_another_class_than_parts_usually_do() -> None:
    readings, label, part = table()
    found = draw(readings, label, part, per_class=9)
    names = np.array(label)

    def gap(row: int) -> float:
        away = np.linalg.norm(readings - readings[row], axis=1)
        away[row] = np.inf
        return float(
            np.sort(away[names != names[row]])[:3].mean() / np.sort(away[names == names[row]])[:3].mean()
        )

    usual = np.median([gap(row) for row in range(0, 900, 9)])
    borderline = [gap(one.row) for one in found if one.borderline and label[one.row] != "leak"]
    assert len(borderline) == 6
    assert max(borderline) < usual


def test_a_class_too_small_to_spare_a_part_gives_none_and_stays_whole() -> None:
    readings, label, part = table()
    label[:5] = ["weld"] * 5
    found = draw(readings, label, part)
    assert "weld" not in {label[one.row] for one in found}


def test_what_is_drawn_leaves_every_class_three_quarters_of_its_rows() -> None:
    readings, label, part = table(200, seed=4)
    readings = np.round(readings)  # many equal rows
    found = draw(readings, label, part, per_class=12)
    kept = [apart.Kept(part[one.row], part[one.row], readings[one.row]) for one in found]
    spread = apart.spread_of(readings, [False] * 4)
    lost = {one.row for one in apart.matches(readings=readings, part=part, spread=spread, kept=kept)}
    whole, gone = Counter(label), Counter(label[row] for row in lost)
    assert found
    assert all(4 * gone[name] <= whole[name] for name in whole)
    assert 6 * len(lost) <= 200


def test_a_part_of_many_samples_is_one_part() -> None:
    readings, label, _part = table()
    part = [f"P{number // 3}" for number in range(900)]
    found = draw(readings, label, part, per_class=6)
    assert len({part[one.row] for one in found}) == len(found)


def test_a_table_in_which_all_parts_are_alike_gives_none() -> None:
    found = draw(np.ones((60, 2)), ["ok"] * 30 + ["bad"] * 30, [f"P{number}" for number in range(60)])
    assert found == []
