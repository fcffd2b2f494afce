"""One file of settings, read from the environment (``environment.VARIABLES``)."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from mlops_portal import environment, logs  # logs first: it says what other libraries go without

ENV: dict[str, Any] = environment.read()
BASE_DIR, FILES_DIR = environment.BASE_DIR, environment.FILES_DIR
PROFILE: str = ENV["PORTAL_PROFILE"]
PRODUCTION = PROFILE == "production"
VAR_DIR = ENV["VAR_DIR"]
DEBUG = False

for _name in (
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "MLFLOW_TRACKING_URI",
    "STORAGE_URL",
    "PUBLIC_URL",
    "CHECKPOINT_KEY",
):
    if PRODUCTION and not ENV[_name]:
        raise ImproperlyConfigured(f"{_name} is not set; the production profile needs it.")

SECRET_KEY: str = ENV["SECRET_KEY"] or environment.kept_secret(VAR_DIR / "secret_key")
PORT: int = ENV["PORT"]
PUBLIC_URL: str = (ENV["PUBLIC_URL"] or f"http://localhost:{PORT}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
SECURE = _public.scheme == "https"
ALLOWED_HOSTS = [*ENV["ALLOWED_HOSTS"], *([_public.hostname] if _public.hostname else [])]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "mlops_portal.foundation.ledger",
    "mlops_portal.foundation.plant",
    "mlops_portal.foundation.registry",
    "mlops_portal.foundation.shell",
    "mlops_portal.foundation.directory",
    "monitoring",
    "explain",
    "labeling",
    "approvals",
    "edge_sync",
    "mlops_portal.above.onboarding",
    "mlops_portal.above.backtests",
    "mlops_portal.above.serve",
    "mlops_portal.above.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "drf_spectacular",
    "rest_framework",
    "template_partials",
]

MIDDLEWARE = [
    "mlops_portal.foundation.shell.proxies.ProxyMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "mlops_portal.foundation.shell.middleware.TabletMiddleware",
    "mlops_portal.foundation.shell.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mlops_portal.foundation.shell.middleware.ProblemMiddleware",
    "mlops_portal.foundation.shell.middleware.IdempotencyMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "mlops_portal.urls"
ASGI_APPLICATION = "mlops_portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [FILES_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mlops_portal.foundation.shell.pages.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "mlops_portal.foundation.shell.templatetags.ui",
            ],
        },
    }
]

# ---------------------------------------------------------------- database
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(ENV["DATABASE_URL"] or f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    if PRODUCTION:
        raise ImproperlyConfigured("DATABASE_URL names SQLite, but the production profile needs PostgreSQL.")
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
        "PRAGMA temp_store=MEMORY; PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
        **DATABASES["default"].get("OPTIONS", {}),  # of the address, sslmode for example
    }

# ---------------------------------------------------------------- broker, cache, live updates
BROKER_SOCKET = environment.socket_path(VAR_DIR, "broker")
REDIS_URL: str = ENV["REDIS_URL"] or f"unix://{BROKER_SOCKET}"
EMBEDDED_BROKER = not ENV["REDIS_URL"]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 5},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "live"},
    }
}
CELERY_BROKER_URL = environment.celery_url(REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
LATER = 9  # Redis: 0 goes first. What nobody waits for goes behind what a person does, in whichever queue
CELERY_TASK_ROUTES: dict[str, dict[str, Any]] = {
    "labeling.*": {"queue": "learn"},
    "onboarding.*": {"queue": "learn"},
    "backtests.*": {"queue": "learn"},
    "explain.*": {"queue": "explain"},
    "monitoring.calibrate": {"queue": "learn", "priority": LATER},
    "monitoring.together": {"queue": "learn", "priority": LATER},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_TIMEZONE = "UTC"
DJANGO_STRUCTLOG_CELERY_ENABLED = False  # mlops_portal.celery does it, where Celery is used
CELERY_BEAT_SCHEDULER = "mlops_portal.above.serve.scheduling:Scheduler"

# ---------------------------------------------------------------- the log
CHECKPOINT_KEY: str = ENV["CHECKPOINT_KEY"]
LOG_ORIGIN = f"{_public.hostname}/mlops-portal"  # without the port, so that it never changes

# ---------------------------------------------------------------- models, files, mail
EMBEDDED_MLFLOW = not ENV["MLFLOW_TRACKING_URI"]
MLFLOW_TRACKING_URI: str = ENV["MLFLOW_TRACKING_URI"] or f"http://127.0.0.1:{PORT + 1}"
STORAGE_URL: str = ENV["STORAGE_URL"] or f"file://{VAR_DIR / 'storage'}"
_storage = urlsplit(STORAGE_URL)
if _storage.scheme == "s3":
    _files: dict[str, Any] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _storage.netloc,
            "location": _storage.path.strip("/"),
            "querystring_auth": True,
        },
    }
else:
    _files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": _storage.path},
    }
IMPORT_DIR = ENV["IMPORT_DIR"]
STORAGES = {
    "default": _files,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [FILES_DIR / "static"]
EMAIL_BACKEND, EMAIL_OPTIONS = environment.mail(ENV["EMAIL_URL"])
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST: str = EMAIL_OPTIONS.get("host", "localhost")
EMAIL_PORT: int = EMAIL_OPTIONS.get("port", 25)
EMAIL_HOST_USER: str = EMAIL_OPTIONS.get("user", "")
EMAIL_HOST_PASSWORD: str = EMAIL_OPTIONS.get("password", "")
EMAIL_USE_TLS: bool = EMAIL_OPTIONS.get("tls", False)
DEFAULT_FROM_EMAIL = f"MLOps Portal <portal@{_public.hostname}>"
METRICS_TOKEN: str = ENV["METRICS_TOKEN"]
TRUSTED_PROXIES: list[IPv4Network | IPv6Network] = ENV["TRUSTED_PROXIES"]
NOTIFY_WEBHOOKS: list[str] = ENV["NOTIFY_WEBHOOKS"].split()

# ---------------------------------------------------------------- people
AUTH_USER_MODEL = "plant.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "mlops_portal.foundation.directory.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ALLAUTH_TRUSTED_PROXY_COUNT = 0  # ProxyMiddleware has put the visitor's address in its place
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
MFA_ADAPTER = "mlops_portal.foundation.directory.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "MLOps Portal"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True  # invitations, not mails, say who somebody is
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE and _public.hostname == "localhost"

# ---------------------------------------------------------------- language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("sv", "Svenska"), ("es", "Español")]
LOCALE_PATHS = [FILES_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---------------------------------------------------------------- security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "mlops_portal.foundation.shell.views.errors.csrf_failure"
SECURE_SSL_REDIRECT = SECURE and PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_100_000

# ---------------------------------------------------------------- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "mlops_portal.foundation.directory.authentication.TokenAuthentication",
        "mlops_portal.foundation.shell.api.auth.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mlops_portal.foundation.shell.api.parsers.Json"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "mlops_portal.foundation.shell.api.answers.Negotiation",
    "DEFAULT_PAGINATION_CLASS": "mlops_portal.foundation.shell.api.pagination.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["mlops_portal.foundation.shell.api.filters.Filters"],
    "DEFAULT_SCHEMA_CLASS": "mlops_portal.foundation.shell.api.schema.Schema",
    "EXCEPTION_HANDLER": "mlops_portal.foundation.shell.api.problems.handle",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "MLOps Portal",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ApprovalStateEnum": "approvals.transitions.ApprovalState",
        "AssuranceEnum": "approvals.transitions.Assurance",
        "AlertStateEnum": "monitoring.transitions.AlertState",
        "BatchStateEnum": "monitoring.models.telemetry.BatchState",
        "AlertKindEnum": "monitoring.models.alert.AlertKind",
        "BackTestKindEnum": "mlops_portal.above.backtests.transitions.Kind",
        "ChangeKindEnum": "monitoring.models.process.ChangeKind",
        "MeasureKindEnum": "monitoring.models.measure.MeasureKind",
        "ColumnKindEnum": "mlops_portal.above.onboarding.rules.column_choices.Kind",
        "ColumnRoleEnum": "mlops_portal.above.onboarding.rules.column_choices.Role",
        "ContainmentStateEnum": "monitoring.models.containment.ContainmentState",
        "ContainmentTriggerEnum": "monitoring.transitions.Trigger",
        "DispositionKindEnum": "monitoring.transitions.DispositionKind",
        "RunTriggerEnum": "labeling.transitions.Trigger",
        "DriftReportStateEnum": "monitoring.models.report.ReportState",
        "GoldenRoundStateEnum": "monitoring.models.golden.RoundState",
        "JobStateEnum": "mlops_portal.foundation.shell.models.Job.State",
        "NodeStateEnum": "edge_sync.transitions.NodeState",
        "OnboardingStateEnum": "mlops_portal.above.onboarding.transitions.OnboardingState",
        "ReleaseStateEnum": "edge_sync.transitions.ReleaseState",
        "RoleEnum": "mlops_portal.foundation.plant.roles.Role",
        "RunStateEnum": "labeling.transitions.RunState",
        "StepStateEnum": "labeling.transitions.StepState",
        "StatusStateEnum": "mlops_portal.above.serve.api.status.STATES",
        "VersionStateEnum": "mlops_portal.foundation.registry.transitions.VersionState",
    },
}

# ---------------------------------------------------------------- demo
DEMO_SPEED: float = ENV["DEMO_SPEED"]
DEMO_WINDOW = int(ENV["DEMO_WINDOW"])

# ---------------------------------------------------------------- logs
LOGGING = logs.configure(ENV["LOG_FORMAT"])
SILENCED_SYSTEM_CHECKS: list[str] = []
