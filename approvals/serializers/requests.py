"""Approval requests, decisions and candidates as JSON."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from approvals.models import ApprovalRequest, Decision
from approvals.selectors.duties import Signer, who_may_sign
from approvals.selectors.requests import pack_of
from approvals.selectors.worth import Key
from approvals.transitions import Assurance, Verdict
from mlops_portal.foundation.directory.serializers.fields import LineField
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import versions_all


@extend_schema_field(OpenApiTypes.STR)
class VersionField(serializers.Field[ModelVersion, Any, str, ModelVersion]):
    """“press-quality/8”."""

    def to_internal_value(self, data: Any) -> ModelVersion:
        slug, _slash, number = str(data).rpartition("/")
        whole = int(number) if number.isascii() and number.isdecimal() and len(number) < 8 else 0
        version = versions_all().filter(model__slug=slug, number=whole).first()
        if version is None:
            raise serializers.ValidationError(_("There is no such version; write model/number."))
        return version

    def to_representation(self, value: ModelVersion) -> str:
        return f"{value.model.slug}/{value.number}"


class DecisionOut(serializers.ModelSerializer[Decision]):
    person = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = Decision
        fields = [
            "id", "person", "role", "verdict", "assurance", "comment", "statement", "envelope", "opened_at",
            "at",
        ]  # fmt: skip
        read_only_fields = fields


class ApprovalOut(serializers.ModelSerializer[ApprovalRequest]):
    version = VersionField(read_only=True)
    line = serializers.CharField(source="line.slug", read_only=True)
    asked_by = serializers.CharField(source="asked_by.name", read_only=True)
    policy = serializers.IntegerField(source="policy.version", read_only=True)
    evidence_digest = serializers.CharField(source="evidence_id", read_only=True)
    decisions = DecisionOut(many=True, read_only=True)

    class Meta:
        model = ApprovalRequest
        fields = [
            "id", "version", "line", "numbers", "champions", "fallback_digest", "golden_digest", "state",
            "evidence_digest", "policy", "nonce", "asked_by", "comment", "created_at", "submitted_at",
            "not_after", "closed_at", "closed_reason", "decisions",
        ]  # fmt: skip
        read_only_fields = fields


class SignerOut(serializers.Serializer[Signer]):
    """Somebody who has to do with the decision, and what their signature would be worth now."""

    person = serializers.CharField(source="person.name", read_only=True)
    roles = serializers.SerializerMethodField()
    allowed = serializers.BooleanField(read_only=True)
    reason = serializers.CharField(read_only=True, help_text="Why they may not; empty where they may")
    counts_as = serializers.SerializerMethodField(help_text="The role whose place it fills; empty: none")
    signing_key = serializers.ChoiceField(
        choices=[one.value for one in Key], source="worth.key", read_only=True
    )
    can = serializers.BooleanField(read_only=True, help_text="They can approve now, so that nodes take it")
    signed = serializers.CharField(source="signed.verdict", default=None, allow_null=True, read_only=True)

    def get_roles(self, one: Signer) -> list[str]:
        return [role.value for role in one.roles]

    def get_counts_as(self, one: Signer) -> str:
        return one.worth.counts_as.value if one.worth.counts_as else ""


class ApprovalWithEvidence(ApprovalOut):
    """One request with the frozen pack, and who could sign it now."""

    evidence = serializers.SerializerMethodField()
    signers = serializers.SerializerMethodField()

    class Meta(ApprovalOut.Meta):
        fields = [*ApprovalOut.Meta.fields, "evidence", "signers"]

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_evidence(self, request: ApprovalRequest) -> dict[str, Any]:
        return pack_of(request)

    @extend_schema_field(SignerOut(many=True))
    def get_signers(self, request: ApprovalRequest) -> Any:
        return [SignerOut(one).data for one in who_may_sign(request)]


class ApprovalIn(serializers.Serializer[Any]):
    version = VersionField(help_text="model/number")
    line = LineField()
    assets = serializers.ListField(
        child=serializers.SlugField(), min_length=1, max_length=200, help_text="Machines of that line"
    )
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        assets = list(
            Asset.objects.filter(line=attrs["line"], slug__in=attrs["assets"]).select_related("line")
        )
        if missing := sorted(set(attrs["assets"]) - {one.slug for one in assets}):
            raise serializers.ValidationError(
                {"assets": [_("There is no machine %(name)s on this line.") % {"name": missing[0]}]}
            )
        return {**attrs, "assets": assets}


class CommentIn(serializers.Serializer[Any]):
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class StatementOut(serializers.Serializer[Any]):
    statement = serializers.JSONField(help_text="in-toto Statement v1")
    canonical = serializers.CharField(help_text="RFC 8785 text of the statement: the bytes that are signed")
    challenge = serializers.CharField(
        help_text="base64url of SHA-256 over the DSSE pre-authentication encoding; what a passkey signs"
    )
    words = serializers.ListField(child=serializers.CharField())
    meaning = serializers.CharField()
    assurance = serializers.ChoiceField(choices=Assurance.choices)
    credentials = serializers.ListField(child=serializers.CharField())
    counts_as = serializers.CharField(
        allow_blank=True, help_text="The role whose place it fills; empty: none"
    )
    signing_key = serializers.ChoiceField(
        choices=[one.value for one in Key], help_text="Whether nodes know the passkey to sign with"
    )
    rp_id = serializers.CharField()
    origins = serializers.ListField(child=serializers.CharField())


class DecisionIn(serializers.Serializer[Any]):
    """The statement's exact text with a passkey's assertion; or, signed in and on a portal-trusted line, with
    password and code."""

    statement = serializers.CharField(max_length=60_000, trim_whitespace=False)
    envelope = serializers.JSONField(required=False)
    password = serializers.CharField(required=False, trim_whitespace=False, write_only=True)
    code = serializers.CharField(required=False, max_length=12, write_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        proofs = ("envelope" in attrs, "password" in attrs and "code" in attrs)
        if proofs.count(True) != 1:
            raise serializers.ValidationError(_("Send either an envelope, or password and code."))
        if "envelope" in attrs and not isinstance(attrs["envelope"], dict):
            raise serializers.ValidationError({"envelope": [_("An envelope is an object.")]})
        return attrs


class StatementQuery(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=Verdict.choices, default=Verdict.APPROVE)
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ChoiceIn(serializers.Serializer[Any]):
    chosen = VersionField()
    among = serializers.ListField(child=VersionField(), min_length=2, max_length=10)
    reason = serializers.CharField(max_length=2000)


class CandidateOut(serializers.Serializer[Any]):
    version = VersionField(source="*", read_only=True)
    state = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)


class PolicyOut(serializers.Serializer[Any]):
    model = serializers.CharField(source="model.slug", read_only=True)
    version = serializers.IntegerField(read_only=True)
    body = serializers.JSONField(read_only=True)
    digest = serializers.CharField(read_only=True)
    set_at = serializers.DateTimeField(read_only=True, allow_null=True)


class PolicyIn(serializers.Serializer[Any]):
    body = serializers.JSONField(help_text="Rules that differ from the portal's own")


class LinePolicyBody(serializers.Serializer[Any]):
    minimum_assurance = serializers.ChoiceField(choices=Assurance.choices)
    quorum = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=5))
