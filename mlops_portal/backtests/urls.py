"""Addresses of back-tests."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
