"""Every environment variable the portal reads, in one table; a wrong value is refused in one line.

Each variable may also be given as ``NAME_FILE``, the path of a file that holds the value.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = (_PACKAGE.parent / "manage.py").is_file()
BASE_DIR = _PACKAGE.parent if _CHECKOUT else Path.cwd()
"""Where relative paths begin: the checkout, or where somebody starts what pip installed."""
FILES_DIR = BASE_DIR if _CHECKOUT else _PACKAGE / "files"
"""Where templates, static files and catalogs lie; a wheel holds them in the package (deploy/wheel.py)."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: its name, what it is for, its default, and the check that turns text into a value."""

    name: str
    help: str
    default: str
    parse: Callable[[str], object]


def _text(value: str) -> str:
    return value


def _choice(*allowed: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value

    return parse


def _port(value: str) -> int:
    if not value.isdigit() or not 1 <= int(value) <= 65535:
        raise ValueError("must be a port number from 1 to 65535")
    return int(value)


def _number(above: float, up_to: float) -> Callable[[str], float]:
    def parse(value: str) -> float:
        number = float(value) if value.replace(".", "", 1).isdigit() else -1.0
        if not above < number <= up_to:
            raise ValueError(f"must be a number above {above:g} and up to {up_to:g}")
        return number

    return parse


def _hosts(value: str) -> list[str]:
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if any("/" in host for host in hosts):
        raise ValueError("must be host names separated by commas, without http:// and without a path")
    return hosts


def _networks(value: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(one.strip()) for one in value.split(",") if one.strip()]
    except ValueError:
        raise ValueError(
            "must be addresses or networks (10.0.0.5, 10.1.0.0/24) separated by commas"
        ) from None


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value and urlsplit(value).scheme not in schemes:
            raise ValueError(f"must start with {' or '.join(scheme + '://' for scheme in schemes)}")
        return value

    return parse


def _secret(value: str) -> str:
    if value and len(value) < 32:
        raise ValueError("must have at least 32 characters")
    return value


def _folder_or_none(value: str) -> Path | None:
    if not value:
        return None
    folder = _folder(value)
    if not folder.is_dir():
        raise ValueError("must be a folder that exists")
    return folder


def _folder(value: str) -> Path:
    return (BASE_DIR / Path(value).expanduser()).resolve()


VARIABLES: tuple[Variable, ...] = (
    Variable(
        "PORTAL_PROFILE",
        "embedded: one machine, parts below VAR_DIR; production: PostgreSQL, Redis, S3-style storage",
        "embedded",
        _choice("embedded", "production"),
    ),
    Variable("PORT", "where the web process listens", "8000", _port),
    Variable("VAR_DIR", "where the embedded profile keeps its files", "var", _folder),
    Variable("SECRET_KEY", "signs sessions; made once below VAR_DIR in the embedded profile", "", _secret),
    Variable(
        "DATABASE_URL",
        "sqlite:///… or postgres://…; SQLite below VAR_DIR where it is not set",
        "",
        _url("sqlite", "postgres", "postgresql"),
    ),
    Variable(
        "REDIS_URL",
        "broker, cache and live updates; an embedded Valkey server where it is not set",
        "",
        _url("redis", "rediss", "unix"),
    ),
    Variable(
        "MLFLOW_TRACKING_URI",
        "an MLflow server; an embedded one where it is not set",
        "",
        _url("http", "https"),
    ),
    Variable("STORAGE_URL", "file:///folder or s3://bucket/prefix", "", _url("file", "s3")),
    Variable(
        "IMPORT_DIR",
        "a folder on the server from which tables may be brought by their path; off where it is not set",
        "",
        _folder_or_none,
    ),
    Variable(
        "ALLOWED_HOSTS",
        "host names that the portal answers to, separated by commas",
        "localhost,127.0.0.1,[::1]",
        _hosts,
    ),
    Variable(
        "PUBLIC_URL",
        "the address that people type, in mails and for passkeys; http://localhost:PORT where it is not set",
        "",
        _url("http", "https"),
    ),
    Variable(
        "CHECKPOINT_KEY",
        "the Ed25519 key (PEM) that signs the checkpoints of the log; made below VAR_DIR where it may be",
        "",
        _text,
    ),
    Variable(
        "EMAIL_URL",
        "smtp://user:password@host:port; mails are written to VAR_DIR/mail where it is not set",
        "",
        _url("smtp", "smtps"),
    ),
    Variable(
        "NOTIFY_WEBHOOKS",
        "where notices go besides the page: addresses as Apprise writes them, separated by spaces",
        "",
        _text,
    ),
    Variable(
        "DEMO_SPEED", "seconds of the demo plant in one second; taken when it starts", "12", _number(0, 1000)
    ),
    Variable(
        "DEMO_WINDOW",
        "seconds of a window of the demo's models; taken when they are made",
        "60",
        _number(5, 3600),
    ),
    Variable(
        "TRUSTED_PROXIES",
        "addresses or networks of the proxies in front; they alone say (X-Forwarded-For) where a visitor is",
        "",
        _networks,
    ),
    Variable(
        "METRICS_TOKEN",
        "who asks for /metrics sends it as “Authorization: Bearer …”; where it is not set this machine may,"
        " in production nobody",
        "",
        _text,
    ),
    Variable("LOG_FORMAT", "text for people, json for collectors", "text", _choice("text", "json")),
)


def read(environ: Mapping[str, str] = os.environ) -> dict[str, object]:
    """Read all of ``VARIABLES``; raises ImproperlyConfigured with one line that names the variable."""
    values: dict[str, object] = {}
    for variable in VARIABLES:
        raw = environ.get(variable.name)
        source = variable.name
        file = environ.get(f"{variable.name}_FILE")
        if file is not None:
            source = f"{variable.name}_FILE"
            if raw is not None:
                raise ImproperlyConfigured(f"Both {variable.name} and {source} are set; remove one of them.")
            try:
                raw = Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ImproperlyConfigured(f"{source} names {file}, which cannot be read: {error}.") from None
        try:
            values[variable.name] = variable.parse(variable.default if raw is None else raw)
        except ValueError as error:
            shown = "its value" if variable.name == "SECRET_KEY" else repr(raw)
            raise ImproperlyConfigured(f"{source} is {shown}, but it {error}.") from None
    return values


def kept_secret(path: Path) -> str:
    """The embedded profile's secret: made at the first start, then read from ``path``."""
    try:
        if path.exists():
            return path.read_text(encoding="ascii").strip()
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):
            os.link(made, path)  # of several processes that start at once, one wins
        made.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path.parent} cannot be written ({error.strerror}); set VAR_DIR to a folder that can."
        ) from None


def socket_path(var_dir: Path, name: str) -> Path:
    """Where a unix socket lies; below the temporary folder where VAR_DIR is too deep for sun_path."""
    path = var_dir / "run" / f"{name}.sock"
    if len(os.fsencode(path)) < 100:
        return path
    short = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"mlops-portal-{os.getuid()}-{short}" / f"{name}.sock"


def celery_url(redis_url: str) -> str:
    """Celery's spelling of a Redis address: unix sockets are ``redis+socket://`` there."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def mail(url: str) -> tuple[str, dict[str, Any]]:
    """The mail backend and its options of an EMAIL_URL; files below VAR_DIR without one."""
    if not url:
        return "django.core.mail.backends.filebased.EmailBackend", {}
    parts = urlsplit(url)
    return "django.core.mail.backends.smtp.EmailBackend", {
        "host": parts.hostname or "localhost",
        "port": parts.port or (587 if parts.scheme == "smtps" else 25),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "tls": parts.scheme == "smtps",
    }
