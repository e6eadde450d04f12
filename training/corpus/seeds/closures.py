#: int_(1, 5), int_(0, 4)
def make_counter(step):
    count = 0

    def counter():
        nonlocal count
        count += step
        return count

    return counter

def use_counter(step, times):
    c = make_counter(step)
    values = []
    for _ in range(times):
        values.append(c())
    return values

#: int_(1, 9), int_(1, 9)
def make_adder(n):
    return lambda x: x + n

def add_twice(a, b):
    add_a = make_adder(a)
    add_b = make_adder(b)
    return add_a(add_b(10))

#: int_(0, 100), list_(int_(-40, 60), 0, 5)
def account(balance):
    def deposit(amount):
        nonlocal balance
        balance += amount
        return balance

    def withdraw(amount):
        nonlocal balance
        if amount > balance:
            return "insufficient funds"
        balance -= amount
        return balance

    return {"deposit": deposit, "withdraw": withdraw}

def transactions(start, amounts):
    acc = account(start)
    log = []
    for a in amounts:
        if a >= 0:
            log.append(acc["deposit"](a))
        else:
            log.append(acc["withdraw"](-a))
    return log

#: int_(2, 4)
def late_binding(n):
    functions = []
    for i in range(n):
        functions.append(lambda: i * 10)
    wrong = [f() for f in functions]
    functions = []
    for i in range(n):
        functions.append(lambda i=i: i * 10)
    right = [f() for f in functions]
    return wrong, right

#: list_(int_(-5, 9), 0, 5)
def compose(*functions):
    def combined(x):
        for f in functions:
            x = f(x)
        return x

    return combined

def transform(numbers):
    pipeline = compose(abs, lambda x: x * x, str)
    return [pipeline(n) for n in numbers]

#: word(), int_(1, 3)
def logged(func):
    def wrapper(*args, **kwargs):
        print("calling", func.__name__)
        result = func(*args, **kwargs)
        print("returned", result)
        return result

    return wrapper

@logged
def repeat(text, times):
    return text * times

#: int_(0, 9), int_(0, 9)
def double_result(f):
    def inner(a, b):
        return 2 * f(a, b)
    return inner

@double_result
def add(a, b):
    return a + b

def main(x, y):
    once = add(x, y)
    twice = add(once, 1)
    return once, twice

#: list_(int_(0, 6), 1, 4)
import functools

def memoize(fn):
    cache = {}

    @functools.wraps(fn)
    def wrapper(n):
        if n not in cache:
            cache[n] = fn(n)
        return cache[n]

    wrapper.cache = cache
    return wrapper

@memoize
def square_sum(n):
    total = 0
    for k in range(n + 1):
        total += k * k
    return total

def lookup_all(ns):
    answers = [square_sum(n) for n in ns]
    return answers, len(square_sum.cache), square_sum.__name__

#: int_(1, 4)
def repeat(times):
    def decorator(func):
        def wrapper(x):
            for _ in range(times):
                x = func(x)
            return x
        return wrapper
    return decorator

@repeat(3)
def double(x):
    return x * 2

def apply_double(n):
    return double(n)

#: list_(one_of(int_(1, 9), word()), 1, 4)
def only_ints(func):
    def check(*args):
        for a in args:
            if not isinstance(a, int):
                return "bad argument: " + repr(a)
        return func(*args)
    return check

@only_ints
def product(*numbers):
    p = 1
    for n in numbers:
        p *= n
    return p

def try_product(values):
    return product(*values)

#: int_(1, 5)
def count_calls(f):
    def wrapped(*args):
        wrapped.calls += 1
        return f(*args)
    wrapped.calls = 0
    return wrapped

@count_calls
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def calls_for(n):
    value = fib(n)
    return {"fib": value, "calls": fib.calls}

#: words(1, 3)
def bold(f):
    return lambda s: "<b>" + f(s) + "</b>"

def italic(f):
    return lambda s: "<i>" + f(s) + "</i>"

@bold
@italic
def clean(s):
    return s.strip().lower()

def render(text):
    return clean(text)

#: list_(int_(), 0, 6)
def keep_big_even(nums):
    big = filter(lambda n: n > 5, nums)
    even = filter(lambda n: n % 2 == 0, big)
    halves = map(lambda n: n // 2, even)
    return list(halves)

#: list_(int_(1, 9), 1, 5)
from functools import reduce

def reduce_demo(nums):
    total = reduce(lambda a, b: a + b, nums)
    product = reduce(lambda a, b: a * b, nums, 1)
    largest = reduce(lambda a, b: a if a > b else b, nums)
    return total, product, largest

#: list_(tuple_(word(), int_(1, 9)), 0, 4)
def sort_with_keys(pairs):
    by_number = sorted(pairs, key=lambda p: p[1])
    by_length = sorted(pairs, key=lambda p: len(p[0]), reverse=True)
    best = max(pairs, key=lambda p: p[1], default=None)
    return by_number, by_length, best

#: choice("add", "sub", "mul", "pow"), int_(1, 9), int_(1, 4)
def calculator(op, x, y):
    operations = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
    }
    action = operations.get(op)
    if action is None:
        print("Unknown operation:", op)
        return None
    return action(x, y)

