"""A management command with this folder's data and, if it runs, this site's Redis.

python -m deploy.local.manage COMMAND…
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from deploy.local.environment import data_dir, read_running, site_environment
from deploy.local.preflight import DEFAULT_HOST, folder_problem

ROOT = Path(__file__).resolve().parents[2]
_NO_SITE_RUNNING = "redis://127.0.0.1:6379/0"


def main() -> None:
    """Become `manage.py COMMAND…`."""
    data = data_dir(ROOT, os.environ)
    problem = folder_problem(data)
    if problem:
        sys.exit(problem)
    running = read_running(data)
    redis_url = os.environ.get("REDIS_URL") or running.get("redis_url") or _NO_SITE_RUNNING
    env = site_environment(
        ROOT,
        os.environ,
        host=os.environ.get("HOST") or DEFAULT_HOST,
        redis_url=redis_url,
        embedded_url=os.environ.get("EMBEDDED_URL") or running.get("embedded_url"),
        solve_url=os.environ.get("SOLVE_URL") or running.get("solve_url"),
    )
    arguments = [sys.executable, str(ROOT / "manage.py"), *sys.argv[1:]]
    os.execve(sys.executable, arguments, env)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
