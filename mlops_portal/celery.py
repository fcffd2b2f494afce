"""The Celery application; tasks are found in each app's ``tasks`` module."""

import os

from celery import Celery
from django.apps import apps
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlops_portal.settings")

app = Celery("mlops_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
# A worker that never learns or explains leaves those apps out, and with them the libraries they load.
LEFT_OUT = os.environ.get("WORKER_WITHOUT", "").split(",")
app.autodiscover_tasks(lambda: [one.name for one in apps.get_app_configs() if one.name not in LEFT_OUT])
