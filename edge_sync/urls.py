"""Addresses of releases, models and nodes, and of the repository that nodes read."""

from django.urls import path

from edge_sync.views import alone, edge, keys, models, releases, tuf

urlpatterns = [
    path("tuf/metadata/<path:name>", tuf.metadata, name="tuf_metadata"),
    path("tuf/targets/<path:path>", tuf.target, name="tuf_target"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:pk>/", releases.release, name="release"),
    path("releases/<int:pk>/back/", releases.go_back, name="release_back"),
    path("releases/<int:pk>/<str:verb>/", releases.control, name="release_control"),
    path("models/", models.models, name="models"),
    path("models/<slug:slug>/", models.model, name="model"),
    path("models/<slug:slug>/alone/", alone.alone, name="model_alone"),
    path("edge/<slug:slug>/", edge.node, name="edge_node"),
    path("edge/<slug:slug>/settle/", edge.settle, name="edge_settle"),
    path("edge/<slug:slug>/enrol/", edge.enrol, name="edge_enrol"),
    path("keys/", keys.keys, name="keys"),
    path("keys/ceremony/", keys.ceremony, name="keys_ceremony"),
]
