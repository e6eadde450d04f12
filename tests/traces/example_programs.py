"""Small programs that the tests of alignment, scoring and files trace. Each has a `main()`."""

from __future__ import annotations

import textwrap
from functools import cache

from tests.traces.settrace_reference import record
from traces.events import EndStatus, TraceEvent


@cache
def traced(name: str) -> tuple[TraceEvent, ...]:
    """The real trace of one program."""
    return tuple(record(PROGRAMS[name], "main()"))


def status_of(name: str) -> EndStatus:
    """How that program ends."""
    return "exception" if name in UNCAUGHT else "ok"


_TEXTS = {
    "count_letters": '''
        def count(text, letter):
            n = 0
            for c in text:
                n += int(c == letter)
            return n

        def main():
            word = "strawberry"
            total = count(word, "r")
            return total * 2
    ''',
    "fizzbuzz": '''
        def word(n):
            if n % 15 == 0:
                return "fizzbuzz"
            if n % 5 == 0:
                return "buzz"
            if n % 3 == 0:
                return "fizz"
            return str(n)

        def main():
            out = []
            for i in range(1, 7):
                out.append(word(i))
            return out
    ''',
    "fib": '''
        def fib(n):
            if n < 2:
                return n
            a = fib(n - 1)
            b = fib(n - 2)
            return a + b

        def main():
            return fib(4)
    ''',
    "bubble_sort": '''
        def main():
            data = [5, 2, 4, 1]
            n = len(data)
            for i in range(n):
                swapped = False
                for j in range(n - i - 1):
                    if data[j] > data[j + 1]:
                        data[j], data[j + 1] = data[j + 1], data[j]
                        swapped = True
                if not swapped:
                    break
            return data
    ''',
    "dict_of_lists": '''
        def group(words):
            table = {}
            for w in words:
                key = len(w)
                if key not in table:
                    table[key] = []
                table[key].append(w)
            return table

        def main():
            found = group(["a", "bb", "c", "dd", "eee"])
            keys = sorted(found)
            return {k: found[k] for k in keys}
    ''',
    "caught_exception": '''
        def divide(a, b):
            return a / b

        def main():
            results = []
            for b in (2, 0, 4):
                try:
                    results.append(divide(1, b))
                except ZeroDivisionError as error:
                    results.append(str(error))
                finally:
                    last = b
            return results, last
    ''',
    "uncaught_exception": '''
        def find(table, key):
            if not table:
                return None
            return table[key]

        def main():
            table = {"a": 1}
            first = find(table, "a")
            second = find(table, "b")
            return first + second
    ''',
    "generator": '''
        def squares(limit):
            n = 0
            while n * n < limit:
                yield n * n
                n += 1

        def main():
            total = 0
            for s in squares(20):
                total += s
            return total
    ''',
    "closure": '''
        def make_counter(start):
            count = start

            def step(by):
                nonlocal count
                count += by
                return count

            return step

        def main():
            tick = make_counter(10)
            a = tick(1)
            b = tick(5)
            return a + b
    ''',
    "class_account": '''
        class Account:
            def __init__(self, owner, balance):
                self.owner = owner
                self.balance = balance

            def deposit(self, amount):
                self.balance += amount
                return self.balance

            def __repr__(self):
                return f"Account({self.owner!r}, {self.balance})"

        def main():
            a = Account("ann", 10)
            b = a
            b.deposit(5)
            a.deposit(2)
            return a.balance
    ''',
    "sets": '''
        def main():
            seen = set()
            repeated = set()
            for n in [3, 1, 3, 2, 1]:
                if n in seen:
                    repeated.add(n)
                seen.add(n)
            both = frozenset(seen & repeated)
            return sorted(both)
    ''',
    "comprehensions": '''
        def main():
            evens = [n for n in range(6) if n % 2 == 0]
            pairs = {n: n * n for n in evens}
            text = "".join(str(v) for v in pairs.values())
            return text
    ''',
    "string_walk": '''
        def is_palindrome(text):
            left = 0
            right = len(text) - 1
            while left < right:
                if text[left] != text[right]:
                    return False
                left += 1
                right -= 1
            return True

        def main():
            words = ["level", "apple"]
            return [is_palindrome(w) for w in words]
    ''',
    "multi_line": '''
        def area(
            width,
            height,
        ):
            return width * height

        def main():
            shape = {
                "width": 3,
                "height": 4,
            }
            total = area(
                shape["width"],
                shape["height"],
            )
            return (
                total
                + 1
            )
    ''',
    "same_lines": '''
        def main():
            x = 1
            x += 1
            if x > 1:
                x += 1
            x += 1
            x += 1
            return x
    ''',
    "with_block": '''
        class Guard:
            def __enter__(self):
                self.depth = 1
                return "inside"

            def __exit__(self, *exc):
                return True

            def __repr__(self):
                return "<Guard>"

        def main():
            log = []
            with Guard() as word:
                log.append(word)
                log[5]
                log.append("never")
            return log
    ''',
    "floats": '''
        def mean(values):
            total = 0.0
            for v in values:
                total += v
            return total / len(values)

        def main():
            m = mean([0.1, 0.2, 0.3])
            rounded = round(m, 3)
            return rounded == 0.2, m
    ''',
    "gcd": '''
        def gcd(a, b):
            while b:
                a, b = b, a % b
            return a

        def main():
            x = gcd(48, 36)
            y = gcd(17, 5)
            return (x, y)
    ''',
    "matrix": '''
        def multiply(a, b):
            size = len(a)
            result = [[0] * size for _ in range(size)]
            for i in range(size):
                for j in range(size):
                    for k in range(size):
                        result[i][j] += a[i][k] * b[k][j]
            return result

        def main():
            m = [[1, 2], [3, 4]]
            return multiply(m, m)
    ''',
    "aliasing": '''
        def main():
            a = [1]
            b = a
            c = list(a)
            b.append(2)
            c.append(3)
            del b
            return a, c
    ''',
    "idle_loop": '''
        def main():
            for _ in [0, 0, 0, 0]:
                pass
                pass
            return None
    ''',
    "hanoi": '''
        def hanoi(n, a, b, c, moves):
            if n == 0:
                return
            hanoi(n - 1, a, c, b, moves)
            moves.append(a + c)
            hanoi(n - 1, b, a, c, moves)

        def main():
            moves = []
            hanoi(2, "A", "B", "C", moves)
            return len(moves)
    ''',
    "unicode": '''
        def main():
            name = "Zoë 🌍"
            back = name[::-1]
            code = [ord(c) for c in name[:3]]
            return back, code, name.encode()
    ''',
    "decorated": '''
        def twice(function):
            def wrapper(*args):
                first = function(*args)
                return first + function(*args)
            return wrapper

        @twice
        def half(n):
            return n / 2

        def main():
            return half(3)
    ''',
    "early_return": '''
        def find_first(items, wanted):
            for index, item in enumerate(items):
                if item == wanted:
                    return index
            else:
                index = -1
            return index

        def main():
            here = find_first("abc", "c")
            gone = find_first("abc", "z")
            return here, gone
    ''',
}  # fmt: skip

PROGRAMS: dict[str, str] = {name: textwrap.dedent(text).lstrip() for name, text in _TEXTS.items()}
UNCAUGHT = frozenset({"uncaught_exception"})
