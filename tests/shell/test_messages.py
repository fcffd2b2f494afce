"""Translations: how they are found and kept, and that what is offered is complete."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from mlops_portal.foundation.shell import messages_catalog as catalogs
from mlops_portal.foundation.shell.management.commands.messages import COMPLETE

CODE = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
_("Sign in")
gettext_lazy("Line %(line)s")
ngettext("%(n)s part", "%(n)s parts", 2)
pgettext("verb", "Release")
"""
PAGE = """
  {% translate "Search" %}
      {% blocktranslate trimmed with name=x.name %}
    Hello {{ name }},
    it's (late
  {% endblocktranslate %}
{% blocktranslate count n=n %}{{ n }} alert{% plural %}{{ n }} alerts{% endblocktranslate %}
{% include "x.html" with label=_("Label") %}
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "labeling").mkdir()
    (tmp_path / "labeling" / "views.py").write_text(CODE)
    (tmp_path / "templates" / "labeling").mkdir(parents=True)
    (tmp_path / "templates" / "labeling" / "page.html").write_text(PAGE)
    return tmp_path


def catalog(*, language: str = "de", **messages: str) -> catalogs.Catalog:
    made = catalogs.Catalog(locale=language)
    for message, string in messages.items():
        made.add(message, string)
    return made


def test_messages_are_found_in_code_and_in_templates(base: Path) -> None:
    found = {(message.id, message.context) for message in catalogs.extract_catalog(base) if message.id}
    assert found == {
        ("Sign in", None),
        ("Line %(line)s", None),
        (("%(n)s part", "%(n)s parts"), None),
        ("Release", "verb"),
        ("Search", None),
        ("Hello %(name)s, it's (late", None),
        (("%(n)s alert", "%(n)s alerts"), None),
        ("Label", None),
    }


def test_an_update_keeps_translations_and_drops_what_is_gone(base: Path) -> None:
    old = catalog(Search="Suchen", Gone="Weg")
    text = catalogs.render(catalogs.extract_catalog(base), old, "de")
    assert 'msgid "Search"\nmsgstr "Suchen"' in text
    assert "Weg" not in text


def test_an_update_of_an_update_changes_nothing(base: Path) -> None:
    template = catalogs.extract_catalog(base)
    once = catalogs.render(template, catalog(Search="Suchen"), "de")
    assert catalogs.render(template, catalogs.parse(once, "de"), "de") == once
    assert "#:" not in once
    assert "Date" not in once


def test_a_missing_a_fuzzy_and_a_mismatched_translation_are_told() -> None:
    made = catalog(Search="", **{"Line %(line)s": "Linie", "{actor} left": "{actor} ging", "{a} b": "{c} b"})
    made.add("Sign in", "Anmelden", flags=["fuzzy"])
    reasons = {fault.message: fault.reason for fault in catalogs.faults(made, "de", complete=True)}
    assert reasons == {
        "Search": "not translated",
        "Line %(line)s": "other placeholders than ['%(line)s']",
        "{a} b": "other placeholders than ['{a}']",
        "Sign in": "fuzzy",
    }
    assert "Search" not in {fault.message for fault in catalogs.faults(made, "sv", complete=False)}


def test_one_form_of_a_plural_may_leave_the_number_out() -> None:
    made = catalogs.Catalog(locale="de")
    made.add(("%(n)s part", "%(n)s parts"), ("Ein Teil", "%(n)s Teile"))
    assert catalogs.faults(made, "de", complete=True) == []


def test_a_catalog_is_compiled_when_it_is_newer_and_not_again(tmp_path: Path) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    template = catalog(Search="")
    (folder / "django.po").write_text(catalogs.render(template, catalog(Search="Suchen"), "de"))
    assert [path.name for path in catalogs.compile_stale(tmp_path)] == ["django.mo"]
    assert catalogs.compile_stale(tmp_path) == []
    assert b"Suchen" in (folder / "django.mo").read_bytes()


def test_a_language_is_offered_when_it_is_complete_and_that_is_checked_before_the_tests() -> None:
    offered = {code for code, _name in settings.LANGUAGES} - {settings.LANGUAGE_CODE}
    assert offered == set(COMPLETE)
    checks = (settings.BASE_DIR / "deploy" / "run_checks.py").read_text()
    assert 'manage("messages", "--check")' in checks


def test_english_is_the_message_itself() -> None:
    assert settings.LANGUAGE_CODE == "en"
    assert not (settings.LOCALE_PATHS[0] / "en").exists()
