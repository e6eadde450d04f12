#: int_(0, 6)
def countdown(n):
    while n > 0:
        yield n
        n -= 1

def run(n):
    result = []
    for value in countdown(n):
        result.append(value)
    return result

#: int_(1, 12)
from itertools import islice

def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b

def first_fibs(n):
    return list(islice(fibonacci(), n))

#: int_(3, 14)
def primes():
    found = []
    n = 2
    while True:
        if all(n % p for p in found):
            found.append(n)
            yield n
        n += 1

def primes_below(limit):
    out = []
    for p in primes():
        if p >= limit:
            break
        out.append(p)
    return out

#: choice([1, [2, [3]]], [[], [4]], [])
def flatten(items):
    for item in items:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item

def flat_total(items):
    return sum(flatten(items))

#: int_(1, 4), int_(5, 9), choice(1, 2)
def my_range(start, stop, step):
    current = start
    while current < stop:
        yield current
        current += step

def squares(start, stop, step):
    return [x * x for x in my_range(start, stop, step)]

#: list_(int_(0, 9), 0, 6), int_(2, 3)
def batches(seq, size):
    batch = []
    for x in seq:
        batch.append(x)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch

def describe(seq, size):
    for number, b in enumerate(batches(seq, size), 1):
        print(f"batch {number}: {b}")

#: list_(int_(0, 9), 0, 6)
def pairs(xs):
    it = iter(xs)
    prev = next(it, None)
    for x in it:
        yield prev, x
        prev = x

def rises(xs):
    return sum(1 for a, b in pairs(xs) if b > a)

#: int_(1, 5)
class Countdown:
    def __init__(self, start):
        self.current = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.current <= 0:
            raise StopIteration
        self.current -= 1
        return self.current + 1

def use(start):
    text = ""
    for n in Countdown(start):
        text += str(n) + " "
    return text.strip()

#: word()
class Backwards:
    def __init__(self, data):
        self.data = data
        self.i = len(data)

    def __iter__(self):
        return self

    def __next__(self):
        if self.i == 0:
            raise StopIteration
        self.i -= 1
        return self.data[self.i]

def spell_backwards(w):
    return "-".join(Backwards(w))

#: list_(int_(1, 20), 0, 6)
def evens(nums):
    for n in nums:
        if n % 2 == 0:
            yield n

def doubled(nums):
    for n in nums:
        yield n * 2

def limited(nums, top):
    for n in nums:
        if n > top:
            return
        yield n

def pipeline(data):
    return list(limited(doubled(evens(data)), 30))

#: list_(int_(1, 9), 1, 5)
def running_average():
    total = 0
    count = 0
    average = None
    while True:
        value = yield average
        total += value
        count += 1
        average = total / count

def averages(values):
    gen = running_average()
    next(gen)
    return [round(gen.send(v), 2) for v in values]

#: int_(1, 4)
def next_demo(n):
    gen = (k * 10 for k in range(n))
    first = next(gen)
    second = next(gen, "nothing")
    rest = list(gen)
    again = list(gen)
    return first, second, rest, again

#: list_(char(), 1, 4), int_(1, 7)
def cycle(items):
    while True:
        for x in items:
            yield x

def deal(items, n):
    hands = []
    dealer = cycle(items)
    for _ in range(n):
        hands.append(next(dealer))
    return hands

#: list_(int_(0, 9), 0, 4), list_(int_(0, 9), 0, 4)
def interleave(a, b):
    i = 0
    while i < len(a) or i < len(b):
        if i < len(a):
            yield a[i]
        if i < len(b):
            yield b[i]
        i += 1

def mix(a, b):
    return tuple(interleave(a, b))

#: words(1, 4)
def capitals(text):
    for w in text.split():
        yield w.capitalize()

def headline(text):
    return " ".join(capitals(text)) + "!"

#: int_(1, 20)
def collatz(n):
    yield n
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        yield n

def collatz_info(n):
    length = 0
    peak = 0
    for value in collatz(n):
        length += 1
        if value > peak:
            peak = value
        if length == 15:
            break
    return length, peak

#: choice((2, (1, None, None), (3, None, None)), (4, None, (9, (6, None, None), None)), None)
def walk(tree):
    if tree is None:
        return
    value, left, right = tree
    yield from walk(left)
    yield value
    yield from walk(right)

def first_bigger(tree, limit=2):
    return next((v for v in walk(tree) if v > limit), -1)

#: list_(choice("a", "b"), 0, 7)
from itertools import groupby

def runs(letters):
    result = []
    for key, group in groupby(letters):
        result.append((key, len(list(group))))
    return result

#: list_(int_(1, 5), 0, 6)
from itertools import accumulate
import operator

def totals(xs):
    sums = list(accumulate(xs))
    products = list(accumulate(xs, operator.mul))
    return dict(zip(sums, products))

#: choice("ABC", "XY"), int_(1, 2)
import itertools

def codes(symbols, n):
    every = ["".join(p) for p in itertools.product(symbols, repeat=n)]
    chosen = ["".join(c) for c in itertools.combinations(symbols, n)]
    print(every)
    return chosen

#: list_(int_(1, 9), 0, 6)
from itertools import chain, takewhile, dropwhile, count

def split_at_big(xs):
    small = list(takewhile(lambda x: x < 7, xs))
    rest = list(dropwhile(lambda x: x < 7, xs))
    numbered = list(zip(count(1), chain(small, ["|"], rest)))
    return numbered

#: choice("name=Ann\n\nage=5\n# note", "", "x=1\nbad line\ny=2")
def lines(text):
    for line in text.split("\n"):
        line = line.strip()
        if line and not line.startswith("#"):
            yield line

def settings(text):
    conf = {}
    for line in lines(text):
        key, sep, value = line.partition("=")
        if sep:
            conf[key] = value
    return conf

#: int_(1, 5)
def noisy(n):
    print("start")
    try:
        for i in range(n):
            yield i
    finally:
        print("closed")

def stop_early(n):
    g = noisy(n)
    seen = []
    for value in g:
        seen.append(value)
        if value == 2:
            break
    g.close()
    return seen

#: int_(2, 5)
def pascal(limit):
    row = [1]
    for _ in range(limit):
        yield row
        row = [1] + [x + y for x, y in zip(row, row[1:])] + [1]

def odd_counts(limit):
    return [sum(v % 2 for v in row) for row in pascal(limit)]

#: list_(int_(1, 30), 1, 6), int_(5, 25)
def until_limit(prices, budget):
    spent = 0
    for p in prices:
        if spent + p > budget:
            return spent
        spent += p
        yield p
    return spent

def shop(prices, budget):
    def outer():
        total = yield from until_limit(prices, budget)
        yield f"spent {total}"

    return list(outer())

#: int_(1, 3), int_(1, 3)
class Grid:
    def __init__(self, w, h):
        self.w = w
        self.h = h

    def __iter__(self):
        for y in range(self.h):
            for x in range(self.w):
                yield x, y

    def __len__(self):
        return self.w * self.h

def cells(w, h):
    g = Grid(w, h)
    total = 0
    for x, y in g:
        total += x * y
    return len(g), total, (1, 0) in g
