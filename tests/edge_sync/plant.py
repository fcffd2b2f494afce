"""The cast with machines, nodes with keys of their own, and passkeys of software."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import StringIO
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.utils import timezone

from approvals.models import LinePolicy
from mlops_portal.foundation.plant.models import Asset, AssetType, Line, Node, Person
from tests.cast import Cast
from tests.directory.signing import SoftKey


@dataclass(frozen=True)
class EdgePlant:
    """Line 1 takes password and code, line 2 demands passkeys; each has two presses at one node."""

    cast: Cast
    press: AssetType
    assets: dict[str, Asset]
    nodes: dict[str, Node]
    node_keys: dict[str, Ed25519PrivateKey]

    def assets_on(self, line: Line) -> list[Asset]:
        return [one for one in self.assets.values() if one.line_id == line.pk]


def give_passkey(person: Person) -> SoftKey:
    """A passkey as django-allauth keeps it after registration."""
    key = SoftKey()
    options = {
        "publicKey": {
            "challenge": "AAAA",
            "rp": {"id": "localhost"},
            "user": {"id": person.pk.hex},
        }
    }
    Authenticator.objects.create(
        user=person,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Phone", "credential": json.loads(key.make(options))},
    )
    return key


def ceremony(**options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("keys_ceremony", "--yes", "--json", stdout=out, **options)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def make_plant(cast: Cast) -> EdgePlant:
    press = AssetType.objects.create(name="Press", slug="press")
    now = timezone.now()
    assets, nodes, keys = {}, {}, {}
    for number, line in ((1, cast.line_1), (2, cast.line_2)):
        key = Ed25519PrivateKey.generate()
        node = Node.objects.create(
            name=f"Node {number}",
            slug=f"node-{number}",
            line=line,
            registered_at=now,
            enrolled_at=now,
            public_key=key.public_key().public_bytes_raw().hex(),
        )
        nodes[node.slug], keys[node.slug] = node, key
        for place in "ab":
            slug = f"press-{number}{place}"
            assets[slug] = Asset.objects.create(
                name=f"Press {number}{place}", slug=slug, line=line, type=press, node=node
            )
    LinePolicy.objects.create(line=cast.line_1, minimum_assurance="code", quorum={"quality_engineer": 1})
    LinePolicy.objects.create(line=cast.line_2, minimum_assurance="passkey", quorum={"quality_engineer": 1})
    return EdgePlant(cast, press, assets, nodes, keys)
