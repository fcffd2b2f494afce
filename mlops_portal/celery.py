"""The Celery application; tasks are found in each app's ``tasks`` module."""

import os

from mlops_portal.foundation.wire import optional

optional.install()  # first: Celery loads some of it before the settings are read

from celery import Celery  # noqa: E402 - as above
from django.apps import apps  # noqa: E402 - as above
from django_structlog.celery.receivers import CeleryReceiver  # noqa: E402 - as above
from django_structlog.celery.steps import DjangoStructLogInitStep  # noqa: E402 - as above

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlops_portal.settings")

app = Celery("mlops_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
RECEIVER = CeleryReceiver()  # kept: signals hold their receivers weakly
RECEIVER.connect_signals()  # what sends a job is known where it runs
# A worker that never learns or explains leaves those apps out, and with them the libraries they load.
LEFT_OUT = os.environ.get("WORKER_WITHOUT", "").split(",")
app.autodiscover_tasks(lambda: [one.name for one in apps.get_app_configs() if one.name not in LEFT_OUT])
