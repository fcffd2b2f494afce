"""Both sides of a fault run, read: what the feeds and the people hold, and what the portal's tables hold.

For a process that has set Django up on the portal's own files; it reads, and holds no connection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from tests.soak.counting import Count, Verdict, count, sums
from tests.soak.feeder import Feeder
from tests.soak.node import SoakNode
from tests.soak.people import SCOPES, Acknowledged


@contextmanager
def _reading() -> Iterator[None]:
    from django.db import connections

    try:
        yield
    finally:
        connections.close_all()


def tokens() -> dict[str, str]:
    """A token for each of the people at work."""
    from django.utils import timezone

    from mlops_portal.foundation.plant.models import Person
    from mlops_portal.foundation.plant.services.tokens import token_create

    with _reading():
        return {
            name: token_create(
                by=Person.objects.get(username=name),
                name="Fault run",
                scopes=scopes,
                expires_at=timezone.now() + timedelta(days=2),
            )[1]
            for name, scopes in SCOPES.items()
        }


def models_of_lines() -> dict[str, str]:
    """One model of each line."""
    from mlops_portal.foundation.plant.models import Line
    from mlops_portal.foundation.registry.models import RegisteredModel

    with _reading():
        return {
            line.slug: RegisteredModel.objects.filter(asset_type__assets__line=line).order_by("slug")[0].slug
            for line in Line.objects.order_by("slug")
        }


def job_names_at_work() -> list[str]:
    from mlops_portal.foundation.shell.models import Job

    with _reading():
        return list(Job.objects.filter(state=Job.State.RUNNING).values_list("name", flat=True))


def compared(
    *,
    feeder: Feeder,
    releases: dict[str, int],
    acknowledged: Acknowledged,
    nodes: Sequence[SoakNode],
    since: datetime,
) -> Verdict:
    with _reading():
        counts = [
            predictions(feeder, releases, since),
            windows(feeder, since),
            _rows(nodes, since),
            labels(acknowledged),
            inspections(acknowledged),
            runs(acknowledged),
        ]
        waiting = [*stuck_at_nodes(nodes), *stuck_at_portal(since), *stuck_jobs()]
    return Verdict(
        counts, [*waiting, *nothing_made(counts[:-1])]
    )  # whether there were runs, the faults decide


def nothing_made(counts: Iterable[Count]) -> Iterator[str]:
    """Of what nothing was made, nothing can be lost; such a row would pass and show nothing."""
    for one in counts:
        if not one.made:
            yield f"no {one.what} were made: this run shows nothing of them"


def predictions(feeder: Feeder, releases: dict[str, int], since: datetime) -> Count:
    from monitoring.models import Prediction

    there = Prediction.objects.filter(at__gte=since).values_list("pk", "asset__slug", "part_id")
    return count(
        "predictions", feeder.ids(releases), [(key, f"{asset} {part}") for key, asset, part in there]
    )


def windows(feeder: Feeder, since: datetime) -> Count:
    """Parts by machine, as the windows add up."""
    from monitoring.models import Window

    made = Counter(asset for _node, asset, _part, _at in feeder.written)
    there: Counter[str] = Counter()
    for asset, n in Window.objects.filter(starts__gte=since).values_list("asset__slug", "n"):
        there[asset] += n
    return sums("parts in windows", made, there)


def _rows(nodes: Sequence[SoakNode], since: datetime) -> Count:
    """Every row that a node chose to send; which parts are sampled, the node decides."""
    from monitoring.models import SampledRow

    chosen = {one for node in nodes for one in node.chosen_rows(since)}
    rows = SampledRow.objects.filter(prediction__at__gte=since)
    there = [one for one in rows.values_list("prediction_id", flat=True) if one in chosen]
    return count("sampled rows", chosen, [(key, key) for key in there])


def labels(acknowledged: Acknowledged) -> Count:
    """Every answer that was acknowledged, once; one more of the same person and question is doubled."""
    from labeling.models import Label

    there = Label.objects.filter(undone_at=None).values_list("pk", "request_id", "person_id")
    found = [(str(key), f"{request} {person}") for key, request, person in there]
    unheard = {key for key, _about in found} - acknowledged.labels.keys()  # taken, and the answer was lost
    return count("labels", acknowledged.labels.keys() | unheard, found)


def inspections(acknowledged: Acknowledged) -> Count:
    from monitoring.models import Inspection

    there = Inspection.objects.values_list("prediction__part_id", "truth")
    found = [(f"{part} {truth}", f"{part} {truth}") for part, truth in there]
    unheard = {key for key, _about in found} - acknowledged.inspections
    return count("inspections", acknowledged.inspections | unheard, found)


def runs(acknowledged: Acknowledged) -> Count:
    from labeling.models import RetrainRun

    there = RetrainRun.objects.filter(reason__startswith="Fault run").values_list("pk", "reason")
    found = [(str(key), reason) for key, reason in there]
    unheard = {key for key, _about in found} - acknowledged.runs.keys()
    return count("runs of training", acknowledged.runs.keys() | unheard, found)


# ---- what is stuck ----


def stuck_at_nodes(nodes: Sequence[SoakNode]) -> Iterator[str]:
    for node in nodes:
        for name, waiting in node.waits().items():
            if waiting:
                yield f"{node.slug}: {waiting} in {name}"
        said = node.status()
        if said.get("updates") != "possible":
            yield f"{node.slug}: updates stop: {said.get('updates', 'its status cannot be read')}"
        for asset, one in said.get("assets", {}).items():
            if one["release"] is None or one["stopped"]:
                yield f"{asset}: runs release {one['release']}, stopped: {one['stopped']}"


def stuck_at_portal(since: datetime) -> Iterator[str]:
    from monitoring.models import Quarantined, TelemetryBatch, UnapprovedRun
    from monitoring.models.telemetry import BatchState

    states = (BatchState.MERGED, BatchState.VOID)
    for batch in TelemetryBatch.objects.exclude(state__in=states).select_related("node"):
        yield f"batch {batch.node.slug} {batch.sequence}: {batch.state} {batch.problem}"
    aside = Quarantined.objects.filter(at__gte=since).exclude(part_id="", at_node=True)
    for one in aside.exclude(part_id__startswith="X"):  # hostile lines are no parts
        where = "at the node" if one.at_node else "by the portal"
        yield f"set aside {where}: {one.asset_slug} {one.part_id} {one.key} {one.check_key}: {one.reason}"
    for run in UnapprovedRun.objects.filter(ended_at=None):
        yield f"runs what nobody approved: {run}"


def stuck_jobs() -> Iterator[str]:
    from labeling.models import RetrainRun
    from labeling.transitions import RunState
    from mlops_portal.foundation.shell.models import Job

    over = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)
    for job in Job.objects.exclude(state__in=over):
        yield f"job {job.name} is {job.state} since {job.created:%H:%M:%S}: {job.message}"
    ended = (RunState.CANDIDATE, RunState.FAILED, RunState.CANCELLED)
    for run in RetrainRun.objects.exclude(state__in=ended):
        yield f"training {run.pk} is {run.state}"
