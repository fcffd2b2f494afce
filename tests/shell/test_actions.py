"""The button shown and the action allowed come from one function."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string

from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.shell.registries import actions
from mlops_portal.foundation.shell.registries.actions import Offer
from mlops_portal.foundation.wire.errors import NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers")]


def stop(person, line):
    may = person.may("plant.edit", line=line)
    reason = "" if may else "Only administrators stop a line."
    return [Offer("stop", "Stop", f"/lines/{line.slug}/stop", may, reason, "danger", confirm="Stop it now?")]


def look(person, line):
    return [
        Offer("look", "Look", "/look", method="get"),
        Offer("note", "Take <note>", "/note", kind="primary"),
    ]


@pytest.fixture(autouse=True)
def _registered(registers):
    actions.OFFERS.clear()
    actions.register(Line, stop)
    actions.register(Line, look)


def test_what_is_allowed_passes_the_guard(cast):
    actions.guard(cast.whole.administrator, cast.line_1, "stop")


def test_what_is_refused_is_refused_with_the_reason_that_the_button_shows(cast):
    offer = actions.offers_for(cast.one.operator, cast.line_1)[0]
    with pytest.raises(NotAllowed, match=str(offer.reason)):
        actions.guard(cast.one.operator, cast.line_1, "stop")


def test_what_is_not_offered_at_all_is_refused(cast):
    with pytest.raises(NotAllowed):
        actions.guard(cast.whole.administrator, cast.line_1, "melt")
    assert actions.offers_for(cast.one.operator, cast.site) == []


def test_the_same_verb_twice_is_a_fault(cast):
    actions.register(Line, lambda person, line: [Offer("stop", "Halt", "/halt")])
    with pytest.raises(ImproperlyConfigured, match="stop"):
        actions.offers_for(cast.one.operator, cast.line_1)


def test_the_same_function_twice_is_a_fault():
    with pytest.raises(ImproperlyConfigured):
        actions.register(Line, stop)


def test_buttons_show_why_not_and_ask_first(cast, rf):
    def buttons(person):
        offers = actions.offers_for(person, cast.line_1)
        return render_to_string("shell/_offers.html", {"offers": offers, "next": "/lines/"}, rf.get("/"))

    refused = buttons(cast.one.operator)
    assert "Only administrators stop a line." in refused
    assert 'aria-disabled="true"' in refused
    assert "/lines/line-1/stop" not in refused
    assert "Take &lt;note&gt;" in refused
    allowed = buttons(cast.whole.administrator)
    assert 'action="/lines/line-1/stop"' in allowed
    assert "Stop it now?" in allowed
    assert "csrfmiddlewaretoken" in allowed
