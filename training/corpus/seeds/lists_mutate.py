"""Seeds: list methods that change a list, slices, loops over what changes."""

#: list_(int_(), 0, 6), int_()
#: [], 1
#: [1, 1], 1
def f(nums, x):
    nums.append(x)
    nums.insert(0, x)
    nums.remove(x)
    nums.reverse()
    return nums

#: list_(int_(0, 5), 0, 7), int_(0, 5)
#: [2, 2, 2], 2
#: [], 2
def remove_every(array, value):
    while value in array:
        array.remove(value)
    return array

#: list_(int_(0, 3), 0, 6), int_(0, 3)
#: [1, 1, 1], 1
#: [], 0
def f(lst, v):
    for x in lst:
        if x == v:
            lst.remove(x)
    return lst

#: list_(int_(), 1, 6), index_of(0)
#: [5], 0
#: [], 3
def pop_at(xs, i):
    try:
        got = xs.pop(i)
    except IndexError:
        return xs, None
    xs.append(got * 2)
    return xs, got

#: list_(int_(), 0, 6), list_(int_(), 0, 3), int_(-3, 7)
#: [1, 2, 3], [], 1
#: [], [9], 5
def f(a, b, i):
    a[i:i] = b
    a[-1:] = a[:1]
    return a, len(a)

#: list_(int_(), 0, 8)
#: [1]
#: []
def drop_odd_places(items):
    del items[1::2]
    items *= 2
    return items

#: list_(int_(), 2, 7)
#: [3, 2]
def f(nums):
    nums[::2] = sorted(nums[::2], reverse=True)
    nums[1::2] = sorted(nums[1::2])
    return nums

#: list_(int_(0, 9), 0, 6), int_(0, 4)
#: [1, 2, 3], 0
#: [], 2
def rotate_pop(queue, times):
    for _ in range(times):
        if queue:
            queue.append(queue.pop(0))
    return queue

#: list_(word(), 0, 5)
#: ['a', 'b']
#: []
def f(words):
    other = words
    copy = words[:]
    other.sort(key=len)
    words.extend(['end'] * (len(copy) % 2))
    return words is other, words == copy, copy, words

#: list_(one_of(int_(), word(), list_(int_(), 0, 3)), 0, 5)
#: [[1, [2]], 3]
#: []
def flatten(xs):
    out = []
    for x in xs:
        if isinstance(x, list):
            out.extend(x)
        else:
            out.append(x)
    return out

#: list_(int_(0, 9), 0, 6)
#: [0]
#: [1, 1]
def f(stack):
    out = []
    while stack:
        top = stack.pop()
        if top % 2 and stack:
            out.append(top + stack.pop(0))
        else:
            out.insert(0, top)
    return out

#: list_(int_(0, 4), 0, 7)
#: [1, 1, 1, 1]
#: []
def squash(nums):
    i = 0
    while i < len(nums) - 1:
        if nums[i] == nums[i + 1]:
            nums[i:i + 2] = [nums[i] * 2]
            i = max(i - 1, 0)
        else:
            i += 1
    return nums

#: list_(int_(), 0, 6), int_(-6, 6)
#: [1, 2, 3], -1
#: [], 0
def f(nums, k):
    front, back = nums[:k], nums[k:]
    back.extend(front)
    nums.clear()
    return nums or back

#: list_(int_(-5, 9), 0, 6), int_(-5, 9)
#: [], 4
#: [4, 4], 4
def insert_sorted(xs, x):
    """Insert x into sorted xs, before its equals."""
    xs.sort()
    i = 0
    while i < len(xs) and xs[i] < x:
        i += 1
    xs.insert(i, x)
    return i, xs

#: list_(int_(), 0, 6)
#: []
#: [7]
def swap_ends(xs):
    if len(xs) > 1:
        xs[0], xs[-1] = xs[-1], xs[0]
        return xs
    return xs * 2 + [None]

#: list_(int_(-9, 9), 0, 7)
#: [-1, -2]
#: []
def f(array):
    for n in array[:]:
        if n < 0:
            array.remove(n)
            array.append(-n)
    return array

#: list_(int_(0, 20), 0, 6), int_(1, 5)
#: [], 1
def keep_multiples(lst, k):
    for i in range(len(lst) - 1, -1, -1):
        if lst[i] % k:
            del lst[i]
    return lst

#: list_(int_(0, 20), 1, 6)
#: [3, 1, 2]
def bubble_once(a):
    swaps = 0
    for i in range(len(a) - 1):
        if a[i] > a[i + 1]:
            a[i], a[i + 1] = a[i + 1], a[i]
            swaps += 1
    return swaps, a

#: list_(int_(-5, 5), 0, 6), list_(int_(-5, 5), 0, 4)
#: [1, 2], [2, 2]
#: [], []
def f(a, b):
    for x in b:
        if x in a:
            a[a.index(x)] = None
        else:
            a += [x]
    return a, a.count(None)

