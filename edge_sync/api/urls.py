"""Below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from edge_sync.api import keys, nodes, witnessing
from edge_sync.api.parked import Parked
from edge_sync.api.releases import Releases

router = SimpleRouter()
router.register("releases", Releases, "api-releases")
router.register("parked-deliveries", Parked, "api-parked")

urlpatterns = [
    path("edge/telemetry", nodes.Telemetry.as_view(), name="api-edge-telemetry"),
    path("edge/telemetry/<int:sequence>/void", nodes.Void.as_view(), name="api-edge-void"),
    path("edge/parked", nodes.Parked.as_view(), name="api-edge-parked"),
    path("edge/reports", nodes.Reports.as_view(), name="api-edge-reports"),
    path(
        "edge/pictures/<str:prediction>/<slug:view>",
        nodes.Pictures.as_view(),
        name="api-edge-picture",
    ),
    path("edge/wanted", nodes.WantedRows.as_view(), name="api-edge-wanted"),
    path("edge/checkpoint", witnessing.Offer.as_view(), name="api-edge-checkpoint"),
    path("edge/cosignatures", witnessing.Cosignatures.as_view(), name="api-edge-cosignatures"),
    path("edge/disputes", witnessing.Disputes.as_view(), name="api-edge-disputes"),
    path("edge/time", nodes.SignedTime.as_view(), name="api-edge-time"),
    path("edge/enrol", nodes.Enrol.as_view(), name="api-edge-enrol"),
    path("keys/", keys.Keys.as_view(), name="api-keys"),
    path("keys/ceremony/", keys.Ceremony.as_view(), name="api-keys-ceremony"),
    *router.urls,
]
