#%% simple | f(3)
def gen(n):
    for i in range(n):
        yield i * i
def f(n):
    out = []
    for x in gen(n):
        out.append(x)
    return out
#%% two yields on one line | f()
def gen():
    a = (yield 1, (yield 2))
    yield a
def f():
    g = gen()
    return [next(g), next(g), g.send("s"), list(g)]
#%% send | f()
def echo():
    x = None
    while True:
        x = yield x
        if x is None:
            return "done"
def f():
    g = echo()
    next(g)
    out = [g.send(1), g.send(2)]
    try:
        g.send(None)
    except StopIteration as e:
        out.append(e.value)
    return out
#%% yield from | f()
def inner(n):
    for i in range(n):
        yield i
    return n
def outer():
    a = yield from inner(2)
    b = yield from inner(1)
    return a + b
def f():
    g = outer()
    out = []
    while True:
        try:
            out.append(next(g))
        except StopIteration as e:
            return out, e.value
#%% close | f()
def gen(log):
    try:
        yield 1
        yield 2
    finally:
        log.append("closed")
def f():
    log = []
    g = gen(log)
    next(g)
    g.close()
    return log
#%% throw | f()
def gen():
    while True:
        try:
            x = yield "ready"
        except ValueError:
            x = yield "error"
def f():
    g = gen()
    return next(g), g.throw(ValueError("v")), next(g)
#%% genexpr | f([1, 2, 3])
def f(xs):
    total = sum(x * x for x in xs if x != 2)
    return total
#%% genexpr kept | f()
def f():
    g = (i + 1 for i in range(3))
    a = next(g)
    b = next(g)
    return a, b, list(g)
#%% pipeline | f(6)
def numbers(n):
    for i in range(n):
        yield i
def evens(it):
    for x in it:
        if x % 2 == 0:
            yield x
def squares(it):
    for x in it:
        yield x * x
def f(n):
    return list(squares(evens(numbers(n))))
#%% recursive generator | f([1, [2, [3]], 4])
def flatten(xs):
    for x in xs:
        if isinstance(x, list):
            yield from flatten(x)
        else:
            yield x
def f(xs):
    return list(flatten(xs))
#%% infinite with break | f()
def naturals():
    n = 0
    while True:
        yield n
        n += 1
def f():
    out = []
    for n in naturals():
        if n > 3:
            break
        out.append(n)
    return out
#%% zip of generators | f()
def letters():
    yield "a"
    yield "b"
def digits():
    yield 1
    yield 2
    yield 3
def f():
    return list(zip(letters(), digits()))
#%% one-line generator | f()
def gen(n):
    while n: n -= 1; yield n
def f():
    return list(gen(3))
#%% context manager generator | f()
from contextlib import contextmanager
@contextmanager
def tag(name, log):
    log.append("<" + name)
    try:
        yield name
    finally:
        log.append(name + ">")
def f():
    log = []
    with tag("a", log) as a:
        with tag("b", log):
            log.append(a)
    return log
#%% async | f()
import asyncio
async def work(n):
    await asyncio.sleep(0)
    return n * 2
async def main():
    a = await work(1)
    b = await work(a)
    return a + b
def f():
    return asyncio.run(main())
#%% async by hand | f()
class Ready:
    def __await__(self):
        x = yield "wait"
        return x
async def work():
    a = await Ready()
    b = await Ready()
    return a + b
def f():
    c = work()
    c.send(None)
    c.send(1)
    try:
        c.send(2)
    except StopIteration as e:
        return e.value
#%% async for and with | f()
class Steps:
    def __init__(self, n):
        self.n = n
    def __aiter__(self):
        return self
    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        return self.n
class Door:
    async def __aenter__(self):
        return "open"
    async def __aexit__(self, *a):
        return False
async def work():
    out = []
    async with Door() as d:
        async for s in Steps(2):
            out.append((d, s))
    return out
def f():
    c = work()
    try:
        c.send(None)
    except StopIteration as e:
        return e.value
#%% async generator | f()
async def ticks(n):
    for i in range(n):
        yield i
async def work():
    out = []
    async for t in ticks(3):
        out.append(t)
    return out + [t async for t in ticks(2)]
def f():
    c = work()
    try:
        c.send(None)
    except StopIteration as e:
        return e.value
#%% gather | f()
import asyncio
async def step(name, n, log):
    for i in range(n):
        log.append(name)
        await asyncio.sleep(0)
    return name
async def main(log):
    return await asyncio.gather(step("a", 2, log), step("b", 2, log))
def f():
    log = []
    out = asyncio.run(main(log))
    return out, log
#%% generator in class | f()
class Bag:
    def __init__(self, *items):
        self.items = items
    def __iter__(self):
        for i in self.items:
            yield i
def f():
    b = Bag(1, 2)
    return [x for x in b], max(b)
#%% yield in try | f()
def gen():
    for i in range(2):
        try:
            yield i
        except KeyError:
            yield -1
        else:
            yield 10 + i
        finally:
            i = 0
def f():
    return list(gen())
#%% generator return in loop | f()
def gen(xs):
    for x in xs:
        if x < 0:
            return
        yield x
def f():
    return list(gen([1, 2, -1, 3]))
#%% sent into loop | f()
def avg():
    total = 0
    n = 0
    value = None
    while True:
        x = yield value
        total += x
        n += 1
        value = total / n
def f():
    a = avg()
    next(a)
    return [a.send(x) for x in (2, 4, 9)]
