"""Shared tablets, and one's own PIN."""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mlops_portal.foundation.directory.api.base import Things, gone
from mlops_portal.foundation.directory.serializers.tablets import (
    PinSerializer,
    TabletAnnouncedSerializer,
    TabletSerializer,
)
from mlops_portal.foundation.plant.models import Person, Tablet
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.tablets import tablets_for
from mlops_portal.foundation.plant.services.pins import badge_set, pin_end, pin_set
from mlops_portal.foundation.plant.services.tablets import tablet_announce, tablet_unpair
from mlops_portal.foundation.wire.errors import NotAllowed


class Tablets(Things):
    """The shared tablets of the sites where one pairs them; the code is in the answer that makes one."""

    view_action = "tablet.pair"
    queryset = Tablet.objects.all()
    serializer_class = TabletSerializer
    lookup_field = ordering = "pk"

    def visible(self) -> QuerySet[Tablet]:
        return tablets_for(person=self.person)

    @extend_schema(request=TabletSerializer, responses={201: TabletAnnouncedSerializer})
    def create(self, request: Request) -> Response:
        tablet, code = tablet_announce(by=self.person, **self.parsed())
        return Response({**self.get_serializer(tablet).data, "code": code}, status=201)

    def destroy(self, request: Request, pk: str) -> Response:
        """Unpair it: from its next request on it is a stranger."""
        tablet_unpair(by=self.person, tablet=self.get_object())
        return gone()


class OwnPin(APIView):
    """One's own PIN and badge for shared tablets; a token sets none."""

    @extend_schema(request=PinSerializer, responses={204: None})
    def put(self, request: Request) -> Response:
        person = self._asked(request)
        if request.auth is None and not did_recently_reauthenticate(request._request):
            raise NotAllowed(
                _("Show once more that it is you, on the page %(page)s; then set the PIN in 5 minutes.")
                % {"page": reverse("account_reauthenticate")}
            )
        serializer = PinSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            if "pin" in serializer.validated_data:
                pin_set(by=person, pin=serializer.validated_data["pin"])
            if "badge" in serializer.validated_data:
                badge_set(by=person, code=serializer.validated_data["badge"])
        return gone()

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        person = self._asked(request)
        pin_end(by=person, person=person)
        return gone()

    def _asked(self, request: Request) -> Person:
        person: Person = request.user  # type: ignore[assignment]  # IsAuthenticated has seen to it
        guard(person, "pin.set")
        return person
