"""Programs that try to make their own trace lie, and the truth about each.

`BODY` stands in for the attack inside of

    def main():
        a = 1
        BODY
        b = 2
        c = a + b
        return c

so the truth is known: every line in this order, and these values.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass


@dataclass(frozen=True)
class TracerAttack:
    """`before` is module code. `body` is the attack, straight-line code inside of `main`."""

    name: str
    body: str
    before: str = ""
    #: The plain tracer of the canary is fooled or ends; False where only our own could be.
    fools_naive: bool = True


ATTACKS = [
    TracerAttack("settrace none", "sys.settrace(None)", "import sys"),
    TracerAttack(
        "settrace another", "sys.settrace(lambda *a: None)", "import sys", fools_naive=False
    ),
    TracerAttack(
        "settrace through the module's dictionary",
        "vars(sys)['settrace'](None)",
        "import sys",
    ),
    TracerAttack("frame without a trace function", "sys._getframe().f_trace = None", "import sys"),
    TracerAttack(
        "frame with another trace function",
        "sys._getframe().f_trace = lambda *a: None",
        "import sys",
    ),
    TracerAttack(
        "lines switched off through a traceback's frame",
        "hide()",
        """
        def hide():
            try:
                raise ValueError
            except ValueError as error:
                error.__traceback__.tb_frame.f_back.f_trace_lines = False
        """,
    ),
    TracerAttack(
        "trace function removed through a traceback's frame",
        "hide()",
        """
        def hide():
            try:
                raise ValueError
            except ValueError as error:
                error.__traceback__.tb_frame.f_back.f_trace = None
        """,
    ),
    TracerAttack(
        "lines switched off through a generator's frame",
        "next(generator)",
        """
        def hide():
            yield generator.gi_frame.f_back
            frame = generator.gi_frame.f_back
            frame.f_trace_lines = False
            yield
        generator = hide()
        next(generator)
        """,
    ),
    TracerAttack(
        "tracer removed by C",
        "ctypes.pythonapi.PyEval_SetTrace(None, None)",
        "import ctypes",
    ),
    TracerAttack(
        "flag of the thread cleared by C",
        "ctypes.pythonapi.PyEval_SetTrace(ctypes.cast(None, ctypes.c_void_p), None)",
        "import ctypes",
    ),
    TracerAttack("repr replaced", "builtins.repr = lambda value: 'LIES'", "import builtins"),
    TracerAttack("len replaced", "builtins.len = None; builtins.repr = None", "import builtins"),
    TracerAttack(
        "print and isinstance replaced",
        "builtins.isinstance = lambda *a: True; builtins.repr = str.upper",
        "import builtins",
    ),
    TracerAttack(
        "json replaced",
        "json.dumps = lambda *a, **k: '[]'; json.JSONEncoder.encode = lambda *a: '[]'",
        "import json",
    ),
    TracerAttack(
        "events cleared through the frames above",
        "clear()",
        """
        import sys
        def clear():
            frame = sys._getframe()
            while frame is not None:
                for value in list(frame.f_locals.values()):
                    held = type(value).__name__ == "Tracer" and value.frames
                    if type(held) is list:
                        held.clear()
                frame = frame.f_back
        """,
    ),
    TracerAttack(
        "lists of events cleared through the collector",
        "clear()",
        """
        import gc
        def clear():
            lists = [value for value in gc.get_objects() if type(value) is list and value]
            for value in lists:
                head = value[:1]  # a thread may have emptied it meanwhile
                if head and type(head[0]) is tuple and head[0][:1] == ("call",):
                    value.clear()
        """,
    ),
    TracerAttack(
        "exit in the middle",
        "os._exit(0)",
        "import os",
    ),
    TracerAttack(
        "forged end and exit",
        "sys.__stdout__.write('[[\"call\", 1, {}, null]]'); sys.__stdout__.flush(); os._exit(0)",
        "import os, sys",
    ),
    TracerAttack("kill", "os.kill(os.getpid(), 9)", "import os"),
    TracerAttack(
        "value with an evil repr",
        "evil = Evil()",
        """
        class Evil:
            def __repr__(self):
                raise SystemExit
            __str__ = __hash__ = __repr__
            def __eq__(self, other):
                return True
        """,
    ),
    TracerAttack(
        "value with an evil class",
        "evil = Evil()",
        """
        import sys
        class Evil:
            @property
            def __class__(self):
                sys.settrace(None)
                return int
            def __repr__(self):
                sys.settrace(None)
                return "7"
        """,
    ),
    TracerAttack(
        "list whose repr removes the tracer",
        "evil = [Evil()]",
        """
        import sys
        class Evil:
            def __repr__(self):
                sys.settrace(None)
                return "7"
        """,
    ),
    TracerAttack(
        "code with a borrowed file name",
        "extra = namespace['main']()",
        """
        namespace = {}
        exec(compile("def main():\\n    return 99\\n", "solution.py", "exec"), namespace)
        """,
    ),
    TracerAttack(
        "code object with other lines",
        "main.__code__ = main.__code__.replace(co_firstlineno=900)",
        "",
        fools_naive=False,
    ),
    TracerAttack(
        "audit hook that refuses",
        "sys.settrace(None) if try_hook() else None",
        """
        import sys
        def hook(event, arguments):
            if event == "sys.settrace":
                raise RuntimeError("no")
        def try_hook():
            sys.addaudithook(hook)
            return False
        """,
        fools_naive=False,
    ),
    TracerAttack(
        "profile function that removes the tracer",
        "sys.setprofile(lambda *a: sys.settrace(None))",
        "import sys",
        fools_naive=False,
    ),
    TracerAttack(
        "thread that removes nothing but tries",
        "remove()",
        """
        import sys, threading
        def remove():
            frame = sys._getframe().f_back
            def work():
                frame.f_trace_lines = False
            one = threading.Thread(target=work)
            one.start()
            one.join()
        """,
    ),
    TracerAttack(
        "signal handler that removes the tracer",
        "signal.raise_signal(signal.SIGUSR1)",
        """
        import signal, sys
        signal.signal(signal.SIGUSR1, lambda *a: sys.settrace(None))
        """,
    ),
    TracerAttack(
        "recursion that exhausts the stack",
        "deep()",
        """
        import sys
        def down(n):
            return down(n + 1)
        def deep():
            try:
                down(0)
            except RecursionError:
                sys.settrace(None)
        """,
    ),
    TracerAttack(
        "recursion limit lowered",
        "lower()",
        """
        import sys
        def lower():
            try:
                sys.setrecursionlimit(12)
                sys.setrecursionlimit(5)
            except RecursionError:
                pass
            sys.settrace(None)
        """,
    ),
    TracerAttack(
        "settrace through the collector's references",
        "cut(gc.get_objects())",
        """
        import gc, sys
        def cut(objects):
            found = [held for held in objects if type(held) is dict and "settrace" in held]
            found[0]["settrace"](None)
        """,
    ),
    TracerAttack(
        "objects of the tracer emptied through the collector",
        "empty()",
        """
        import gc
        def empty():
            names = ("Recording", "Channel", "Tracer")
            found = [value for value in gc.get_objects() if type(value).__name__ in names]
            for value in found:
                for name in ("frames", "_records", "_stack", "_codes"):
                    held = getattr(value, name, None)
                    if held is not None:
                        held.clear()
        """,
    ),
]


def source_of(attack: TracerAttack) -> tuple[str, int]:
    """The program, and the number of the line on which `main` is defined."""
    before = textwrap.dedent(attack.before).strip()
    head = before + "\n" if before else ""
    main = f"def main():\n    a = 1\n    {attack.body}\n    b = 2\n    c = a + b\n    return c\n"
    return head + main, head.count("\n") + 1


def truth(first: int) -> list[tuple[str, int]]:
    """Kind and line of every event of `main`."""
    return [("call", first), *[("line", first + n) for n in range(1, 6)], ("return", first + 5)]
