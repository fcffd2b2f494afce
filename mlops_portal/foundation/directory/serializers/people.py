"""People, their roles and skills, and invitations as JSON."""

from __future__ import annotations

from django.conf import settings
from rest_framework import serializers

from mlops_portal.foundation.directory.serializers.fields import LineField, PersonField, SiteField
from mlops_portal.foundation.plant.models import (
    AssetType,
    Invitation,
    Person,
    PersonSkill,
    RoleAssignment,
    Skill,
)


class RoleSerializer(serializers.ModelSerializer[RoleAssignment]):
    """A role on one line, or on the whole site where ``line`` is null."""

    person = PersonField()
    site = SiteField()
    line = LineField(allow_null=True, required=False, default=None)

    class Meta:
        model = RoleAssignment
        fields = [
            "id",
            "person",
            "role",
            "site",
            "line",
            "until",
            "granted_by",
            "granted_at",
            "ended_at",
        ]
        read_only_fields = ["granted_by", "granted_at", "ended_at"]
        validators: list[object] = []  # the service says that the role is held already


class SkillSerializer(serializers.ModelSerializer[Skill]):
    asset_type: serializers.SlugRelatedField[AssetType] = serializers.SlugRelatedField(
        slug_field="slug", read_only=True, allow_null=True
    )

    class Meta:
        model = Skill
        fields = ["slug", "name", "asset_type", "months_valid"]


class PersonSkillSerializer(serializers.ModelSerializer[PersonSkill]):
    """A confirmed skill; without ``expires_at`` it lasts the skill's own months."""

    person = PersonField()
    skill = serializers.SlugRelatedField(slug_field="slug", queryset=Skill.objects.all())
    expires_at = serializers.DateTimeField(required=False)

    class Meta:
        model = PersonSkill
        fields = ["id", "person", "skill", "expires_at", "given_by", "given_at", "ended_at"]
        read_only_fields = ["given_by", "given_at", "ended_at"]
        validators: list[object] = []  # the service renews what is held


class PersonSerializer(serializers.ModelSerializer[Person]):
    roles = RoleSerializer(source="current_roles", many=True, read_only=True)
    skills = PersonSkillSerializer(source="current_skills", many=True, read_only=True)

    class Meta:
        model = Person
        fields = [
            "id",
            "username",
            "name",
            "email",
            "language",
            "is_active",
            "joined_at",
            "left_at",
            "roles",
            "skills",
        ]


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    site = SiteField()
    line = LineField(allow_null=True, required=False, default=None)
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, default="en")

    class Meta:
        model = Invitation
        fields = [
            "id",
            "name",
            "email",
            "language",
            "role",
            "site",
            "line",
            "invited_by",
            "invited_at",
            "expires_at",
        ]
        read_only_fields = ["invited_by", "invited_at", "expires_at"]


class InvitationMadeSerializer(InvitationSerializer):
    """With the link, which is shown this once."""

    link = serializers.URLField(read_only=True)
    mailed = serializers.BooleanField(read_only=True)

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "link", "mailed"]
