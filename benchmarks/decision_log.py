"""The decision log: events appended one transaction each, made durable, and verified from their rows."""

from __future__ import annotations

import time

from benchmarks import portal
from benchmarks.apart import apart
from benchmarks.rows import Row, beside

TITLE = "Decision log"
APPENDED, VERIFIED = 500, 60  # events a second; seconds for a million
MILLION = 1_000_000


def ours(events: int) -> dict[str, float]:
    """Seconds of appending, of giving leaves, of verifying ``events``, and of bare inserts beside."""
    with portal.empty():
        from django.db import transaction

        from mlops_portal.foundation.ledger import types
        from mlops_portal.foundation.ledger.refs import Actor, Ref
        from mlops_portal.foundation.ledger.selectors import log_verify
        from mlops_portal.foundation.ledger.services import event_record, log_sequence
        from mlops_portal.foundation.ledger.signals import event_recorded

        event_recorded.receivers = []  # the sequencer is called here
        types.register("bench.tool.changed", "{actor} changed tool {tool}")
        actor = Actor("person", "7f1", "Ada Berg")

        def append() -> None:
            for number in range(events):
                with transaction.atomic():
                    event_record(
                        type="bench.tool.changed",
                        actor=actor,
                        subjects=[Ref("line", "1"), Ref("tool", str(number), "changed")],
                        public={"tool": f"T{number}"},
                    )

        seconds = {"append": _seconds(append), "bare": _seconds(lambda: bare(events))}
        seconds["sequence"] = _seconds(log_sequence)
        begun = time.process_time()
        report = log_verify()
        seconds["verify"] = time.process_time() - begun
        if report.faults or report.events < events:
            raise RuntimeError(f"the log does not verify: {report}")
        return seconds


def bare(events: int) -> None:
    """As many rows of the same size into a plain table, one durable transaction each."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bare (id INTEGER PRIMARY KEY, text TEXT)")
        for number in range(events):
            with transaction.atomic():
                cursor.execute("INSERT INTO bench_bare (id, text) VALUES (%s, %s)", [number, "x" * 400])


def _seconds(call: object) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def measure(quick: bool) -> list[Row]:
    events = 2_000 if quick else 20_000
    seconds = apart(ours, events=events).result
    rate, floor = events / seconds["append"], events / seconds["bare"]
    million = seconds["verify"] / events * MILLION
    return [
        beside(
            f"{events:,} events appended, one transaction each",
            rate,
            "/s",
            goal=f"≥ {APPENDED}/s",
            peer="bare inserts, SQLite FULL",
            peer_figure=floor,
            met=rate >= APPENDED,
            note=f"leaves and checkpoint: {events / seconds['sequence']:,.0f} events/s more; wall clock",
        ),
        Row(
            "1 M events verified",
            million,
            "s",
            goal=f"< {VERIFIED} s",
            met=million < VERIFIED,
            note=f"at the rate of {events:,} events",
        ),
    ]
