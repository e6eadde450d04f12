"""Runs through the whole site to a model server: start, queue, worker, client, event log.

The site's packages differ from SGLang's, so it runs as processes of its own: `STACK_PYTHON` is
their interpreter (this one if not set), and `STACK_SITE` a folder of packages for it
(deploy/sglang/stack.sh).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.common import ROOT
from benchmarks.sglang import rehearsal
from benchmarks.sglang.server import ServerFailed


def one_run(url: str, folder: Path, limit_s: float = 0.0) -> dict[str, Any]:
    """What `stack_site` saw; `folder` is the model's; `limit_s` of 0 is two minutes. Raises
    `ServerFailed`."""
    limit_s = limit_s or (900.0 if rehearsal.is_on() else 120.0)
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("STACK_SITE"))))
    try:
        done = subprocess.run(
            [
                os.environ.get("STACK_PYTHON", sys.executable),
                *("-m", "benchmarks.sglang.stack_site", url, str(folder)),
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ServerFailed(
            f"the site was not done after {limit_s:.0f} s: {error.stderr!r}"
        ) from None
    if done.returncode:
        raise ServerFailed(f"the site failed:\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
