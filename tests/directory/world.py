"""A plant to act on: the cast, a second site with people of its own, machines, a colleague to act upon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from django.utils import timezone

from approvals.models import ApprovalRequest, EvidencePack, LinePolicy, Policy
from approvals.selectors.evidence import evidence_of, frozen
from edge_sync.models import Release, ReleaseTarget
from labeling.models import RetrainRun
from mlops_portal.foundation.plant.models import (
    Asset,
    AssetType,
    Line,
    Node,
    Person,
    RoleAssignment,
    Shift,
    Site,
    Skill,
)
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.registry.models import Artifact, ModelVersion, RegisteredModel
from monitoring.models import Alert
from tests.cast import JOINED, Cast, Team, make_cast, new_person

PLACES = ("here", "there", "whole", "elsewhere")


@dataclass(frozen=True)
class World:
    """Things stand on line 1 of the first site; ``worker`` is an operator there."""

    cast: Cast
    other_site: Site
    other_line: Line
    elsewhere: Team
    worker: Person
    press: AssetType
    asset: Asset
    node: Node
    spare_node: Node
    shift: Shift
    skill: Skill
    model: RegisteredModel
    run: RetrainRun
    alert: Alert
    draft: ApprovalRequest
    asked: ApprovalRequest
    release: Release

    def person(self, role: Role, place: str) -> Person:
        """Somebody who holds the role on line 1, on line 2, on the whole site, or on the whole other site."""
        teams = {
            "here": self.cast.one,
            "there": self.cast.two,
            "whole": self.cast.whole,
            "elsewhere": self.elsewhere,
        }
        return teams[place].having(role)


def make_world() -> World:
    cast = make_cast()
    other_site = Site.objects.create(name="Borkheide", slug="borkheide", time_zone="America/Chicago")
    other_line = Line.objects.create(name="Line 9", slug="line-9", site=other_site)
    away = {role: new_person(f"{role.value}-elsewhere") for role in Role}
    worker = new_person("worker", "Wanda Worker")
    Person.objects.bulk_create([*away.values(), worker])
    RoleAssignment.objects.bulk_create(
        [
            *(
                RoleAssignment(person=person, role=role, site=other_site, granted_at=JOINED)
                for role, person in away.items()
            ),
            RoleAssignment(
                person=worker, role=Role.OPERATOR, site=cast.site, line=cast.line_1, granted_at=JOINED
            ),
        ]
    )
    press = AssetType.objects.create(name="Press", slug="press")
    node, spare = Node.objects.bulk_create(
        Node(name=f"Node {number}", slug=f"node-{number}", line=cast.line_1, registered_at=timezone.now())
        for number in (1, 2)
    )
    asset = Asset.objects.create(name="Press 1", slug="press-1", line=cast.line_1, type=press, node=node)
    model = RegisteredModel.objects.create(
        slug="press-quality", name="Press quality", asset_type=press, created_at=timezone.now()
    )
    alert = make_alert(asset, model)
    quorum = {"quality_engineer": 1, "domain_expert": 1}  # both who may decide have a place to fill
    LinePolicy.objects.create(line=cast.line_1, minimum_assurance="code", quorum=quorum)
    return World(
        cast=cast,
        other_site=other_site,
        other_line=other_line,
        elsewhere=Team(**{role.value: person for role, person in away.items()}),
        worker=worker,
        press=press,
        asset=asset,
        node=node,
        spare_node=spare,
        shift=Shift.objects.create(site=cast.site, name="Early", starts=time(6), ends=time(14)),
        skill=Skill.objects.create(slug="cracks", name="Judging cracks"),
        model=model,
        run=RetrainRun.objects.create(model=model, trigger="manual", created_at=timezone.now()),
        alert=alert,
        draft=make_approval(asset, alert.version, worker, "draft"),
        asked=make_approval(asset, further_version(alert.version, 2), worker, "submitted"),
        release=make_release(asset, further_version(alert.version, 3), worker),
    )


def make_release(asset: Asset, version: ModelVersion, by: Person) -> Release:
    """A release on its way to the machine."""
    now = timezone.now()
    release = Release.objects.create(
        approval=make_approval(asset, version, by, "approved"), state="canary", created_at=now
    )
    ReleaseTarget.objects.create(release=release, asset=asset, number=version.number, published_at=now)
    return release


def further_version(first: ModelVersion, number: int) -> ModelVersion:
    return ModelVersion.objects.create(
        model=first.model,
        number=number,
        state="in_review",
        artifact=first.artifact,
        pipeline="test",
        reference={"features": {}},
        reference_digest="0" * 64,
        created_at=timezone.now(),
    )


def make_approval(asset: Asset, version: ModelVersion, by: Person, state: str) -> ApprovalRequest:
    """An approval request for the machine, asked by somebody without any role in deciding."""
    now = timezone.now()
    policy, _made = Policy.objects.get_or_create(
        model=version.model, version=1, defaults={"body": {}, "digest": "0" * 64, "set_at": now}
    )
    body, digest = frozen(evidence_of(version, champion=None, policy=policy, asked_by=str(by.pk)))
    request = ApprovalRequest.objects.create(
        version=version,
        line=asset.line,
        state=state,
        numbers={asset.slug: version.number},
        champions={asset.slug: ""},
        golden_digest="0" * 64,
        evidence=EvidencePack.objects.create(digest=digest, version=version, body=body, created_at=now),
        policy=policy,
        nonce="0" * 64,
        asked_by=by,
        created_at=now,
        not_after=now + timedelta(days=7),
    )
    request.assets.add(asset)
    return request


def make_alert(asset: Asset, model: RegisteredModel) -> Alert:
    """An open alert on the machine, raised against a first version of the model."""
    now = timezone.now()
    artifact = Artifact.objects.create(
        sha256="ab" * 32, kind="onnx", size=1, name="model.onnx", created_at=now
    )
    version = ModelVersion.objects.create(
        model=model,
        number=1,
        artifact=artifact,
        pipeline="test",
        reference={"features": {}},
        reference_digest="0" * 64,
        created_at=now,
    )
    return Alert.objects.create(
        asset=asset, version=version, kind="data_drift", feature="pressure", since=now, opened_at=now
    )
