"""All settings of the product in one flat file; what an operator may change is read from the environment."""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from mikage.config import env

HOME = Path(env.text("MIKAGE_HOME", "var")).resolve()
PORT = env.number("PORT", 8000)
# The address staff type. Plain HTTP is for a first run on this machine alone; anything else is TLS.
ORIGIN = env.text("MIKAGE_ORIGIN", f"http://127.0.0.1:{PORT}").rstrip("/")
HAS_TLS = ORIGIN.startswith("https://")
DEBUG = env.flag("MIKAGE_DEBUG")


def _secret_key() -> str:
    """The key of this installation: given by the operator, or drawn once and kept in the home."""
    given = env.text("MIKAGE_SECRET_KEY")
    if given:
        return given
    path = HOME / "secret-key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def _database(url: str, **options: str) -> dict[str, Any]:
    """``postgresql://user:password@host:port/name?host=/socket/dir`` as Django wants it."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "mikage",
        "USER": unquote(parts.username or "") or query.get("user", [""])[0],
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **options},
        "TEST": {},
    }


SECRET_KEY = _secret_key()
# `mikage` and the tests put the address of the embedded server into DATABASE_URL before this file is read.
DATABASE_URL = env.text("DATABASE_URL", "postgresql:///mikage")
DATABASES = {
    "default": _database(DATABASE_URL),
    # Access records travel on a connection of their own: they survive a rollback, and a table that
    # hangs costs a page half a second at the most.
    "journal": _database(DATABASE_URL, options="-c statement_timeout=500 -c lock_timeout=400"),
}
DATABASES["journal"]["TEST"] = {"MIRROR": "default"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ALLOWED_HOSTS = [urlsplit(ORIGIN).hostname or "127.0.0.1", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [ORIGIN]
ROOT_URLCONF = "mikage.config.urls"
WSGI_APPLICATION = "mikage.config.wsgi.application"

INSTALLED_APPS = [
    "mikage.kernel",
    "mikage.journal",
    "mikage.access",
    "mikage.directory",
    "mikage.identity",
    "mikage.live",
    "mikage.schedule",
    "mikage.portal",
    "mikage.search",
    "mikage.administration",
    "mikage.config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "csp",
]
MIDDLEWARE = [
    "mikage.kernel.middleware.TerminalMiddleware",
    "mikage.journal.middleware.AccessRecordMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "mikage.kernel.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mikage.identity.middleware.SessionMiddleware",
    "mikage.identity.middleware.ActorMiddleware",
    "mikage.identity.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "mikage.kernel.middleware.RefusalMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "mikage.config.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "mikage.kernel.templatetags.ui",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# The journal stands above the kernel, which calls it by these names.
ATTEMPT_RECORDER = "mikage.journal.journal.record_attempt"
WITNESS = "mikage.journal.journal.witness"

# Sign-in ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "identity:login"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SESSION_ENGINE = "mikage.identity.sessions"
SESSION_COOKIE_NAME = "__Host-mikage" if HAS_TLS else "mikage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HAS_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-mikage-csrf" if HAS_TLS else "mikage-csrf"
CSRF_FAILURE_VIEW = "mikage.kernel.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
IDLE_SECONDS = env.number("MIKAGE_IDLE_MINUTES", 60) * 60
ABSOLUTE_SECONDS = env.number("MIKAGE_SESSION_HOURS", 12) * 3600

# Headers ----------------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HAS_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if HAS_TLS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
# Addresses whose X-Forwarded-For is believed: the proxy in front, nothing else.
TRUSTED_PROXIES = env.words("MIKAGE_TRUSTED_PROXIES")

# Words and days ---------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
PRODUCT_NAME = env.text("MIKAGE_PRODUCT_NAME", "御影")

# Files the browser loads ------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "mikage.config.static.HashedStorage"},
}
WHITENOISE_USE_FINDERS = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
PROCRASTINATE_ON_APP_READY = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "uvicorn.access": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
    },
}
