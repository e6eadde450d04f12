"""Starts one process of the site so that it cannot outlive its parent.

    python -I -S deploy/local/tether.py NAME

The command line and the signal come from the JSON file named by `PLAYGROUND_PROCESSES`. Linux
delivers the signal when the parent dies, however it died (PR_SET_PDEATHSIG, prctl(2)); the
setting survives exec. Elsewhere the process is started without the tie. Run as a script, without
`site`, because it stands in front of every process and only its start-up time would be noticed.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with_parent(number: int) -> None:
    """Have this process signalled with `number` when its parent is gone."""
    if sys.platform != "linux":
        return
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0) != 0:
        return
    if os.getppid() == 1:  # It was gone already, before the kernel was asked.
        os.kill(os.getpid(), number)


def main() -> None:
    """Become the process called NAME."""
    processes = json.loads(Path(os.environ["PLAYGROUND_PROCESSES"]).read_text(encoding="utf-8"))
    process = processes[sys.argv[1]]
    die_with_parent(getattr(signal, process["on_orphaned"]))
    os.execv(process["argv"][0], process["argv"])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
