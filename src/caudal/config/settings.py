"""Every setting, from the environment alone. Reads no file but those of the data folder, and opens no connection.

`CAUDAL_DATA` names the data folder and `DATABASE_URL` a server of one's own; every other value has a default that is
right for one machine. Importing this needs no database and no data folder.
"""

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from caudal.config.logs import logging_config
from caudal.kit.postgres import Role
from caudal.kit.postgres.connections import data_folder, database_settings, read_secret

PACKAGE: Final = Path(__file__).resolve().parent.parent
DATA: Final = data_folder()
DEBUG = os.environ.get("CAUDAL_DEBUG", "") == "1"

# Who we are

BASE_URL: Final = os.environ.get("CAUDAL_BASE_URL", "http://localhost:8000").rstrip("/")
_HTTPS: Final = BASE_URL.startswith("https://")
_OWN_HOST: Final = urlsplit(BASE_URL).hostname or "localhost"
ALLOWED_HOSTS = [
    *filter(None, os.environ.get("CAUDAL_ALLOWED_HOSTS", "").replace(",", " ").split()),
    *sorted({_OWN_HOST, "localhost", "127.0.0.1", "[::1]"}),
]
# Generated into the data folder by `caudal init`; without either, sessions end with the process.
SECRET_KEY = os.environ.get("CAUDAL_SECRET") or read_secret(DATA)

# What is installed: our contexts from the lowest to the highest, then what they stand on.

CONTEXTS: Final = tuple(
    f"caudal.{context}"
    for context in (
        *("kit", "ui", "workspace", "ledger", "catalog", "crm"),
        *("usage", "billing", "insights", "plan", "demo"),
    )
)
INSTALLED_APPS = [
    *CONTEXTS,
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "caudal.config.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads answers at random, so that lengths tell nothing of secrets
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "caudal.workspace.middleware.ActorMiddleware",
    "caudal.ui.middleware.ProblemMiddleware",
    "caudal.kit.idempotency.IdempotencyMiddleware",
]
ROOT_URLCONF = "caudal.config.urls"
WSGI_APPLICATION = "caudal.config.wsgi.application"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # addresses are unique among members who are not deleted, in any case of letters
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "caudal.ui.context.shell",
                "caudal.workspace.context.whose",
            ],
            "builtins": ["caudal.ui.templatetags.ui"],
        },
    },
]

FORM_RENDERER = "caudal.ui.forms.Renderer"

# The database: one connection, opened as the role this process is for (web and worker: app; migrations: owner).

DATABASES = {"default": database_settings(DATA, Role(os.environ.get("CAUDAL_DATABASE_ROLE", "app")))}
PROCRASTINATE_WORKER_DEFAULTS = {"delete_jobs": "successful"}

# Signing in

AUTH_USER_MODEL = "workspace.Member"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "UserAttributeSimilarityValidator": {},
    }.items()
]
ACCOUNT_ADAPTER = "caudal.workspace.views.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "caudal.workspace.forms.SignInForm",
    "change_password": "caudal.workspace.forms.ChangePasswordForm",
    "set_password": "caudal.workspace.forms.SetPasswordForm",
    "reset_password": "caudal.workspace.forms.ForgottenPasswordForm",
    "reset_password_from_key": "caudal.workspace.forms.PasswordFromKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # allauth wants them named, though nobody signs up
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, sent to the address it is for
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no letters to people we do not know
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password is told to its owner
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reset_password": "10/m/ip,5/m/key"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Cookies and headers

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_NAME = "__Host-session" if _HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("CAUDAL_BEHIND_PROXY") == "1" else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}

# Language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = sorted(PACKAGE.glob("*/locale"))
TIME_ZONE = "UTC"
USE_TZ = True

# Files and what passes through memory

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
FILES: Final = DATA / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
# In the database, because limits on signing in count for all web processes together.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kit_cache"}}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # mail leaves as letters alone, see caudal.kit.letters
MAIL_DOMAIN: Final = _OWN_HOST
HTTP_ALLOWED: Final = frozenset(filter(None, os.environ.get("CAUDAL_HTTP_ALLOWED", "").split(",")))
"""Private addresses that may be called all the same: "10.0.0.5,10.0.0.6"."""
DEFAULT_FROM_EMAIL = os.environ.get("CAUDAL_MAIL_FROM", f"Caudal <caudal@{_OWN_HOST}>")

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config(level=os.environ.get("CAUDAL_LOG_LEVEL", "INFO"), debug=DEBUG)
