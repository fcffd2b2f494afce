"""Erases what the log says about a person; the log itself stays whole, because it holds digests only."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Q

from mlops_portal.foundation.ledger.models import EventPersonal, EventSubject
from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.services.record import event_record

CHUNK = 500


@transaction.atomic
def personal_erase(*, actor: Actor, kind: str, id: str) -> int:  # noqa: A002 (a Ref's kind and id)
    """Erase the personal part of all events by or about (``kind``, ``id``); returns how many.

    A part is erased as a whole: where two people stand in one, both names go. An event tells the number.
    """
    about = EventSubject.objects.filter(kind=kind, key=id).values("event")
    owned = (Q(event__actor_kind=kind) & Q(event__actor_id=id)) | Q(event__in=about)
    personal = EventPersonal.objects.filter(owned, erased_by=None).select_for_update(of=("self",))
    ids = sorted(personal.values_list("event_id", flat=True))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")  # zeroes what stood there
    by = Actor(actor.kind, actor.id, "") if (actor.kind, actor.id) == (kind, id) else actor
    event = event_record(
        type="ledger.personal.erased",
        actor=by,
        subjects=[Ref(kind, id)],
        public={"count": len(ids), "kind": kind, "id": id},
    )
    for begin in range(0, len(ids), CHUNK):
        chunk = EventPersonal.objects.filter(event_id__in=ids[begin : begin + CHUNK])
        chunk.update(salt=b"", data="", erased_by=event)
    return len(ids)
