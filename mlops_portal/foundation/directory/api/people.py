"""People, their roles and skills, and invitations."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things, gone
from mlops_portal.foundation.directory.filters import PeopleFilter, PersonSkillFilter, RoleFilter
from mlops_portal.foundation.directory.selectors.people import (
    invitations_for,
    people_for,
    roles_for,
    skills_for,
)
from mlops_portal.foundation.directory.serializers.people import (
    InvitationMadeSerializer,
    InvitationSerializer,
    PersonSerializer,
    PersonSkillSerializer,
    RoleSerializer,
    SkillSerializer,
)
from mlops_portal.foundation.directory.services.invitations import invitation_send
from mlops_portal.foundation.plant.models import Invitation, Person, PersonSkill, RoleAssignment, Skill
from mlops_portal.foundation.plant.services.invitations import invitation_withdraw
from mlops_portal.foundation.plant.services.people import person_leave
from mlops_portal.foundation.plant.services.roles import role_end, role_grant
from mlops_portal.foundation.plant.services.skills import skill_end, skill_grant


class People(Things):
    """Everybody for who may see people; oneself for all others."""

    queryset = Person.objects.all()
    serializer_class = PersonSerializer
    filterset_class = PeopleFilter
    lookup_field = ordering = "pk"

    def visible(self) -> QuerySet[Person]:
        return people_for(person=self.person)

    @extend_schema(request=None, responses=PersonSerializer)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:
        """End the account with its roles, skills, tokens and sessions."""
        person_leave(by=self.person, person=self.get_object())
        return self.shown(self.get_object(), status=200)


class Roles(Things):
    """Roles held, also those that ended."""

    queryset = RoleAssignment.objects.all()
    serializer_class = RoleSerializer
    filterset_class = RoleFilter
    lookup_field = ordering = "pk"

    def visible(self) -> QuerySet[RoleAssignment]:
        return roles_for(person=self.person)

    def create(self, request: Request) -> Response:
        return self.shown(role_grant(by=self.person, **self.parsed()))

    def destroy(self, request: Request, pk: int) -> Response:
        role_end(by=self.person, assignment=self.get_object())
        return gone()


class Skills(Things):
    """What is taught and tested."""

    queryset = Skill.objects.select_related("asset_type")
    serializer_class = SkillSerializer

    def visible(self) -> QuerySet[Skill]:
        return Skill.objects.select_related("asset_type")


class PersonSkills(Things):
    """Skills that were confirmed of people, also those that ended."""

    queryset = PersonSkill.objects.all()
    serializer_class = PersonSkillSerializer
    filterset_class = PersonSkillFilter
    lookup_field = ordering = "pk"

    def visible(self) -> QuerySet[PersonSkill]:
        return skills_for(person=self.person)

    def create(self, request: Request) -> Response:
        """Confirm a skill, or renew it."""
        return self.shown(skill_grant(by=self.person, **self.parsed()))

    def destroy(self, request: Request, pk: int) -> Response:
        skill_end(by=self.person, held=self.get_object())
        return gone()


class Invitations(Things):
    """Open invitations; the link is in the answer that makes one, and nowhere else."""

    view_action = "people.invite"
    queryset = Invitation.objects.all()
    serializer_class = InvitationSerializer
    lookup_field = ordering = "pk"

    def visible(self) -> QuerySet[Invitation]:
        return invitations_for(person=self.person)

    @extend_schema(request=InvitationSerializer, responses={201: InvitationMadeSerializer})
    def create(self, request: Request) -> Response:
        invitation, link, mailed = invitation_send(by=self.person, **self.parsed())
        shown = self.get_serializer(invitation).data
        return Response({**shown, "link": link, "mailed": mailed}, status=201)

    def destroy(self, request: Request, pk: str) -> Response:
        invitation_withdraw(by=self.person, invitation=self.get_object())
        return gone()
