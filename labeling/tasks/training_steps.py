"""The steps of a retrain run. Each reads what earlier ones left, so each can be done again alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from time import monotonic
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from structlog import get_logger

from labeling.compute.training import fit, reference
from labeling.compute.training.compare import differences
from labeling.compute.training.measures import measures, verdicts
from labeling.compute.training.rows import BASE, Rows, held_out, trains
from labeling.models import RetrainRun
from labeling.selectors.rows import LeftOut, Usable, rows_for
from labeling.selectors.runs import results_of
from labeling.services.steps import candidate_register, manifest_freeze
from labeling.tasks.training_data import classes_of, defects_of, golden_readings, rows_of_run
from labeling.transitions import RunStepName
from mlops_portal.registry.compute import edge_model, store
from mlops_portal.registry.models import Artifact, ModelVersion
from mlops_portal.registry.selectors import champion_of, dataset_of, features_of
from mlops_portal.registry.selectors import classes_of as classes_of_version
from mlops_portal.registry.services import artifact_put, artifact_read, version_tracked
from mlops_portal.shell.jobs import enqueue
from mlops_portal.wire import manifest
from mlops_portal.wire.errors import Invalid, NotFound, Unavailable
from monitoring.compute.detector import dependence

Result = dict[str, Any]
LARGEST_GAP = 1e-5
FEWEST_SINCE = 10
log = get_logger(__name__)


def _manifest(run: RetrainRun) -> Result:
    dataset = dataset_of(run.model)
    judged = list(rows_for(run.model))
    rows = [one for one in judged if isinstance(one, Usable)]
    out = [{"prediction": one.prediction, "reason": one.reason} for one in judged if isinstance(one, LeftOut)]
    body, digest = manifest.build(
        model=run.model.slug,
        pipeline=fit.PIPELINE,
        created=run.created_at,
        base={"dataset": dataset.artifact_id, "rows": dataset.rows},
        rows=[one.row for one in rows],
        excluded=out,
        parameters={
            **run.parameters,
            "by_chance": sorted(one.row.prediction for one in rows if one.by_chance),
        },
    )
    manifest_freeze(run=run, body=body, digest=digest, rows=rows, dataset=dataset.ref("base"))
    return {"digest": digest, "base": dataset.rows, "rows": len(rows), "excluded": len(out)}


def _split(run: RetrainRun) -> tuple[Rows, Rows]:
    """Rows that train, rows that measure."""
    rows = rows_of_run(run)
    measured = held_out(rows, float(run.parameters["holdout_share"]))
    return rows.take(trains(rows, measured)), rows.take(measured)


def _train(run: RetrainRun) -> Result:
    rows, held = _split(run)
    start = monotonic()
    model = fit.fit(rows.readings, rows.label, rows.source != BASE, run.parameters)
    edge_model.thresholds_to_float32(model)
    kept = artifact_put(data=store.dump(model), kind="store", name=f"{run.model.slug} run {run.pk}")
    classes = classes_of(run)
    return {
        "store": kept.sha256,
        "size": kept.size,
        "rows": len(rows),
        "recent": int(np.count_nonzero(rows.source != BASE)),
        "held_out": len(held),
        "classes": [classes[place] for place in model.classes_],
        "seconds": round(monotonic() - start, 2),
    }


def _stored(digest: str) -> bytes:
    return artifact_read(Artifact.objects.get(pk=digest))


def _export(run: RetrainRun) -> Result:
    model = store.load(_stored(results_of(run)["train"]["store"]))
    kept = artifact_put(data=edge_model.export(model), kind="onnx", name=f"{run.model.slug} run {run.pk}")
    return {"artifact": kept.sha256, "size": kept.size}


def _parity(run: RetrainRun) -> Result:
    done = results_of(run)
    _rows, held = _split(run)
    golden = golden_readings(run)
    found = edge_model.parity(
        store.load(_stored(done["train"]["store"])),
        _stored(done["export"]["artifact"]),
        np.concatenate([held.readings, golden]),
    )
    if not found.labels_equal or found.largest > LARGEST_GAP:
        raise Invalid(
            _("The edge model differs from the trained one by %(gap)s; it was not registered.")
            % {"gap": f"{found.largest:.1e}"}
        )
    return {**asdict(found), "golden": len(golden)}


def _compare(run: RetrainRun) -> Result:
    done = results_of(run)
    trained, held = _split(run)
    challenger = _said(run, done["export"]["artifact"], done["train"]["classes"], held)
    champion = champion_of(run.model)
    found: Result = {
        **_measured(run, held, challenger),
        "classes": done["train"]["classes"],
        "train": {key: done["train"][key] for key in ("rows", "recent", "seconds")},
        "sources": {
            name: int(np.count_nonzero(trained.source == name)) for name in np.unique(trained.source)
        },
    }
    since = held.source != BASE
    recent = np.count_nonzero(since) >= FEWEST_SINCE
    if recent:
        found["recent"] = _measured(run, held.take(since), (challenger[0][since], challenger[1]))
    before = None
    if champion is not None:
        said = _said(run, champion.artifact_id, classes_of_version(champion), held)
        found["champion"] = _beside(run, champion, held, said, challenger)
        before = found["champion"].get("holdout", {}).get("macro_f1", {}).get("value")
        if recent:
            found["champion"]["recent"] = _beside(
                run,
                champion,
                held.take(since),
                (said[0][since], said[1]),
                (challenger[0][since], challenger[1]),
            )
    value = found.get("holdout", {}).get("macro_f1", {}).get("value")
    return {"measures": found, "macro_f1": value, "before": before}


Said = tuple[NDArray[np.float64], list[int]]


def _said(run: RetrainRun, artifact: str, classes: list[str], rows: Rows) -> Said:
    """What an edge model says of the rows, and which registered class each column is."""
    places = classes_of(run)
    _labels, probabilities = edge_model.probabilities(_stored(artifact), rows.readings)
    return probabilities, [places.index(key) for key in classes]


def _measured(run: RetrainRun, rows: Rows, said: Said) -> Result:
    return measures(
        truth=rows.label,
        probabilities=said[0],
        columns=said[1],
        classes=classes_of(run),
        defect=defects_of(run),
        seed=int(run.parameters["seed"]),
    )


def _beside(run: RetrainRun, champion: ModelVersion, rows: Rows, old: Said, new: Said) -> Result:
    return {
        "version": f"{champion.model.slug}/{champion.number}",
        **_measured(run, rows, old),
        "differences": differences(
            truth=rows.label,
            champion=old,
            challenger=new,
            classes=classes_of(run),
            defect=defects_of(run),
            seed=int(run.parameters["seed"]),
        ),
    }


def _register(run: RetrainRun) -> Result:
    done = results_of(run)
    rows, held = _split(run)
    judged = held if len(held) else rows
    said = _said(run, done["export"]["artifact"], done["train"]["classes"], judged)
    classes, confidence = verdicts(*said)
    names = classes_of(run)
    version = candidate_register(
        run=run,
        artifact=Artifact.objects.get(pk=done["export"]["artifact"]),
        store=Artifact.objects.get(pk=done["train"]["store"]),
        pipeline=fit.PIPELINE,
        reference={
            **reference.reference(
                readings=rows.readings,
                asset=rows.asset,
                at=rows.at,
                features=[one.key for one in features_of(run.model)],
                said=[names[place] for place in classes],
                confidence=confidence,
            ),
            "dependence": dependence.learned(rows.readings, machine=rows.asset, at=rows.at),
        },
        measures=done["compare"]["measures"],
        parity=done["parity"],
        parent=champion_of(run.model),
    )
    return {"version": version.pk, "number": version.number}


def _candidate(run: RetrainRun) -> ModelVersion:
    if run.candidate is None:
        raise NotFound(_("The run has no candidate yet."))
    return run.candidate


def _golden(run: RetrainRun) -> Result:
    enqueue("monitoring.golden_check", version_id=_candidate(run).pk)
    return {"asked": True}


def _explain(run: RetrainRun) -> Result:
    enqueue("explain.candidate", version_id=_candidate(run).pk)
    return {"asked": True}


def _track(run: RetrainRun) -> Result:
    """MLflow is slow to import and may be down; neither holds up what came before."""
    from mlops_portal.registry.compute import tracking

    version = _candidate(run)
    holdout = version.measures.get("holdout", {})
    try:
        run_id = tracking.track(
            settings.MLFLOW_TRACKING_URI,
            model=run.model.slug,
            version=f"{run.model.slug}/{version.number}",
            artifact=artifact_read(version.artifact),
            params={**run.parameters, "pipeline": version.pipeline, "rows": results_of(run)["train"]["rows"]},
            metrics={
                name: float(one["value"])
                for name, one in holdout.items()
                if isinstance(one, dict) and one.get("value") is not None
            },
            tags={
                "portal.artifact": version.artifact_id,
                "portal.manifest": version.manifest_digest,
                "portal.run": str(run.pk),
            },
            at_ms=int(timezone.now().timestamp() * 1000),
        )
    except Unavailable as error:
        log.warning("mlflow_is_away", version=str(version), error=error.sentence)
        raise Unavailable(_("MLflow does not answer; the portal tries again by itself.")) from error
    version_tracked(version=version, run_id=run_id)
    return {"run_id": run_id}


STEPS: dict[RunStepName, Callable[[RetrainRun], Result]] = {
    RunStepName.MANIFEST: _manifest,
    RunStepName.TRAIN: _train,
    RunStepName.EXPORT: _export,
    RunStepName.PARITY: _parity,
    RunStepName.COMPARE: _compare,
    RunStepName.REGISTER: _register,
    RunStepName.GOLDEN: _golden,
    RunStepName.EXPLAIN: _explain,
    RunStepName.TRACK: _track,
}
