"""`manage.py schema`: write the message contract as JSON Schema, or check that it is current."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from playground.runs.events import json_schema


class Command(BaseCommand):
    """TypeScript types are generated from the same file by `npm run schema`."""

    help = "Write playground/runs/schema/events.schema.json, or with --check report a drift."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One flag."""
        parser.add_argument("--check", action="store_true", help="change nothing, fail on a drift")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        """Write or compare."""
        path = Path(settings.BASE_DIR) / "playground" / "runs" / "schema" / "events.schema.json"
        text = json.dumps(json_schema(), indent=2, sort_keys=True) + "\n"
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            message = "The message contract changed: run `make schema` and commit the result."
            raise CommandError(message)
