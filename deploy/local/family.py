"""Nobody survives: collects every descendant of this process, whatever became of their parents.

Linux lets a process adopt its orphaned descendants (PR_SET_CHILD_SUBREAPER, prctl(2)). With that,
"everything this site started" stays one tree, also after a supervisor or a worker was killed, and
stopping the tree needs no process names and no session or group tricks.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

import psutil

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies (Linux; elsewhere without effect)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_adopted(*, keep: int) -> None:
    """Collect the exit status of adopted children; that of `keep` is left to its own waiter."""
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None or found.si_pid == keep:
            return
        with contextlib.suppress(ChildProcessError):
            os.waitpid(found.si_pid, os.WNOHANG)


def stop_descendants(*, grace_s: float, rounds: int = 20) -> int:
    """End every descendant: politely first, then by force. Returns how many had to be ended.

    Repeats until none is left, since one that is being ended may have started another.
    """
    ended = 0
    for attempt in range(rounds):
        living = [child for child in psutil.Process().children(recursive=True) if _lives(child)]
        if not living:
            return ended
        ended += len(living)
        polite = attempt == 0 and grace_s > 0
        for child in living:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.terminate() if polite else child.kill()
        psutil.wait_procs(living, timeout=grace_s if polite else 2)
    return ended


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
