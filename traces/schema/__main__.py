"""Writes the JSON Schemas beside this module: `python -m traces.schema`."""

from __future__ import annotations

import json
from pathlib import Path

from traces import comparison_file, file

SCHEMAS = {
    "trace-file-v1.schema.json": file.json_schema,
    "comparison-v1.schema.json": comparison_file.json_schema,
}


def main() -> None:
    for name, schema in SCHEMAS.items():
        text = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
        (Path(__file__).parent / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
