#%% list | f(3)
def f(n):
    return [i * 2 for i in range(n)]
#%% filtered | f(6)
def f(n):
    xs = [i for i in range(n) if i % 2]
    return xs
#%% nested | f(2)
def f(n):
    return [[i + j for j in range(n)] for i in range(n)]
#%% two loops | f(2)
def f(n):
    return [(i, j) for i in range(n) for j in range(i + 1)]
#%% dict | f("abca")
def f(s):
    return {c: s.count(c) for c in s}
#%% set | f([1, 2, 2, 3])
def f(xs):
    return {x % 2 for x in xs}
#%% free variable | f(3)
def f(k):
    base = 10
    return [base + i * k for i in range(k)]
#%% multi-line | f(4)
def f(n):
    return [
        i * i
        for i in range(n)
        if i % 2 == 0
    ]
#%% multi-line dict | f(["a", "b"])
def f(names):
    return {
        name: index
        for index, name in enumerate(names)
    }
#%% in condition | f([1, 2])
def f(xs):
    if [x for x in xs if x > 1]:
        return "yes"
    return "no"
#%% in argument | f([3, 1])
def f(xs):
    return sorted([x + 1 for x in xs], reverse=True)
#%% list and generator on one line | f([1, 2])
def f(xs):
    return sum([x for x in xs]) + sum(x * 2 for x in xs)
#%% three of a kind on one line | f(2)
def f(n):
    return [a for a in range(n)], {b for b in range(n)}, {c: c for c in range(n)}
#%% calls inside | f(2)
def g(x):
    y = x + 1
    return y
def f(n):
    return [g(i) for i in range(n)]
#%% walrus inside | f([1, 2, 3])
def f(xs):
    ys = [y for x in xs if (y := x * x) > 1]
    return ys, y
#%% any and all | f([0, 1, 2])
def f(xs):
    a = any(x > 1 for x in xs)
    b = all(x > 1 for x in xs)
    return a, b
#%% flatten | f([[1], [2, 3]])
def f(xss):
    return [x for xs in xss for x in xs]
#%% conditional element | f(3)
def f(n):
    return ["even" if i % 2 == 0 else "odd" for i in range(n)]
#%% nested free | f(2)
def f(n):
    k = 3
    return [sum(k * j for j in range(i)) for i in range(n + 1)]
#%% loop variable twin | f([1, 2])
def f(xs):
    x = 100
    ys = [x for x in xs]
    return x, ys
#%% starred | f([1, 2])
def f(xs):
    return [*xs, *(x + 10 for x in xs)]
#%% comprehension in class | f()
def f():
    class T:
        n = 2
        xs = [i for i in range(n)]
    return T.xs
#%% comprehension in default | f()
def f():
    def g(xs=[i for i in range(2)]):
        return xs
    return g()
#%% empty | f([])
def f(xs):
    return [x for x in xs], {x for x in xs}, sum(x for x in xs)
