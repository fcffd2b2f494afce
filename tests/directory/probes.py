"""For every action of the matrix: a page and an API call that does it, on line 1 or its site.

Whoever builds the pages of an action that is in ``NOT_YET`` moves it from there to ``PROBES``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.test import Client
from django.utils import timezone

from tests.directory import asked, edge, held, tablets, tried
from tests.directory.world import World

_LATER = {
    "the demo's page of disturbances": ["demo.disturb"],
}
NOT_YET = {
    key: f"reached by {pages}, which come with their app" for pages, keys in _LATER.items() for key in keys
}
BY_API_ALONE = {
    "model.register": "a model comes with its pipeline, out of a file and not a form",
    "automation.set": "set once for a model, by those who run its pipeline",
    "inspection.record": "results come from the inspection's own machine",
}


@dataclass(frozen=True)
class Probe:
    """``writes``: when it is allowed it records that many events, one as a rule; when it is refused none."""

    action: str
    channel: Literal["page", "api"]
    name: str
    call: Callable[[Client, World], Any]
    writes: int = True

    def __str__(self) -> str:
        return f"{self.action}-{self.channel}-{self.name}"


def _get(address: str) -> Callable[[Client, World], Any]:
    return lambda client, world: client.get(address.format(world=world))


def _post(address: str, **data: Any) -> Callable[[Client, World], Any]:
    return lambda client, world: client.post(address.format(world=world), _filled(data, world))


def _send(method: str, address: str, **data: Any) -> Callable[[Client, World], Any]:
    def call(client: Client, world: World) -> Any:
        return client.generic(
            method,
            f"/api/v1/{address.format(world=world)}",
            json.dumps(_filled(data, world)) if data else "",
            "application/json",
        )

    return call


def _filled(data: dict[str, Any], world: World) -> dict[str, Any]:
    return {
        key: value.format(world=world) if isinstance(value, str) else value for key, value in data.items()
    }


TOMORROW = (timezone.now() + timedelta(days=2)).date().isoformat()
SOON = (timezone.now() + timedelta(days=2)).isoformat()
PERSON = "/people/{world.worker.pk}/"
SITE, LINE, KEY = "ahrensfeld", "line-1", "ahrensfeld/line-1"
INVITED = {"name": "Ada Novak", "email": "ada@plant.example", "role": "operator", "language": "de"}
POLICY = {
    "now_worse_by": "5", "now_missed_by": "2", "found_floor": "0", "fewest_now": "9",
    "not_worse_by": "1", "label_share": "20", "fewest_rows": "9", "valid_days": "5", "parity": "0",
}  # fmt: skip
RELEASE = "releases/{world.release.pk}/"
MODEL = {
    "slug": "press-wear", "name": "Press wear", "asset_type": "press",
    "classes": [{"key": key, "words": {"en": key}, "defect": key != "ok"} for key in ("ok", "crack")],
    "features": [{"key": "force", "words": {"en": "Force"}, "unit": "kN"}],
}  # fmt: skip
SHIFT = {"name": "Late", "starts": "14:00", "ends": "22:00"}

PROBES: tuple[Probe, ...] = (
    Probe("release.view", "page", "node", _get("/edge/node-1/"), writes=False),
    Probe("release.view", "page", "release", _get("/releases/{world.release.pk}/"), writes=False),
    Probe("release.view", "api", "release", _get("/api/v1/releases/{world.release.pk}/"), writes=False),
    Probe("release.control", "page", "pause", _post("/releases/{world.release.pk}/pause/", reason="Look")),
    Probe("release.control", "page", "halt", _post("/releases/{world.release.pk}/halt/", reason="Look")),
    Probe("release.control", "api", "pause", _send("POST", RELEASE + "pause/", reason="Look")),
    Probe("release.control", "api", "halt", _send("POST", RELEASE + "halt/", reason="Look")),
    Probe("status.view", "page", "system", _get("/status/"), writes=False),
    Probe("status.view", "api", "system", _get("/api/v1/status/"), writes=False),
    Probe("model.view", "page", "list", _get("/models/"), writes=False),
    Probe("model.view", "page", "model", _get("/models/press-quality/"), writes=False),
    Probe("model.view", "api", "model", _get("/api/v1/models/press-quality/"), writes=False),
    Probe("model.register", "api", "new", _send("POST", "models/", **MODEL)),
    Probe(
        "automation.set",
        "api",
        "level",
        _send("POST", "models/press-quality/automation/", step="label", level="ask", reason="Look"),
    ),
    Probe(
        "ask_zone.set",
        "page",
        "promise",
        _post("/models/press-quality/alone/", wrong="2", certainty="95", reason="Look"),
    ),
    Probe(
        "ask_zone.set",
        "api",
        "promise",
        _send("POST", "models/press-quality/ask-zone/", wrong_share=0.02, certainty=0.95, reason="Look"),
    ),
    Probe("inspection.record", "api", "result", asked.inspect),
    Probe("plant.view", "page", "line", _get("/plant/lines/line-1/"), writes=False),
    Probe("plant.view", "page", "machine", _get("/plant/machines/press-1/"), writes=False),
    Probe("plant.view", "api", "line", _get("/api/v1/lines/line-1/"), writes=False),
    Probe("plant.view", "api", "machine", _get("/api/v1/assets/press-1/"), writes=False),
    Probe("plant.edit", "page", "line", _post("/plant/lines/new/", site=SITE, name="N", slug="n", order=3)),
    Probe(
        "plant.edit",
        "page",
        "machine",
        _post("/plant/machines/new/", line=LINE, type="press", name="Press 2", slug="press-2"),
    ),
    Probe(
        "plant.edit",
        "page",
        "change",
        _post("/plant/machines/press-1/change/", name="P", line=LINE, type="press", node=""),
    ),
    Probe("plant.edit", "page", "retire", _post("/plant/machines/press-1/retire/")),
    Probe("plant.edit", "api", "line", _send("POST", "lines/", site=SITE, name="N", slug="n", order=3)),
    Probe(
        "plant.edit",
        "api",
        "machine",
        _send("POST", "assets/", line=LINE, type="press", name="Press 2", slug="press-2"),
    ),
    Probe("plant.edit", "api", "change", _send("PATCH", "assets/press-1/", name="P")),
    Probe("plant.edit", "api", "retire", _send("DELETE", "assets/press-1/")),
    Probe(
        "calendar.edit",
        "page",
        "shift",
        _post("/plant/calendar/ahrensfeld/shift/", weekdays=["1", "2"], **SHIFT),
    ),
    Probe(
        "calendar.edit",
        "page",
        "remove",
        _post("/plant/calendar/ahrensfeld/shift/{world.shift.pk}/remove/"),
    ),
    Probe(
        "calendar.edit",
        "page",
        "close",
        _post("/plant/calendar/ahrensfeld/close/", day=TOMORROW, reason="Inventory"),
    ),
    Probe("calendar.edit", "api", "shift", _send("POST", "shifts/", site=SITE, weekdays="12", **SHIFT)),
    Probe("calendar.edit", "api", "remove", _send("DELETE", "shifts/{world.shift.pk}/")),
    Probe(
        "calendar.edit",
        "api",
        "close",
        _send("POST", "closed-days/", site=SITE, day=TOMORROW, reason="Inventory"),
    ),
    Probe("node.view", "page", "node", _get("/plant/nodes/node-1/"), writes=False),
    Probe("node.view", "api", "node", _get("/api/v1/nodes/node-1/"), writes=False),
    Probe(
        "node.register", "page", "new", _post("/plant/nodes/new/", line=LINE, name="Node 7", slug="node-7")
    ),
    Probe("node.register", "page", "retire", _post("/plant/nodes/node-2/retire/")),
    Probe("node.register", "api", "new", _send("POST", "nodes/", line=LINE, name="Node 7", slug="node-7")),
    Probe("node.register", "api", "retire", _send("DELETE", "nodes/node-2/")),
    Probe("node.settle", "page", "send", edge.settle("send")),
    Probe("node.settle", "page", "give up", edge.settle("give-up")),
    Probe("node.settle", "api", "send", edge.settle_by_api("send")),
    Probe("node.settle", "api", "give up", edge.settle_by_api("give-up")),
    Probe("keys.ceremony", "page", "hold", edge.ceremony, writes=edge.OF_A_CEREMONY),
    Probe("keys.ceremony", "api", "hold", edge.ceremony_by_api, writes=edge.OF_A_CEREMONY),
    Probe("people.view", "page", "list", _get("/people/"), writes=False),
    Probe("people.view", "page", "person", _get(PERSON), writes=False),
    Probe("people.view", "api", "person", _get("/api/v1/people/{world.worker.pk}/"), writes=False),
    Probe("people.invite", "page", "new", _post("/people/invitations/new/", place=KEY, **INVITED)),
    Probe("people.invite", "api", "new", _send("POST", "invitations/", site=SITE, line=LINE, **INVITED)),
    Probe("people.leave", "page", "leave", _post(PERSON + "leave/")),
    Probe("people.leave", "api", "leave", _send("POST", "people/{world.worker.pk}/leave/")),
    Probe("role.grant", "page", "give", _post(PERSON + "role/", role="auditor", place=KEY)),
    Probe(
        "role.grant",
        "api",
        "give",
        _send("POST", "roles/", person="{world.worker.pk}", role="auditor", site=SITE, line=LINE),
    ),
    Probe("skill.grant", "page", "give", _post(PERSON + "skill/", skill="cracks")),
    Probe(
        "skill.grant",
        "api",
        "give",
        _send("POST", "person-skills/", person="{world.worker.pk}", skill="cracks"),
    ),
    Probe("matrix.view", "page", "matrix", _get("/matrix/"), writes=False),
    Probe("matrix.view", "api", "matrix", _get("/api/v1/matrix/"), writes=False),
    Probe(
        "token.create",
        "page",
        "new",
        _post("/me/tokens/new/", name="notebook", expires=TOMORROW, scopes=["matrix.view"]),
    ),
    Probe(
        "token.create",
        "api",
        "new",
        _send("POST", "tokens/", name="notebook", expires_at=SOON, scopes=["matrix.view"]),
    ),
    Probe("tablet.pair", "page", "announce", _post("/plant/tablets/new/", line="line-1", name="Furnace")),
    Probe("tablet.pair", "page", "unpair", tablets.unpair),
    Probe("tablet.pair", "api", "announce", _send("POST", "tablets/", line="line-1", name="Furnace")),
    Probe("tablet.pair", "api", "unpair", tablets.unpair_by_api),
    Probe("pin.set", "page", "PIN", _post("/me/pin/", pin="4071", again="4071")),
    Probe("pin.set", "api", "PIN", _send("PUT", "me/pin/", pin="4071")),
    Probe("approval.view", "page", "approval", _get("/approvals/{world.asked.pk}/"), writes=False),
    Probe("approval.view", "api", "approval", _get("/api/v1/approvals/{world.asked.pk}/"), writes=False),
    Probe("approval.request", "page", "withdraw", _post("/approvals/{world.draft.pk}/withdraw/")),
    Probe("approval.request", "api", "withdraw", _send("POST", "approvals/{world.draft.pk}/withdraw/")),
    Probe(
        "approval.decide",  # the right alone does not sign: the code is wrong, and nothing happens
        "page",
        "sign",
        _post("/approvals/{world.asked.pk}/sign/", verdict="approve", password="-", code="000000"),
        writes=False,
    ),
    Probe(
        "approval.decide",
        "api",
        "statement",
        _get("/api/v1/approvals/{world.asked.pk}/statement/"),
        writes=False,
    ),
    Probe("policy.set", "page", "model", _post("/approvals/policies/models/press-quality/", **POLICY)),
    Probe(
        "policy.set", "api", "model", _send("PUT", "approval-policies/press-quality/", body={"valid_days": 3})
    ),
    Probe("label.answer", "page", "answer", asked.answer),
    Probe("label.answer", "api", "answer", asked.by_api("answer")),
    Probe("label.settle", "page", "settle", asked.settle),
    Probe("label.settle", "api", "settle", asked.by_api("settle", for_expert=True)),
    Probe(  # a worker chooses the parts, so the event comes later
        "label.ask", "page", "ask", _post("/label/ask/?alert={world.alert.pk}", count=5), writes=False
    ),
    Probe("label.ask", "page", "by chance", _post("/label/ask/press-quality/1/", count=5), writes=False),
    Probe(
        "label.ask",
        "api",
        "ask",
        lambda client, world: client.post(
            "/api/v1/label-requests/", {"alert": world.alert.pk, "count": 5}, content_type="application/json"
        ),
        writes=False,
    ),
    Probe("change.record", "page", "change", _post("/changes/press-1/tool/", value="15")),
    Probe("change.record", "api", "change", _send("POST", "changes/", asset="press-1", kind="tool")),
    Probe("budget.set", "page", "line", _post("/limits/lines/line-1/", per_week="2", reason="Quiet")),
    Probe(
        "budget.set", "api", "line", _send("PUT", "false-alarm-budgets/line-1/", per_week=2, reason="Quiet")
    ),
    Probe("budget.set", "api", "watch", _send("PATCH", "watches/press-quality/", persistence=3, reason="Q")),
    Probe("model.onboard", "page", "undo", asked.undo_onboarding),
    Probe("model.onboard", "api", "undo", asked.undo_onboarding_by_api),
    Probe("containment.view", "page", "one", held.see, writes=False),
    Probe("containment.view", "page", "lot", held.see_lot, writes=False),
    Probe("containment.view", "page", "label", held.see_label, writes=False),
    Probe("containment.view", "page", "csv", held.see_csv, writes=False),
    Probe("containment.view", "api", "one", held.see_by_api, writes=False),
    Probe("containment.view", "api", "part", held.see_part_by_api, writes=False),
    Probe("containment.open", "page", "new", _post("/containments/new/", asset="press-1", reason="Smell")),
    Probe("containment.open", "page", "widen", held.widen),
    Probe("containment.open", "api", "new", _send("POST", "containments/", asset="press-1", reason="Smell")),
    Probe("containment.open", "api", "widen", held.widen_by_api),
    Probe("containment.pull", "page", "lot", held.pull),
    Probe("containment.pull", "api", "lot", held.pull_by_api),
    Probe("containment.dispose", "page", "lot", held.dispose),
    Probe("containment.dispose", "page", "bound", held.bound),
    Probe("containment.dispose", "page", "close", held.close),
    Probe("containment.dispose", "api", "lot", held.dispose_by_api),
    Probe("containment.dispose", "api", "part", held.dispose_part_by_api),
    Probe("containment.dispose", "api", "bound", held.bound_by_api),
    Probe("containment.dispose", "api", "close", held.close_by_api),
    Probe("golden.view", "page", "set", _get("/golden/press-quality/"), writes=False),
    Probe("golden.view", "api", "sample", asked.see_sample, writes=False),
    Probe("golden.view", "page", "round", asked.see_round, writes=False),
    Probe("golden.view", "page", "part", asked.see_course, writes=False),
    Probe("golden.view", "api", "round", asked.see_round_by_api, writes=False),
    Probe("golden.run", "page", "begin", asked.begin_round),
    Probe("golden.run", "page", "say", asked.say_in_round),
    Probe("golden.run", "api", "begin", asked.begin_round_by_api),
    Probe("golden.run", "api", "say", asked.say_in_round_by_api),
    Probe("golden.edit", "page", "plan", _post("/golden/press-quality/plan/", minutes=60)),
    Probe("golden.edit", "page", "agree", asked.agree),
    Probe("golden.edit", "api", "plan", asked.plan_by_api),
    Probe("golden.edit", "api", "agree", asked.agree_by_api),
    Probe("golden.edit", "page", "retire", asked.retire),
    Probe("golden.edit", "api", "retire", asked.retire_by_api),
    Probe("run.view", "page", "list", _get("/runs/"), writes=False),
    Probe("run.view", "page", "run", _get("/runs/{world.run.pk}/"), writes=False),
    Probe("run.view", "api", "run", _get("/api/v1/runs/{world.run.pk}/"), writes=False),
    Probe("run.start", "page", "cancel", _post("/runs/{world.run.pk}/cancel/")),
    Probe("run.start", "page", "start", _post("/runs/{world.run.pk}/start/")),
    Probe("run.start", "api", "cancel", _send("POST", "runs/{world.run.pk}/cancel/")),
    Probe("run.start", "api", "start", _send("POST", "runs/{world.run.pk}/start/")),
    Probe("alert.view", "page", "alert", _get("/alerts/{world.alert.pk}/"), writes=False),
    Probe("alert.view", "api", "alert", _get("/api/v1/alerts/{world.alert.pk}/"), writes=False),
    Probe("alert.handle", "page", "take", _post("/alerts/{world.alert.pk}/take/")),
    Probe("alert.handle", "page", "resolve", _post("/alerts/{world.alert.pk}/resolve/", cause="expected")),
    Probe("alert.handle", "api", "acknowledge", _send("POST", "alerts/{world.alert.pk}/acknowledge/")),
    Probe(
        "alert.handle", "api", "resolve", _send("POST", "alerts/{world.alert.pk}/resolve/", cause="expected")
    ),
    Probe("measure.view", "page", "measure", asked.see_measure, writes=False),
    Probe("measure.view", "api", "measure", asked.see_measure_by_api, writes=False),
    Probe("measure.edit", "page", "end", asked.end_measure),
    Probe("measure.edit", "api", "end", asked.end_measure_by_api),
    Probe("measure.record", "page", "value", asked.tell_value, writes=False),  # telemetry leaves no event
    Probe("measure.record", "api", "values", asked.send_value, writes=False),
    Probe("log.view", "page", "log", _get("/log/")),
    Probe("log.view", "api", "events", _get("/api/v1/events/")),
    Probe("log.view", "api", "witnesses", _get("/api/v1/events/witnesses/"), writes=False),
    Probe("log.verify", "page", "verify", _post("/log/verify/"), writes=False),
    Probe("log.verify", "api", "verify", _send("POST", "events/verify/"), writes=False),
    Probe("log.export", "page", "ask", _post("/log/exports/"), writes=False),
    Probe("log.export", "api", "ask", _send("POST", "exports/"), writes=False),
    Probe("backtest.view", "page", "list", _get("/backtests/"), writes=False),
    Probe("backtest.view", "page", "test", tried.see, writes=False),
    Probe("backtest.view", "api", "test", tried.see_by_api, writes=False),
    Probe("backtest.run", "page", "run", tried.run),
    Probe("backtest.run", "page", "cancel", tried.cancel),
    Probe("backtest.run", "api", "run", tried.run_by_api),
    Probe("backtest.run", "api", "cancel", tried.cancel_by_api),
    Probe("lineage.view", "page", "search", _get("/lineage/"), writes=False),
    Probe("lineage.view", "api", "prediction", asked.see_lineage, writes=False),
)
