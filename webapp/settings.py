"""Django settings: one file for every installation, configured by the environment only.

`docs/operations.md` lists every variable; `tests/test_docs.py` keeps the list complete.
"""

from __future__ import annotations

import re
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from webapp.defaults import SOLVE_MODELS, solve_model
from webapp.env import env_bool, env_choice, env_int, env_list, env_str

BASE_DIR = Path(__file__).resolve().parent.parent

_release = re.search(r"^## (\d+\.\d+\.\d+)", (BASE_DIR / "CHANGELOG.md").read_text(), re.MULTILINE)
VERSION = _release.group(1) if _release else "0.0.0"

DEBUG = env_bool("DEBUG", default=False)
INSECURE_SECRET_KEY = "insecure-development-key"  # noqa: S105 - refused by a system check outside DEBUG
SECRET_KEY = env_str("SECRET_KEY", INSECURE_SECRET_KEY)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])

# Where local data lives: the SQLite database and whatever else a single machine keeps.
DATA_DIR = Path(env_str("DATA_DIR", str(BASE_DIR / ".local" / "data")))

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "webapp.apps.WebappConfig",
    "playground.accounts",
    "playground.runs",
    "workers",  # for its management commands; the web process imports nothing else of it
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "webapp.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "webapp.urls"
ASGI_APPLICATION = "webapp.asgi.application"

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
                "csp.context_processors.nonce",
            ],
            "libraries": {"vite": "webapp.vite"},
        },
    }
]

# --- data ----------------------------------------------------------------------------------

_DATABASE_URL = env_str("DATABASE_URL")
if not _DATABASE_URL:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    _DATABASE_URL = f"sqlite:///{DATA_DIR / 'playground.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(_DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers and the one writer overlap; IMMEDIATE takes the write lock at BEGIN, so a
    # transaction that reads before it writes cannot fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-20000;"
            "PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=67108864;"
            "PRAGMA temp_store=MEMORY;"
        ),
    }
# Opening a connection costs a stop or a start over a millisecond, also with SQLite.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

# The event log, the broker of the task queues and nothing else.
REDIS_URL = env_str("REDIS_URL", "redis://127.0.0.1:6379/0")

# --- workers -------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL

# The model's folder: tokenizer, and for the embedded engine the weights.
MODEL_PATH = Path(env_str("MODEL_PATH", str(BASE_DIR / "models" / "pocket")))
# Which engine predicts traces. "embedded" is the model of this repository on this machine's
# processor; "none" leaves the predicted lane empty and says so; "fake" is scripted and for tests
# only, and the page labels it.
_HAS_MODEL = (MODEL_PATH / "manifest.json").is_file()
MODEL_RUNTIME = env_choice(
    "MODEL_RUNTIME",
    "embedded" if _HAS_MODEL else "none",
    ("none", "embedded", "sglang", "fake"),
)
# Which model solves problems. "model" is the one that predicts traces, if it can hold a
# conversation; "smollm2" a small general model in an embedded engine of its own; "model+smollm2"
# the one and, where its answers stay wrong, the other; "openai" any OpenAI-compatible endpoint;
# "none" refuses solve runs and says so; "fake" is scripted, for tests. Empty: see `solve_model`.
SOLVE_MODEL_PATH = Path(env_str("SOLVE_MODEL_PATH") or BASE_DIR / ".local" / "models" / "smollm2")
SOLVE_MODEL = env_choice(
    "SOLVE_MODEL", solve_model(MODEL_RUNTIME, MODEL_PATH, SOLVE_MODEL_PATH), SOLVE_MODELS
)
# Where that model answers: the embedded engine's address, or the endpoint up to and without
# /chat/completions; and for "openai" the model's name there.
SOLVE_URL = env_str("SOLVE_URL") or "http://127.0.0.1:30011"
SOLVE_API_KEY = env_str("SOLVE_API_KEY")
SOLVE_MODEL_NAME = env_str("SOLVE_MODEL_NAME")
# A sentence beside every answer: what the model is, and its licence.
SOLVE_NOTICE = env_str("SOLVE_NOTICE")

