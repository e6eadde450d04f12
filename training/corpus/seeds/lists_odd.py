"""Seeds: slightly odd list tasks with edge cases, mostly called f."""

#: list_(int_(0, 9), 0, 6), int_(0, 9)
#: [1, 2, 1], 1
#: [], 1
def f(nums, target):
    count = 0
    for i in range(len(nums)):
        if nums[i] == target:
            nums[i] = count
            count += 1
    nums.append(-count)
    return nums

#: list_(int_(), 0, 7), int_(-3, 4)
#: [1, 2, 3], 0
#: [], -1
def f(lst, n):
    while len(lst) > abs(n):
        lst.pop(0 if n < 0 else -1)
        n = -n
    return lst

#: list_(word(), 0, 5), char()
#: ['a'], 'a'
#: [], 'z'
def f(names, excluded):
    for i in range(len(names)):
        if excluded in names[i]:
            names[i] = names[i].replace(excluded, '')
    return [n for n in names if n]

#: list_(int_(-9, 9), 0, 7)
#: [0]
#: []
def f(array):
    pos = [n for n in array if n >= 0]
    it = iter(sorted(pos))
    return [n if n < 0 else next(it) for n in array]

#: list_(int_(0, 9), 0, 6), int_(0, 4), int_()
#: [], 2, 1
#: [5], 0, 5
def f(array, index, value):
    array.insert(index, value)
    if value == 5:
        array.sort(reverse=True)
    elif value in array[:index]:
        array.remove(value)
    return array

#: list_(int_(), 0, 6)
#: [2, 4]
#: []
def f(nums):
    for i in range(len(nums) - 1, 0, -3):
        if nums[i] % 2 == 0:
            nums.remove(nums[i])
        else:
            nums.append(nums[i])
    return nums

#: list_(int_(0, 9), 0, 7)
#: [3]
#: []
def f(ints):
    out, lo = [], 0
    hi = len(ints) - 1
    while lo <= hi:
        out.append(ints[hi])
        if lo != hi:
            out.append(ints[lo])
        lo, hi = lo + 1, hi - 1
    return out

#: list_(word(), 0, 5)
#: ['', 'a']
#: []
def f(items):
    items = [x.upper() if i % 2 else x for i, x in enumerate(items)]
    width = max([len(x) for x in items] + [0])
    return [x.rjust(width, '.') for x in items]

#: list_(int_(0, 5), 0, 6), list_(int_(0, 5), 0, 3)
#: [1, 2, 1, 2], [1, 2]
#: [], []
def f(xs, sub):
    n = len(sub)
    for i in range(len(xs)):
        if xs[i:i + n] == sub:
            return xs[:i] + ['*'] + xs[i + n:]
    return xs + sub

#: list_(int_(-9, 9), 1, 6), int_(1, 3)
#: [1], 3
#: [2, 2, 2], 2
def f(nums, k):
    for _ in range(k):
        m = max(nums)
        nums[nums.index(m)] = min(nums) - 1
    return nums, m

#: list_(int_(0, 3), 0, 8)
#: [0, 1, 2, 3]
#: []
def f(a):
    last = -1
    groups = []
    for x in a:
        if x > last and groups:
            groups[-1].append(x)
        else:
            groups.append([x])
        last = x
    return groups, len(groups)

#: list_(int_(0, 9), 0, 5)
#: []
#: [1, 2]
def f(nums):
    copy = nums.copy()
    for n in copy:
        nums.insert(nums.index(n), n * 10)
    return nums if nums != copy else None

#: list_(one_of(word(), int_(0, 9)), 0, 6)
#: [1, 'a']
#: []
def f(stuff):
    texts = [x for x in stuff if isinstance(x, str)]
    ints = [x for x in stuff if not isinstance(x, str)]
    texts.sort(key=len)
    out = []
    for x in stuff:
        out.append(texts.pop(0) if isinstance(x, str) else ints.pop())
    return out

#: list_(int_(), 0, 6), int_(), int_()
#: [1], 1, 1
#: [1, 2], 2, 3
def f(lst, old, new):
    try:
        i = lst.index(old)
        lst[i] = new
        j = lst.index(old, i + 1)
        lst[j] = -new
    except ValueError:
        lst.append('end')
    return lst

#: list_(list_(int_(0, 9), 0, 3), 0, 4)
#: [[], [1]]
#: []
def f(lists):
    total = sum(lists, [])
    longest = max(lists, key=len, default=None)
    lists.append(total[:2])
    return longest, lists[-1] + [len(total)]

#: list_(int_(0, 20), 0, 6)
#: [10, 9]
#: []
def f(xs):
    strs = sorted(map(str, xs))
    back = list(map(int, strs))
    return back, back == sorted(xs), ''.join(strs)

#: list_(int_(0, 9), 1, 6), index_of(0), index_of(0)
#: [1, 2], 0, 0
#: [1], -1, 0
def f(array, i, j):
    array[i], array[j] = array[j] + 1, array[i] - 1
    part = array[min(i, j):max(i, j)]
    return array, part

#: list_(int_(0, 9), 0, 8), int_(1, 3)
#: [1, 2, 3], 1
#: [], 2
def f(nums, k):
    out = []
    for i in range(k):
        out += nums[i::k]
    return out, [nums[i] for i in range(-1, -len(nums) - 1, -k)]

