"""Seeds: lists read, sorted, grouped, zipped, sliced and summed."""

#: list_(int_(), 0, 8), int_(1, 4)
#: [], 2
#: [1, 2, 3], 3
def f(nums, size):
    return [sum(nums[i:i + size]) for i in range(0, len(nums), size)]

#: list_(int_(-9, 9), 0, 8), int_(1, 4)
#: [4], 2
#: [], 1
def moving_max(xs, k):
    best = []
    for i in range(len(xs) - k + 1):
        best.append(max(xs[i:i + k]))
    return best

#: list_(word(), 0, 6)
#: ['bb', 'a', 'cc']
#: []
def f(words):
    return sorted(words, key=lambda w: (-len(w), w.lower()))

#: list_(int_(), 0, 6)
#: [1]
#: []
def running(nums):
    total = 0
    out = []
    for n in nums:
        total += n
        out.append(total)
    return out[::-1]

#: matrix(int_(0, 9), int_(1, 3), int_(1, 3))
#: [[1, 2], [3]]
#: []
def transpose(m):
    return [list(col) for col in zip(*m)]

#: matrix(int_(-9, 9), 3, 3)
#: [[1]]
#: []
def diagonals(m):
    n = len(m)
    main = [m[i][i] for i in range(n)]
    anti = [m[i][n - 1 - i] for i in range(n)]
    return sum(main) - sum(anti), main + anti

#: list_(int_(0, 5), 0, 9)
#: [2]
#: []
def f(array):
    seen = []
    repeated = []
    for x in array:
        (repeated if x in seen else seen).append(x)
    return seen + [None] + repeated

#: list_(int_(), 0, 7), int_()
#: [1, 5], 5
#: [], 0
def split_at(xs, pivot):
    low = [x for x in xs if x < pivot]
    high = [x for x in xs if x > pivot]
    return low, len(xs) - len(low) - len(high), high

#: list_(int_(-20, 20), 1, 7)
#: [3, 3]
#: []
def spread(nums):
    try:
        lo, *mid, hi = sorted(nums)
    except ValueError:
        return None
    return hi - lo, mid

#: list_(int_(0, 9), 0, 6), list_(int_(0, 9), 0, 6)
#: [], [1]
#: [1], [1]
def f(a, b):
    pairs = list(zip(a, b))
    rest = a[len(pairs):] or b[len(pairs):]
    return [x * y for x, y in pairs] + rest

#: sorted_(int_(0, 20), 0, 6), sorted_(int_(0, 20), 0, 6)
#: [], [2]
#: [1], [1]
def merge(a, b):
    out = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    return out + a[i:] + b[j:]

#: sorted_(int_(0, 30), 0, 8), int_(0, 30)
#: [], 3
#: [3], 3
def bisect(xs, target):
    lo, hi = 0, len(xs)
    while lo < hi:
        mid = (lo + hi) // 2
        if xs[mid] < target:
            lo = mid + 1
        else:
            hi = mid
    return lo if lo < len(xs) and xs[lo] == target else -lo - 1

#: list_(int_(0, 9), 0, 7)
#: [9, 8]
#: []
def f(nums):
    evens = nums[::2]
    odds = nums[1::2]
    odds.reverse()
    return evens + odds if sum(evens) > sum(odds) else odds + evens

#: list_(int_(-5, 9), 0, 8)
#: [-1]
#: []
def best_run(xs):
    best = now = 0
    for x in xs:
        now = max(now + x, 0)
        best = max(best, now)
    return best

#: list_(word(), 0, 6)
#: ['x']
#: []
def by_length(words):
    groups = []
    for w in words:
        while len(groups) <= len(w):
            groups.append([])
        groups[len(w)].append(w)
    return groups[1:]

#: list_(int_(), 0, 6), int_(0, 7)
#: [1, 2], 5
#: [], 1
def f(lst, n):
    first, last = lst[:n], lst[-n:]
    return [first, last, lst[n:n + 1]]

#: list_(int_(0, 9), 0, 6)
#: [0, 0]
#: []
def rank(values):
    order = sorted(range(len(values)), key=lambda i: values[i])
    ranks = [0] * len(values)
    for place, i in enumerate(order, start=1):
        ranks[i] = place
    return ranks

#: list_(int_(1, 20), 0, 6)
#: [2]
#: []
def f(nums):
    result = [1] * len(nums)
    for i in range(len(nums)):
        for j in range(len(nums)):
            if i != j and nums[j] < 10:
                result[i] *= nums[j]
    return result

#: list_(none_or(int_()), 0, 6)
#: [None]
#: []
def fill_gaps(xs):
    last = 0
    filled = []
    for x in xs:
        if x is None:
            x = last
        filled.append(x)
        last = x
    return filled

#: list_(int_(0, 2), 0, 9)
#: [1, 1, 1]
#: []
def longest_streak(xs):
    best, length = None, 0
    run = 0
    for i, x in enumerate(xs):
        run = run + 1 if i and xs[i - 1] == x else 1
        if run > length:
            best, length = x, run
    return best, length

#: list_(int_(), 0, 6), int_(-3, 3)
#: [1, 2, 3], 0
#: [], 2
def f(nums, step):
    try:
        return nums[::step]
    except ValueError:
        return nums + nums

