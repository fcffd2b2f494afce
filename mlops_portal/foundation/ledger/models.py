"""Events, their place in the tree, and the checkpoints over it.

Events are never changed: ``public`` is the exact text that the leaf covers (wire.events), the columns beside
it repeat what it says for filters. What can be erased lies in EventPersonal.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from django.db import models

from mlops_portal.foundation.ledger.refs import Actor


class Event(models.Model):
    """One thing that happened."""

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    type = models.CharField(max_length=80)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=200)
    channel = models.CharField(max_length=20)
    public = models.TextField()
    personal_digest = models.BinaryField(max_length=32, null=True)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["type", "id"], name="ledger_event_type"),
            models.Index(fields=["actor_kind", "actor_id", "id"], name="ledger_event_actor"),
            models.Index(fields=["at"], name="ledger_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.uuid}"

    @cached_property
    def entry(self) -> dict[str, Any]:
        """The public text as a value."""
        value: dict[str, Any] = json.loads(self.public)
        return value

    @property
    def data(self) -> dict[str, Any]:
        """The public data that the recording service gave."""
        value: dict[str, Any] = self.entry["data"]
        return value

    @cached_property
    def private(self) -> dict[str, Any] | None:
        """The personal part, ``{actor: name, data: {…}}``; None where there is none or it was erased."""
        part = getattr(self, "personal", None)
        value: dict[str, Any] | None = json.loads(part.data) if part is not None and part.data else None
        return value

    @property
    def is_erased(self) -> bool:
        """Whether there was a personal part and it was erased."""
        return self.personal_digest is not None and self.private is None

    @property
    def actor(self) -> Actor:
        """Who acted; the name is empty where it was erased."""
        return Actor(self.actor_kind, self.actor_id, (self.private or {}).get("actor", ""))


class EventSubject(models.Model):
    """A thing that an event is about: (kind, key) is a Ref's (kind, id)."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="subjects")
    relation = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["event", "relation", "kind", "key"], name="ledger_eventsubject_once"
            )
        ]
        indexes = [models.Index(fields=["kind", "key", "event"], name="ledger_eventsubject_thing")]

    def __str__(self) -> str:
        return f"{self.relation} {self.kind} {self.key}"


class EventPersonal(models.Model):
    """What an event says about people, with its salt; emptied when it is erased."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="personal")
    salt = models.BinaryField(max_length=32)
    data = models.TextField()
    erased_by = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="erased")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"personal part of {self.event_id}"


class Leaf(models.Model):
    """The place of an event in the tree, counted from 0 without gaps; given by the sequencer."""

    index = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="leaf")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"leaf {self.index}"


class StoredTile(models.Model):
    """The hashes of a tile, side by side; a partial tile grows until it is full. Made from the events."""

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField(max_length=8192)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="ledger_tile_place")]

    def __str__(self) -> str:
        return f"tile {self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed claim about the first ``size`` leaves.

    ``settled``: every event up to this id is in the tree, or its transaction was rolled back; the search for
    events without a leaf begins behind it.
    """

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField()
    settled = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"checkpoint of {self.size}"


class Cosignature(models.Model):
    """That a witness saw the log grow to a checkpoint; of each witness the last one of each day is kept."""

    id = models.BigAutoField(primary_key=True)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=200)
    key = models.CharField(max_length=300)
    line = models.CharField(max_length=500)
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-day", "witness"]
        constraints = [models.UniqueConstraint(fields=["witness", "day"], name="ledger_cosignature_day")]

    def __str__(self) -> str:
        return f"{self.witness} {self.checkpoint_id}"


class Dispute(models.Model):
    """A checkpoint of this log that a witness refused; both notes, kept and refused, are the evidence."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    witness = models.CharField(max_length=200)
    kept = models.TextField()
    kept_size = models.BigIntegerField()
    refused = models.TextField()
    refused_size = models.BigIntegerField()
    why = models.CharField(max_length=240)
    told_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_why = models.CharField(max_length=240, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-told_at", "-id"]

    def __str__(self) -> str:
        return f"{self.witness} {self.refused_size}"

    @property
    def name(self) -> str:
        """The last part of the witness's name: the node's short name."""
        return self.witness.rpartition("/")[2]
