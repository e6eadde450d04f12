#: int_(0, 7)
def fact(n):
    if n == 0:
        return 1
    return n * fact(n - 1)

#: int_(0, 5)
def fibonacci(n):
    if n <= 1:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)

#: int_(1, 3), "A", "C", "B"
def hanoi(n, source, target, helper):
    if n == 0:
        return 0
    moves = hanoi(n - 1, source, helper, target)
    print(f"disk {n}: {source} -> {target}")
    moves += 1
    moves += hanoi(n - 1, helper, target, source)
    return moves

#: int_(1, 3)
def towers(disks):
    pegs = {"L": list(range(disks, 0, -1)), "M": [], "R": []}

    def move(k, a, b, c):
        if k == 1:
            pegs[c].append(pegs[a].pop())
        else:
            move(k - 1, a, c, b)
            move(1, a, b, c)
            move(k - 1, b, a, c)

    move(disks, "L", "M", "R")
    return pegs

#: list_(int_(1, 9), 1, 3)
def permutations(items):
    if len(items) <= 1:
        return [items]
    result = []
    for i in range(len(items)):
        rest = items[:i] + items[i + 1:]
        for p in permutations(rest):
            result.append([items[i]] + p)
    return result

#: letters(1, 3)
def permute(word, chosen="", out=None):
    if out is None:
        out = []
    if word == "":
        out.append(chosen)
    for i, c in enumerate(word):
        permute(word[:i] + word[i + 1:], chosen + c, out)
    return out

#: distinct(int_(1, 9), 0, 3)
def subsets(nums):
    if not nums:
        return [[]]
    without = subsets(nums[1:])
    return without + [[nums[0]] + s for s in without]

#: list_(char(), 1, 3)
def powerset(items):
    result = []

    def choose(index, current):
        if index == len(items):
            result.append(current[:])
            return
        choose(index + 1, current)
        current.append(items[index])
        choose(index + 1, current)
        current.pop()

    choose(0, [])
    return result

#: choice("abc", "wxyz", "hi"), int_(1, 2)
def combos(letters, k):
    if k == 0:
        return [""]
    if len(letters) < k:
        return []
    head, tail = letters[0], letters[1:]
    return [head + c for c in combos(tail, k - 1)] + combos(tail, k)

#: 3, "queens"
#: 4, "count"
def queens(n, mode):
    solutions = []

    def place(cols):
        if solutions and mode == "queens":
            return
        row = len(cols)
        if row == n:
            solutions.append(cols)
            return
        for c in range(n):
            if all(c != q and abs(c - q) != row - r for r, q in enumerate(cols)):
                place(cols + [c])

    if n == 4 and mode == "count":
        place([1])
    else:
        place([])
    return solutions

#: choice([1, [2, [3, 4]], 5], [], [[[]]], [[1], [2, [3]]])
def flatten(nested):
    flat = []
    for x in nested:
        if isinstance(x, list):
            flat.extend(flatten(x))
        else:
            flat.append(x)
    return flat

#: choice([1, [2, 3]], [[[7]]], [1, 2], [])
def nesting_depth(lst):
    deepest = 0
    for item in lst:
        if type(item) == list:
            deepest = max(deepest, nesting_depth(item))
    return deepest + 1

#: choice([1, [2, [3]]], [5], [[1, 1], [2]])
def depth_weighted(data, depth=1):
    total = 0
    for d in data:
        total += depth_weighted(d, depth + 1) if isinstance(d, list) else d * depth
    return total

#: int_(2, 5), int_(0, 10)
def power(base, exponent):
    if exponent == 0:
        return 1
    half = power(base, exponent // 2)
    if exponent % 2 == 0:
        return half * half
    return base * half * half

#: int_(2, 9), int_(0, 12), choice(7, 10, 13)
def mod_pow(b, e, m):
    if e == 0:
        return 1 % m
    r = mod_pow(b * b % m, e >> 1, m)
    return r * b % m if e & 1 else r

#: int_(0, 1), int_(0, 3)
#: 2, choice(0, 1)
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))

#: choice(["..#", ".##"], ["...", "..."], ["#."]), 0, choice(0, 1)
def flood_fill(rows, r, c):
    grid = [list(row) for row in rows]

    def fill(y, x):
        if y < 0 or x < 0 or y >= len(grid) or x >= len(grid[0]):
            return
        if grid[y][x] != ".":
            return
        grid[y][x] = "o"
        fill(y + 1, x)
        fill(y - 1, x)
        fill(y, x + 1)
        fill(y, x - 1)

    fill(r, c)
    return ["".join(row) for row in grid]

#: letters(0, 7)
#: choice("level", "abcba", "ab")
def palindrome(s):
    if len(s) < 2:
        return True
    if s[0] != s[-1]:
        return False
    return palindrome(s[1:-1])

#: word()
def reverse(text):
    return "" if text == "" else reverse(text[1:]) + text[0]

