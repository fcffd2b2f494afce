"""The jobs of monitoring; Celery finds them here."""

from importlib import import_module

PACKAGES = "alerts containment drift gauges golden intake measures performance reports"
for _package in PACKAGES.split():
    import_module(f"monitoring.{_package}.tasks")
