"""System checks: what must not be deployed is said at boot, not found out later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

if TYPE_CHECKING:
    from collections.abc import Sequence


@register(Tags.security)
def check_production_safety(
    app_configs: Sequence[Any] | None,  # noqa: ARG001 - Django passes it by name
    **_: Any,
) -> list[CheckMessage]:
    """Refuse development values outside DEBUG."""
    problems: list[CheckMessage] = []
    if not settings.DEBUG and settings.SECRET_KEY == settings.INSECURE_SECRET_KEY:
        problems.append(
            Error(
                "SECRET_KEY is the development default.",
                hint="Set SECRET_KEY (or SECRET_KEY_FILE) to 50 random characters.",
                id="webapp.E001",
            )
        )
    if not settings.DEBUG and "fake" in (settings.MODEL_RUNTIME, settings.SOLVE_MODEL):
        problems.append(
            Error(
                "MODEL_RUNTIME=fake and SOLVE_MODEL=fake make answers up from a script.",
                hint="Use it with DEBUG=1 only; set both to none to switch models off.",
                id="webapp.E002",
            )
        )
    if not settings.REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
        problems.append(
            Error(
                "REDIS_URL names no Redis server.",
                hint="Use redis://HOST:PORT/DATABASE, rediss:// for TLS, or unix:///PATH.",
                id="webapp.E003",
            )
        )
    if not settings.VITE_MANIFEST.is_file():
        problems.append(
            checks.Warning(
                "The front end is not built: static/dist/ has no manifest.",
                hint="Run `make setup`.",
                id="webapp.W001",
            )
        )
    return problems
