"""The queue of label requests: 50 operators take the next part and answer, 100,000 requests are open.

Two processes, below the pages: services, database, log and broker, without HTTP. Wall clock, since what is
asked about is the wait for the one writer of the database. The floor beside it, in the same run: two
processes that only write as much with bare statements, two transactions a cycle, as safely. The engine is
that of ``DATABASE_URL``, an empty database; SQLite where it names none.
"""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from typing import Any

import numpy as np

from benchmarks import portal
from benchmarks.apart import apart
from benchmarks.rows import Row

TITLE = "Label queue"
P95, RATE = 100, 60
OPERATORS, PROCESSES = 50, 2


def ours(requests: int, cycles: int) -> dict[str, Any]:
    """Milliseconds of "next" and "answer", cycles a second, and how many parts were given twice or lost."""
    with portal.empty(broker=True):
        people = _filled(requests)
        halves = [people[at::PROCESSES] for at in range(PROCESSES)]
        begun = time.perf_counter()
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
            halves_done = list(pool.map(work, halves, [cycles // PROCESSES] * PROCESSES))
        taken = [pk for half in halves_done for pk in half["taken"]]
        spent = max(half["seconds"] for half in halves_done)
        from labeling.models import Label

        return {
            "next": [one for half in halves_done for one in half["next"]],
            "answer": [one for half in halves_done for one in half["answer"]],
            "rate": len(taken) / spent,
            "twice": len(taken) - len(set(taken)),
            "lost": len(taken) - Label.objects.count(),
            "whole": time.perf_counter() - begun,
            "floor": _floor(cycles),
        }


def _floor(cycles: int) -> float:
    """Cycles a second of two processes that write alone: a row claimed, then a row changed and four added."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_floor (id integer PRIMARY KEY, state text, body text)")
        cursor.executemany("INSERT INTO bench_floor VALUES (%s, 'open', '')", [(n,) for n in range(cycles)])
    halves = [range(at, cycles, PROCESSES) for at in range(PROCESSES)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        return cycles / max(pool.map(write, halves))


def write(numbers: range) -> float:
    """One process of the floor; its seconds."""
    portal.join()
    from django.db import connection, transaction

    begun = time.perf_counter()
    for number in numbers:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE bench_floor SET state = 'leased' WHERE id = %s", [number])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE bench_floor SET state = 'answered' WHERE id = %s", [number])
            for place in range(1, 5):
                row = [1_000_000 + 10 * number + place, "x" * 300]
                cursor.execute("INSERT INTO bench_floor VALUES (%s, 'row', %s)", row)
    return time.perf_counter() - begun


def work(people: list[str], cycles: int) -> dict[str, Any]:
    """One process: its operators in turn, ``cycles`` parts in all."""
    portal.join()
    from labeling.services import label_answer, label_next
    from mlops_portal.foundation.plant.models import Line, Person

    line = Line.objects.get(slug="line-1")
    operators = list(Person.objects.filter(username__in=people))
    seconds: dict[str, Any] = {"next": [], "answer": [], "taken": []}
    begun = time.perf_counter()
    for number in range(cycles):
        by = operators[number % len(operators)]
        start = time.perf_counter()
        request = label_next(by=by, line=line)
        middle = time.perf_counter()
        label_answer(by=by, request=request, answer="ok", seconds=2.0)
        seconds["next"].append((middle - start) * 1000)
        seconds["answer"].append((time.perf_counter() - middle) * 1000)
        seconds["taken"].append(str(request.pk))
    return seconds | {"seconds": time.perf_counter() - begun}


def _filled(requests: int) -> list[str]:
    """A line with ``requests`` open questions, and the names of its operators."""
    from django.utils import timezone

    from labeling.models import LabelRequest
    from mlops_portal.foundation.plant.models import Person, RoleAssignment
    from mlops_portal.foundation.plant.roles import Role
    from monitoring.models import Prediction, SampledRow
    from tests.cast import JOINED, make_cast, new_person
    from tests.labeling.plant import a_version, make_shop

    cast = make_cast()
    shop = make_shop(cast)
    version, now = a_version(shop), timezone.now()
    people = Person.objects.bulk_create([new_person(f"bench-{number}") for number in range(OPERATORS)])
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=one, role=Role.OPERATOR, site=cast.site, line=cast.line_1, granted_at=JOINED)
        for one in people
    )
    for start in range(0, requests, 10_000):
        numbers = range(start, min(start + 10_000, requests))
        predictions = Prediction.objects.bulk_create(
            Prediction(
                id=f"node-1:{number}",
                node=shop.node,
                asset=shop.asset,
                version=version,
                activation="press-1/1",
                part_id=f"N-{number}",
                at=now,
                label="ok",
                confidence=0.8,
            )
            for number in numbers
        )
        rows = SampledRow.objects.bulk_create(
            SampledRow(
                prediction=one,
                readings={},
                probabilities={"ok": 0.8},
                reason="random",
                inclusion_probability=0.1,
            )
            for one in predictions
        )
        LabelRequest.objects.bulk_create(
            LabelRequest(
                row=row,
                version=version,
                line=cast.line_1,
                why={"text_key": "random", "random": True},
                inclusion_probability=0.5,
                asked_at=now,
                expires_at=now + timedelta(days=2),
            )
            for row in rows
        )
    return [one.username for one in people]


def measure(quick: bool) -> list[Row]:
    requests, cycles = (5_000, 200) if quick else (100_000, 3_000)
    seconds = apart(ours, requests=requests, cycles=cycles).result
    asked, answered = (float(np.percentile(seconds[key], 95)) for key in ("next", "answer"))
    met = seconds["twice"] == 0 and seconds["lost"] == 0
    note = (
        f"{requests:,} open, {OPERATORS} operators; "
        f"given twice: {seconds['twice']}, lost: {seconds['lost']}; "
        f"writing alone: {seconds['floor']:.0f}/s, {seconds['rate'] / seconds['floor']:.2f} of it"
    )
    return [
        Row(
            "next and answer",
            seconds["rate"],
            "cycles/s",
            f"≥ {RATE}/s",
            note=note,
            met=seconds["rate"] >= RATE and met,
        ),
        Row("next, 95 of 100", asked, "ms", f"< {P95} ms", met=asked < P95),
        Row("answer, 95 of 100", answered, "ms", f"< {P95} ms", met=answered < P95),
    ]
