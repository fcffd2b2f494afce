"""SHAP values held against the model's own output, beside shap's own time for the same rows."""

from __future__ import annotations

from typing import Any

from benchmarks import data
from benchmarks.apart import alternating, seconds_of
from benchmarks.rows import Row, beside

TITLE = "Explanations"
GOAL = 1.1


def _model() -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    rows = data.reference(5_000)
    truth = (rows[:, 0] + rows[:, 1] * rows[:, 2] > 0.5).astype(int)
    return HistGradientBoostingClassifier(max_iter=100, early_stopping=False, random_state=0).fit(rows, truth)


def ours(rows: int) -> float:
    from explain.compute.contributions import Explainer

    explainer, given = Explainer(_model()), data.current(rows)
    return seconds_of(lambda: explainer.explain(given))


def peer(rows: int) -> float:
    import shap

    trees = shap.TreeExplainer(_model(), feature_perturbation="tree_path_dependent")
    given = data.current(rows)
    return seconds_of(lambda: trees.shap_values(given))


def measure(quick: bool) -> list[Row]:
    rows = 200 if quick else 2_000
    mine, other = alternating([ours, peer], runs=1 if quick else 3, rows=rows)
    return [
        beside(
            f"{rows:,} rows explained, 100 trees",
            mine.result,
            "s",
            goal=f"≤ {GOAL} ×",
            peer="shap",
            peer_figure=other.result,
            met=mine.result <= GOAL * other.result,
            note="every row's sum is compared with what the model says",
        )
    ]
