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
from structlog import get_logger

from labeling.compute.training import fit
from labeling.compute.training.rows import BASE, Rows
from labeling.models import RetrainRun
from labeling.selectors.rows import LeftOut, Usable, rows_for
from labeling.selectors.runs import results_of
from labeling.services.steps import candidate_register, manifest_freeze
from labeling.tasks.crossfitting import crossfit_keep
from labeling.tasks.golden import golden_check
from labeling.tasks.keeping_apart import apart_for
from labeling.tasks.now import now_measure
from labeling.tasks.training_choice import choose, pipeline_of, trained
from labeling.tasks.training_data import (
    classes_of,
    for_model,
    frozen_of,
    golden_readings,
    is_ordered,
    split_of,
)
from labeling.tasks.training_measures import Measuring, Said
from labeling.transitions import RunStepName
from mlops_portal.foundation.registry.compute import edge_model, store
from mlops_portal.foundation.registry.models import Artifact, ModelVersion
from mlops_portal.foundation.registry.selectors import champion_of, dataset_of, features_of
from mlops_portal.foundation.registry.services import artifact_put, artifact_read, version_tracked
from mlops_portal.foundation.shell.work.jobs import enqueue
from mlops_portal.foundation.wire import manifest
from mlops_portal.foundation.wire.errors import Invalid, NotFound, Unavailable

Result = dict[str, Any]
LARGEST_GAP = 1e-5
log = get_logger(__name__)


def _manifest(run: RetrainRun) -> Result:
    dataset = dataset_of(run.model)
    judged = list(rows_for(run.model))
    usable = [one for one in judged if isinstance(one, Usable)]
    left_apart = apart_for(run.model, base=dataset.artifact, named=[one.row for one in usable])
    rows = [one for one in usable if one.row.prediction not in left_apart.since]
    out = [{"prediction": one.prediction, "reason": one.reason} for one in judged if isinstance(one, LeftOut)]
    out += [
        {"prediction": prediction, "reason": f"golden_{reason}", "golden": code}
        for prediction, (reason, code) in left_apart.since.items()
    ]
    body, digest = manifest.build(
        model=run.model.slug,
        pipeline=fit.PIPELINE,
        created=run.created_at,
        base={
            "dataset": dataset.artifact_id,
            "rows": dataset.rows - len(left_apart.base),
            "ordered": dataset.ordered,
            "apart": left_apart.base,
        },
        rows=[one.row for one in rows],
        excluded=out,
        parameters={
            **run.parameters,
            "by_chance": sorted(one.row.prediction for one in rows if one.by_chance),
        },
    )
    manifest_freeze(run=run, body=body, digest=digest, rows=rows, dataset=dataset.ref("base"))
    return {
        "digest": digest,
        "base": dataset.rows - len(left_apart.base),
        "rows": len(rows),
        "excluded": len(out) - len(left_apart.since),
        "apart": len(left_apart.base) + len(left_apart.since),
    }


def _train(run: RetrainRun) -> Result:
    rows, held = split_of(run)
    start = monotonic()
    _demand_enough(run, rows)
    model = trained(run, rows, results_of(run)["choose"]["name"])
    artifact = artifact_put(data=store.dump(model), kind="store", name=f"{run.model.slug} run {run.pk}")
    classes = classes_of(run.model)
    return {
        "store": artifact.sha256,
        "size": artifact.size,
        "rows": len(rows),
        "recent": int(np.count_nonzero(rows.source != BASE)),
        "held_out": len(held),
        "classes": [classes[place] for place in model.classes_],
        "left_out": _left_out(run, rows),
        "crossfitted": crossfit_keep(run, rows, held, recipe=results_of(run)["choose"]["name"]),
        "seconds": round(monotonic() - start, 2),
    }


def _demand_enough(run: RetrainRun, rows: Rows) -> None:
    """Invalid where golden samples and their like leave too little to teach."""
    few = fit.too_few(rows.label)
    if len(set(rows.label.tolist()) - set(few)) >= 2:
        return
    frozen = frozen_of(run)
    since = sum(one["reason"].startswith("golden") for one in frozen["excluded"])
    apart = len(frozen["base"].get("apart", ())) + since
    if not apart:
        return  # the fit says what it lacks
    raise Invalid(
        _("Too little is left to teach: %(left)d rows, and no two classes have %(fewest)d of them each. "
          "%(apart)d rows are golden samples or their like. Bring more parts, or retire golden samples.")
        % {"left": len(rows), "fewest": fit.FEWEST, "apart": apart}
    )  # fmt: skip