#: list_(int_(-5, 5), 0, 7)
#: [1, -1]
#: []
def f(arr):
    low = high = 0
    total = 0
    for i, x in enumerate(arr, 1):
        total += x
        if total < low:
            low, at = total, i
            arr[i - 1] = None
        high = max(high, total)
    return low, high, arr

#: list_(word(), 0, 6), int_(1, 6)
#: ['aa', 'b'], 1
#: [], 3
def f(words, limit):
    line, lines = [], []
    for w in words:
        if sum(map(len, line)) + len(w) > limit and line:
            lines.append(line)
            line = []
        line.append(w)
    return lines + [line]

#: list_(int_(0, 9), 0, 6)
#: [1, 1]
#: [9]
def f(row):
    total = 0
    for a, b in zip(row, row[1:]):
        if a == b:
            total += 10 * a
        elif a < b:
            total -= 1
    else:
        total += len(row)
    return total

#: list_(int_(1, 5), 0, 5), int_(0, 12)
#: [5], 5
#: [], 0
def f(bids, budget):
    bought = []
    while bids and budget >= min(bids):
        cheapest = min(bids)
        bids.remove(cheapest)
        budget -= cheapest
        bought.append(cheapest)
    bought.reverse()
    return bought, budget, bids

#: list_(int_(), 0, 5)
#: [0]
#: []
def f(nums):
    a, b = nums[:], nums * 1
    a.reverse()
    c = list(reversed(b))
    d = b[::-1]
    b.sort()
    return a == c == d, a is c, b[:1] == [min(d, default=0)]

#: int_(0, 5), one_of(int_(0, 3), char())
#: 0, 'x'
#: 1, []
def f(n, fill):
    row = [fill] * n
    grid = [row for _ in range(n)]
    other = [list(row) for _ in range(n)]
    if n:
        grid[0][-1] = '#'
        other[0][-1] = '#'
    return grid, other

#: list_(int_(0, 9), 0, 6), list_(int_(0, 5), 0, 3)
#: [4, 5, 6], [0, 0]
#: [], [1]
def f(values, spots):
    removed = []
    for s in sorted(spots, reverse=True):
        if s < len(values):
            removed.append(values[s])
            del values[s]
        else:
            removed.append(None)
    return values, removed

#: list_(one_of(int_(), list_(int_(), 0, 2)), 0, 4)
#: [[]]
#: [[1], 2]
def f(xs):
    out = []
    for x in xs:
        try:
            out += x
        except TypeError:
            out.append([x])
    return out

#: list_(word(), 0, 4)
#: ['a', 'b']
#: []
def f(words):
    letters = []
    for w in words:
        letters.extend(w[:2])
        letters += '-'
    del letters[-1:]
    return letters, len(letters)

#: list_(int_(0, 9), 0, 7), int_(0, 9)
#: [5, 1, 5], 5
#: [], 5
def f(nums, value):
    left = right = 0
    for n in nums:
        if n < value:
            left += 1
        elif n > value:
            right += 1
    if left == right:
        return nums[::-1]
    return nums[left:] if left < right else nums[:-right or None]

#: list_(int_(-3, 3), 0, 6)
#: [0, 0]
#: []
def f(lst):
    i = 0
    while i < len(lst):
        if lst[i] == 0:
            del lst[i]
        elif lst[i] < 0:
            lst[i] = -lst[i]
        else:
            i += 1
    return lst

#: list_(int_(0, 9), 2, 6)
#: [1, 1, 1]
#: [4]
def f(nums):
    a = sorted(nums)[:2]
    b = sorted(nums)[-2:]
    if a == b:
        return [a, nums.count(a[0])]
    nums[0:2] = b
    nums[-2:] = a
    return nums

#: list_(list_(choice('x', 'o', '.'), 3, 3), 3, 3)
#: [['x', 'x', 'x'], ['o', '.', 'o'], ['.', '.', '.']]
#: []
def f(board):
    lines = [''.join(r) for r in board]
    lines += [''.join(c) for c in zip(*board)]
    lines.append(''.join(board[i][i] for i in range(len(board))))
    for p in 'xo':
        if p * 3 in lines:
            return p
    return lines[-1].strip('.')

#: list_(int_(1, 9), 0, 5)
#: [2]
#: []
def f(xs):
    acc = []
    for x in xs:
        acc = [x] + [a + x for a in acc if a + x < 15]
    return acc

#: list_(int_(0, 6), 0, 6), int_(0, 6)
#: [6, 6], 6
#: [], 0
def f(seq, x):
    found = [i for i, y in enumerate(seq) if y == x]
    gaps = [b - a for a, b in zip(found, found[1:])]
    return found or [-1], max(gaps, default=len(seq))

#: tuple_(list_(int_(), 0, 3), list_(int_(), 0, 3))
#: ([], [])
def f(pair):
    a, b = pair
    a += [1]
    b = b + [2]
    return pair, a is pair[0], b

#: list_(int_(0, 9), 0, 6)
#: [8]
#: []
def f(nums):
    *init, last = nums or [0]
    while init and init[-1] > last:
        last += init.pop() // 2
    return init + [last]
