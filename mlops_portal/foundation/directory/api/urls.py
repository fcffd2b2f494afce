"""Below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from mlops_portal.foundation.directory.api.calendar import ClosedDays, Shifts
from mlops_portal.foundation.directory.api.people import Invitations, People, PersonSkills, Roles, Skills
from mlops_portal.foundation.directory.api.places import Assets, AssetTypes, Lines, Nodes, Sites
from mlops_portal.foundation.directory.api.tablets import OwnPin, Tablets
from mlops_portal.foundation.directory.api.tokens import Matrix, Tokens

router = SimpleRouter()
router.register("sites", Sites, "api-sites")
router.register("lines", Lines, "api-lines")
router.register("asset-types", AssetTypes, "api-asset-types")
router.register("assets", Assets, "api-assets")
router.register("nodes", Nodes, "api-nodes")
router.register("shifts", Shifts, "api-shifts")
router.register("closed-days", ClosedDays, "api-closed-days")
router.register("people", People, "api-people")
router.register("roles", Roles, "api-roles")
router.register("skills", Skills, "api-skills")
router.register("person-skills", PersonSkills, "api-person-skills")
router.register("invitations", Invitations, "api-invitations")
router.register("tablets", Tablets, "api-tablets")
router.register("tokens", Tokens, "api-tokens")

urlpatterns = [
    *router.urls,
    path("matrix/", Matrix.as_view(), name="api-matrix"),
    path("me/pin/", OwnPin.as_view(), name="api-pin"),
]
