"""JSON as it comes from outside."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError


class Json(parsers.JSONParser):
    """Refuses what only Python takes for JSON, what is nested deeper than it reads, and half characters.

    A text may hold half of a surrogate pair as an escape; such a text cannot be kept or signed anywhere.
    """

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            text = stream.read().decode()
            document = json.loads(text, parse_constant=self._no_number)
            if "\\u" in text:
                json.dumps(document, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None
        except ValueError as error:  # also of bytes and characters that are none
            raise ParseError(_("This is not JSON: %(error)s") % {"error": error}) from None
        return document

    def _no_number(self, name: str) -> None:
        raise ValueError(name)
