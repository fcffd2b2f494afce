"""The tags that every template has without {% load %}: the parts of pages, numbers, times, charts."""

from __future__ import annotations

from django.template import Library

from mlops_portal.foundation.shell.templatetags import ui_blocks, ui_charts, ui_forms, ui_parts, ui_text

register = Library()
for _part in (ui_text, ui_parts, ui_blocks, ui_forms, ui_charts):
    register.tags.update(_part.register.tags)
    register.filters.update(_part.register.filters)
