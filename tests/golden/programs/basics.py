#%% add | f(2, 3)
def f(a, b):
    c = a + b
    return c
#%% countdown | f(4)
def f(n):
    out = []
    while n > 0:
        out.append(n)
        n -= 1
    return out
#%% fizzbuzz | fizzbuzz(15)
def fizzbuzz(n):
    result = []
    for i in range(1, n + 1):
        if i % 15 == 0:
            result.append("FizzBuzz")
        elif i % 3 == 0:
            result.append("Fizz")
        elif i % 5 == 0:
            result.append("Buzz")
        else:
            result.append(i)
    return result
#%% gcd | gcd(48, 18)
def gcd(a, b):
    while b:
        a, b = b, a % b
    return a
#%% primes | primes(20)
def primes(n):
    sieve = [True] * (n + 1)
    sieve[0] = sieve[1] = False
    p = 2
    while p * p <= n:
        if sieve[p]:
            for m in range(p * p, n + 1, p):
                sieve[m] = False
        p += 1
    return [i for i, ok in enumerate(sieve) if ok]
#%% binary search | search([1, 3, 5, 7, 9, 11], 7)
def search(xs, target):
    lo, hi = 0, len(xs) - 1
    while lo <= hi:
        mid = (lo + hi) // 2
        if xs[mid] == target:
            return mid
        if xs[mid] < target:
            lo = mid + 1
        else:
            hi = mid - 1
    return -1
#%% bubble sort | sort([4, 2, 5, 1])
def sort(xs):
    n = len(xs)
    for i in range(n):
        swapped = False
        for j in range(n - i - 1):
            if xs[j] > xs[j + 1]:
                xs[j], xs[j + 1] = xs[j + 1], xs[j]
                swapped = True
        if not swapped:
            break
    return xs
#%% matrix | transpose([[1, 2, 3], [4, 5, 6]])
def transpose(m):
    rows = len(m)
    cols = len(m[0])
    out = []
    for c in range(cols):
        row = []
        for r in range(rows):
            row.append(m[r][c])
        out.append(row)
    return out
#%% word count | count("a b a c b a")
def count(text):
    seen = {}
    for word in text.split():
        if word in seen:
            seen[word] += 1
        else:
            seen[word] = 1
    return seen
#%% for else | f(7)
def f(n):
    for d in range(2, n):
        if n % d == 0:
            kind = "composite"
            break
    else:
        kind = "prime"
    return kind
#%% while else | f([3, 1, 2], 9)
def f(xs, x):
    i = 0
    while i < len(xs):
        if xs[i] == x:
            break
        i += 1
    else:
        i = -1
    return i
#%% continue | f([1, None, 2, None, 3])
def f(xs):
    total = 0
    for x in xs:
        if x is None:
            continue
        total += x
    return total
#%% nested ifs | f(5, -5)
def f(a, b):
    if a > 0:
        if b > 0:
            q = 1
        else:
            q = 4
    else:
        if b > 0:
            q = 2
        else:
            q = 3
    return q
#%% match | f([("go", 1), ("stop",), {"x": 2}, 7])
def f(commands):
    out = []
    for c in commands:
        match c:
            case ("go", n):
                out.append(n)
            case ("stop",):
                out.append("stop")
            case {"x": x}:
                out.append(x)
            case int() | float():
                out.append("number")
            case _:
                out.append(None)
    return out
#%% match guards | f(12)
def f(n):
    match n:
        case 0:
            return "zero"
        case k if k < 10:
            return "small"
        case k if k < 100:
            return "medium"
    return "large"
#%% no return | f(3)
def f(n):
    n += 1
#%% only pass | f()
def f():
    pass
#%% only docstring | f(1)
def f(x):
    """Nothing else."""
#%% docstring and body | f(1)
def f(x):
    """A docstring
    over two lines."""
    return x
