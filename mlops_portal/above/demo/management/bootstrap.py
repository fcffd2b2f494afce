"""The demo plant's first releases: nodes with keys, rosters, and version 1 approved as every version is.

Nothing is passed by: requests, statements, signatures and rosters are those of a real plant. What is only of
the demo: the keys that belong offline or to people lie below VAR_DIR, and this program signs with them.
"""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from approvals.models import ApprovalRequest, LinePolicy
from approvals.selectors.requests import OPEN
from approvals.services.decisions import decide
from approvals.services.policies import line_policy_set
from approvals.services.requests import request_open, request_submit, void_if_changed
from approvals.services.sealing import statement_seal
from approvals.services.statements import statement_for
from approvals.transitions import ApprovalState, Assurance
from edge_sync.agent.disk import files
from edge_sync.agent.disk.keys import load_or_make, public_hex
from edge_sync.keys.demo import demo_mark
from edge_sync.keys.repository import layout
from edge_sync.selectors.roster import signed
from edge_sync.services.nodes import node_enrol
from mlops_portal.above.demo import places
from mlops_portal.above.demo.accounts import PASSWORD
from mlops_portal.above.demo.codes import SECRETS, code_now
from mlops_portal.above.demo.management.learning import MODELS
from mlops_portal.above.demo.management.softkey import SoftKey
from mlops_portal.foundation.directory.events import security_changed
from mlops_portal.foundation.plant.models import Asset, Line, Node, Person
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.services.tokens import token_create
from mlops_portal.foundation.registry.models import ModelVersion

INTERVAL = 5.0
WITNESS = 30.0
WHY = "The first version for these machines"
DECIDED = (ApprovalState.APPROVED, ApprovalState.RETURNED, ApprovalState.REJECTED)
SOFT_SIGNER = "petra"
ASSURANCE = {"line-1": Assurance.CODE, "line-2": Assurance.PASSKEY}


def load_releases() -> None:
    """Bring up what is missing; a second run changes nothing but the addresses in the nodes' settings."""
    demo_mark()
    key = _soft_key()
    known = key.is_of(Person.objects.get(username=SOFT_SIGNER))
    _ways_to_sign(key)
    for line in Line.objects.filter(slug__in=ASSURANCE).select_related("site"):
        if not LinePolicy.objects.filter(line=line).exists():
            line_policy_set(
                by=Person.objects.get(username="anna"),
                line=line,
                minimum_assurance=ASSURANCE[line.slug],
                quorum={Role.QUALITY_ENGINEER.value: 1},
            )
    nodes = Node.objects.filter(retired_at=None).select_related("line")
    for node in nodes:  # before the ceremony, which names them as witnesses of the log
        _enrolled(node)
    if not known or not all(_has_roster(line) for line in Line.objects.all()):
        call_command("keys_ceremony", yes=True, json=True, stdout=StringIO())
    for node in nodes:
        _node(node)
    _inspection_token()
    for version in ModelVersion.objects.filter(number=1, model__slug__in=[one.slug for one in MODELS]):
        for line in Line.objects.filter(assets__type=version.model.asset_type).distinct():
            _approve(version, line, key)


def _has_roster(line: Line) -> bool:
    """Whether a ceremony came to its end: one that was stopped leaves a root without rosters."""
    return (layout().metadata / "1.root.json").exists() and signed(line) is not None


def _soft_key() -> SoftKey:
    host = settings.PUBLIC_URL.partition("://")[2].partition(":")[0].partition("/")[0]
    path = places.home() / "people" / f"{SOFT_SIGNER}.pem"
    return SoftKey(path, rp_id=host, origin=settings.PUBLIC_URL)


def _ways_to_sign(key: SoftKey) -> None:
    signer = Person.objects.get(username=SOFT_SIGNER)
    if not key.is_of(signer):
        with transaction.atomic():
            key.add_to(signer, name="Demo key in software")
            security_changed("passkey.added", person=signer, personal={"name": "Demo key in software"})
    for username, secret in SECRETS.items():
        person = Person.objects.get(username=username)
        if not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
            with transaction.atomic():
                TOTP.activate(person, secret)
                security_changed("authenticator.added", person=person)


def _inspection_token() -> None:
    """The inspection station reports as the domain expert who looks after it, and may do nothing else."""
    path = places.inspection_token()
    if path.exists():
        return
    _token, secret = token_create(
        by=Person.objects.get(username="maja"),
        name="Inspection station",
        scopes=["inspection.record"],
        expires_at=timezone.now() + timedelta(days=300),
    )
    files.write(path, secret.encode("ascii"), mode=0o600)


def _enrolled(node: Node) -> None:
    """The node's home with its own key, and the key known here."""
    home = places.home() / "nodes" / node.slug
    home.mkdir(parents=True, exist_ok=True)
    public = public_hex(load_or_make(home / "node.key"))
    if node.public_key != public:
        node_enrol(by=Person.objects.get(username="sofia"), node=node, public_key=public)


def _node(node: Node) -> None:
    """What the node must know."""
    home = places.home() / "nodes" / node.slug
    root = home / "root.json"
    if not root.exists():
        root.write_bytes((layout().metadata / "1.root.json").read_bytes())
    by_type = {one.asset_type: one.slug for one in MODELS}
    settings_of_node = {
        "portal": settings.PUBLIC_URL,
        "node": node.slug,
        "line": node.line.slug,
        "assets": {asset.slug: by_type[asset.type.slug] for asset in node.assets.select_related("type")},
        "feed": str(Path("../..") / "feeds" / node.slug),
        "camera": f"http://127.0.0.1:{places.camera_port()}",
        "root": "root.json",
        "interval_s": INTERVAL,
        "witness_s": WITNESS,
    }
    (home / "agent.json").write_text(json.dumps(settings_of_node, indent=2), encoding="utf-8")


def _visit() -> HttpRequest:
    """A visit from this machine: wrong passwords are counted by where they come from."""
    visit = HttpRequest()
    visit.META |= {"SERVER_NAME": "localhost", "SERVER_PORT": str(settings.PORT), "REMOTE_ADDR": "127.0.0.1"}
    return visit


def _approve(version: ModelVersion, line: Line, key: SoftKey) -> None:
    """Ask, submit and sign as people would: the ML engineer asks, a quality engineer of the line signs. It
    goes on with what it finds; what ended undecided (void, expired, withdrawn) is asked for again."""
    asking = Person.objects.get(username="sam")
    requests = ApprovalRequest.objects.filter(version=version, line=line)
    if requests.filter(state__in=DECIDED).exists():
        return
    request = requests.filter(state__in=OPEN).first()
    if request is not None and void_if_changed(request=request):
        request = None
    if request is None:
        assets = list(Asset.objects.filter(line=line, type=version.model.asset_type, retired_at=None))
        request = request_open(
            by=asking,
            version=version,
            line=line,
            assets=assets,
            comment=WHY,
        )
    if request.state == ApprovalState.DRAFT:
        request = request_submit(by=asking, request=request, comment=WHY)
    if request.state != ApprovalState.SUBMITTED:
        return
    passkey = ASSURANCE[line.slug] == Assurance.PASSKEY
    signer = Person.objects.get(username=SOFT_SIGNER if passkey else "jonas")
    statement = statement_for(by=signer, request=request).canonical.encode()
    if passkey:
        envelope = key.envelope(statement)
    else:
        with request_context(_visit()):
            envelope = statement_seal(
                by=signer,
                request=request,
                statement=statement,
                password=PASSWORD,
                code=code_now(signer.username),
            )
    decide(by=signer, request=request, statement=statement, envelope=envelope)
