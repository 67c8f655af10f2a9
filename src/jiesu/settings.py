"""Django's settings. What differs between installations comes from the environment or the data directory.

For people: JIESU_DATA, JIESU_KEYS, DATABASE_URL, JIESU_APP_URL (see `store.connect`), JIESU_HOSTS (names this site is
reached by, with commas; empty: any), JIESU_HTTPS=1 (behind a proxy that ends TLS), JIESU_LIVE_URL,
JIESU_NOTIFY (the command that tells duty officers, see `channels.notify`), JIESU_PHONE (the command that asks the
telephone exchange, see `channels.phone`).
From the parent to its children: JIESU_ROLE, JIESU_THREADS, JIESU_PROCESS, JIESU_LIVE_PORT.
"""

from __future__ import annotations

import os
from pathlib import Path

from jiesu.store import connect, keys, statics
from jiesu.store.datadir import DataDir

PACKAGE = Path(__file__).resolve().parent
DATA = DataDir.choose()

# Empty until a first start has made the keys; Django refuses to sign anything with an empty one.
_ring = keys.load(DATA)
SECRET_KEY = _ring.django_secret if _ring else ""

DEBUG = False
HTTPS = os.environ.get("JIESU_HTTPS") == "1"
HOSTS = [host for host in os.environ.get("JIESU_HOSTS", "").split(",") if host]
ALLOWED_HOSTS = [*HOSTS, "localhost", "127.0.0.1", "[::1]"] if HOSTS else ["*"]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in HOSTS] if HTTPS else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "jiesu.store",
    "jiesu.web",
]
MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "jiesu.web.frame.gate.PageRules",
]
ROOT_URLCONF = "jiesu.urls"
WSGI_APPLICATION = "jiesu.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
            ],
        },
    },
]

# `owner` only for migrations (the command sets JIESU_ROLE); everything else works with the least privilege.
DATABASES = {"default": connect.django_database(DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "store.Staff"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Wrong tries at signing in are counted here, by all web processes of this machine together, without a statement.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA.run / "tries",
        "KEY_FUNCTION": "jiesu.store.tries.key",
        "OPTIONS": {"MAX_ENTRIES": 20_000},  # more than anybody can try in the minutes that a count is kept
    }
}
CSRF_FAILURE_VIEW = "jiesu.web.frame.failures.expired"
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "jiesu_session"
SESSION_COOKIE_AGE = 12 * 3600  # one long shift
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "jiesu_csrf"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token in the form and in htmx headers
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# City dates are of this zone; storage is UTC (architecture.md §3).
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]

# The address of a file changes with what is in any of them: browsers keep them for good and never mix two versions.
STATIC_URL = f"/static/{statics.digest(PACKAGE / 'web' / 'static')}/"
STATICFILES_DIRS: list[Path] = []
STATIC_ROOT = None  # the wheel carries its front-end files and whitenoise finds them there: nothing to collect
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 30 * 86400

# Where open pages listen for changes; empty: LIVE_PORT on the page's own host. Behind a proxy: a path.
LIVE_URL = os.environ.get("JIESU_LIVE_URL", "")
LIVE_PORT = int(os.environ.get("JIESU_LIVE_PORT", "0"))

# A log line names what happened and where, never a caller: no bodies, no query strings, no SQL parameters.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "jiesu": {"level": "INFO"},
        "django.db.backends": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
    },
}

# No mail, no admins by mail: an error is a line on stderr.
ADMINS: list[tuple[str, str]] = []
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
SILENCED_SYSTEM_CHECKS: list[str] = []
