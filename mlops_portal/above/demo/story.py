"""The demo's story, from tool wear to a node that runs version 2: what is done, what is next, who does it.

Nothing here does a step; each is done by its person on its page. Who signs, trains and labels are three.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest
from approvals.selectors.duties import worth_for
from approvals.selectors.worth import Key
from approvals.transitions import ApprovalState
from edge_sync.selectors.running import running_on
from labeling.models import LabelRequest, RetrainRun
from labeling.transitions import RequestState, RunState
from mlops_portal.above.demo.models import Disturbance
from mlops_portal.foundation.plant.models import Asset, Line, Person
from monitoring.models import Alert

WAITING = (RequestState.OPEN, RequestState.LEASED)
SUBMITTED = (ApprovalState.SUBMITTED, ApprovalState.APPROVED)


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the story plays on a line; ``signer`` decides there."""

    line: str
    asset: str
    model: str
    operator: str
    signer: str


PLOTS = (
    Plot("line-2", "mill-5", "milled-parts", "elif", "anna"),
    Plot("line-1", "press-1", "pressed-parts", "tom", "jonas"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """``who``: the user name to sign in as, "" where nobody does anything; ``state`` is set by the whole."""

    title: str
    text: str
    who: str
    link: str
    label: str
    done: bool
    state: Literal["done", "next", "later"] = "later"


@dataclass(frozen=True, slots=True)
class Chapter:
    line: Line
    steps: list[Step]
    over: bool

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)


def chapters() -> list[Chapter]:
    """One for each line; [] where the demo plant is not loaded."""
    shown = []
    for plot in PLOTS:
        asset = Asset.objects.filter(slug=plot.asset).select_related("line__site", "node").first()
        if asset is not None and Person.objects.filter(username=plot.signer).exists():
            shown.append(_chapter(plot, asset))
    return shown


def _chapter(plot: Plot, asset: Asset) -> Chapter:
    steps: list[Step] = []
    before = True
    for one in _steps(plot, asset):
        state: Literal["done", "next", "later"] = "done" if one.done else "next" if before else "later"
        before = before and one.done
        steps.append(Step(one.title, one.text, one.who, one.link, one.label, one.done, state))
    return Chapter(asset.line, steps, all(one.done for one in steps))


def _steps(plot: Plot, asset: Asset) -> Iterator[Step]:
    """In order; what came before the disturbance was switched on is not part of the story."""
    worn = Disturbance.objects.filter(asset=asset, key="tool_wear").order_by("-on_at").first()
    since = worn.on_at if worn else None
    yield Step(
        _("Switch fast tool wear on at %(machine)s") % {"machine": asset},
        _("On this page, with strength 3: the tool wears many times as fast as usual."),
        "maja", f"{reverse('demo:board')}?machine={asset.slug}#disturb", _("Disturb a machine"),
        worn is not None,
    )  # fmt: skip
    alert = (
        Alert.objects.filter(asset=asset, opened_at__gte=since).order_by("opened_at").first()
        if since
        else None
    )
    there = reverse("alert", args=[alert.pk]) if alert else reverse("alerts")
    yield Step(
        _("The portal notices"),
        _("The windows of the machine leave their limits; after two to four minutes an alert is there."),
        "", there, _("Alerts"), alert is not None,
    )  # fmt: skip
    asked = (
        LabelRequest.objects.filter(version__model__slug=plot.model, line=asset.line, asked_at__gte=since)
        if since
        else None
    )
    count = asked.count() if asked is not None else 0
    yield Step(
        _("Take the alert and ask the line for labels"),
        _("Open the alert, take it, choose “Ask for labels”; twenty parts do."),
        "maja", there, _("The alert") if alert else _("Alerts"), count > 0,
    )  # fmt: skip
    left = asked.filter(state__in=WAITING).count() if asked is not None else 0
    yield Step(
        _("Judge the parts"),
        _("%(done)d of %(count)d parts are judged.") % {"done": count - left, "count": count}
        if count
        else _("One tap a part, beside its readings and pictures."),
        plot.operator, reverse("label_line", args=[plot.line]), _("Judge parts"), count > 0 and left == 0,
    )  # fmt: skip
    yield from _second_half(plot, asset, since, alert)


def _second_half(plot: Plot, asset: Asset, since: datetime | None, alert: Alert | None) -> Iterator[Step]:
    """Training, approval, release."""
    runs = RetrainRun.objects.filter(model__slug=plot.model).select_related("candidate__model")
    run = runs.filter(created_at__gte=since).order_by("-created_at").first() if since else None
    version = run.candidate if run else None
    yield Step(
        _("Retrain the model"),
        _("It is being trained; that takes a minute or two.")
        if run and run.state == RunState.STARTED
        else _("The alert leads there and is the reason. The run takes the way to train that fits."),
        "sam", reverse("run", args=[run.pk]) if run else _to_retrain(plot, alert),
        _("The run") if run else _("Retrain a model"), version is not None,
    )  # fmt: skip
    requests = ApprovalRequest.objects.filter(version=version, line=asset.line) if version else None
    request = requests.order_by("-created_at").first() if requests is not None else None
    page = reverse("approval", args=[request.pk]) if request else ""
    candidate = reverse("candidate", args=[plot.model, version.number]) if version else reverse("candidates")
    yield Step(
        _("Ask for approval and submit it"),
        _("For the machines of %(line)s. Where a gate is in doubt, say why to approve all the same.")
        % {"line": asset.line},
        "sam", page or candidate, _("The approval") if request else _("The candidate"),
        request is not None and request.state in SUBMITTED,
    )  # fmt: skip
    approved = request is not None and request.state == ApprovalState.APPROVED
    yield from _signing(plot, request, page, approved=approved)
    running = running_on([asset], now=timezone.now())[0]
    yield Step(
        _("The node takes it"),
        _("It verifies the signatures, tries the version on its golden parts, switches, and confirms."),
        "", reverse("edge_node", args=[asset.node.slug]) if asset.node else reverse("models"), _("The node"),
        approved and version is not None and running.matches and running.version == version,
    )  # fmt: skip


def _to_retrain(plot: Plot, alert: Alert | None) -> str:
    return f"{reverse('run_new')}?" + (f"alert={alert.pk}" if alert else f"model={plot.model}")


def _signing(plot: Plot, request: ApprovalRequest | None, page: str, *, approved: bool) -> Iterator[Step]:
    by_code = plot.line == "line-1"
    if not by_code:
        yield from _known(plot, request, approved=approved)
    yield Step(
        _("Sign"),
        _(
            "Line 1 is portal-trusted: password and one-time code suffice. The demo shows the code "
            "of his authenticator app on a page of its own; a used code is refused, wait for the next one."
        )
        if by_code
        else _("With the passkey, on the evidence that stands beside it."),
        plot.signer, page or reverse("approvals"), _("The approval") if page else _("Approvals"), approved,
    )  # fmt: skip


def _known(plot: Plot, request: ApprovalRequest | None, *, approved: bool) -> Iterator[Step]:
    """Line 2 takes passkeys alone, and nodes take those that a ceremony made known."""
    worth = worth_for(Person.objects.get(username=plot.signer), request) if request else None
    has = approved or (worth is not None and worth.key in (Key.KNOWN, Key.UNKNOWN))
    yield Step(
        _("Add a passkey"),
        _("Line 2 demands one. The page “Keys” leads there."),
        plot.signer, reverse("keys"), _("Keys"), has,
    )  # fmt: skip
    yield Step(
        _("Hold the key ceremony"),
        _("It makes the passkey known to the nodes. At a plant this happens offline, here on a page."),
        "sofia", reverse("keys") + "#ceremony", _("Keys"),
        approved or (worth is not None and worth.key == Key.KNOWN),
    )  # fmt: skip
