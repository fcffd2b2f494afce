"""The portal's own parts: broker, web, worker, scheduler, MLflow server.

- The worker works with a pool of processes, so a task that crashes takes nothing else along; what takes
  minutes has a worker of its own (the learner).
- The scheduler is a process of its own: inside the worker (``-B``) it would be forked as a process anyway.
- MLflow's own command keeps a second process and, with its defaults, a dozen more; its application under one
  uvicorn is the same server. The names of its variables are private to the version that is locked.
"""

from __future__ import annotations

import http.client
import sys
from pathlib import Path

from django.apps import apps
from django.conf import settings

from mlops_portal.above.serve import heartbeat
from mlops_portal.above.serve.broker import broker_answers, broker_argv
from mlops_portal.above.serve.processes import Process

# glibc gives each thread an arena of its own and never returns it; two keep a threaded process small.
SMALL = {"MALLOC_ARENA_MAX": "2"}
# Django's checks load every page; `make check` has run them.
# Apps whose work takes minutes.
SLOW = "labeling,explain,mlops_portal.above.onboarding,mlops_portal.above.backtests"
JOBS = SMALL | {"CELERY_SKIP_CHECKS": "1"}
OPTIONAL = ("worker", "learner", "scheduler", "mlflow")


def own(*, host: str, without: frozenset[str]) -> list[Process]:
    """The parts in the order in which they are started."""
    parts = [web(host), worker(), learner(), scheduler()]
    if settings.EMBEDDED_BROKER:
        parts.insert(0, broker())
    if settings.EMBEDDED_MLFLOW:
        parts.append(mlflow())
    return [part for part in parts if part.name not in without]


def broker() -> Process:
    return Process(
        name="broker", argv=broker_argv(), ready=lambda _since: broker_answers(), needed=True, grace=20
    )


def web(host: str) -> Process:
    module, _, name = settings.ASGI_APPLICATION.rpartition(".")
    return Process(
        name="web",
        argv=_uvicorn(f"{module}:{name}", host, settings.PORT, "--timeout-graceful-shutdown", "3"),
        env=SMALL,
        ready=lambda _since: answers(_reachable(host), settings.PORT, "/healthz"),
        needed=True,
    )


def worker() -> Process:
    return Process(
        name="worker",
        argv=_celery(
            "worker", "-Q", "default", "--concurrency", "2", "--pool", "prefork",
            "--without-gossip", "--without-mingle", "--loglevel", "INFO", "-n", "worker@portal",
        ),
        # Ending cold puts what was being worked on back into its queue instead of losing an hour with it.
        env=JOBS | {"REMAP_SIGTERM": "SIGQUIT", "WORKER_WITHOUT": SLOW},
        ready=heartbeat.since,
    )  # fmt: skip


def learner() -> Process:
    """What takes minutes, apart from what people wait for: training and explaining."""
    return Process(
        name="learner",
        argv=_celery(
            "worker", "-Q", "learn,explain", "--concurrency", "1", "--pool", "prefork",
            "--without-gossip", "--without-mingle", "--loglevel", "INFO", "-n", "learner@portal",
        ),
        env=JOBS | {"REMAP_SIGTERM": "SIGQUIT"},
        wait=False,
    )  # fmt: skip


def scheduler() -> Process:
    others = [one.name for one in apps.get_app_configs() if one.label != "serve"]  # it does no task itself
    return Process(
        name="scheduler",
        argv=_celery(
            "beat", "--schedule", str(settings.VAR_DIR / "run" / "schedule"), "--pidfile=",
            "--loglevel", "INFO",
        ),
        env=JOBS | {"WORKER_WITHOUT": ",".join(others)},
        ready=heartbeat.since,
    )  # fmt: skip


def mlflow() -> Process:
    folder: Path = settings.VAR_DIR / "mlflow"
    return Process(
        name="mlflow",
        argv=_uvicorn("mlflow.server.fastapi_app:app", "127.0.0.1", settings.PORT + 1),
        env=SMALL
        | {
            "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{folder / 'mlflow.sqlite3'}",
            "_MLFLOW_SERVER_REGISTRY_STORE": f"sqlite:///{folder / 'mlflow.sqlite3'}",
            "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
            "_MLFLOW_SERVER_ARTIFACT_DESTINATION": str(folder / "artifacts"),
            "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
            "_MLFLOW_SGI_NAME": "uvicorn",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            "GIT_PYTHON_REFRESH": "quiet",
        },
        ready=lambda _since: answers("127.0.0.1", settings.PORT + 1, "/health"),
        wait=False,
    )


def answers(host: str, port: int, path: str) -> bool:
    """Whether a GET on this machine answers 200 within a second."""
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound


def _uvicorn(application: str, host: str, port: int, *more: str) -> tuple[str, ...]:
    return (
        sys.executable, "-m", "uvicorn", application, "--host", host, "--port", str(port),
        "--workers", "1", "--no-proxy-headers",
        "--no-access-log", "--no-server-header", "--log-level", "warning", *more,
    )  # fmt: skip


def _celery(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", "mlops_portal.celery", *arguments)
