"""Somebody at the terminal makes an ML engineer, and is told with which command."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.services.inviting import HOW

pytestmark = pytest.mark.django_db
PASSWORD = "shift-change-at-six"


@pytest.fixture(autouse=True)
def _typed(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n{PASSWORD}\n"))


def run(*arguments):
    said = io.StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def site():
    return run("site_found", "Lindau works", "--username", "sofia", "--person", "Sofia Frei")


def test_founding_a_site_names_the_command_that_makes_an_ml_engineer(site):
    assert HOW in site


def test_that_command_as_it_stands_makes_one_with_the_events_of_an_invitation(site):
    import shlex

    said = run(*shlex.split(HOW)[2:])

    anna = Person.objects.get(username="anna")
    assert anna.may("model.onboard") or anna.held
    assert anna.check_password(PASSWORD)
    assert "Anna Berg is ML engineer of Lindau works now, in the name of Sofia Frei." in said
    types = list(Event.objects.order_by("id").values_list("type", flat=True))
    assert types[:2] == ["plant.site.founded", "plant.person.invited"]
    assert "plant.person.joined" in types


def test_who_is_here_gets_the_role_alone(site):
    said = json.loads(run("user_add", "sofia", "--role", "ml_engineer", "--json"))
    assert said["new"] is False
    assert Person.objects.count() == 1
    with pytest.raises(CommandError, match="already is"):
        run("user_add", "sofia", "--role", "ml_engineer")


def test_a_new_person_needs_a_name_and_nothing_is_kept_without(site):
    with pytest.raises(CommandError, match="say the person's name with --name"):
        run("user_add", "anna", "--role", "ml_engineer")
    with pytest.raises(CommandError):
        run("user_add", "an na", "--role", "ml_engineer", "--name", "Anna Berg")
    assert Person.objects.count() == 1


def test_an_empty_portal_is_told_how_to_begin():
    with pytest.raises(CommandError, match=r"python manage\.py site_found"):
        run("user_add", "anna", "--role", "ml_engineer", "--name", "Anna Berg")


def test_a_stranger_and_a_line_that_is_not_there_are_named(site):
    with pytest.raises(CommandError, match="no such administrator"):
        run("user_add", "anna", "--role", "operator", "--name", "Anna Berg", "--as", "karl")
    with pytest.raises(CommandError, match="has no line line-9"):
        run("user_add", "anna", "--role", "operator", "--name", "Anna Berg", "--line", "line-9")
    with pytest.raises(CommandError, match="--site"):
        run("user_add", "anna", "--role", "operator", "--name", "Anna Berg", "--site", "bern")


def test_onboarding_without_an_ml_engineer_names_the_command(site, tmp_path):
    table = tmp_path / "parts.csv"
    table.write_text(
        "part,force,label\n" + "".join(f"p{n},{n % 7},{'ok' if n % 3 else 'bad'}\n" for n in range(60))
    )
    with pytest.raises(CommandError) as refused:
        run("model_onboard", "Weld seams", "--data", str(table), "--target", "label")
    assert HOW in str(refused.value)
