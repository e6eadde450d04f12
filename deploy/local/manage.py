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
    redis_url = (
        os.environ.get("REDIS_URL") or read_running(data).get("redis_url") or _NO_SITE_RUNNING
    )
    engine = os.environ.get("EMBEDDED_URL") or read_running(data).get("embedded_url")
    host = os.environ.get("HOST") or DEFAULT_HOST
    env = site_environment(ROOT, os.environ, host=host, redis_url=redis_url, embedded_url=engine)
    arguments = [sys.executable, str(ROOT / "manage.py"), *sys.argv[1:]]
    os.execve(sys.executable, arguments, env)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