def _left_out(run: RetrainRun, rows: Rows) -> Result:
    """What the model was not taught: readings that never change, classes with too few parts."""
    few, classes = fit.too_few(rows.label), classes_of(run.model)
    still = fit.unchanging(rows.readings[~np.isin(rows.label, list(few))])
    keys = [one.key for one in features_of(run.model)]
    return {
        "readings": [key for key, is_still in zip(keys, still, strict=True) if is_still],
        "classes": {classes[place]: n for place, n in few.items()},
    }


def _stored(digest: str) -> bytes:
    return artifact_read(Artifact.objects.get(pk=digest))


def _export(run: RetrainRun) -> Result:
    model = store.load(_stored(results_of(run)["train"]["store"]))
    artifact = artifact_put(data=edge_model.export(model), kind="onnx", name=f"{run.model.slug} run {run.pk}")
    return {"artifact": artifact.sha256, "size": artifact.size}


def _parity(run: RetrainRun) -> Result:
    done = results_of(run)
    _rows, held = split_of(run)
    golden = golden_readings(run)
    parity = edge_model.parity(
        store.load(_stored(done["train"]["store"])),
        _stored(done["export"]["artifact"]),
        for_model(run.model, np.concatenate([held.readings, golden])),
    )
    if not parity.labels_equal or parity.largest > LARGEST_GAP:
        raise Invalid(
            _("The edge model differs from the trained one by %(gap)s; it was not registered.")
            % {"gap": f"{parity.largest:.1e}"}
        )
    return {**asdict(parity), "golden": len(golden)}


def _measuring(run: RetrainRun) -> Measuring:
    return Measuring(run.model, int(run.parameters["seed"]))


def _challenger(run: RetrainRun, done: dict[str, Result], rows: Rows) -> Said:
    return _measuring(run).said(_stored(done["export"]["artifact"]), done["train"]["classes"], rows)


def _compare(run: RetrainRun) -> Result:
    done = results_of(run)
    trained, held = split_of(run)
    compared = _measuring(run).compared(held, _challenger(run, done, held), champion_of(run.model))
    result: Result = {
        **compared,
        "classes": done["train"]["classes"],
        "left_out": done["train"]["left_out"],
        "choice": done["choose"],
        "crossfitted": done["train"].get("crossfitted", ""),
        "train": {key: done["train"][key] for key in ("rows", "recent", "seconds")},
        "sources": {
            name: int(np.count_nonzero(trained.source == name)) for name in np.unique(trained.source)
        },
    }
    return {
        "measures": result,
        "macro_f1": _macro_f1(result),
        "before": _macro_f1(result.get("champion", {})),
    }


def _macro_f1(of: Result) -> float | None:
    value: float | None = of.get("holdout", {}).get("macro_f1", {}).get("value")
    return value


def _register(run: RetrainRun) -> Result:
    done = results_of(run)
    rows, held = split_of(run)
    challenger = _challenger(run, done, held if len(held) else rows)
    version = candidate_register(
        run=run,
        artifact=Artifact.objects.get(pk=done["export"]["artifact"]),
        store=Artifact.objects.get(pk=done["train"]["store"]),
        pipeline=pipeline_of(done["choose"]["name"]),
        reference=_measuring(run).reference(rows, challenger, ordered=is_ordered(run)),
        measures=done["compare"]["measures"],
        parity=done["parity"],
        parent=champion_of(run.model),
    )
    return {"version": version.pk, "number": version.number}


def _candidate(run: RetrainRun) -> ModelVersion:
    if run.candidate is None:
        raise NotFound(_("The run has no candidate yet."))
    return run.candidate


def _now(run: RetrainRun) -> Result:
    kept = now_measure(_candidate(run))
    return {"labels": kept.labels, "case": kept.body["together"]["case"]}


def _golden(run: RetrainRun) -> Result:
    """At once: behind other work of the learner people would wait minutes for the gate that they look at."""
    golden_check(_candidate(run).pk)
    return {"run": True}


def _explain(run: RetrainRun) -> Result:
    enqueue("explain.candidate", version_id=_candidate(run).pk)
    return {"asked": True}


def _track(run: RetrainRun) -> Result:
    """MLflow is slow to import and may be down; neither holds up what came before."""
    from mlops_portal.foundation.registry.compute import tracking

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
    RunStepName.CHOOSE: choose,
    RunStepName.TRAIN: _train,
    RunStepName.EXPORT: _export,
    RunStepName.PARITY: _parity,
    RunStepName.COMPARE: _compare,
    RunStepName.REGISTER: _register,
    RunStepName.GOLDEN: _golden,
    RunStepName.NOW: _now,
    RunStepName.EXPLAIN: _explain,
    RunStepName.TRACK: _track,
}
