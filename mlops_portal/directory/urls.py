"""Addresses of the directory's pages."""

from django.urls import include, path

urlpatterns = [
    path("", include("mlops_portal.directory.urls_signin")),
]
