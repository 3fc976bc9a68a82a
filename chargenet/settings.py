"""Settings from the environment; every one has a value that runs in development with none set.

`manage.py check --deploy` judges a production environment; `.env.example` lists the names.
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from chargenet.embedded.urls import urls_from_environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env("SECRET_KEY", default="development-only-key-which-check-deploy-refuses" if DEBUG else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default="http://localhost:8000")
METRICS_TOKEN = env("METRICS_TOKEN", default="")
# Keys of encrypted fields as name:key, the present one first; see docs/security/privacy.md.
FIELD_KEYS = env("FIELD_KEYS", default="development:" + "ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMzItYi4=" if DEBUG else "")
READY_QUEUE_SECONDS = env.int("READY_QUEUE_SECONDS", default=900)  # /readyz: how old a waiting message may be

INSTALLED_APPS = [
    "core",
    "security",
    "stations",
    "services.base",
    "services.charging",
    "reports",
    "chargenet",
    "chargenet.admin_config.PlatformAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "guardian",
    "simple_history",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "lucide",
]

MIDDLEWARE = [
    "chargenet.middleware.RequestIdMiddleware",
    "chargenet.protection.PrivateAnswers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "chargenet.protection.RequestSizes",  # before the token is looked for, which reads the form
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "security.signing.sessions.SessionLimits",
    "allauth.account.middleware.AccountMiddleware",
    "security.middleware.SignedInMiddleware",
    "security.signing.gate.SecondFactorGate",
    "security.recording.middleware.RefusalsRecorded",
    "security.middleware.NetworkDoor",
    "chargenet.protection.RateLimits",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "chargenet.urls"
WSGI_APPLICATION = "chargenet.wsgi.application"
ASGI_APPLICATION = "chargenet.asgi_live.app"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chargenet.context.page",
            ],
        },
    },
]

FORM_RENDERER = "core.widgets.QuickRenderer"

# --- Database and Redis -------------------------------------------------------------------------
SERVERS = urls_from_environment(VAR_DIR)
DATABASES = {
    "default": {
        **env.db_url_config(SERVERS.app),
        "ENGINE": "core.db",
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": env.bool("DISABLE_SERVER_SIDE_CURSORS", default=False),
    }
}
# Migrations and flushes connect as the owner of the tables, everything else as the application role.
DATABASE_OWNER_URL = SERVERS.owner
DATABASE_BACKUP_URL = SERVERS.backup
REDIS_URL = SERVERS.redis
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# --- People --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "security.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "security.backends.PlaceBackend",
]
ADMIN_NETWORK_SECONDS = env.int("ADMIN_NETWORK_SECONDS", default=3600)  # how long an administrator stays in a network
LOGIN_ATTEMPT_DAYS = env.int("LOGIN_ATTEMPT_DAYS", default=90)  # how long refused and done sign-ins are kept
LOGIN_URL = "security:sign-in"
LOGIN_REDIRECT_URL = "security:network-list"
LOGOUT_REDIRECT_URL = "security:sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "security.signing.passwords.LengthValidator", "OPTIONS": {"least": 12, "most": 128}},
    {"NAME": "security.signing.passwords.CommonValidator"},
    {"NAME": "security.signing.passwords.ContextValidator"},
    {"NAME": "security.signing.passwords.Changed"},  # judges nothing: it is told when a password was changed
]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
GUARDIAN_AUTO_PREFETCH = False
# Wrong passwords lock the pair of account and address, and a device that the account knows has a count of its own:
# nobody can lock somebody else out (security/signing/limits.py).
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "security.signing.limits.counted_name"
AXES_CLIENT_IP_CALLABLE = "security.signing.limits.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # a lock ends when its page says so
AXES_LOCKOUT_CALLABLE = "security.signing.limits.locked_out"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # work records say who came and went
SIGN_IN_FAILURES_AN_HOUR = env.int("SIGN_IN_FAILURES_AN_HOUR", default=60)  # of one address, over all accounts
REFUSAL_SECONDS = env.float("REFUSAL_SECONDS", default=0.6)  # every refusal takes as long, whatever was wrong
SESSION_IDLE_HOURS = env.float("SESSION_IDLE_HOURS", default=3)
SESSION_MOST_HOURS = env.float("SESSION_MOST_HOURS", default=12)
PROOF_MINUTES = env.float("PROOF_MINUTES", default=10)  # sensitive deeds ask again after this long
INVITATION_DAYS = env.int("INVITATION_DAYS", default=7)
PASSWORD_RESET_TIMEOUT = 3600
# Keys that the secrets of second factors are kept under; the first writes, all read. Without any: made of SECRET_KEY.
SECOND_FACTOR_KEYS = env.list("SECOND_FACTOR_KEYS", default=[])
# The demonstration's administrator signs in with a password alone; with DEBUG off there is no such thing.
DEMO_WITHOUT_SECOND_FACTOR = DEBUG and env.bool("DEMO_WITHOUT_SECOND_FACTOR", default=True)
ACCOUNT_ADAPTER = "security.signing.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]  # read by the library's checks; signing up is closed
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = False  # security.signing.notices writes them, whoever made the change
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(PROOF_MINUTES * 60)
# By address only, or by an account that has shown its password already: no name alone can be locked by strangers.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/5m/ip,8/15m/key",  # key: codes of the second factor, after the right password
    "reset_password": "10/10m/ip",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/60s/key",
}
ACCOUNT_FORMS = {
    "change_password": "security.signing.forms.PasswordChangeForm",
    "reset_password": "security.signing.forms.PasswordResetForm",
    "reset_password_from_key": "security.signing.forms.NewPasswordForm",
    "add_email": "security.signing.forms.NewEmailForm",
    "reauthenticate": "security.signing.forms.PasswordAgainForm",
}
MFA_ADAPTER = "security.signing.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "ChargeNet"
MFA_TOTP_TOLERANCE = 1  # half a minute early or late; the form takes each code once
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # a new address is taken over only once it is verified
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_FORMS = {
    "authenticate": "security.signing.forms.CodeForm",
    "reauthenticate": "security.signing.forms.CodeAgainForm",
    "activate_totp": "security.signing.forms.FirstCodeForm",
    "deactivate_totp": "security.signing.forms.RemoveAppForm",
    "authenticate_webauthn": "security.signing.forms.KeyForm",
    "reauthenticate_webauthn": "security.signing.forms.KeyAgainForm",
    "add_webauthn": "security.signing.forms.NewKeyForm",
    "edit_webauthn": "security.signing.forms.KeyNameForm",
}
SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False
SIMPLE_HISTORY_ENABLED = True

# --- Language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- Files ---------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "core.assets.WheelFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "core.assets.AssetStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "/media-is-never-served-directly/"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=100_000_000)

# --- Safety --------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Cookies of this host alone, over HTTPS alone, for all of its paths (RFC 6265bis, prefix __Host-).
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no text for people in a cookie
CSRF_FAILURE_VIEW = "chargenet.errors.csrf_failure"
SESSION_COOKIE_AGE = int(SESSION_MOST_HOURS * 3600)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
LIVE_URL = env("LIVE_URL", default="")  # empty: the same origin, the proxy sends /live/ to the live process
MAP_TILE_URL = env("MAP_TILE_URL", default="")
MAP_TILE_ATTRIBUTION = env("MAP_TILE_ATTRIBUTION", default="")
_live_origins = [LIVE_URL] if LIVE_URL else []
_tile_origin = ["/".join(MAP_TILE_URL.split("/")[:3]).replace("{s}", "*")] if MAP_TILE_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_tile_origin],
        "font-src": [SELF],
        "connect-src": [SELF, *_live_origins],
        "media-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY = {
    "camera": "self",  # scanning codes
    "geolocation": "self",  # the nearest sites on the map
    "publickey-credentials-get": "self",
    "publickey-credentials-create": "self",
    **dict.fromkeys(
        (
            "accelerometer", "ambient-light-sensor", "autoplay", "bluetooth", "browsing-topics", "display-capture",
            "encrypted-media", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone",
            "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "window-management",
            "xr-spatial-tracking",
        ),
        [],
    ),
}  # fmt: skip
# Requests/seconds of one account in one network, or of one address for signing in; an address may have five times as
# many for the others. "" as a variable switches a limit off.
RATE_LIMITS = {
    "sign-in": env("RATE_LIMIT_SIGN_IN", default="60/300"),
    "search": env("RATE_LIMIT_SEARCH", default="240/60"),
    "export": env("RATE_LIMIT_EXPORT", default="60/60"),
    "report": env("RATE_LIMIT_REPORT", default="120/60"),
}
RATE_LIMITS = {kind: limit for kind, limit in RATE_LIMITS.items() if limit}

# --- Mail ----------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost:25")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="ChargeNet <chargenet@localhost>")

# --- Celery --------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
# How long running tasks may go on when the worker is asked to end; then they go back into the queue.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = env.int("WORKER_SHUTDOWN_SECONDS", default=3)
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_TASK_TIME_LIMIT = 1_800
CELERY_TASK_SOFT_TIME_LIMIT = 1_740
# An unacknowledged task comes back after this long; it must be above the hard limit, or a long task runs twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 2_400}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"reports.*": {"queue": "reports"}, "backups.*": {"queue": "backups"}}
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "chargenet.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "core.sweep_jobs", "schedule": 30.0},
    "tidy-sign-ins": {"task": "security.tidy_sign_ins", "schedule": crontab(hour="2", minute="41")},
    "seal-records": {"task": "security.seal_records", "schedule": 60.0},
    "watch-records": {"task": "security.watch_records", "schedule": 60.0},
    "make-record-sets": {"task": "security.make_record_sets", "schedule": crontab(minute="12,42")},
    "end-assignments": {"task": "security.end_assignments", "schedule": 60.0},
    "expire-approvals": {"task": "security.expire_approvals", "schedule": 300.0},
    "close-due-sites": {"task": "stations.close_due_sites", "schedule": crontab(minute="7")},
    "delete-networks": {"task": "security.delete_networks", "schedule": 60.0},
    "erase-persons": {"task": "security.erase_persons", "schedule": 300.0},
    "apply-retention": {"task": "security.apply_retention", "schedule": crontab(hour="2", minute="41")},
    "expire-imports": {"task": "core.expire_imports", "schedule": crontab(hour="3", minute="17")},
}

LOGGING_CONFIG = "chargenet.logging.configure"
LOGGING = {"level": env("LOG_LEVEL", default="INFO"), "json": env.bool("LOG_JSON", default=not DEBUG)}
SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # our own backend answers object permissions inside one network
]
