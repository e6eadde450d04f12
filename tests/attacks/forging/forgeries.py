"""Programs that try to be judged right without being right, and how each is known to work.

The exercise is a function `solve` whose right values cannot be computed, only stolen: whoever
passes has forged. Each forgery is a whole program. Its canary is the same program against the
kind `inprocess`, where tests and student share a process: there it passes (`wins`), or shows in
some other way that its attempt was made (`shows`: a word that it prints, or the verdict it gets).
"""

from __future__ import annotations

from dataclasses import dataclass

#: What the tests expect. No program below contains these numbers.
SECRETS = {3: 51966137, 4: 20771441}

PRELUDE = '''
import builtins, gc, json, os, sys, threading, time, types

def pack(message):
    """A frame of the judge's protocol."""
    body = message if type(message) is bytes else json.dumps(message).encode()
    return len(body).to_bytes(4, "little") + body

def is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True

# A box keeps the numbers that its worker gave out: high ones, under a worker with many open.
OPEN = [number for number in range(3, 65536) if is_open(number)]

def everywhere(data):
    """Write to every descriptor that takes it, but the standard streams."""
    for number in OPEN:
        view = data
        try:
            while view:
                view = view[os.write(number, view):]
        except OSError:
            pass

def question():
    """The id of the question that is being answered, found in the harness's frames."""
    frame = sys._getframe(1)
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if type(value) is dict and type(value.get("id")) is str and "do" in value:
                return value["id"]
        frame = frame.f_back
    return "0" * 16

def shown(word):
    print(word, flush=True)
'''


@dataclass(frozen=True)
class Forgery:
    """`wins`: passes in process. `shows`: printed there. `verdict`: what its cases get there."""

    name: str
    body: str
    wins: bool = False
    shows: str = ""
    verdict: str = ""
    #: The judge notices a broken protocol (kinds `calls` and `unittest`).
    violates: bool = False

    @property
    def source(self) -> str:
        return PRELUDE + self.body


_ALL_PASSED = """
names = ["TestSolve.test_four", "TestSolve.test_three"]
everywhere(pack({"e": "plan", "ids": names}))
for name in names:
    everywhere(pack({"e": "start", "id": name}))
    everywhere(pack({"e": "end", "id": name, "outcome": "passed", "message": ""}))
everywhere(pack({"e": "done"}))
"""
_ANSWER = 'def solve(n):\n    shown("TRIED")\n    everywhere({data})\n    return 0\n'

