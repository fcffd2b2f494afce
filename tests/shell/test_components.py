"""The parts of pages: what they say, to eyes and to screen readers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone, translation

STATIC = Path(settings.BASE_DIR) / "static"


def draw(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


class AForm(forms.Form):
    name = forms.CharField(help_text="As engraved.")
    day = forms.DateField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)


def test_a_state_is_a_word_a_shape_and_a_colour():
    html = draw('{% state "bad" "open" %}')
    assert "pill-bad" in html
    assert "#alert-triangle" in html
    assert "open" in html


def test_a_field_ties_its_hint_and_error_to_its_input():
    html = draw("{% field form.name %}", form=AForm({}))
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_hint"' in html
    assert 'id="id_name_error"' in html


def test_dates_use_the_browsers_picker_in_every_language():
    with translation.override("de"):
        html = draw(
            "{% field form.day %}", form=AForm(initial={"day": datetime(2026, 11, 2, tzinfo=UTC).date()})
        )
    assert 'type="date"' in html
    assert 'value="2026-11-02"' in html


def test_choices_stand_in_a_fieldset_with_their_question():
    html = draw("{% field form.kind %}", form=AForm())
    assert "<legend>Kind</legend>" in html
    assert html.count('type="radio"') == 2


def test_the_error_summary_links_to_the_fields_and_is_silent_without_errors():
    assert 'href="#id_name"' in draw("{% errors form %}", form=AForm({}))
    assert "error-summary" not in draw("{% errors form %}", form=AForm())


def test_words_of_people_are_escaped_everywhere():
    evil = "<script>alert(1)</script>"
    tags = ("state 'bad' e", "button e href=e", "diff e e", "number e e", "digest e", "stat e e e")
    source = "".join(f"{{% {tag} %}}" for tag in tags)
    source += "{% panel title=e %}{{ e }}{% endpanel %}{% notice 'bad' title=e %}{{ e }}{% endnotice %}"
    html = draw(source, e=evil)
    assert "<script>" not in html


def test_numbers_follow_the_language():
    with translation.override("de"):
        assert "1.240,5" in draw("{% number v 'bar' 1 %}", v=1240.5)
    assert "1,240.5" in draw("{% number v 'bar' 1 %}", v=1240.5)


def test_a_moment_is_local_with_its_zone_and_says_how_long_ago():
    moment = timezone.now() - timedelta(minutes=5)
    with timezone.override("Asia/Tokyo"):
        html = draw("{% when at %}", at=moment)
    assert "JST" in html
    assert "+09:00" in html
    assert "5\xa0minutes ago" in html


def test_a_reading_that_is_off_says_so_in_words():
    html = draw(
        "{% readings rows %}", rows=[{"label": "Pressure", "value": 9.0, "unit": "bar", "low": 1, "high": 5}]
    )
    assert "too high" in html
    assert 'class="off"' in html


def test_a_message_with_undo_carries_its_token():
    message = Message(constants.SUCCESS, "Taken.", extra_tags="undo:abc:def")
    html = render_to_string("components/messages.html", {"messages": [message]})
    assert 'name="token" value="abc:def"' in html


def test_every_icon_that_is_named_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    named = {name for path in templates for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}
    assert named <= drawn


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_error_pages_say_what_was_kept_and_what_to_do(status):
    html = render_to_string(f"{status}.html")  # without a request, and so without a database
    assert "What was kept" in html
    assert "What to do" in html
    assert " style=" not in html