#: list_(int_(), 0, 6), int_(-4, 8), int_()
#: [1], 3, 0
#: [], 0, 0
def set_or_grow(lst, i, value):
    try:
        lst[i] = value
    except IndexError:
        lst += [0] * (abs(i) - len(lst)) + [value]
    return lst

#: list_(int_(0, 9), 0, 5)
#: []
#: [1]
def f(nums):
    grid = [nums] * 2
    grid[0].append(9)
    grid[1] = nums + [8]
    return grid

#: list_(word(), 1, 5), word()
#: ['x'], 'x'
#: [], 'y'
def move_to_front(items, item):
    if item in items:
        items.insert(0, items.pop(items.index(item)))
    else:
        items.append(item)
        if len(items) > 4:
            items.pop()
    return items

#: list_(int_(1, 9), 0, 5), int_(1, 4)
#: [], 3
def josephus(people, step):
    order = []
    at = 0
    while people:
        at = (at + step - 1) % len(people)
        order.append(people.pop(at))
    return order

#: list_(int_(-3, 9), 0, 6)
#: [0, 1]
#: [-1]
def f(xs):
    for i, x in enumerate(xs):
        if x < 0:
            break
        xs[i] = x + i
    else:
        xs.append(sum(xs))
    return xs

#: list_(int_(), 0, 7), int_(-3, 4), int_(-3, 7)
#: [1, 2, 3], 2, 1
#: [], 0, 0
def cut_out(nums, i, j):
    gone = nums[i:j]
    del nums[i:j]
    return nums, gone[::-1]

#: list_(int_(0, 6), 0, 6)
#: [0, 0]
#: [6]
def f(lst):
    out = []
    for n in lst:
        out.append(n)
        if n in out[:-1]:
            out.pop(out.index(n))
    return out

#: list_(choice('push 1', 'push 7', 'pop', 'dup', 'add', 'swap'), 1, 6)
#: ['pop']
#: ['push 2', 'dup', 'add']
def machine(ops):
    stack = []
    for op in ops:
        name, _, arg = op.partition(' ')
        if name == 'push':
            stack.append(int(arg))
        elif not stack:
            return 'empty at ' + name
        elif name == 'pop':
            stack.pop()
        elif name == 'dup':
            stack.append(stack[-1])
        elif len(stack) > 1:
            b, a = stack.pop(), stack.pop()
            stack += [a + b] if name == 'add' else [b, a]
    return stack

#: list_(int_(), 0, 5)
#: []
def f(values):
    result = [values.copy()]
    while values:
        values.pop(len(values) // 2)
        result.append(values.copy())
    return result

#: list_(int_(0, 9), 0, 6), int_(0, 9)
#: [3], 3
#: [], 3
def before_after(xs, pivot):
    try:
        i = xs.index(pivot)
    except ValueError:
        xs.append(pivot)
        return xs
    xs[:i], xs[i + 1:] = xs[:i][::-1], []
    return xs

#: list_(int_(), 1, 6)
#: [1, 2, 3]
def f(nums):
    a = b = nums
    a = a + [0]
    b += [1]
    a[0] = 'x'
    return a, nums

#: list_(int_(0, 9), 0, 6)
#: [5]
#: []
def shrink(nums):
    rounds = 0
    while len(nums) > 1:
        nums = [abs(x - y) for x, y in zip(nums, nums[1:])]
        rounds += 1
    return nums, rounds

#: list_(int_(-9, 9), 0, 6), int_(-2, 2)
#: [1], 0
#: [], 1
def f(array, n):
    array.insert(n, 'n')
    array.insert(len(array) + 5, 'end')
    array.insert(-99, 'start')
    return array

#: list_(int_(0, 5), 0, 8)
#: [0, 0, 1]
#: []
def zeros_last(lst):
    write = 0
    for read in range(len(lst)):
        if lst[read] != 0:
            lst[write] = lst[read]
            write += 1
    lst[write:] = [0] * (len(lst) - write)
    return lst

#: list_(int_(1, 4), 0, 5)
#: [9]
#: []
def jump(steps):
    at, path = 0, []
    while 0 <= at < len(steps):
        path.append(at)
        at += steps[at]
        if at in path:
            return path, 'loop'
    return path, at

#: list_(one_of(int_(), word()), 0, 6)
#: ['a', 1]
#: []
def f(items):
    try:
        items.sort()
    except TypeError:
        items.sort(key=str)
        items.append('mixed')
    return items

#: list_(list_(int_(), 0, 3), 0, 4)
#: [[]]
#: []
def trim_rows(rows):
    for row in rows:
        if row:
            row.pop()
    rows[:] = [r for r in rows if r]
    return rows

#: list_(word(), 0, 4), list_(word(), 0, 4)
#: [], ['a']
def f(first, second):
    both = [*first, '|', *reversed(second)]
    first.extend(second.copy())
    second.clear()
    return len(first), both, second

#: list_(int_(0, 3), 0, 9)
#: [1, 1]
def unique_in_place(nums):
    i = len(nums)
    while i:
        i -= 1
        if nums.count(nums[i]) > 1:
            nums.pop(i)
    return nums
