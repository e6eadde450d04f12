#%% aliasing | f()
def f():
    a = [1]
    b = a
    b.append(2)
    a = a + [3]
    b.append(4)
    return a, b
#%% mutation through callee | f()
def grow(xs):
    xs.append(len(xs))
    return None
def f():
    xs = []
    grow(xs)
    grow(xs)
    ys = xs
    grow(ys)
    return xs
#%% mutation of dict of lists | f()
def f():
    d = {"a": [1], "b": []}
    inner = d["a"]
    inner.append(2)
    d["b"] = inner
    inner.clear()
    return d
#%% nested mutation | f()
def f():
    grid = [[0] * 2] * 2
    grid[0][1] = 7
    copy = [row[:] for row in grid]
    copy[0][0] = 1
    return grid, copy
#%% default mutable | f()
def add(x, acc=[]):
    acc.append(x)
    return acc
def f():
    add(1)
    return add(2)
#%% sets of numbers | f({3, 1, 2})
def f(s):
    s.add(10)
    s.discard(1)
    t = s | {4}
    return t & {4, 10}, s ^ t
#%% empty set | f(set())
def f(s):
    t = s or {0}
    return t
#%% frozenset | f()
def f():
    a = frozenset([1])
    b = {a, frozenset()}
    return len(b), a
#%% strings with quotes | f("it's")
def f(s):
    t = s + '"'
    u = '\\' + t
    v = "\n\t\x00\x7f" + u
    return v
#%% unicode values | f("héllo 日本 🎉")
def f(s):
    t = s.upper()
    n = [c for c in s if ord(c) > 127]
    z = "\u200b\ufeff\u2028"
    return t, n, z
#%% lone surrogate | f()
def f():
    s = "\ud800"
    t = s * 2
    return len(t)
#%% bytes | f(b"\x00\xffab")
def f(b):
    c = bytearray(b)
    c.append(65)
    return bytes(c), memoryview(b).nbytes
#%% two dots string | f("..")
def f(s):
    t = s + "."
    u = [s, ".."]
    return t, u
#%% ellipsis | f(...)
def f(x):
    y = [x, Ellipsis]
    return y
#%% tuples | f((1,))
def f(t):
    u = t + (2,)
    v = ()
    w = ((), ((),))
    return u, v, w
#%% none and not implemented | f(None)
def f(x):
    y = NotImplemented
    z = [x, y]
    return z is None
#%% json in strings | f('{"a": ".."}')
def f(s):
    t = s.replace("..", '"}<|action_sep|>')
    return t
#%% self containing list | f()
def f():
    a = [1]
    a.append(a)
    d = {}
    d["d"] = d
    return len(a), len(d)
#%% ranges and iterators | f()
def f():
    r = range(2, 10, 3)
    it = iter(r)
    a = next(it)
    s = iter("ab")
    b = next(s)
    z = zip(r, "ab")
    m = map(str, r)
    return a, b, list(z), list(m)
#%% functions as values | f()
def g():
    return 1
def f():
    h = g
    k = len
    m = "a".upper
    t = int
    return h(), k("ab"), m(), t("3")
#%% modules as values | f()
import math
def f():
    m = math
    n = m.pi
    return n > 3
#%% dict views | f()
def f():
    d = {"a": 1}
    k, v, i = d.keys(), d.values(), d.items()
    d["b"] = 2
    return len(k), len(v), len(i)
#%% counter and deque | f("abca")
from collections import Counter, OrderedDict, defaultdict, deque
def f(s):
    c = Counter(s)
    q = deque(s, maxlen=3)
    q.appendleft("z")
    d = defaultdict(list)
    d["k"].append(1)
    o = OrderedDict(a=1)
    return c["a"], list(q), dict(d), o
#%% decimals and fractions | f()
from decimal import Decimal
from fractions import Fraction
def f():
    a = Decimal("1.10") + 1
    b = Fraction(1, 3) * 2
    return str(a), b
#%% special floats | f()
def f():
    a = float("inf")
    b = -a
    c = a + b
    z = -0.0
    return [str(x) for x in (a, b, c, z)]
#%% long values | f(40)
def f(n):
    s = "x" * n * 10
    xs = list(range(n))
    d = {i: str(i) for i in xs}
    return len(s) + len(xs) + len(d)
#%% swap | f(1, 2)
def f(a, b):
    a, b = b, a
    a, b = b, a
    return a - b
#%% equal rebinding | f("aab")
def f(s):
    last = ""
    n = 0
    for c in s:
        if c == last:
            n += 1
        last = c
    return n
#%% type changes | f(1)
def f(x):
    x = True
    x = 1
    x = 1.0
    x = "1"
    x = [x]
    return x
#%% exceptions as values | f()
def f():
    e = ValueError("v", 1)
    k = type(e)
    return e.args, k
#%% slices as values | f([1, 2, 3])
def f(xs):
    s = slice(1, None)
    return xs[s], s
#%% string formatting | f(3.14159, 42)
def f(x, n):
    a = f"{x:.2f}|{n:>5}|{n!r:<4}|{n=}"
    b = "%s %d" % (x, n)
    return a + b
#%% nested quotes in containers | f()
def f():
    d = {"it's": 'say "hi"', 'b"': ["'"]}
    k = list(d)
    return k
#%% names with underscores | f(1)
def f(_):
    __ = _ + 1
    _x_ = __
    return _x_
#%% many variables | f(1)
def f(a):
    b = c = d = e = a
    g = h = i = j = b + c
    k, l, m, n = g, h, i, j
    o = [a, b, c, d, e, g, h, i, j, k, l, m, n]
    return sum(o)
#%% large int | f()
def f():
    n = 7 ** 300
    m = n % 1000
    return m
