"""Keys that were used, for auditors: public halves and their history."""

from __future__ import annotations

from django.db import models


class PublicKey(models.Model):
    """One public key: what it is for, since when, until when. Private halves never come here."""

    key_id = models.CharField(primary_key=True, max_length=64)
    purpose = models.CharField(max_length=40)
    scheme = models.CharField(max_length=20)
    public = models.TextField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["purpose", "since"]

    def __str__(self) -> str:
        return f"{self.purpose} {self.key_id[:12]}"
