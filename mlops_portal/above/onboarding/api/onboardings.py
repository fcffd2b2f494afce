"""Bringing a table by API: the same services as on the pages."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.above.onboarding.errors import FileUnfit
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.selectors import onboardings_for, sites_to_onboard
from mlops_portal.above.onboarding.serializers import (
    AnswersIn,
    DescriptionIn,
    GoldenIn,
    GoldenPlaceIn,
    OnboardingIn,
    OnboardingOut,
)
from mlops_portal.above.onboarding.services.again import work_again
from mlops_portal.above.onboarding.services.answering import onboarding_answer
from mlops_portal.above.onboarding.services.checking import check_ask
from mlops_portal.above.onboarding.services.describing import onboarding_describe
from mlops_portal.above.onboarding.services.files import import_path
from mlops_portal.above.onboarding.services.golden import golden_confirm, golden_refuse
from mlops_portal.above.onboarding.services.receiving import ASKED, onboarding_create
from mlops_portal.above.onboarding.services.taking import onboarding_agree
from mlops_portal.above.onboarding.services.undoing import onboarding_undo
from mlops_portal.foundation.directory.api.base import Things
from mlops_portal.foundation.plant.models import Site
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.selectors.guesses import ZONE
from mlops_portal.foundation.shell.api.parsers import Json
from mlops_portal.foundation.wire.errors import Invalid


class Onboardings(Things):
    queryset = Onboarding.objects.order_by("-created_at", "-id")
    serializer_class = OnboardingOut
    parser_classes = (Json, MultiPartParser)
    filter_backends = ()
    lookup_field = "pk"
    lookup_value_regex = r"[0-9a-f-]{36}"
    ordering = ("-created_at", "-id")  # type: ignore[assignment]  # the base leaves it to each list

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.person.may("golden.edit"):  # they confirm the golden samples of what others brought
            guard(self.person, "model.onboard")

    def visible(self) -> QuerySet[Onboarding]:
        return onboardings_for(self.person).order_by("-created_at", "-id")

    @extend_schema(
        request={"multipart/form-data": OnboardingIn, "application/json": OnboardingIn},
        responses={201: OnboardingOut},
    )
    def create(self, request: Request) -> Response:
        """Bring a table: a file as multipart, or a path below the folder that the administrator opened."""
        asked = OnboardingIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        guard(self.person, "model.onboard")
        with self._file(given) as file:
            made = onboarding_create(
                by=self.person,
                site=self._site(given),
                name=given["name"],
                file=file,
                file_name=file.name or "",
                asset_type=given.get("asset_type"),
                type_name=given["type_name"],
                asked={key: given[key] for key in ASKED},
                answers={ZONE: given["zone"]} if given["zone"] else {},
                accept=given["accept"],
            )
        return self.shown(self.visible().get(pk=made.pk))

    def _file(self, given: dict[str, Any]) -> File[bytes]:
        if bool(given.get("file")) == bool(given["path"]):
            raise FileUnfit(_("Send one file, or the path of one."))
        if given.get("file"):
            upload: File[bytes] = given["file"]
            return upload
        path = import_path(given["path"])
        return File(path.open("rb"), name=path.name)

    def _site(self, given: dict[str, Any]) -> Site:
        if "site" in given:
            named: Site = given["site"]
            return named
        sites = sites_to_onboard(self.person)
        if len(sites) != 1:
            raise Invalid(_("Name the site; there are several of yours."))
        return sites[0]

    def _answer(self, one: Onboarding, status: int = 200) -> Response:
        return self.shown(self.visible().get(pk=one.pk), status=status)

    @extend_schema(request=DescriptionIn, responses=OnboardingOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what the table means; what was checked must be checked again."""
        asked = DescriptionIn(data=request.data)
        asked.is_valid(raise_exception=True)
        return self._answer(
            onboarding_describe(by=self.person, onboarding=self.get_object(), **asked.validated_data)
        )

    @extend_schema(request=AnswersIn, responses={202: OnboardingOut})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Answer what the reader could only guess; the table is read again where an answer is another."""
        asked = AnswersIn(data=request.data)
        asked.is_valid(raise_exception=True)
        one = onboarding_answer(by=self.person, onboarding=self.get_object(), **asked.validated_data)
        return self._answer(one, status=202)

    @extend_schema(request=None, responses={202: OnboardingOut})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str) -> Response:
        """Let a worker look through the table as it is described."""
        return self._answer(check_ask(by=self.person, onboarding=self.get_object()), status=202)

    @extend_schema(request=None, responses={202: OnboardingOut})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Agree: register the model, store its table, train the first version."""
        return self._answer(onboarding_agree(by=self.person, onboarding=self.get_object()), status=202)

    @extend_schema(request=GoldenIn, responses=OnboardingOut)
    @action(detail=True, methods=["post"], url_path="golden/confirm")
    def golden_confirm(self, request: Request, pk: str) -> Response:
        """Make a proposed part a golden sample; its truth is that of whoever confirms it."""
        asked, one = GoldenIn(data=request.data), self.get_object()
        asked.is_valid(raise_exception=True)
        golden_confirm(by=self.person, onboarding=one, **asked.validated_data)
        return self._answer(one)

    @extend_schema(request=GoldenPlaceIn, responses=OnboardingOut)
    @action(detail=True, methods=["post"], url_path="golden/refuse")
    def golden_refuse(self, request: Request, pk: str) -> Response:
        """A proposed part is no golden sample."""
        asked, one = GoldenPlaceIn(data=request.data), self.get_object()
        asked.is_valid(raise_exception=True)
        golden_refuse(by=self.person, onboarding=one, **asked.validated_data)
        return self._answer(one)

    @extend_schema(request=None, responses={202: OnboardingOut})
    @action(detail=True, methods=["post"])
    def again(self, request: Request, pk: str) -> Response:
        """Ask a worker once more for what was stopped or lost."""
        return self._answer(work_again(by=self.person, onboarding=self.get_object()), status=202)

    @extend_schema(request=None, responses=OnboardingOut)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Take everything back that came of the table, until an approval was asked for."""
        return self._answer(onboarding_undo(by=self.person, onboarding=self.get_object()))
