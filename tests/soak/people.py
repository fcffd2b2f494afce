"""People at work while everything fails: they ask, answer, inspect and train over the API, and remember what
was acknowledged. A request without an answer is sent again under the same key, as a good client does."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.soak.feeder import Feeder

SCOPES = {
    "maja": ["plant.view", "label.ask", "label.answer", "inspection.record"],
    "tom": ["plant.view", "label.answer"],
    "elif": ["plant.view", "label.answer"],
    "sam": ["run.view", "run.start", "model.view"],
}
ANSWERING = {"line-1": "tom", "line-2": "elif"}
PATIENCE = 240.0
EVERY = 1.0
IN_FLIGHT = ":request-in-flight"
ASK_EVERY = 90.0  # of one line: parts are chosen by a job, and who asks again meanwhile asks for more


class Unanswered(Exception):
    """Nothing came within PATIENCE, or the time is over."""


@dataclass
class Acknowledged:
    """What the portal said that it took."""

    labels: dict[str, str] = field(default_factory=dict)  # id: its request
    inspections: set[str] = field(default_factory=set)  # "part truth"
    runs: dict[str, str] = field(default_factory=dict)  # id: its reason
    refused: Counter[str] = field(default_factory=Counter)


class People(threading.Thread):
    def __init__(self, port: int, tokens: dict[str, str], feeder: Feeder, models: dict[str, str], seed: int):
        super().__init__(name="people", daemon=True)
        self._port, self._tokens, self._feeder, self._models = port, tokens, feeder, models
        self._draw = random.Random(seed)
        self._ended = threading.Event()
        self._inspected = 0
        self._asked = dict.fromkeys(ANSWERING, -ASK_EVERY)
        self.acknowledged = Acknowledged()

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        while not self._ended.wait(EVERY):
            for work in (self._answer, self._inspect):
                try:
                    work()
                except Unanswered as error:
                    self.acknowledged.refused[f"{error} was not answered in time"] += 1

    # ---- what they do ----

    def _answer(self) -> None:
        line, person = self._draw.choice(sorted(ANSWERING.items()))
        status, found = self._post(person, "/label-requests/next/", {"line": line})
        if status == 204:
            self._ask(line)
            return
        self._note(status, found)
        if status != 200:
            return
        known = [one for one in found["answers"] if one not in ("cant_tell", "escalate")]
        status, label = self._post(
            person, f"/label-requests/{found['id']}/answer/", {"answer": self._draw.choice(known)}
        )
        self._note(status, label)
        if status == 201:
            self.acknowledged.labels[label["id"]] = found["id"]

    def _ask(self, line: str) -> None:
        now = time.monotonic()
        if now - self._asked[line] < ASK_EVERY:
            return
        self._asked[line] = now
        asked = {"line": line, "model": self._models[line], "count": 30}
        self._note(*self._post("maja", "/label-requests/", asked))

    def _inspect(self) -> None:
        """One part in ten; those that the portal does not know yet come later."""
        if len(self._feeder.truths) < self._inspected + 40:
            return
        part, asset, truth = self._feeder.truths[self._inspected]
        given = {"part": part, "asset": asset, "truth": truth, "at": datetime.now(UTC).isoformat()}
        status, found = self._post("maja", "/inspections/", given)
        if status == 201:
            self.acknowledged.inspections.add(f"{part} {truth}")
            self._inspected += 10
        elif status != 404:
            self._note(status, found)
            self._inspected += 10

    def train(self, model: str) -> str | None:
        """Propose and start a run; its id, None where it was refused."""
        reason = f"Fault run {uuid4()}"
        try:
            status, run = self._post("sam", "/runs/", {"model": model, "reason": reason})
            if status != 201:
                self._note(status, run)
                return None
            self.acknowledged.runs[str(run["id"])] = reason
            self._note(*self._post("sam", f"/runs/{run['id']}/start/", {}))
        except Unanswered:
            return None
        return str(run["id"])

    def _note(self, status: int, found: dict[str, Any]) -> None:
        if status >= 400:
            self.acknowledged.refused[f"{status}: {found.get('detail', '')}"[:160]] += 1

    # ---- how they say it ----

    def _post(self, person: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Until it is answered, under one key. Whether an unknown outcome took effect, the tables say."""
        key, until = str(uuid4()), time.monotonic() + PATIENCE
        while time.monotonic() < until and not self._ended.is_set():
            try:
                status, found = self._once(person, path, body, key)
            except (OSError, http.client.HTTPException, ValueError):
                self._ended.wait(EVERY)
                continue
            in_flight = str(found.get("type", "")).endswith(IN_FLIGHT)
            if status not in (429, 500, 502, 503, 504) and not in_flight:
                return status, found
            self._ended.wait(EVERY)
        raise Unanswered(path)

    def _once(self, person: str, path: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("localhost", self._port, timeout=30)
        try:
            connection.request("POST", f"/api/v1{path}", json.dumps(body), {
                "Authorization": f"Bearer {self._tokens[person]}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            })  # fmt: skip
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        found: dict[str, Any] = json.loads(text) if text else {}
        return answer.status, found if isinstance(found, dict) else {}


def waited(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether it became true within so many seconds."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.25)
    return True
