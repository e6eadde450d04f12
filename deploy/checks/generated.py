"""`make schema`: rewrite the files generated from the message contract and the trace formats.

    python -m deploy.checks.generated [--check]

With `--check` nothing is written: the TypeScript types are generated in a temporary folder and
compared. (The JSON Schemas are compared by `manage.py schema --check` and by the tests of
`traces`.) In place, a check would pull the file from under the compiler that runs beside it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copy

GENERATOR = Path("static") / "tools" / "schema.js"
SCHEMA = Path("playground") / "runs" / "schema" / "events.schema.json"
TYPES = Path("static") / "src" / "protocol.gen.ts"


def generate_types_in(folder: Path, root: Path) -> str:
    """The TypeScript types as the generator writes them today, made inside `folder`."""
    for name in (GENERATOR, SCHEMA, Path("package.json")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy(root / name, folder / name)
    (folder / TYPES).parent.mkdir(parents=True, exist_ok=True)
    (folder / "node_modules").symlink_to(root / "node_modules")
    subprocess.run(["node", str(GENERATOR)], cwd=folder, check=True, stdin=subprocess.DEVNULL)
    return (folder / TYPES).read_text(encoding="utf-8")


def types_problem(root: Path) -> str:
    """Why the committed types are not those of the contract, or an empty string."""
    with tempfile.TemporaryDirectory() as name:
        fresh = generate_types_in(Path(name), root)
    committed = root / TYPES
    if committed.is_file() and committed.read_text(encoding="utf-8") == fresh:
        return ""
    return f"{TYPES} is not what the message contract gives: run `make schema`, commit the result."


def write_all() -> None:
    """Run every generator."""
    from deploy.checks.run import PYTHON

    for argv in (
        [PYTHON, "manage.py", "schema"],
        [PYTHON, "-m", "traces.schema"],
        ["npm", "run", "schema", "--silent"],
    ):
        print(f"  {' '.join(Path(part).name for part in argv)}", flush=True)
        if subprocess.run(argv, stdin=subprocess.DEVNULL, check=False).returncode:
            sys.exit("The generator failed (see above).")


def main() -> None:
    """Write, or with `--check` compare."""
    if "--check" in sys.argv[1:]:
        sys.exit(types_problem(Path.cwd()) or 0)
    write_all()


if __name__ == "__main__":
    main()