# Where the model servers are: http://HOST:PORT, https:// or unix:///PATH. Several SGLang servers
# of one model share the work.
EMBEDDED_URL = env_str("EMBEDDED_URL") or "http://127.0.0.1:30010"
SGLANG_URLS = env_list("SGLANG_URLS", []) or ["http://127.0.0.1:30000"]
MODEL_API_KEY = env_str("MODEL_API_KEY")
# A sentence beside every prediction: what the model is, and its licence.
MODEL_NOTICE = env_str("MODEL_NOTICE")

# Paths for the sandbox: an explicit bwrap or Python 3.11 prefix where the search should not
# decide, and where a root-started worker keeps its world-readable copy of the runtime.
SANDBOX_BWRAP = env_str("SANDBOX_BWRAP")
SANDBOX_PYTHON = env_str("SANDBOX_PYTHON")
SANDBOX_RUNTIME_DIR = env_str("SANDBOX_RUNTIME_DIR", "/var/lib/cwm-playground/runtime")
# How strong a box has to be: "A" refuses to run code where boxes cannot have a cgroup each.
SANDBOX_TIER = env_choice("SANDBOX_TIER", "best", ("best", "A", "B"))
# Whether a sandbox worker that cannot start boxes ends with status 3. Else it serves, and tells
# everybody who runs a program why that is not possible.
SANDBOX_REQUIRED = env_bool("SANDBOX_REQUIRED", default=False)
# Boxes that each worker process keeps ready. One is used per run, so one hides the start from a
# person who runs again; two also where runs follow each other at once.
SANDBOX_POOL_SIZE = env_int("SANDBOX_POOL_SIZE", 2, minimum=0, maximum=32)

# A lease this old means its worker is gone; another one takes the stage over.
LEASE_SECONDS = env_int("LEASE_SECONDS", 6, minimum=1, maximum=600)

# --- quotas and retention ------------------------------------------------------------------

MAX_LIVE_RUNS_PER_OWNER = env_int("MAX_LIVE_RUNS_PER_OWNER", 4, minimum=1)
MAX_RUNS_PER_MINUTE = env_int("MAX_RUNS_PER_MINUTE", 30, minimum=1)
# For all visitors together: a new one costs nothing to make up, and the queue is kept in memory.
MAX_WAITING_STAGES = env_int("MAX_WAITING_STAGES", 1000, minimum=1)
# Finished runs stay in Redis this long for viewers who are just reconnecting; after that they
# are read from the database.
STREAM_TTL_SECONDS = env_int("STREAM_TTL_SECONDS", 3600, minimum=10)

# --- static files --------------------------------------------------------------------------

STATIC_URL = "/static/"
# The parts of static/ that are published; never static/ itself, which holds sources and tests.
STATICFILES_DIRS = [
    (name, BASE_DIR / "static" / name)
    for name in ("dist", "img")
    if (BASE_DIR / "static" / name).is_dir()
]
# Published from where they lie, so nothing has to be collected. Built files carry a content hash
# in their names.
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/dist/assets/.+-[\w-]{8}\.\w+$"
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

VITE_MANIFEST = BASE_DIR / "static" / "dist" / ".vite" / "manifest.json"

# --- security ------------------------------------------------------------------------------

SECURE_SSL = env_bool("SECURE_SSL", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Anonymous visitors own their runs through the session: keep it as long as the runs.
SESSION_COOKIE_AGE = 30 * 24 * 3600
SECURE_HSTS_SECONDS = 31536000 if SECURE_SSL else 0
SECURE_SSL_REDIRECT = False  # the proxy's job; health checks come in by plain HTTP
if env_bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- text and time -------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env_str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},  # it tells of every request to the model server
    },
}
