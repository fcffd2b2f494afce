"""Below /api/v1/."""

from django.urls import path

from mlops_portal.above.serve.api.status import Status

urlpatterns = [path("status/", Status.as_view(), name="api-status")]
