"""Every setting, from the environment. ``CONTRIBUTING.md`` lists the variables."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Exchange, Queue

from workbench.env import (
    ROOT,
    Instance,
    application_database_url,
    broker_url,
    owner_database_url,
    secret,
    secret_keys,
)

env = environ.Env()

DATA = Instance.from_environment().data
DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
HTTPS = SITE_URL.startswith("https://")

SECRET_KEY, *SECRET_KEY_FALLBACKS = secret_keys()
# What is signed with an old one counts as much.
if not DEBUG and any(
    len(key) < 50 or len(set(key)) < 10 or key.startswith("django-insecure-")
    for key in (SECRET_KEY, *SECRET_KEY_FALLBACKS)
):
    raise ImproperlyConfigured("SECRET_KEY is too weak: give at least 50 random characters.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
ALLOWED_HOSTS.append(urlsplit(SITE_URL).hostname)
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Applications and the way of a request

INSTALLED_APPS = [
    # Before ours, which take back what these put into the administration.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "workbench",
    "annotations",
    "exports",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "workbench.middleware.Traced",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "workbench.middleware.PrivateByDefault",
    "workbench.middleware.Bounded",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "workbench.middleware.InTheReadersLanguage",
    "workbench.middleware.InTheReadersZone",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "workbench.accounts.LastSeen",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "workbench.urls"
WSGI_APPLICATION = "workbench.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database

# The tables belong to the owner's role, which migrates them. The application's role can
# read and write rows, but can neither drop a trigger nor empty a table.
DATABASE_ROLE = env.str("DATABASE_ROLE", default="application")
DATABASES = {
    "default": env.db_url_config(
        owner_database_url() if DATABASE_ROLE == "owner" else application_database_url(),
        engine="django.db.backends.postgresql",
    )
}
# A socket's folder comes as a quoted host name.
DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])
_options = DATABASES["default"].setdefault("OPTIONS", {})
# Every trigger asks first whether it is to be ignored. Unless that is set, asking raises an error
# within, and clearing up after it goes through all that is left to check at the commit.
_options["options"] = f"{_options.get('options', '')} -c pgtrigger.ignore={{}}".strip()
# After so many times, what goes by annotations/models/prepared.py is planned no more.
_options["prepare_threshold"] = 5
if pool_size := env.int("DATABASE_POOL", default=0):
    _options["pool"] = {
        "min_size": 1,
        "max_size": pool_size,
        "timeout": 10,
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What all web servers must know of each other: who tried how often, and which codes were used.
# It is kept where nothing gets lost; the broker may be away, or be none that keeps values.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cached_values",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# People

AUTH_USER_MODEL = "annotations.User"
AUTHENTICATION_BACKENDS = ["workbench.sessions.Passwords"]
SESSION_ENGINE = "workbench.sessions"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "annotations:home"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Signing in, by allauth. Accounts are made by admins and by invitations, never by their owners
# alone, and have a name and maybe a mail address.
ACCOUNT_ADAPTER = "workbench.accounts.Accounts"
ACCOUNT_FORMS = {
    "login": "annotations.forms.sign_in.SignInForm",
    "reauthenticate": "annotations.forms.sign_in.PasswordAgainForm",
    "change_password": "annotations.forms.sign_in.ChangePasswordForm",
    "reset_password": "annotations.forms.sign_in.ForgottenPasswordForm",
    "reset_password_from_key": "annotations.forms.sign_in.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# allauth's own would copy mail addresses out of the one row that holds them.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "annotations.queries.password_links.PasswordLinks"  # noqa: S105 - a class's name
ACCOUNT_SESSION_REMEMBER = True
# A class may sit behind one address; what counts against guessing is the limit per account.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key"}
# How many proxies of ours stand in front. X-Forwarded-For is believed from them alone.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_ADAPTER = "workbench.accounts.SecondSteps"
MFA_FORMS = {
    "authenticate": "annotations.forms.sign_in.CodeForm",
    "reauthenticate": "annotations.forms.sign_in.CodeAgainForm",
    "activate_totp": "annotations.forms.sign_in.FirstCodeForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Workbench"
MFA_TOTP_TOLERANCE = 1  # clocks differ, and people type for a while

# Mail, for forgotten passwords: smtp+tls://name:password@host:587. Without it admins make links.
HAS_MAIL = bool(secret("MAIL_URL"))
if HAS_MAIL:
    vars().update(env.email_url_config(secret("MAIL_URL")))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default=f"workbench@{urlsplit(SITE_URL).hostname}")
EMAIL_TIMEOUT = 10

# The API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "annotations.api.authentication.TokenAuthentication",
        "annotations.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["annotations.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["annotations.api.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "annotations.api.pagination.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "annotations.api.openapi.Schema",
    "DEFAULT_METADATA_CLASS": "annotations.api.metadata.Methods",
    "EXCEPTION_HANDLER": "annotations.api.errors.handle",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Annotation workbench",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "/static/vendor",
    "ENUM_NAME_OVERRIDES": {
        "TaskState": "annotations.enums.TaskState",
        "AssignmentState": "annotations.enums.AssignmentState",
        "InvitationState": "annotations.enums.InvitationState",
        "ZoneKind": "annotations.enums.ZoneKind",
        "Outcome": "annotations.enums.Outcome",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "annotations.api.openapi.complete",
    ],
}

# Files

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA / "static")))
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "workbench.static.WheelFinder",
]
_FILES = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": DATA / "files", "file_permissions_mode": 0o640},
}
STORAGES = {
    "default": _FILES,
    "releases": _FILES,
    "staticfiles": {"BACKEND": "workbench.static.ModuleStorage"},
}
if S3_BUCKET := env.str("S3_BUCKET", default=""):
    if find_spec("storages") is None:
        raise ImproperlyConfigured("S3_BUCKET needs what requirements/s3.txt lists.")
    STORAGES["releases"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT", default=None),
            "region_name": env.str("S3_REGION", default=None),
            "access_key": secret("S3_ACCESS_KEY") or None,
            "secret_key": secret("S3_SECRET_KEY") or None,
            "signature_version": "s3v4",
            "querystring_expire": 300,  # seconds that an address for a download is good for
            "max_memory_size": 8 * 2**20,  # what is larger is read by way of the disk
        },
    }
# The location inside nginx that has the files of releases; without it we send them ourselves.
ACCEL_REDIRECT = env.str("ACCEL_REDIRECT", default="")
FILE_UPLOAD_TEMP_DIR = env.str("FILE_UPLOAD_TEMP_DIR", default=None)
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
# All files of a request together; they go to the disk as they come in.
LARGEST_REQUEST = env.int("LARGEST_REQUEST_MB", default=2048) * 2**20
# A folder of pages; what has more files comes as an archive.
DATA_UPLOAD_MAX_NUMBER_FILES = 2000

# Jobs. The job's row is the truth, a message only a doorbell: a broker that is down must
# never hold up a request, and a message that comes twice does no harm.

CELERY_BROKER_URL = broker_url()
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,  # above the time limit, or a running task would be handed out again
    "unacked_restore_interval": 2,
    "socket_connect_timeout": 2,
    "socket_timeout": env.float("BROKER_TIMEOUT", default=2),  # a frozen broker answers nothing
    # Connecting has a retry of its own, of six seconds, whatever the publisher's policy says.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
# A long import must not keep releases waiting. A worker takes all queues unless told otherwise.
QUEUES = ("imports", "figures", "releases")
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in QUEUES]
CELERY_TASK_DEFAULT_QUEUE = "figures"
CELERY_TASK_ROUTES = {
    "imports.*": {"queue": "imports"},
    "agreement.*": {"queue": "figures"},
    "cleaning.*": {"queue": "imports"},
    "clusters.*": {"queue": "figures"},
    "differences.*": {"queue": "figures"},
    "people.*": {"queue": "figures"},
    "releases.*": {"queue": "releases"},
    "reminders.*": {"queue": "figures"},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# Language and time

USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = True
LANGUAGE_CODE = "en"
# By their own names. What a translation lacks is English.
LANGUAGES = [("en", "English"), ("he", "עברית")]
LOCALE_PATHS = [ROOT / "locale"]
# For languages of which Django does not say it.
NUMBER_GROUPING = 3

# What a browser may do with our pages

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
CSRF_COOKIE_SECURE = HTTPS
# Cookies ignore ports: two instances on one host would sign each other's people out.
SESSION_COOKIE_NAME = "sessionid" if PORT == 8000 else f"sessionid_{PORT}"
SEEN_COOKIE_NAME = SESSION_COOKIE_NAME.replace("sessionid", "seen")

# Logs and figures

VERSION = env.str("VERSION", default="development")
METRICS_TOKEN = secret("METRICS_TOKEN")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "workbench.logs.JSONFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line" if DEBUG else "json",
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Its own lines hold addresses; ours hold routes.
        "django.server": {"handlers": ["console"], "propagate": False, "level": "WARNING"},
    },
}
