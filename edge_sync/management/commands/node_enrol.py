"""``manage.py node_enrol``: give an edge node its identity."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from edge_sync.services.nodes import node_enrol, token_make
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.wire.errors import PortalError


class Command(BaseCommand):
    help = "Enrol an edge node with its public key, or make a token with which it enrols itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("node", help="the node's short name")
        way = parser.add_mutually_exclusive_group(required=True)
        way.add_argument("--key", metavar="HEX", help="its public key, as “agent key” prints it at the node")
        way.add_argument("--token", action="store_true", help="make a token that works once, for a day")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        node = Node.objects.select_related("line").filter(slug=options["node"]).first()
        if node is None:
            raise CommandError(_("There is no edge node called %(node)s.") % {"node": options["node"]})
        try:
            if options["token"]:
                summary = {"node": node.slug, "token": token_make(by=None, node=node)}
                text = _("Token for %(node)s, valid once within a day: %(token)s") % summary
            else:
                node_enrol(by=None, node=node, public_key=options["key"])
                summary = {"node": node.slug, "key": options["key"].lower()}
                text = _("%(node)s is enrolled.") % summary
        except PortalError as error:
            raise CommandError(error.sentence) from None
        self.stdout.write(json.dumps(summary) if options["json"] else text)
