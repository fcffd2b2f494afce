"""Sites, lines, machines and nodes."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things, gone
from mlops_portal.foundation.directory.filters import AssetFilter, LineFilter, NodeFilter
from mlops_portal.foundation.directory.serializers.places import (
    AssetChangeSerializer,
    AssetSerializer,
    AssetTypeSerializer,
    LineSerializer,
    NodeSerializer,
    SiteSerializer,
)
from mlops_portal.foundation.plant.models import Asset, AssetType, Line, Node, Site
from mlops_portal.foundation.plant.selectors.places import assets_for, lines_for, nodes_for, sites_for
from mlops_portal.foundation.plant.services.places import (
    asset_change,
    asset_create,
    asset_retire,
    line_create,
    node_register,
    node_retire,
)


class Sites(Things):
    view_action = "plant.view"
    queryset = Site.objects.all()
    serializer_class = SiteSerializer

    def visible(self) -> QuerySet[Site]:
        return sites_for(person=self.person)


class AssetTypes(Things):
    view_action = "plant.view"
    queryset = AssetType.objects.all()
    serializer_class = AssetTypeSerializer

    def visible(self) -> QuerySet[AssetType]:
        return AssetType.objects.all()


class Lines(Things):
    view_action = "plant.view"
    queryset = Line.objects.all()
    serializer_class = LineSerializer
    filterset_class = LineFilter

    def visible(self) -> QuerySet[Line]:
        return lines_for(person=self.person)

    def create(self, request: Request) -> Response:
        return self.shown(line_create(by=self.person, **self.parsed()))


class Assets(Things):
    view_action = "plant.view"
    queryset = Asset.objects.all()
    serializer_class = AssetSerializer
    filterset_class = AssetFilter

    def visible(self) -> QuerySet[Asset]:
        return assets_for(person=self.person, retired=self.action == "retrieve")

    def create(self, request: Request) -> Response:
        return self.shown(asset_create(by=self.person, **self.parsed()))

    @extend_schema(request=AssetChangeSerializer(partial=True), responses=AssetSerializer)
    def partial_update(self, request: Request, slug: str) -> Response:
        asset = self.get_object()
        change = AssetChangeSerializer(data=request.data, partial=True, context=self.get_serializer_context())
        change.is_valid(raise_exception=True)
        as_it_is = {key: getattr(asset, key) for key in ("name", "line", "type", "node")}
        changed = asset_change(by=self.person, asset=asset, **(as_it_is | change.validated_data))
        return self.shown(changed, status=200)

    def destroy(self, request: Request, slug: str) -> Response:
        asset_retire(by=self.person, asset=self.get_object())
        return gone()


class Nodes(Things):
    view_action = "node.view"
    queryset = Node.objects.all()
    serializer_class = NodeSerializer
    filterset_class = NodeFilter

    def visible(self) -> QuerySet[Node]:
        return nodes_for(person=self.person, retired=self.action == "retrieve")

    def create(self, request: Request) -> Response:
        return self.shown(node_register(by=self.person, **self.parsed()))

    def destroy(self, request: Request, slug: str) -> Response:
        node_retire(by=self.person, node=self.get_object())
        return gone()