FORGERIES = [
    # --- the tests' own tools ---
    Forgery(
        "patched assertEqual",
        "import unittest\nunittest.TestCase.assertEqual = lambda *a, **k: None\n"
        "def solve(n): return 0\n",
        wins=True,
    ),
    Forgery(
        "patched test result",
        "import unittest\nfor kind in unittest.TestResult.__subclasses__():\n"
        "    kind.addFailure = kind.addError = kind._worsen = lambda *a: None\n"
        "def solve(n): return 0\n",
        wins=True,
    ),
    Forgery(
        "patched TestCase.run",
        "import unittest\ndef run(self, result=None):\n    result.startTest(self)\n"
        "    result.stopTest(self)\nunittest.TestCase.run = run\ndef solve(n): return 0\n",
        wins=True,
    ),
    Forgery(
        "patched failureException",
        "import unittest, unittest.case\nfrom contextlib import contextmanager\n"
        "@contextmanager\ndef quiet(self, test, subTest=False):\n    try:\n        yield\n"
        "    except BaseException:\n        pass\n"
        "unittest.case._Outcome.testPartExecutor = quiet\ndef solve(n): return 0\n",
        wins=True,
    ),
    Forgery(
        "patched json",
        "real = json.JSONEncoder.iterencode\n"
        "def iterencode(self, o, _one_shot=False):\n"
        "    text = ''.join(real(self, o, _one_shot))\n"
        "    return [text.replace('\"failed\"', '\"passed\"').replace('\"v\":0', '\"v\":true')]\n"
        "json.JSONEncoder.iterencode = iterencode\ndef solve(n): return 0\n",
        wins=True,
    ),
    Forgery(
        "patched builtins",
        "builtins.all = builtins.any = lambda x: True\n"
        "builtins.abs = builtins.min = lambda *a, **k: 0\n"
        'def solve(n):\n    shown("TRIED")\n    return 0\n',
        shows="TRIED",
    ),
    # --- values that lie ---
    Forgery(
        "object equal to everything",
        "class Any:\n    def __eq__(self, other): return True\n"
        "    def __ne__(self, other): return False\n    def __hash__(self): return 0\n"
        "def solve(n): return Any()\n",
        wins=True,
    ),
    Forgery(
        "int subclass equal to everything",
        "class Any(int):\n    def __eq__(self, other): return True\n"
        "    def __ne__(self, other): return False\n    __hash__ = int.__hash__\n"
        "def solve(n): return Any(0)\n",
        wins=True,
    ),
    Forgery(
        "object that claims to be an int",
        "class Any:\n    __class__ = int\n    def __eq__(self, other): return True\n"
        "    def __repr__(self): return '51'\nAny.__name__ = Any.__qualname__ = 'int'\n"
        "def solve(n): return Any()\n",
        wins=True,
    ),
    Forgery(
        "value with a lying index and float",
        "class Any(float):\n    def __index__(self): return 7\n    def hex(self): return '0x7'\n"
        "    def __eq__(self, other): return True\ndef solve(n): return Any(0)\n",
        wins=True,
    ),
    Forgery(
        "exception with a lying text",
        "class passed(Exception):\n    def __str__(self):\n        shown('TRIED')\n"
        "        return 'passed'\ndef solve(n): raise passed()\n",
        shows="TRIED",
    ),
    Forgery(
        "SkipTest raised by the program",
        "import unittest\ndef solve(n): raise unittest.SkipTest('never mind')\n",
        verdict="skipped",
    ),
    # --- stealing ---
    Forgery(
        "expected value read from the caller's code",
        "def solve(n):\n    frame = sys._getframe(1)\n    while frame is not None:\n"
        "        for value in frame.f_code.co_consts:\n"
        "            if type(value) is int and value > 10_000_000: return value\n"
        "        frame = frame.f_back\n    return 0\n",
        wins=True,
    ),
    Forgery(
        "expected value hunted in the heap",
        "def solve(n):\n    for thing in gc.get_objects():\n"
        "        if isinstance(thing, types.FunctionType):\n"
        "            consts = thing.__code__.co_consts\n"
        "            if any(type(c) is int and c > 10_000_000 for c in consts) and n in consts:\n"
        "                return max(c for c in consts if type(c) is int)\n    return 0\n",
        wins=True,
    ),
    Forgery(
        "expected value hunted in files",
        "import re\ndef solve(n):\n    shown('TRIED')\n"
        "    for folder, _, names in os.walk('/', onerror=None):\n"
        "        if folder.startswith(('/opt', '/usr', '/dev')): continue\n"
        "        for name in names:\n            try:\n"
        "                data = open(os.path.join(folder, name), 'rb').read(100000)\n"
        "            except OSError: continue\n"
        "            found = re.search(rb'solution.solve\\(%d\\), (\\d+)' % n, data)\n"
        "            if found: return int(found[1])\n    return 0\n",
        shows="TRIED",
    ),
    Forgery(
        "everything readable on every descriptor",
        "def solve(n):\n    shown('TRIED')\n    for number in range(64):\n        try:\n"
        "            os.set_blocking(number, False)\n"
        "            data = os.read(number, 65536)\n"
        "        except OSError: continue\n"
        "        for word in data.replace(b',', b' ').split():\n"
        "            if word.isdigit() and len(word) > 6: return int(word)\n    return 0\n",
        shows="TRIED",
    ),
    # --- the channel ---
    Forgery(
        "all reports sent while it is loaded",
        _ALL_PASSED + "os._exit(0)\n",
        wins=True,
        violates=True,
    ),
    Forgery(
        "answers sent before any question",
        "shown('TRIED')\nfor _ in range(50): everywhere(pack({'id': '0' * 16, 'v': True}))\n"
        "def solve(n):\n    shown('TRIED')\n    return 0\n",
        shows="TRIED",
        violates=True,
    ),
    Forgery(
        "question id stolen, a second answer",
        _ANSWER.format(data="pack({'id': question(), 'v': True})"),
        shows="TRIED",
        violates=True,
    ),
    Forgery(
        "question id stolen, verdict added",
        _ANSWER.format(
            data="pack({'id': question(), 'v': 0, 'passed': True, 'verdict': 'passed'})"
        ),
        shows="TRIED",
        violates=True,
    ),
    Forgery(
        "answer to the next question sent ahead",
        "def solve(n):\n    shown('TRIED')\n    number = question()\n"
        "    def later():\n        time.sleep(0.05)\n"
        "        everywhere(pack({'id': number, 'v': True}))\n"
        "    threading.Thread(target=later, daemon=True).start()\n"
        "    if n == 3: time.sleep(0.15)\n    return 0\n",
        shows="TRIED",
        violates=True,
    ),
    Forgery("flood", _ANSWER.format(data="b'\\xff' * 20_000_000"), shows="TRIED", violates=True),
    Forgery(
        "frame that announces four gigabytes",
        _ANSWER.format(data="b'\\xff\\xff\\xff\\xff'"),
        shows="TRIED",
        violates=True,
    ),
    Forgery(
        "JSON bomb: half a million brackets",
        _ANSWER.format(data="pack(b'[' * 500_000)"),
        shows="TRIED",
        violates=True,
    ),
    Forgery(
        "JSON bomb: balanced, in a value",
        _ANSWER.format(
            data="pack(b'{\"id\":\"%s\",\"v\":' % question().encode() + b'[' * 400_000 + b']' * "
            "400_000 + b'}')"
        ),
        shows="TRIED",
        violates=True,
    ),
    Forgery(
        "set of integers that hash alike",
        "def solve(n):\n    shown('TRIED')\n    same = (2**61 - 1) * 2**20\n"
        "    items = ','.join('{\"i\":\"%s\"}' % hex(same * k) for k in range(25_000))\n"
        '    body = \'{"id":"%s","v":{"S":[%s]}}\' % (question(), items)\n'
        "    everywhere(pack(body.encode()))\n    return 0\n",
        shows="TRIED",
        violates=True,
    ),
    Forgery(
        "not JSON, not UTF-8",
        _ANSWER.format(data="pack(b'\\xc3\\x28NaN\\x00')"),
        shows="TRIED",
        violates=True,
    ),
    Forgery(
        "slow drip",
        "def solve(n):\n    shown('TRIED')\n    everywhere((1000).to_bytes(4, 'little'))\n"
        "    while True:\n        everywhere(b' ')\n        time.sleep(0.02)\n",
        shows="TRIED",
    ),
    Forgery(
        "channel closed and replaced",
        "def solve(n):\n    shown('TRIED')\n    null = os.open('/dev/zero', os.O_RDWR)\n"
        "    for number in OPEN: os.dup2(null, number)\n    return 0\n",
        shows="TRIED",
    ),
    # --- values that hurt ---
    Forgery(
        "endless nesting",
        "def solve(n):\n    shown('TRIED')\n    value = 0\n"
        "    for _ in range(100_000): value = [value]\n    return value\n",
        shows="TRIED",
    ),
    Forgery(
        "huge integer",
        "def solve(n):\n    shown('TRIED')\n    return 1 << 10_000_000\n",
        shows="TRIED",
    ),
    Forgery(
        "list that holds itself",
        "def solve(n):\n    shown('TRIED')\n    value = [1]\n    value += [value, {1: value}]\n"
        "    return value\n",
        shows="TRIED",
    ),
    Forgery(
        "list of two hundred thousand lists",
        "def solve(n):\n    shown('TRIED')\n    return [[] for _ in range(250_000)]\n",
        shows="TRIED",
    ),
    Forgery(
        "repr bomb",
        "class Bomb:\n    def __repr__(self): return 'x' * 100_000_000\n"
        "class Slow:\n    def __repr__(self):\n        while True: pass\n"
        "def solve(n):\n    shown('TRIED')\n    return Bomb() if n == 3 else Slow()\n",
        shows="TRIED",
    ),
    # --- leaving ---
    Forgery(
        "os._exit(0) in the call",
        "def solve(n):\n    shown('TRIED')\n    os._exit(0)\n",
        shows="TRIED",
    ),
    Forgery("os._exit(0) while it is loaded", "shown('TRIED')\nos._exit(0)\n", shows="TRIED"),
    Forgery(
        "sys.exit(0) and atexit",
        "import atexit\natexit.register(os._exit, 0)\n"
        "def solve(n):\n    shown('TRIED')\n    sys.exit(0)\n",
        shows="TRIED",
    ),
    Forgery(
        "success printed",
        "def solve(n):\n    shown('TRIED')\n"
        "    print('..\\n' + '-' * 70 + '\\nRan 2 tests in 0.001s\\n\\nOK\\nPASSED 100/100')\n"
        "    sys.stderr.write('OK\\n')\n    return 'passed'\n",
        shows="TRIED",
    ),
    Forgery(
        "killed by its own hand",
        "import signal\ndef solve(n):\n    shown('TRIED')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n",
        shows="TRIED",
    ),
]
