#%% with statement | f()
class M:
    def __init__(self, log):
        self.log = log
    def __enter__(self):
        self.log.append("in")
        return self
    def __exit__(self, kind, value, tb):
        self.log.append("out")
        return False
def f():
    log = []
    with M(log) as m:
        log.append("body")
    return log
#%% with exception suppressed | f()
class Quiet:
    def __enter__(self):
        return self
    def __exit__(self, kind, value, tb):
        ok = kind is ValueError
        return ok
def f():
    x = 0
    with Quiet():
        x = 1
        raise ValueError
    x += 10
    return x
#%% with exception through | f()
class Log:
    def __init__(self, out):
        self.out = out
    def __enter__(self):
        return self.out
    def __exit__(self, *a):
        self.out.append(a[0].__name__ if a[0] else None)
def f():
    out = []
    try:
        with Log(out):
            out.append(1)
            {}[0]
    except KeyError:
        out.append(2)
    return out
#%% nested with | f()
class W:
    def __init__(self, n, log):
        self.n, self.log = n, log
    def __enter__(self):
        return self.n
    def __exit__(self, *a):
        self.log.append(self.n)
def f():
    log = []
    with W(1, log) as a, W(2, log) as b:
        with W(3, log) as c:
            log.append(a + b + c)
    return log
#%% return inside with | f()
class W:
    def __enter__(self):
        return 5
    def __exit__(self, *a):
        x = 1
def g():
    with W() as w:
        return w + 1
    return 0
def f():
    return g()
#%% break inside with | f(3)
from contextlib import nullcontext
def f(n):
    for i in range(n):
        with nullcontext(i) as k:
            if k == 1:
                break
    return i
#%% try in loop in with | f()
from contextlib import suppress
def f():
    out = []
    for x in [1, 0, 2]:
        with suppress(ZeroDivisionError):
            out.append(2 // x)
    return out
#%% finally with break | f()
def f():
    out = []
    while True:
        try:
            out.append(1)
            if len(out) > 2:
                break
        finally:
            out.append(0)
    return out
#%% nested finally | f()
def f():
    out = []
    try:
        try:
            out.append(1)
        finally:
            out.append(2)
    finally:
        out.append(3)
    return out
#%% return through nested finally | f()
def g(out):
    try:
        try:
            return "r"
        finally:
            out.append(2)
    finally:
        out.append(3)
def f():
    out = []
    return g(out), out
#%% try else loop | f([1, "x"])
def f(xs):
    n = 0
    for x in xs:
        try:
            y = x + 1
        except TypeError:
            continue
        else:
            n += y
    else:
        n += 100
    return n
#%% while true break | f(5)
def f(n):
    while True:
        n -= 1
        if n < 2:
            break
    return n
#%% while with and | f(6)
def f(n):
    k = 0
    while n > 0 and k < 4:
        n -= 2
        k += 1
    return n, k
#%% loop with else after break | f()
def f():
    for i in range(3):
        for j in range(3):
            if i * j == 2:
                break
        else:
            continue
        break
    return i, j
#%% if not in loop | f("a1b2")
def f(s):
    digits = letters = 0
    for c in s:
        if not c.isdigit():
            letters += 1
            continue
        digits += 1
    return digits, letters
#%% nested break | f([[1, 2], [3, 4]])
def f(grid):
    found = None
    for row in grid:
        for v in row:
            if v == 3:
                found = v
                break
        if found:
            break
    return found
#%% constant conditions | f(1)
def f(n):
    if True:
        n += 1
    if False:
        n += 100
    while 1:
        n += 1
        break
    return n
#%% nested function definition in loop | f(2)
def f(n):
    out = []
    for i in range(n):
        def g(x=i):
            return x
        out.append(g())
    return out
#%% del in loop | f()
def f():
    d = {"a": 1, "b": 2}
    for k in list(d):
        v = d[k]
        del d[k]
        del v
    return d
#%% exception variable removed | f()
def f():
    e = "kept?"
    try:
        raise ValueError("x")
    except ValueError as e:
        s = str(e)
    try:
        return e
    except UnboundLocalError:
        return s
#%% early returns | f(7)
def f(n):
    if n < 0:
        return "negative"
    if n == 0:
        return "zero"
    if n % 2:
        return "odd"
    return "even"
#%% state machine | f("aab")
def f(s):
    state = "start"
    for c in s:
        if state == "start":
            state = "one" if c == "a" else "start"
        elif state == "one":
            state = "two" if c == "a" else "start"
        else:
            state = "end"
    return state
#%% lock step | f()
def f():
    a, b = [1, 2], [3, 4]
    out = []
    for (i, x), y in zip(enumerate(a), b):
        out.append(i + x * y)
    return out
#%% pass everywhere | f(2)
def f(n):
    for i in range(n):
        pass
    if n:
        pass
    else:
        pass
    try:
        pass
    except ValueError:
        pass
    finally:
        pass
    return n
