"""The jobs of monitoring; Celery finds them here."""

from importlib import import_module

for _package in ("alerts", "containment", "drift", "gauges", "intake", "measures", "performance", "reports"):
    import_module(f"monitoring.{_package}.tasks")
