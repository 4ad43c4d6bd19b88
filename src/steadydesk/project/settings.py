"""Django's settings. Everything an operator may change comes from ``environment``."""

from csp.constants import SELF

from steadydesk.pages.installation import demo_mark
from steadydesk.project import environment
from steadydesk.project.broker.connection import read_broker
from steadydesk.project.languages import SHIPPED, find_languages
from steadydesk.project.reaching import read_apprise, read_push, read_text_gateway
from steadydesk.project.telephones.line import read_line

environment.check_names()
DATA = environment.data_folder()
SECRET_KEY = environment.secret_key(DATA)
TLS = environment.tls(DATA)
HTTPS = TLS is not None or environment.read_yes("STEADYDESK_HTTPS")
PROXIES = environment.proxies(behind_one=HTTPS and TLS is None)
DEBUG = False
ALLOWED_HOSTS = environment.read("STEADYDESK_HOSTS", "*").split(",")

_database = environment.database(DATA)
# Lasting threads keep their connection: a connect per request costs three times the query.
DATABASES = {
    "default": {**_database.settings, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "steadydesk.screens",  # before those whose templates it replaces
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "csp",
    "steadydesk.pages",
    "steadydesk.journal",
    "steadydesk.deadlines",
    "steadydesk.sites",
    "steadydesk.people",
    "steadydesk.desks",
    "steadydesk.delivery",
    "steadydesk.buttons",
    "steadydesk.documents",
    "steadydesk.rota",
    "steadydesk.contacts",
    "steadydesk.customers",
    "steadydesk.alarms",
    "steadydesk.encounters",
    "steadydesk.visits",
    "steadydesk.incidents",
    "steadydesk.loneworking",
    "steadydesk.chaintests",
    "steadydesk.training",
    "steadydesk.privacy",
    "steadydesk.project",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "steadydesk.pages.middleware.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "steadydesk.api.middleware.ProblemDocuments",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "steadydesk.pages.middleware.ActorMiddleware",
    "steadydesk.pages.middleware.LanguageMiddleware",
    "steadydesk.pages.middleware.ErrorPages",
    "steadydesk.screens.privacy.looking.SetUpLooks",
]
ROOT_URLCONF = "steadydesk.project.urls"
WSGI_APPLICATION = "steadydesk.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "steadydesk.pages.context.page",
                "steadydesk.screens.context.desk",
            ]
        },
    }
]
FORM_RENDERER = "steadydesk.pages.forms.Renderer"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "steadydesk.screens.accounts.Accounts"
ACCOUNT_FORMS = {"login": "steadydesk.screens.sign_in.SignIn"}
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/m/ip,5/5m/key", "enrol": "30/5m/ip"}
# Who signs in with a second factor, and what allauth asks them for.
SECOND_FACTOR = environment.second_factor(demo=demo_mark(DATA).exists())
MFA_ADAPTER = "steadydesk.screens.factors.adapter.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Phones are half a minute off now and then.
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "authenticate": "steadydesk.screens.factors.forms.CodeForm",
    "authenticate_webauthn": "steadydesk.screens.factors.forms.KeyForm",
    "login_webauthn": "steadydesk.screens.factors.forms.PasskeyLoginForm",
    "reauthenticate": "steadydesk.screens.factors.forms.ConfirmCodeForm",
    "reauthenticate_webauthn": "steadydesk.screens.factors.forms.ConfirmKeyForm",
}
# The organisation's own accounts, where there are any.
SINGLE_SIGN_ON = environment.single_sign_on()
SOCIALACCOUNT_PROVIDERS = SINGLE_SIGN_ON.providers if SINGLE_SIGN_ON else {}
SOCIALACCOUNT_ADAPTER = "steadydesk.screens.single_sign_on.SingleSignOn"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 3
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_LOGOUT_REDIRECT_URL = "start"

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "worker-src": [SELF],
        "frame-ancestors": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

LANGUAGE_CODE = "en-gb"
# The operator's own catalogue of a language comes before the one that is shipped.
LOCALE_PATHS = [DATA / "locale", SHIPPED]
LANGUAGES = find_languages(LOCALE_PATHS)
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

LINE = read_line()
BROKER = read_broker()
RINGS_OUT = LINE is not None and LINE.server is not None
_mail = environment.mail(environment.read("STEADYDESK_SMTP"))
EMAIL_HOST = _mail.get("EMAIL_HOST", "")
EMAIL_PORT = _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = environment.read("STEADYDESK_MAIL_FROM", "steadydesk@localhost")
WEBHOOK_URL = environment.read("STEADYDESK_WEBHOOK_URL")
WEBHOOK_SECRET = environment.read("STEADYDESK_WEBHOOK_SECRET")
PUSH = read_push(DATA)
APPRISE = read_apprise()
TEXT_GATEWAY = read_text_gateway()
WATCHED_BY = environment.read("STEADYDESK_WATCHED_BY")
CALENDAR_HOSTS = environment.calendar_hosts()
REMIND_PACK = environment.read_yes("STEADYDESK_REMIND_PACK")

# The default holds the throttling of sign-in alone. In the database every web process counts the same tries.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_tries",
        "KEY_FUNCTION": "steadydesk.people.tries.hash_key",
        # Past this many, Django drops counts at random; by default 300, which somebody who guesses could fill.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
# Django's default logs nothing to standard error with DEBUG off: a 500 would leave no trace.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # A refusal is the asker's matter; a terminal full of them hides what matters.
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        # At INFO it writes whole addresses, and a webhook's address may be a secret.
        "httpx": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        # It writes addresses, which are secrets, and what receivers answered; the channel listens for a number.
        "apprise": {"handlers": ["nowhere"], "level": "WARNING", "propagate": False},
    },
}
