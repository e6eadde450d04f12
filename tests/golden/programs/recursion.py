#%% factorial | fact(4)
def fact(n):
    if n <= 1:
        return 1
    return n * fact(n - 1)
#%% fibonacci | fib(5)
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
#%% hanoi | f(3)
def hanoi(n, a, b, c, moves):
    if n == 0:
        return
    hanoi(n - 1, a, c, b, moves)
    moves.append(a + b)
    hanoi(n - 1, c, b, a, moves)
def f(n):
    moves = []
    hanoi(n, "A", "B", "C", moves)
    return moves
#%% mutual | even(5)
def even(n):
    if n == 0:
        return True
    return odd(n - 1)
def odd(n):
    if n == 0:
        return False
    return even(n - 1)
#%% quicksort | qs([3, 6, 1, 8, 2])
def qs(xs):
    if len(xs) <= 1:
        return xs
    p = xs[0]
    lo = [x for x in xs[1:] if x < p]
    hi = [x for x in xs[1:] if x >= p]
    return qs(lo) + [p] + qs(hi)
#%% merge sort | ms([4, 1, 3, 2])
def merge(a, b):
    out = []
    while a and b:
        if a[0] <= b[0]:
            out.append(a.pop(0))
        else:
            out.append(b.pop(0))
    return out + a + b
def ms(xs):
    if len(xs) < 2:
        return xs
    mid = len(xs) // 2
    return merge(ms(xs[:mid]), ms(xs[mid:]))
#%% permutations | f("abc")
def perms(s):
    if len(s) <= 1:
        return [s]
    out = []
    for i in range(len(s)):
        for rest in perms(s[:i] + s[i + 1:]):
            out.append(s[i] + rest)
    return out
def f(s):
    return perms(s)
#%% queens | f(4)
def place(n, row, cols):
    if row == n:
        return 1
    total = 0
    for c in range(n):
        if all(c != k and abs(c - k) != row - r for r, k in enumerate(cols)):
            total += place(n, row + 1, cols + [c])
    return total
def f(n):
    return place(n, 0, [])
#%% ackermann | ack(1, 2)
def ack(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ack(m - 1, 1)
    return ack(m - 1, ack(m, n - 1))
#%% depth first | f({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []})
def visit(graph, node, seen):
    if node in seen:
        return seen
    seen.append(node)
    for k in graph[node]:
        visit(graph, k, seen)
    return seen
def f(graph):
    return visit(graph, "a", [])
#%% power | power(2, 10)
def power(x, n):
    if n == 0:
        return 1
    half = power(x, n // 2)
    return half * half * (x if n % 2 else 1)
#%% collatz | steps(6)
def steps(n, k=0):
    return k if n == 1 else steps(n // 2 if n % 2 == 0 else 3 * n + 1, k + 1)
#%% nested call arguments | f(2)
def inc(x):
    return x + 1
def f(n):
    return inc(inc(inc(n)))
#%% subset sums | f([1, 2, 3], 3)
def f(xs, target):
    if target == 0:
        return 1
    if not xs or target < 0:
        return 0
    return f(xs[1:], target - xs[0]) + f(xs[1:], target)