#: list_(int_(1, 5), 0, 4)
def add_item(item, bag=[]):
    bag.append(item)
    return bag

def mutable_default(items):
    last = None
    for it in items:
        last = add_item(it)
    fresh = add_item(99, [])
    return last, fresh

#: list_(int_(1, 5), 0, 4)
def collect(x, into=None):
    if into is None:
        into = []
    into.append(x)
    return into

def no_trap(items):
    return [collect(i) for i in items]

#: int_(1, 9)
counter = 0

def increment(by):
    global counter
    counter += by

def shadow(by):
    counter = 100
    counter += by
    return counter

def scopes(n):
    increment(n)
    local = shadow(n)
    increment(1)
    return counter, local

#: int_(1, 9)
x = "global"

def outer(n):
    x = "outer"

    def inner():
        x = "inner"
        return x * n

    def change():
        nonlocal x
        x = x.upper()

    a = inner()
    change()
    return a, x

def check_scope(n):
    result = outer(n % 3)
    return result, x

#: int_(1, 9)
limit = 10

def broken(n):
    if n > 5:
        limit = n
    return limit * 2

def unbound_demo(n):
    try:
        return broken(n)
    except UnboundLocalError as error:
        print("error:", error)
        return None

#: list_(int_(1, 9), 0, 4), name()
def describe(*args, sep=", ", **kwargs):
    text = sep.join(str(a) for a in args)
    for key, value in kwargs.items():
        text += f" [{key}={value}]"
    return text

def call_variants(values, who):
    a = describe(*values)
    b = describe(who, sep="-", size=len(values))
    c = describe(**{"who": who, "first": values[:1]})
    return [a, b, c]

#: int_(1, 9), int_(1, 9)
def order(main, side="rice", *extras, drink="water", **notes):
    parts = [main, side, *extras, drink]
    if notes:
        parts.append(sorted(notes))
    return parts

def restaurant(n, m):
    one = order("soup")
    two = order("fish", "chips", "peas", drink="tea")
    three = order("pizza", table=n, guests=m)
    return one, two, three

#: list_(int_(1, 9), 2, 5)
def unpack(values):
    first, *middle, last = values
    a, b = first, last
    a, b = b, a
    (p, q), r = (a, b), middle
    print(p, q, r)
    return [a, *middle, b]

#: int_(2, 9), list_(int_(0, 20), 1, 5)
from functools import partial

def scale(factor, offset, x):
    return factor * x + offset

def scaled(factor, xs):
    f = partial(scale, factor, 1)
    g = partial(scale, 3, 0)
    return [f(x) for x in xs], g(factor)

#: int_(1, 4)
def make_multipliers():
    table = {}
    for k in range(1, 4):
        def times(x, k=k):
            return x * k
        table[k] = times
    return table

def use_table(n):
    table = make_multipliers()
    if n in table:
        return table[n](10)
    return -1

#: list_(float_(1, 30), 1, 5)
def make_averager():
    series = []

    def averager(new_value):
        series.append(new_value)
        return sum(series) / len(series)

    return averager

def smooth(xs):
    avg = make_averager()
    return [round(avg(x), 2) for x in xs]

#: list_(choice("north", "south", "jump", "quit"), 0, 5)
def game(commands):
    y = 0
    running = True

    def north():
        nonlocal y
        y += 1

    def south():
        nonlocal y
        y -= 1

    def stop():
        nonlocal running
        running = False

    actions = {"north": north, "south": south, "quit": stop}
    for c in commands:
        if not running:
            break
        actions.get(c, lambda: print("?", c))()
    return y

#: int_(2, 40)
def check(*rules):
    def run(value):
        return [name for name, rule in rules if rule(value)]
    return run

def classify(n):
    tests = check(
        ("even", lambda v: v % 2 == 0),
        ("square", lambda v: int(v ** 0.5) ** 2 == v),
        ("small", lambda v: v < 10),
    )
    return tests(n)

#: int_(1, 8), list_(int_(1, 9), 0, 4)
def apply_n(f, n, x):
    return x if n == 0 else f(apply_n(f, n - 1, x))

def church(n, xs):
    total = apply_n(lambda v: v + 2, n, 0)
    mapped = list(map(lambda a, b: a - b, xs, range(len(xs))))
    return total, mapped

#: int_(0, 30)
def validate(minimum, maximum):
    def decorator(func):
        def wrapper(value):
            if not minimum <= value <= maximum:
                raise ValueError(f"{value} not in {minimum}..{maximum}")
            return func(value)
        return wrapper
    return decorator

@validate(0, 20)
def grade(points):
    return points / 20

def safe_grade(points):
    try:
        return grade(points)
    except ValueError as e:
        return str(e)
