"""Django's settings, made of the `Place` that the environment describes."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

import praktikum.grader
from praktikum.grader.seeds import open_secret
from praktikum.site.database import database_of
from praktikum.site.place import Place

PLACE = Place.from_environment(os.environ)
PLACE.data.mkdir(parents=True, exist_ok=True, mode=0o700)

_HERE = Path(__file__).parent

SECRET_KEY = open_secret(PLACE.data / "django-key").hex()
DEBUG = False
ALLOWED_HOSTS = list(PLACE.hosts)
ROOT_URLCONF = "praktikum.site.urls"
WSGI_APPLICATION = "praktikum.site.wsgi.application"
DATABASES = {"default": database_of(PLACE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

INSTALLED_APPS = [
    "praktikum.site.people",
    "praktikum.site.classroom",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
    *(["mozilla_django_oidc"] if PLACE.oidc else []),
]

MIDDLEWARE = [
    "praktikum.site.arrival.arrival",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates", *sorted(_HERE.glob("*/templates"))],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "praktikum.site.phrasing_tags",
            ],
        },
    }
]

# People: sign-in is limited by django-axes, passwords are judged by Django's validators.
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "people:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "people:sign-in"
PASSWORD_RESET_TIMEOUT = 14 * 24 * 3600  # seconds that an invitation holds
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    *(["praktikum.site.people.oidc.Backend"] if PLACE.oidc else []),
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
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # nobody can lock another one out
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "people/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False
globals().update({f"OIDC_{name}": value for name, value in PLACE.oidc.items()})
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_USE_PKCE = True
OIDC_TIMEOUT = 10  # seconds
LOGIN_REDIRECT_URL_FAILURE = "/people/sign-in/?elsewhere=refused"

# What a browser may do with a page: load our own style and pictures, send forms to us.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PLACE.https
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
if PLACE.https:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600

# Uploads: read whole from a spooled file, refused when larger than the grader reads.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 4

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [_HERE / "locale", *sorted(_HERE.glob("*/locale"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # pages show times in the course's own zone

STATIC_URL = "static/"
STATICFILES_DIRS = [
    _HERE / "static",
    # The style of reports is the grader's; with it come its templates, which are no secret.
    ("report", Path(praktikum.grader.__path__[0]) / "templates"),
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},  # a 404 is nothing to tell
        "waitress.queue": {"level": "ERROR"},  # nor is a second's wait
        "axes": {"level": "ERROR"},  # failed sign-ins are in its tables
        "django.security": {"level": "CRITICAL"},  # what was refused was refused
    },
}
