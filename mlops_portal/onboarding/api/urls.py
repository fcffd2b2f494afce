"""API addresses of bringing one's own data."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
