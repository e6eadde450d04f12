"""`make bench`: run the benchmark programs one after another; each prints JSON.

python -m deploy.checks.bench [NAME…]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def programs(folder: Path) -> list[str]:
    """Names of the benchmarks: modules with an entry point, helpers start with an underscore."""
    return sorted(
        path.stem
        for path in folder.glob("*.py")
        if not path.stem.startswith("_") and "__main__" in path.read_text(encoding="utf-8")
    )


def main() -> None:
    """Run the named benchmarks, or all; exit 1 if one failed."""
    known = programs(Path("benchmarks"))
    unknown = [name for name in sys.argv[1:] if name not in known]
    if unknown:
        sys.exit(
            f"No benchmark named {', '.join(unknown)}. There are: {', '.join(known) or 'none'}"
        )
    failed = []
    for name in sys.argv[1:] or known:
        print(f"--- benchmarks/{name}.py", flush=True)
        argv = [sys.executable, "-m", f"benchmarks.{name}"]
        if subprocess.run(argv, stdin=subprocess.DEVNULL, check=False).returncode:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
