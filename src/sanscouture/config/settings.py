"""Settings. Everything that differs between places comes from the environment, read here and nowhere else."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from sanscouture.accounts.rules import proconnect_apps
from sanscouture.core import logs
from sanscouture.database.dsn import django_database
from sanscouture.database.secrets import secret

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", ".data")).absolute()

DEMO = os.environ.get("SANSCOUTURE_DEMO") == "1"
DEBUG = os.environ.get("SANSCOUTURE_DEBUG") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or secret("django")
PUBLISHER = os.environ.get("PUBLISHER", "")  # who answers for this installation, as the legal page names it
HOSTING = os.environ.get("HOSTING", "")  # who hosts it, where and under which contract, as agreements name them
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]
BASE_URL = os.environ.get("BASE_URL", f"http://localhost:{os.environ.get('PORT', '8000')}")
HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # what other names of the domain do is its owner's business
    "security.W008",  # the proxy that does TLS redirects; the health check has none
    "security.W021",  # a list of browsers, asked for by the domain's owner
]

INSTALLED_APPS = [
    "sanscouture.core",
    "sanscouture.ui",
    "sanscouture.access",
    "sanscouture.audit",
    "sanscouture.jobs",
    "sanscouture.documents",
    "sanscouture.notifications",
    "sanscouture.accounts",
    "sanscouture.territories",
    "sanscouture.partners",
    "sanscouture.programmes",
    "sanscouture.meetings",
    "sanscouture.directory",
    "sanscouture.people",
    "sanscouture.pathways",
    "sanscouture.home",
    "sanscouture.api",
    "sanscouture.portal",
    "sanscouture.monitoring",
    *(["sanscouture.demo"] if DEMO else []),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "template_partials",
    "widget_tweaks",
    "dsfr",
    "leaflet",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "sanscouture.core.references.References",
    "sanscouture.core.metrics.Measured",
    "django.middleware.security.SecurityMiddleware",
    "sanscouture.ui.assets.PublishedFiles",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "sanscouture.config.urls"
WSGI_APPLICATION = "sanscouture.config.wsgi.application"
FORM_RENDERER = "sanscouture.ui.renderers.Renderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    }
]

DATABASES = {"default": {**django_database(), "ATOMIC_REQUESTS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "first_name", "last_name", "phone")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "sanscouture.accounts.services.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation was the proof; a change of address asks for its own
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key", "reset_password": "20/m/ip,5/h/key"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "sanscouture.accounts.services.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TRUST_ENABLED = True
MFA_FORMS = {
    "login_webauthn": "sanscouture.accounts.forms.PasskeySignInForm",
    "authenticate_webauthn": "sanscouture.accounts.forms.PasskeyStepForm",
    "reauthenticate_webauthn": "sanscouture.accounts.forms.PasskeyAgainForm",
    "add_webauthn": "sanscouture.accounts.forms.PasskeyAddForm",
}
MFA_TRUST_COOKIE_AGE = timedelta(days=30)
MFA_TOTP_ISSUER = "Sans couture"
MFA_TOTP_TOLERANCE = 1  # a telephone half a minute late
MFA_RECOVERY_CODES_SHOW_ONCE = True
SOCIALACCOUNT_ADAPTER = "sanscouture.accounts.services.IdentityAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "sanscouture.accounts.services.ProConnect",
        "APPS": proconnect_apps(  # off unless configured, and never in the demonstration
            discovery="" if DEMO else os.environ.get("PROCONNECT_DISCOVERY_URL", ""),
            client_id="" if DEMO else os.environ.get("PROCONNECT_CLIENT_ID", ""),
            secret="" if DEMO else os.environ.get("PROCONNECT_CLIENT_SECRET", ""),
            levels=os.environ.get("PROCONNECT_ACR_VALUES", ""),
        ),
    }
}
ACCOUNTS_INVITATION_ACCEPTED = "sanscouture.programmes.services.invitation_accepted"

# Throttling counts in the database, so that every process sees the same.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "accounts_cache"},
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},  # the API's own count, by process
}
ALLAUTH_TRUSTED_PROXY_COUNT = NINJA_NUM_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))
"""How many proxies of ours stand before the site: throttling counts the visitor they name, not them."""
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
METRICS_ALLOW = os.environ.get("METRICS_ALLOW", "")
API_RATE = os.environ.get("API_RATE", "1200/m")

EMAIL_BACKEND = f"django.core.mail.backends.{'dummy' if DEMO else 'smtp'}.EmailBackend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"
EMAIL_TIMEOUT = 20
MAIL_DOMAIN = os.environ.get("MAIL_DOMAIN", "sanscouture.example")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", f"Sans couture <ne-pas-repondre@{MAIL_DOMAIN}>")
NEUTRAL_FROM_EMAIL = os.environ.get("NEUTRAL_FROM_EMAIL", f"ne-pas-repondre@{MAIL_DOMAIN}")
MESSAGE_CHANNELS = {
    "mail": "sanscouture.notifications.services.Mail",
    "sms": os.environ.get("SMS_CHANNEL", "sanscouture.notifications.services.StoredOnly"),
}
MESSAGES_KEEP = timedelta(days=30)
MESSAGES_KEEP_TEXT = DEMO  # elsewhere a message loses its text, links and codes with it, as soon as it has left

LANGUAGE_CODE = "fr"
LOCALE_PATHS = [PACKAGE / "locale"]
HAS_ENGLISH = (
    PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.mo"
).exists()  # made by `make`; never proposed without
LANGUAGES = [("fr", _("Français")), *([("en", _("English"))] if HAS_ENGLISH else [])]
FORMAT_MODULE_PATH = "sanscouture.ui.formats"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {"staticfiles": {"BACKEND": "sanscouture.ui.assets.VersionedFiles"}}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/[0-9a-f]{12}/"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
LOGGING = logs.logging_of(os.environ.get("LOG_FORMAT", "line"))

DSFR_CONTENT_IS_SAFE = False

# Who a user is and where; access never imports the apps above it.
ACCESS_GRANTS_LOADER = "sanscouture.programmes.selectors.grants_of"

# Where an account that reaches names proves its second factor, and how a view asks again who is there.
ACCESS_SECOND_FACTOR = "sanscouture.accounts.services.second_factor_page"
ACCESS_RECENT = "sanscouture.accounts.services.must_be_recent"
ACCOUNTS_EXEMPTION = "sanscouture.demo.selectors.is_persona" if DEMO else ""

# Where the reading of a named record is written down: `note(actor, verb, record, read=True)`.
ACCESS_READ_JOURNAL = "sanscouture.audit.services.record"

# What lets one sending of a form act once: `once(request, user_id, act)`.
ACCESS_ONCE = "sanscouture.audit.services.once"

# Who may object to withdrawing a role: `check(grant) -> sentence`, empty when nothing is against it.
ROLE_WITHDRAWAL_CHECKS = [
    "sanscouture.pathways.selectors.handover.against_withdrawal",
    "sanscouture.people.selectors.against_withdrawal",
]

# What upper apps count for /healthz, by the name it has there: `count() -> int`.
HEALTH_COUNTS = {"messages_in_doubt": "sanscouture.notifications.selectors.count_in_doubt"}

# What upper apps load from the folder of official data, after territories: `load(folder, advance=…) -> list[Report]`.
TERRITORIES_FOLLOWERS = ["sanscouture.programmes.services.load_programmes"]

# Where addresses are found: `local` (file of the official data), `communes`, or `ban`, which sends the text of the
# address to the service at BAN_URL.
REFERENCE_DATA = os.environ.get("REFERENCE_DATA", "")
GEOCODER = os.environ.get("GEOCODER", "local")
BAN_URL = os.environ.get("BAN_URL", "https://data.geopf.fr/geocodage/search")
BAN_TIMEOUT = 3.0
