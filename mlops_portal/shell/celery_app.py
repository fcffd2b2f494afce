"""The Celery application of the roof, by name, as Django does with its root URLs.

``celery.current_app`` will not do: it is set for the thread that made the application, and the web serves
each request in a thread of its own, where it would be an application without a broker.
"""

from __future__ import annotations

from functools import cache

from celery import Celery
from django.conf import settings
from django.utils.module_loading import import_string

# A broker that is down must not hold up a request: kombu would try again for six seconds.
QUICK = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}


@cache
def celery_app() -> Celery:
    app: Celery = import_string(getattr(settings, "TASK_APP", "mlops_portal.celery.app"))
    app.set_default()
    app.conf.broker_transport_options = {**QUICK, **app.conf.broker_transport_options}
    return app
