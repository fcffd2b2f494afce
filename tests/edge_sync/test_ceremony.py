"""Ceremonies: the only way by which people and keys become known to nodes."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.checks.registry import registry
from django.core.management import CommandError, call_command
from django.utils import timezone

from approvals import export_sources
from edge_sync.keys.demo import no_offline_keys_beside_the_portal
from edge_sync.keys.repository import repository
from edge_sync.models import PublicKey
from edge_sync.selectors.roster import kept, pending, signed
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.plant.models import RoleAssignment
from mlops_portal.foundation.plant.roles import Role
from tests.cast import JOINED
from tests.edge_sync.plant import EdgePlant, ceremony, give_passkey


def test_the_first_ceremony_makes_a_root_that_two_keys_signed(plant: EdgePlant, settings: Any) -> None:
    told = ceremony()
    assert told["root"] == 1
    root = repository().read().root
    assert len(root.signatures) == root.signed.roles["root"].threshold == 2
    assert sorted(one.name for one in Path(settings.VAR_DIR, "demo-offline").iterdir()) == [
        "root-1.pem", "root-2.pem", "roster.pem",
    ]  # fmt: skip
    assert [one.type for one in events(types=["edge.root.*"])] == ["edge.root.signed"]


def test_a_roster_names_people_roles_passkeys_and_rules(plant: EdgePlant) -> None:
    give_passkey(plant.cast.two.quality_engineer)
    ceremony()
    found = signed(plant.cast.line_2)
    assert found is not None
    person = found.people[str(plant.cast.two.quality_engineer.pk)]
    assert (person.roles, len(person.passkeys)) == ({"quality_engineer"}, 1)
    assert str(plant.cast.one.quality_engineer.pk) not in found.people
    assert str(plant.cast.two.ml_engineer.pk) not in found.people
    assert (found.minimum_assurance, found.quorum) == ("passkey", {"quality_engineer": 1})
    assert found.seal_keys == {}


def test_only_a_portal_trusted_line_knows_the_portals_seal(plant: EdgePlant) -> None:
    ceremony()
    one = signed(plant.cast.line_1)
    assert one is not None
    assert len(one.seal_keys) == 1


def test_an_administrator_never_stands_in_a_roster(plant: EdgePlant) -> None:
    both = plant.cast.two.quality_engineer
    RoleAssignment.objects.create(
        person=both, role=Role.ADMINISTRATOR, site=plant.cast.site, granted_at=JOINED
    )
    ceremony()
    found = signed(plant.cast.line_2)
    assert found is not None
    assert str(both.pk) not in found.people


def test_a_new_passkey_is_pending_until_the_next_ceremony(plant: EdgePlant) -> None:
    ceremony()
    now = timezone.now()
    assert pending(plant.cast.line_2, now=now) == []
    give_passkey(plant.cast.two.quality_engineer)
    (change,) = pending(plant.cast.line_2, now=now)
    assert change.text == f"{plant.cast.two.quality_engineer.name} has a new passkey."
    before = signed(plant.cast.line_2)
    assert before is not None
    assert not before.people[str(plant.cast.two.quality_engineer.pk)].passkeys
    (told,) = [one for one in ceremony()["rosters"] if one["line"] == "line-2"]
    assert (told["version"], told["changes"]) == (2, [change.text])
    assert pending(plant.cast.line_2, now=now) == []


def test_who_left_goes_with_the_next_ceremony(plant: EdgePlant) -> None:
    ceremony()
    person = plant.cast.two.quality_engineer
    person.is_active = False
    person.save()
    assert [one.text for one in pending(plant.cast.line_2, now=timezone.now())] == [f"{person.name} goes."]


def test_the_digest_of_a_roster_stands_in_the_log(plant: EdgePlant) -> None:
    told = {one["line"]: one["digest"] for one in ceremony()["rosters"]}
    logged = {one.data["line"]: one.data["digest"] for one in events(types=["edge.roster.signed"])}
    assert logged == {"Line 1": told["line-1"], "Line 2": told["line-2"]}


def test_every_key_has_its_history(plant: EdgePlant) -> None:
    ceremony()
    ceremony()
    purposes = sorted(PublicKey.objects.filter(until=None).values_list("purpose", flat=True))
    assert purposes == ["line-line-1", "line-line-2", "root", "root", "roster", "snapshot", "timestamp"]
    assert events(types=["edge.key.created"]).count() == 7


def test_nothing_is_signed_without_a_yes(plant: EdgePlant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _prompt: "no")
    out = StringIO()
    with pytest.raises(CommandError, match="Nothing was signed"):
        call_command("keys_ceremony", stdout=out)
    assert "is new." in out.getvalue()
    assert signed(plant.cast.line_2) is None


def test_a_roster_is_valid_for_thirty_days_at_most(plant: EdgePlant) -> None:
    with pytest.raises(CommandError, match="1 to 30 days"):
        ceremony(days=31)


def test_a_second_ceremony_without_its_keys_is_refused(plant: EdgePlant, settings: Any) -> None:
    ceremony()
    Path(settings.VAR_DIR, "demo-offline", "roster.pem").unlink()
    with pytest.raises(CommandError, match="cannot be read"):
        ceremony()


def test_the_offline_keys_may_lie_on_another_medium(plant: EdgePlant, tmp_path: Path, settings: Any) -> None:
    ceremony(offline=tmp_path / "stick")
    assert not Path(settings.VAR_DIR, "demo-offline").exists()


def test_private_halves_are_readable_by_their_owner_alone(plant: EdgePlant, settings: Any) -> None:
    ceremony()
    keys = [*Path(settings.VAR_DIR, "keys").glob("*.pem"), *Path(settings.VAR_DIR, "demo-offline").iterdir()]
    assert len(keys) == 8
    assert {one.stat().st_mode & 0o777 for one in keys} == {0o600}


def test_the_production_profile_does_not_start_beside_offline_keys(plant: EdgePlant, settings: Any) -> None:
    assert no_offline_keys_beside_the_portal in registry.get_checks()
    ceremony()
    assert no_offline_keys_beside_the_portal() == []
    settings.PROFILE = "production"
    (found,) = no_offline_keys_beside_the_portal()
    assert found.is_serious()


def test_a_line_key_that_was_replaced_is_delegated_by_the_next_ceremony(
    plant: EdgePlant, settings: Any
) -> None:
    ceremony()
    repository().publish(line="line-1", files={"a.json": b"{}"}, now=timezone.now())
    Path(settings.VAR_DIR, "keys", "line-line-1.pem").unlink()
    ceremony()
    assert repository().line_file("line-1", "a.json") == b"{}"
    assert events(types=["edge.key.ended"]).count() == 1


def test_every_roster_is_kept_for_exports(plant: EdgePlant) -> None:
    ceremony()
    first = dict(kept())
    ceremony()
    assert sorted(dict(kept())) == ["line-1/1.json", "line-1/2.json", "line-2/1.json", "line-2/2.json"]
    assert dict(kept())["line-2/1.json"] == first["line-2/1.json"]
    assert export_sources.files()["rosters/line-2/1.json"] == first["line-2/1.json"]