#%% floats | f(0.1, 1e300)
def f(a, b):
    c = a + 0.2
    d = b * 1e10
    e = -d
    n = d - d
    return c, e, str(n)
#%% big integers | f(60)
def f(n):
    x = 1
    for i in range(1, n, 7):
        x *= i + 10 ** 12
    return x
#%% complex numbers | f(1 + 2j)
def f(z):
    w = z * z
    v = w.conjugate()
    return abs(w) == abs(v), v
#%% booleans | f(True, False)
def f(a, b):
    c = a and b
    d = a or b
    e = not a
    g = a ^ b
    return c, d, e, g
#%% chained comparison | f(3)
def f(x):
    ok = 1 < x < 5
    both = (
        0 < x
        < 10
    )
    return ok and both
#%% augmented | f(7)
def f(x):
    x += 3
    x -= 1
    x *= 2
    x //= 3
    x **= 2
    x %= 10
    x <<= 2
    x |= 1
    return x
#%% star unpacking | f([1, 2, 3, 4, 5])
def f(xs):
    first, *middle, last = xs
    (a, b), *rest = [middle[:2], middle]
    return first, last, a, b, rest
#%% walrus | f([1, 5, 2, 8])
def f(xs):
    out = []
    while (n := len(xs)) > 1:
        if (x := xs.pop()) > 3:
            out.append((n, x))
    return out
#%% global state | f(3)
counter = 10
def f(n):
    global counter
    for _ in range(n):
        counter += 1
    return counter
#%% shadowing | f([1, 2, 3])
def f(list):
    sum = 0
    for max in list:
        sum += max
    len = sum
    return len
#%% delete | f(2)
def f(x):
    y = x * 2
    z = y + 1
    del y
    y = "again"
    del x, z
    return y
#%% slices | f("abcdefgh")
def f(s):
    a = s[1:4]
    b = s[::-1]
    c = s[-3:]
    d = s[::2]
    return a + b + c + d
#%% ternaries | f(4)
def f(n):
    size = "big" if n > 3 else "small"
    sign = (
        "pos"
        if n > 0
        else "neg"
    )
    return size + sign
#%% assertion | f(4)
def f(n):
    assert n > 0
    assert n < 10, "too big"
    return n
#%% default arguments | f(1)
def f(a, b=2, *, c=3):
    return a + b + c
#%% star arguments | f(1, 2, 3, x=4, y=5)
def f(first, *rest, x, **more):
    total = first + sum(rest) + x
    for name, value in more.items():
        total += value
    return total
#%% positional only | f(1, 2, c=3)
def f(a, /, b, *, c):
    return [a, b, c]
#%% entry with computed arguments | g(f(2), [f(3)], c=len("abc"))
def f(n):
    return n * 2
def g(a, b, c):
    return a + b[0] + c
#%% entry method | T(3).run(1, y=T(2))
class T:
    def __init__(self, n):
        self.n = n
    def run(self, x, y):
        return self.n + x + y.n
#%% entry with lambda | f([3, 1, 2], key=lambda v: helper(v))
def helper(v):
    return -v
def f(xs, key):
    return sorted(xs, key=key)
#%% entry with variable | f(DATA, *REST)
DATA = [1, 2]
REST = (3,)
def f(a, b):
    a.append(b)
    return a
#%% entry is a class | Pair(1, 2)
class Pair:
    def __init__(self, a, b):
        self.a = a
        self.b = b
#%% entry with a set | f({"b", "a", "c"})
def f(s):
    return sorted(s)
#%% entry defined twice | f(1)
def f(n):
    return n
def f(n):
    return n + 1
#%% entry rebound | f(1)
def f(n):
    return n
g = f
f = lambda n: g(n) + 1
#%% recursive argument | f(f(1))
def f(n):
    n += 1
    return n
#%% coroutine entry | asyncio.run(work(2))
import asyncio
async def work(n):
    await asyncio.sleep(0)
    return n