#: list_(distinct(int_(0, 5), 0, 4), 1, 4)
#: [[1], [1, 2]]
#: [[]]
def in_all(lists):
    first, *others = lists
    return [x for x in first if all(x in o for o in others)]

#: list_(int_(0, 9), 0, 5)
#: [7]
#: []
def as_number(digits):
    n = 0
    for d in digits:
        n = n * 10 + d
    return n, len(str(n)) == len(digits)

#: list_(bool_(), 0, 5)
#: []
#: [True, True]
def f(flags):
    return any(flags), all(flags), sum(flags), flags.count(False), flags.index(True) if True in flags else None

#: list_(int_(-9, 9), 0, 6)
#: [0]
#: []
def signs(nums):
    plus, minus, zero = [], [], 0
    for n in nums:
        if n > 0:
            plus.append(n)
        elif n < 0:
            minus.append(n)
        else:
            zero += 1
    return [plus, minus, zero]

#: list_(int_(0, 40), 1, 7)
#: [1, 2, 3, 4]
#: []
def median(nums):
    s = sorted(nums)
    n = len(s)
    if not n:
        return 0
    if n % 2:
        return s[n // 2]
    return (s[n // 2 - 1] + s[n // 2]) / 2

#: list_(int_(0, 4), 0, 8)
#: [1, 1, 2, 2]
#: []
def mode(values):
    top, winners = 0, []
    for v in sorted(values):
        c = values.count(v)
        if c > top:
            top, winners = c, [v]
        elif c == top and v not in winners:
            winners.append(v)
    return winners

#: list_(int_(0, 9), 0, 6)
#: [1, 2]
#: []
def f(seq):
    it = iter(seq)
    out = []
    for a in it:
        b = next(it, 'odd')
        out.append((b, a))
    return out

#: list_(list_(int_(0, 9), 1, 3), 0, 4)
#: [[1, 2], [1]]
#: []
def f(rows):
    rows.sort(key=lambda r: (len(r), r[-1]))
    widest = max(map(len, rows), default=0)
    return [r + [0] * (widest - len(r)) for r in rows]

#: list_(int_(1, 9), 0, 5)
#: [1]
#: []
def pairs_with_sum(nums, goal=10):
    found = []
    for i, a in enumerate(nums):
        for b in nums[i + 1:]:
            if a + b == goal:
                found.append((min(a, b), max(a, b)))
    return sorted(found)

#: list_(int_(-5, 5), 0, 6)
#: [2, 2]
#: []
def peaks(xs):
    padded = [float('-inf')] + xs + [float('-inf')]
    return [i - 1 for i in range(1, len(padded) - 1)
            if padded[i - 1] < padded[i] > padded[i + 1]]

#: list_(word(), 0, 5), int_(1, 3)
#: ['one'], 2
#: [], 1
def f(items, n):
    cols = [items[i::n] for i in range(n)]
    return max(cols, key=len), cols

#: matrix(int_(0, 9), int_(1, 3), 3)
#: [[1]]
#: []
def spiral(m):
    out = []
    while m:
        out += m.pop(0)
        m = [list(r) for r in zip(*m)][::-1]
    return out

#: list_(tuple_(word(), int_(0, 9)), 0, 5)
#: [('a', 1), ('b', 1)]
#: []
def second_place(scores):
    ranked = sorted(scores, key=lambda t: t[1], reverse=True)
    for name, points in ranked:
        if points < ranked[0][1]:
            return name
    return None

#: list_(int_(0, 9), 0, 8), int_(0, 9)
#: [3, 3, 1], 3
#: [], 2
def f(xs, stop):
    taken = []
    for x in xs:
        if x == stop:
            continue
        if x > stop and taken:
            break
        taken.append(x)
    else:
        taken.append('all')
    return taken

#: list_(int_(0, 99), 0, 6)
#: [10]
#: []
def by_last_digit(nums):
    return sorted(nums, key=lambda n: (n % 10, -n))

#: list_(list_(one_of(int_(), list_(int_(), 0, 2)), 0, 3), 0, 3)
#: [1, [2, [3, [4]]]]
#: []
def depth(x):
    if not isinstance(x, list):
        return 0
    return 1 + max((depth(y) for y in x), default=0)

#: list_(int_(0, 5), 1, 5)
#: [0]
#: []
def histogram(counts):
    rows = []
    for level in range(max(counts or [0]), 0, -1):
        rows.append(''.join('#' if c >= level else ' ' for c in counts).rstrip())
    return rows

#: list_(int_(-9, 9), 0, 6)
#: [1, -1]
#: []
def f(nums):
    nums = sorted(nums, key=abs)
    total = sum(nums, start=-nums[0] if nums else 100)
    return nums[-1:] + [total]

#: list_(int_(0, 9), 0, 6)
#: [4]
#: []
def differences(seq):
    diffs = []
    prev = None
    for x in seq:
        if prev is not None:
            diffs.append(x - prev)
        prev = x
    if diffs and len(set(diffs)) == 1:
        return 'step %d' % diffs[0]
    return diffs
