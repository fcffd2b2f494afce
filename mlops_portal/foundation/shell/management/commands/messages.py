"""Update the translation catalogs, or check that they are complete."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mlops_portal.foundation.shell import messages_catalog as catalogs

COMPLETE = ("de", "sv", "es")  # the languages that must have every message; only such are offered


class Command(BaseCommand):
    help = "Updates locale/<language>/LC_MESSAGES/django.po from the code and the templates, and compiles it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; exit 1 when something is missing"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        template = catalogs.extract_catalog(settings.BASE_DIR)
        locale = Path(settings.LOCALE_PATHS[0])
        faults: list[catalogs.Fault] = []
        untranslated: dict[str, int] = {}
        for language, _name in settings.LANGUAGES:
            if language == settings.LANGUAGE_CODE:
                continue  # its texts are the message ids
            path = locale / language / "LC_MESSAGES" / "django.po"
            old = catalogs.read(path, language)
            text = catalogs.render(template, old, language)
            if not options["check"]:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                faults.append(
                    catalogs.Fault(language, f"run “make messages” and fill {path}", "not up to date")
                )
            new = catalogs.parse(text, language)
            faults += catalogs.faults(new, language, complete=language in COMPLETE)
            untranslated[language] = sum(
                fault.reason == "not translated" for fault in catalogs.faults(new, language, complete=True)
            )
        if not options["check"]:
            catalogs.compile_stale(locale)
        self._say(options["json"], len(template), untranslated, faults)
        if options["check"] and faults:
            raise CommandError(f"{len(faults)} translations are missing or wrong.")

    def _say(
        self, as_json: bool, messages: int, untranslated: dict[str, int], faults: list[catalogs.Fault]
    ) -> None:
        if as_json:
            result = {
                "messages": messages,
                "untranslated": untranslated,
                "faults": [
                    {"language": f.language, "reason": f.reason, "message": f.message} for f in faults
                ],
            }
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for fault in faults:
            self.stdout.write(str(fault))
        missing = ", ".join(f"{language} {count}" for language, count in untranslated.items())
        self.stdout.write(f"{messages} messages; not translated: {missing}.")
