#%% counter closure | f()
def make():
    n = 0
    def up():
        nonlocal n
        n += 1
        return n
    return up
def f():
    c = make()
    c()
    return c()
#%% late binding | f()
def f():
    fs = []
    for i in range(3):
        fs.append(lambda: i)
    return [g() for g in fs]
#%% early binding | f()
def f():
    fs = []
    for i in range(3):
        fs.append(lambda i=i: i)
    return [g() for g in fs]
#%% argument cell | f(3)
def f(n):
    def g(k):
        return n + k
    n += 1
    return g(1)
#%% compose | f(3)
def compose(*fs):
    def run(x):
        for g in fs:
            x = g(x)
        return x
    return run
def f(n):
    h = compose(lambda x: x + 1, lambda x: x * 2)
    return h(n)
#%% curry | f()
def add(a):
    def b(b):
        def c(c):
            return a + b + c
        return c
    return b
def f():
    return add(1)(2)(3)
#%% decorator | f(3)
def trace(fn):
    def wrapper(*args, **kwargs):
        result = fn(*args, **kwargs)
        return result
    return wrapper
@trace
def square(x):
    return x * x
def f(n):
    return square(n)
#%% decorator with arguments | f(2)
def repeat(times):
    def deco(fn):
        def wrapper(x):
            for _ in range(times):
                x = fn(x)
            return x
        return wrapper
    return deco
def f(n):
    @repeat(3)
    def double(x):
        return x * 2
    return double(n)
#%% decorated entry | f(3)
def twice(fn):
    def wrapper(n):
        return fn(fn(n))
    return wrapper
@twice
def f(n):
    return n + 1
#%% memo | f(6)
def f(n):
    cache = {}
    def fib(k):
        if k in cache:
            return cache[k]
        cache[k] = k if k < 2 else fib(k - 1) + fib(k - 2)
        return cache[k]
    return fib(n)
#%% lru cache | f(5)
from functools import lru_cache
@lru_cache(maxsize=None)
def fib(k):
    if k < 2:
        return k
    return fib(k - 1) + fib(k - 2)
def f(n):
    return fib(n)
#%% key function | f(["bb", "a", "ccc"])
def f(words):
    words.sort(key=lambda w: -len(w))
    return words
#%% map and filter | f([1, 2, 3, 4])
def f(xs):
    ys = map(lambda x: x * 3, xs)
    zs = filter(lambda y: y % 2 == 0, ys)
    return list(zs)
#%% reduce | f([1, 2, 3])
from functools import reduce
def f(xs):
    return reduce(lambda a, b: a * 10 + b, xs, 0)
#%% multi-line lambda | f(3)
def f(n):
    g = lambda x: (
        x
        + n
    )
    return g(1)
#%% lambda default | f()
def f():
    h = lambda a, b=2, *c, d=4, **e: (a, b, c, d, e)
    return h(1, 5, 6, z=7)
#%% callbacks | f()
def run(steps, value):
    for step in steps:
        value = step(value)
    return value
def f():
    return run([str, lambda s: s + "!", len], 42)
#%% shadowed closure | f(1)
def f(x):
    def g():
        x = 10
        def h():
            return x
        return h()
    return g() + x
#%% nested functions same name | f(2)
def f(n):
    def f(k):
        return k * 2
    return f(n)
#%% partial | f(3)
from functools import partial
def power(base, exponent):
    return base ** exponent
def f(n):
    cube = partial(power, exponent=3)
    return cube(n)
#%% two lambdas on one line | f(2)
def f(n):
    a, b = (lambda x: x + n), (lambda x: x * n)
    return a(5), b(5)