#: int_(0, 40)
def binary(n):
    if n < 2:
        return str(n)
    return binary(n // 2) + str(n % 2)

#: int_(0, 99999)
def sum_digits(n):
    if n < 10:
        return n
    last = n % 10
    return last + sum_digits(n // 10)

#: list_(int_(-5, 20), 1, 6)
def maximum(xs):
    if len(xs) == 1:
        return xs[0]
    best_of_rest = maximum(xs[1:])
    return xs[0] if xs[0] > best_of_rest else best_of_rest

#: list_(int_(0, 9), 0, 6), int_(0, 9)
def count(lst, x):
    if lst == []:
        return 0
    found = 1 if lst[0] == x else 0
    return found + count(lst[1:], x)

#: int_(0, 6)
def countdown(n):
    if n == 0:
        print("Liftoff!")
        return
    print(n)
    countdown(n - 1)

#: int_(0, 9)
def is_even(n):
    if n == 0:
        return True
    return is_odd(n - 1)

def is_odd(n):
    if n == 0:
        return False
    return is_even(n - 1)

def parity(n):
    return "even" if is_even(n) else "odd"

#: choice("23", "7", "", "29")
def letter_combinations(digits):
    keys = {"2": "abc", "3": "def", "7": "pqrs", "9": "wxyz"}
    if not digits:
        return []
    words = [""]

    def extend(words, rest):
        if not rest:
            return words
        return extend([w + k for w in words for k in keys[rest[0]]], rest[1:])

    return extend(words, digits[:2])[:6]

#: int_(1, 3)
def parentheses(n):
    result = []

    def add(s, opened, closed):
        if len(s) == 2 * n:
            result.append(s)
            return
        if opened < n:
            add(s + "(", opened + 1, closed)
        if closed < opened:
            add(s + ")", opened, closed + 1)

    add("", 0, 0)
    return result

#: int_(0, 14)
memo = {0: 0, 1: 1}

def fib(n):
    if n not in memo:
        memo[n] = fib(n - 1) + fib(n - 2)
    return memo[n]

#: int_(1, 8)
from functools import lru_cache

@lru_cache(maxsize=None)
def tribonacci(n):
    if n < 3:
        return 1
    return tribonacci(n - 1) + tribonacci(n - 2) + tribonacci(n - 3)

def tribs(limit):
    values = [tribonacci(i) for i in range(limit)]
    info = tribonacci.cache_info()
    return values, info.hits

#: int_(0, 4), int_(0, 4)
def binomial(n, k):
    if k < 0 or k > n:
        return 0
    if k == 0 or k == n:
        return 1
    return binomial(n - 1, k - 1) + binomial(n - 1, k)

#: int_(0, 3)
def koch(level):
    if level == 0:
        return "F"
    side = koch(level - 1)
    return side + "L" + side + "R" + side

#: int_(1, 3)
def gray_code(bits):
    if bits == 1:
        return ["0", "1"]
    smaller = gray_code(bits - 1)
    return ["0" + g for g in smaller] + ["1" + g for g in reversed(smaller)]

#: int_(1, 40), int_(1, 40)
def euclid(a, b, depth=0):
    print("  " * depth + f"gcd({a}, {b})")
    if b == 0:
        return a
    return euclid(b, a % b, depth + 1)

#: choice({"a": 1, "b": {"c": 2, "d": {"e": 3}}}, {}, {"x": {}, "y": 0})
def flatten_dict(d, prefix=""):
    flat = {}
    for key, value in d.items():
        path = prefix + "." + key if prefix else key
        if isinstance(value, dict):
            flat.update(flatten_dict(value, path))
        else:
            flat[path] = value
    return flat

#: choice({"n": "a", "c": [{"n": "b", "c": []}]}, {"n": "z", "c": []}), choice("a", "b", "q")
def find_path(tree, name):
    if tree["n"] == name:
        return [name]
    for child in tree["c"]:
        path = find_path(child, name)
        if path:
            return [tree["n"]] + path
    return None

#: list_(int_(1, 9), 1, 4), int_(0, 12)
def target_signs(nums, goal):
    if not nums:
        return 1 if goal == 0 else 0
    plus = target_signs(nums[1:], goal - nums[0])
    minus = target_signs(nums[1:], goal + nums[0])
    return plus + minus

#: choice(1, 4, 9, 40, 90, 14, 2024, 399)
def roman(n):
    table = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
             (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    for value, symbol in table:
        if n >= value:
            return symbol + roman(n - value)
    return ""

#: int_(0, 999)
def in_words(n):
    ones = "zero one two three four five six seven eight nine ten eleven twelve".split()
    tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    if n < 13:
        return ones[n]
    if n < 20:
        return in_words(n - 10) + "teen" if n not in (13, 15, 18) else {13: "thirteen", 15: "fifteen", 18: "eighteen"}[n]
    if n < 100:
        text = tens[n // 10]
        return text if n % 10 == 0 else text + "-" + in_words(n % 10)
    text = ones[n // 100] + " hundred"
    return text if n % 100 == 0 else text + " and " + in_words(n % 100)

#: 0, int_(1, 6)
def recurse_forever(n, limit):
    if n > limit:
        raise RecursionError("too deep at " + str(n))
    return recurse_forever(n + 1, limit)

#: choice("1+2+3", "10-4", "7"), 0
def sum_terms(text, total):
    for i in range(len(text) - 1, -1, -1):
        if text[i] == "+":
            return sum_terms(text[:i], total) + int(text[i + 1:])
        if text[i] == "-":
            return sum_terms(text[:i], total) - int(text[i + 1:])
    return total + int(text)

#: choice(["a", "b"], ["x"], ["p", "q", "r"]), int_(1, 2)
def product(alphabet, length):
    if length == 0:
        return [()]
    return [(a,) + rest for a in alphabet for rest in product(alphabet, length - 1)]

#: list_(int_(0, 9), 2, 6)
def pyramid(row):
    print(row)
    if len(row) == 1:
        return row[0]
    return pyramid([a + b for a, b in zip(row, row[1:])])

#: list_(int_(1, 20), 1, 6)
def max_min(a, lo=0, hi=None):
    hi = len(a) - 1 if hi is None else hi
    if lo == hi:
        return a[lo], a[lo]
    mid = (lo + hi) // 2
    left_max, left_min = max_min(a, lo, mid)
    right_max, right_min = max_min(a, mid + 1, hi)
    return max(left_max, right_max), min(left_min, right_min)
