"""Measuring versions on the same held-out parts, whoever trained them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.compute.training import ask_zone, reference
from labeling.compute.training.compare import differences
from labeling.compute.training.measures import measures, verdicts
from labeling.compute.training.rows import BASE, Rows
from labeling.tasks.training_data import for_model
from mlops_portal.foundation.registry.compute import edge_model
from mlops_portal.foundation.registry.models import AskZone, ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import classes_of as classes_of_version
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.registry.services import artifact_put, artifact_read
from monitoring.drift.compute.detector import dependence, spacing

FEWEST_SINCE = 10
Result = dict[str, Any]
Said = tuple[NDArray[np.float64], list[int]]
"""Probabilities (n, c), and which registered class each column is."""


@dataclass(frozen=True, slots=True)
class Measuring:
    """Measures of versions of ``model``, drawn with ``seed``."""

    model: RegisteredModel
    seed: int

    @property
    def classes(self) -> list[str]:
        """All registered classes, in their order."""
        return [one["key"] for one in self.model.classes]

    @property
    def defects(self) -> list[bool]:
        return [bool(one.get("defect")) for one in self.model.classes]

    def said(self, onnx: bytes, classes: list[str], rows: Rows) -> Said:
        """What an edge model with these classes says of the rows."""
        _labels, probabilities = edge_model.probabilities(onnx, for_model(self.model, rows.readings))
        return probabilities, [self.classes.index(key) for key in classes]

    def compared(self, held: Rows, new: Said, champion: ModelVersion | None) -> Result:
        """Measures of ``new`` on the held-out rows, and of the champion beside it on the same rows; of both
        also on the parts since the first training, where there are enough."""
        measured = self._measured(held, new)
        promise = AskZone.objects.filter(model=self.model).first()
        if promise is not None:
            measured["ask_zone"] = self.alone(held, new, promise)
        since = held.source != BASE
        recent = np.count_nonzero(since) >= FEWEST_SINCE
        if recent:
            measured["recent"] = self._measured(held.take(since), (new[0][since], new[1]))
        if champion is not None:
            old = self.said(artifact_read(champion.artifact), classes_of_version(champion), held)
            measured["champion"] = self._beside(champion, held, old, new)
            if recent:
                measured["champion"]["recent"] = self._beside(
                    champion, held.take(since), (old[0][since], old[1]), (new[0][since], new[1])
                )
        return measured

    def alone(self, held: Rows, answers: Said, promise: AskZone) -> Result:
        """What the version may decide alone: the promise, its proof (``ask_zone.Proof``), and of which parts:
        "now" those since the first training, where they alone can prove it; else "all" that were held out.
        Of each part one row proves: its rows are wrong together."""
        proves = self._one_of_each(held)
        by_chance = held.take(proves)
        since = by_chance.source != BASE
        own = answers[0][proves], answers[1]
        now = np.count_nonzero(since) >= ask_zone.least(promise.wrong_share, promise.certainty)
        rows, own = (by_chance.take(since), (own[0][since], own[1])) if now else (by_chance, own)
        classes, confidence = verdicts(*own) if len(rows) else (rows.label, rows.at)
        proof = ask_zone.prove(
            np.clip(confidence, 0.0, 1.0),
            classes == rows.label,
            wrong_share=promise.wrong_share,
            certainty=promise.certainty,
        )
        return {
            "wrong_share": promise.wrong_share,
            "certainty": promise.certainty,
            "population": "now" if now else "all",
            **asdict(proof),
        }

    def _one_of_each(self, rows: Rows) -> NDArray[np.bool_]:
        """bool (n,): of each part one of its rows that came by chance, drawn by the seed."""
        order = np.random.default_rng(self.seed).permutation(np.flatnonzero(rows.by_chance))
        _parts, first = np.unique(rows.part[order], return_index=True)
        chosen = np.zeros(len(rows), dtype=np.bool_)
        chosen[order[first]] = True
        return chosen

    def _measured(self, rows: Rows, answers: Said) -> Result:
        return measures(
            truth=rows.label,
            probabilities=answers[0],
            columns=answers[1],
            classes=self.classes,
            defect=self.defects,
            seed=self.seed,
        )

    def _beside(self, champion: ModelVersion, rows: Rows, old: Said, new: Said) -> Result:
        return {
            "version": f"{champion.model.slug}/{champion.number}",
            **self._measured(rows, old),
            "differences": differences(
                truth=rows.label,
                champion=old,
                challenger=new,
                classes=self.classes,
                defect=self.defects,
                seed=self.seed,
            ),
        }

    def reference(self, trained: Rows, answers: Said, *, ordered: bool) -> Result:
        """The frozen distribution of the rows ``trained`` and of what the model ``said`` of others, and how
        readings hang together."""
        classes, confidence = verdicts(*answers)
        summary = reference.reference(
            readings=trained.readings,
            asset=trained.asset,
            at=trained.at,
            features={one.key: one.categories for one in features_of(self.model)},
            said=[self.classes[place] for place in classes],
            confidence=confidence,
            ordered=ordered,
        )
        hang = dependence.learned(trained.readings, machine=trained.asset, at=trained.at, ordered=ordered)
        return {**summary, "dependence": hang, **(self._in_time(trained) if hang and ordered else {})}

    def _in_time(self, trained: Rows) -> Result:
        """How far the rows lie apart, and where they are kept in the order of time."""
        data = dependence.packed(trained.readings, machine=trained.asset, at=trained.at)
        kept = artifact_put(data=data, kind="reference", name=f"{self.model.slug} reference rows")
        apart = spacing.spacing_of(trained.part.tolist(), trained.asset.tolist(), trained.at)
        return {"spacing": apart, "rows": kept.sha256}
