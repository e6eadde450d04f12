#%% counter | f()
class Counter:
    def __init__(self):
        self.n = 0
    def up(self):
        self.n += 1
        return self
def f():
    c = Counter()
    c.up().up()
    return c.n
#%% bank | f(100)
class Account:
    rate = 0.1
    def __init__(self, balance):
        self.balance = balance
    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount")
        self.balance += amount
    @property
    def interest(self):
        return self.balance * self.rate
    @classmethod
    def empty(cls):
        return cls(0)
    @staticmethod
    def fee(x):
        return x // 10
def f(n):
    a = Account(n)
    a.deposit(Account.fee(n))
    b = Account.empty()
    try:
        b.deposit(-1)
    except ValueError:
        pass
    return a.interest
#%% operators | f()
class V:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return V(self.x + other.x, self.y + other.y)
    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)
    def __len__(self):
        return 2
    def __getitem__(self, i):
        return (self.x, self.y)[i]
def f():
    v = V(1, 2) + V(3, 4)
    return v == V(4, 6), len(v), v[1], list(v)
#%% dataclass | f()
from dataclasses import dataclass, field
@dataclass
class Item:
    name: str
    tags: list = field(default_factory=list)
    def tag(self, t):
        self.tags.append(t)
        return self
def f():
    a = Item("a").tag("x")
    b = Item("a", ["x"])
    return a == b
#%% class inside function | f(3)
def f(n):
    class Local:
        size = n
        def get(self):
            return self.size
    return Local().get()
#%% metaclass | f()
class Meta(type):
    def __new__(mcls, name, bases, ns):
        ns["tag"] = name.lower()
        return super().__new__(mcls, name, bases, ns)
def f():
    class Thing(metaclass=Meta):
        x = 1
    return Thing.tag
#%% slots and del | f()
class P:
    __slots__ = ("x",)
    def __init__(self, x):
        self.x = x
def f():
    p = P(1)
    del p.x
    return hasattr(p, "x")
#%% linked list | f([1, 2, 3])
class Node:
    def __init__(self, value, nxt=None):
        self.value = value
        self.nxt = nxt
def f(xs):
    head = None
    for x in reversed(xs):
        head = Node(x, head)
    out = []
    while head is not None:
        out.append(head.value)
        head = head.nxt
    return out
#%% tree | f()
class Tree:
    def __init__(self, key):
        self.key = key
        self.left = self.right = None
    def insert(self, key):
        if key < self.key:
            if self.left is None:
                self.left = Tree(key)
            else:
                self.left.insert(key)
        else:
            if self.right is None:
                self.right = Tree(key)
            else:
                self.right.insert(key)
    def walk(self):
        left = self.left.walk() if self.left else []
        right = self.right.walk() if self.right else []
        return left + [self.key] + right
def f():
    t = Tree(5)
    for k in (3, 8, 1):
        t.insert(k)
    return t.walk()
#%% getattr | f()
class Lazy:
    def __getattr__(self, name):
        if name.startswith("x"):
            return len(name)
        raise AttributeError(name)
def f():
    z = Lazy()
    return z.xyz, getattr(z, "no", None)
#%% call and context | f()
class Box:
    def __init__(self, log):
        self.log = log
    def __call__(self, x):
        self.log.append(x)
        return self
    def __enter__(self):
        return self(1)
    def __exit__(self, *exc):
        self(2)
        return False
def f():
    log = []
    with Box(log) as b:
        b(3)
    return log
#%% multiple inheritance | f()
class A:
    def who(self):
        return ["A"]
class B(A):
    def who(self):
        return ["B"] + super().who()
class C(A):
    def who(self):
        return ["C"] + super().who()
class D(B, C):
    def who(self):
        return ["D"] + super().who()
def f():
    return D().who()
#%% descriptor | f()
class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name
    def __get__(self, obj, cls):
        return getattr(obj, self.name)
    def __set__(self, obj, value):
        if value < 0:
            value = 0
        setattr(obj, self.name, value)
class R:
    w = Positive()
def f():
    r = R()
    r.w = -4
    return r.w
#%% iterator class | f(3)
class Up:
    def __init__(self, n):
        self.n = n
        self.i = 0
    def __iter__(self):
        return self
    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i
def f(n):
    total = 0
    for x in Up(n):
        total += x
    return total
#%% enum | f()
from enum import Enum
class Color(Enum):
    RED = 1
    BLUE = 2
def f():
    c = Color.RED
    out = []
    for c in Color:
        out.append(c.name)
    return out, c
#%% namedtuple | f()
from collections import namedtuple
Point = namedtuple("Point", "x y")
def f():
    p = Point(1, 2)
    q = p._replace(x=5)
    return q, p.x
#%% class body with code | f(2)
def f(n):
    class T:
        total = 0
        for i in range(n):
            total += i
        del i
        squares = [k * k for k in range(3)]
    return T.total, T.squares
#%% private names | f()
class S:
    def __init__(self):
        self.__x = 1
    def __bump(self):
        self.__x += 1
    def run(self):
        self.__bump()
        return self.__x
def f():
    return S().run()
#%% repr of own class | f()
class Named:
    def __init__(self, n):
        self.n = n
    def __repr__(self):
        return f"Named({self.n})"
def f():
    x = Named(1)
    y = [x, Named(2)]
    return y
#%% decorated class | f()
def register(cls):
    cls.known = True
    return cls
def f():
    @register
    class T:
        x = 1
    return T.known
