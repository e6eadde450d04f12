#%% same line in both branches | f(5)
def f(n):
    if n > 3:
        n += 1
        n += 2
    else:
        n -= 1
        n += 2
    return n
#%% same line twice in a row | f(5)
def f(n):
    n += 1
    n += 1
    n += 1
    return n
#%% equal loops | f(2)
def f(n):
    total = 0
    for i in range(n):
        total += i
    for i in range(n):
        total += i
    return total
#%% equal functions bodies | f(3)
def g(x):
    x = x + 1
    return x
def h(x):
    x = x * 2
    y = 0
    x = x + 1
    return x
def f(x):
    a = g(x)
    b = h(x)
    return a + b
#%% two returns | f([0, 1, 2])
def one(x):
    if x == 0:
        return x
    x = -x
    return x
def f(xs):
    out = []
    for x in xs:
        out.append(one(x))
    return out
#%% break and continue twins | f([1, 2, 3, 4])
def f(xs):
    out = []
    for x in xs:
        if x == 1:
            continue
        if x == 3:
            continue
        out.append(x)
    return out
#%% append twins | f("aXbY")
def f(s):
    out = []
    for c in s:
        if c.isupper():
            out.append(c)
            c = c.lower()
            out.append(c)
        else:
            out.append("_")
            out.append(c)
    return out
#%% same handler twice | f("x")
def f(x):
    try:
        x = int(x)
    except ValueError:
        x = 0
    try:
        x = int("y")
    except ValueError:
        x = 0
    return x
#%% finally twins | f(1)
def f(x):
    log = []
    try:
        log.append(x)
    finally:
        log.append("done")
    try:
        log.append(x)
    finally:
        log.append("done")
    return log
#%% same method in two classes | f()
class A:
    def size(self):
        n = 1
        return n
class B:
    def size(self):
        n = 2
        return n
def f():
    a = A()
    b = B()
    return a.size() + b.size()
#%% same init in two classes | f()
class A:
    def __init__(self, x):
        self.x = x
class B:
    def __init__(self, x):
        self.y = 0
        self.x = x
def f():
    a = A(1)
    b = B(2)
    return a.x + b.x
#%% inherited init | f()
class Base:
    def __init__(self, name):
        self.name = name
        self.log = []
class Child(Base):
    def __init__(self, name):
        super().__init__(name)
        self.extra = True
class Grandchild(Child):
    def __init__(self, name):
        super().__init__(name)
        self.more = 1
def f():
    g = Grandchild("g")
    c = Child("c")
    b = Base("b")
    return g.name + c.name + b.name
#%% overridden method without super | f()
class Shape:
    def area(self):
        return 0
    def twice(self):
        return self.area() * 2
class Square(Shape):
    def area(self):
        side = 3
        return side * side
def f():
    shapes = [Shape(), Square()]
    return [s.twice() for s in shapes]
#%% overridden method with super | f()
class Shape:
    def area(self):
        return 1
class Square(Shape):
    def area(self):
        return super().area() + 8
def f():
    s = Square()
    return s.area()
#%% twin wrappers | f(2)
def double(g):
    def wrapper(x):
        return g(x) * 2
    return wrapper
def shift(g):
    def wrapper(x):
        return g(x) + 1
    return wrapper
@double
@shift
def h(x):
    return x
def f(n):
    return h(n)
#%% twin inner functions | f(3)
def outer1(n):
    def inner(k):
        k += 1
        return k
    return inner(n)
def outer2(n):
    def inner(k):
        k += 2
        return k
    return inner(n)
def f(n):
    return outer1(n) + outer2(n)
#%% twin comprehensions | f([1, 2])
def f(xs):
    a = [x for x in xs]
    b = len(a)
    a = [x for x in xs]
    return a, b
#%% nested equal loops | f(2)
def f(n):
    out = []
    for i in range(n):
        for j in range(n):
            out.append(i)
        for j in range(n):
            out.append(i)
    return out
#%% while twins | f(6)
def f(n):
    while n > 4:
        n -= 1
    n += 3
    while n > 4:
        n -= 1
    return n
#%% with twins | f()
from contextlib import nullcontext
def f():
    out = []
    with nullcontext(1) as x:
        out.append(x)
    with nullcontext(1) as x:
        out.append(x)
    return out
#%% raise twins | f(2)
def g(n):
    if n == 1:
        raise ValueError("no")
    if n == 2:
        raise ValueError("no")
    return n
def f(n):
    try:
        return g(n)
    except ValueError:
        return -1
#%% blank and comment twins | f(3)
def f(n):
    # step
    n += 1  # step

    # step
    n += 1  # step

    return n
#%% trailing blanks | f(3)
def f(n):
    n += 1   
    n += 1
    n += 1	
    return n
#%% multi-line twins | f(1)
def f(x):
    a = [
        x,
        x,
        x,
    ]
    b = [
        x,
        x,
    ]
    return a + b
#%% twin elements in calls | f(2)
def g(a, b):
    return a * b
def f(x):
    y = g(
        x,
        x,
    )
    z = g(
        x,
        y,
    )
    return z
#%% recursion with twins | f(3)
def f(n):
    if n == 0:
        return 1
    a = f(n - 1)
    n -= 1
    a += n
    n -= 1
    a += n
    return a
#%% twin generators | f()
def g():
    yield 1
    yield 2
def h():
    yield 3
    yield 1
    yield 2
def f():
    a = g()
    b = h()
    return [next(a), next(b), next(b), next(a), next(b)]
#%% interleaved copies of one generator | f()
def g():
    yield 0
    yield 0
    yield 0
def f():
    a, b = g(), g()
    return next(a), next(a), next(b), next(a), next(b)
#%% ends of branches | f(3)
def f(n):
    if n == 1:
        x = "one"
        y = x
    elif n == 2:
        x = "two"
        y = x
    elif n == 3:
        x = "three"
        y = x
    else:
        x = "many"
        y = x
    return y
#%% twin lambdas | f(3)
def f(n):
    g = lambda v: v + 1
    a = g(n)
    h = lambda v: v + 1
    b = h(a)
    return a, b
#%% unknown twin branch | f(1)
def f(n):
    if n:
        n = 1
    else:
        n = 1
    return n
