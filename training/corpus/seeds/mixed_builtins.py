"""Seeds: built-in functions and their special cases."""

#: list_(int_(), 0, 6)
#: []
#: [0, 0]
def f(nums):
    return min(nums, default='none'), max(nums, key=abs, default=None), sum(nums, 100)

#: list_(word(), 0, 5)
#: ['a', 'B']
#: []
def f(words):
    a = sorted(words)
    b = sorted(words, key=str.lower)
    return [x == y for x, y in zip(a, b)], sorted(words, key=len)[::-1]

#: words(0, 4), int_(-2, 5)
#: 'a b', 0
#: '', 1
def number_lines(text, start):
    return {i: w for i, w in enumerate(text.split(), start)}

#: list_(int_(), 0, 5), letters(0, 5)
#: [1, 2], 'a'
#: [], ''
def f(nums, s):
    try:
        return list(zip(nums, s, strict=True))
    except ValueError as e:
        return str(e)[:15], [*zip(nums, s)]

#: list_(int_(0, 5), 0, 6)
#: [0]
#: []
def f(nums):
    big = map(lambda n: n * n, filter(lambda n: n % 2, nums))
    first = next(big, -1)
    return first, list(big), list(big)

#: letters(0, 8)
#: 'a'
#: ''
def f(s):
    it = reversed(s)
    out = []
    for c in it:
        out.append(c + next(it, '?'))
    return out

#: list_(one_of(int_(0, 2), word(), none_or(int_())), 0, 5)
#: [None, '', 0]
#: []
def truth(items):
    return all(items), any(items), [bool(x) for x in items], sum(map(bool, items))

#: letters(1, 5), int_(-2, 2)
#: 'z', 1
#: 'a', -1
def f(s, k):
    codes = [ord(c) + k for c in s]
    back = ''.join(map(chr, codes))
    return back, max(codes) - min(codes), back.isalpha()

#: anything()
#: None
#: (1,)
def sized(x):
    try:
        return len(x)
    except TypeError as e:
        return str(e).split("'")[1]

#: anything(), choice('int', 'str', 'list', 'number')
#: True, 'int'
#: 1.5, 'number'
def is_kind(x, kind):
    kinds = {'int': int, 'str': str, 'list': (list, tuple), 'number': (int, float)}
    return isinstance(x, kinds[kind]), type(x) is kinds[kind]

#: int_(0, 6), int_(0, 9), int_(-3, 3)
#: 0, 5, 0
#: 5, 0, -2
def f(a, b, step):
    try:
        r = range(a, b, step)
    except ValueError as e:
        return str(e)
    return r[-1:], len(r), r, b in r

#: text(0, 12), none_or(int_(-5, 5)), none_or(int_(-5, 5)), none_or(int_(-2, 2))
#: 'abcdef', None, -2, None
#: 'abcdef', -1, 0, -2
def f(s, a, b, c):
    try:
        sl = slice(a, b, c)
        return s[sl], sl.indices(len(s))
    except ValueError:
        return slice(a, b)

#: list_(int_(0, 9), 0, 6), int_(1, 3)
#: [1, 2, 3], 2
#: [], 1
def batches(xs, n):
    it = iter(xs)
    out = []
    while chunk := [x for _, x in zip(range(n), it)]:
        out.append(chunk)
    return out

#: one_of(digits(), choice('1e3', '-.5', 'inf', 'x', '1_000', '')), int_(0, 3)
#: ' 7 ', 0
#: 'nan', 1
def f(s, n):
    try:
        x = float(s)
    except ValueError:
        return s + '!' * n
    return str(round(x, n)) if -1e6 < x < 1e6 else repr(x)

#: list_(int_(-9, 9), 0, 5), list_(int_(-9, 9), 0, 5)
#: [1], [1, 2]
#: [], []
def f(a, b):
    return a < b, a == b, max(a, b), sorted([a, b], reverse=True)[0] is a

#: list_(word(), 1, 5)
#: ['x', 'xx']
#: []
def extremes(words):
    """The first of the longest and the last of the shortest."""
    if not words:
        return ()
    longest = max(words, key=len)
    shortest = min(reversed(words), key=len)
    return longest, shortest, words.index(longest)

#: int_(-300, 300)
#: 0
#: 255
def forms(n):
    return bin(n), oct(n)[-2:], hex(n).lstrip('-0x') or '0', int(bin(n), 2) == n

#: float_(-20, 20, 2), choice(None, 0, 1, -1)
#: 2.5, 0
#: 15, -1
def f(x, places):
    y = round(x, places)
    return y, type(y).__name__, divmod(x, 2)[0]

#: list_(tuple_(char(), int_(0, 9)), 0, 4)
#: [('a', 1)]
#: []
def unzip(pairs):
    names, nums = [list(t) for t in zip(*pairs)] or ([], [])
    return dict(zip(nums, names)), names

#: text(0, 10)
#: 'abc'
#: ''
def f(s):
    return ''.join(filter(str.isalpha, s)), list(map(len, s.split('-'))), ascii(s)[1:-1]

#: list_(int_(), 0, 5)
#: [3]
#: []
def compose(nums):
    def compose2(f, g):
        return lambda x: f(g(x))

    steps = [abs, lambda x: x + 1, str]
    run = steps[0]
    for s in steps[1:]:
        run = compose2(s, run)
    return [run(n) for n in nums]

#: list_(int_(0, 9), 0, 5)
#: []
def late_binding(nums):
    adders = [lambda x: x + n for n in nums]
    fixed = [lambda x, n=n: x + n for n in nums]
    return [g(0) for g in adders], [g(0) for g in fixed]

#: int_(0, 5), int_(0, 5)
#: 0, 0
#: 3, 1
def counter(times, start):
    def make():
        n = start

        def step(by=1):
            nonlocal n
            n += by
            return n
        return step

    a, b = make(), make()
    out = [a() for _ in range(times)]
    return out, b(10), a(-1)

#: list_(int_(0, 6), 0, 6)
#: [1]
#: []
def f(xs):
    def gen(items):
        for x in items:
            if x > 4:
                return
            yield x
            yield -x

    return list(gen(xs)), sum(gen(xs)), next(gen(xs), None)

#: int_(0, 5), word()
#: 0, 'a'
#: 2, ''
def defaults(n, text):
    def box(item, store=[]):
        store.append(item)
        return len(store)

    counts = [box(text) for _ in range(n)]
    counts.append(box(text, []))
    return counts

#: list_(int_(1, 9), 0, 5), int_(0, 3)
#: [5], 1
#: [], 0
def star_args(nums, n):
    def inner(a=0, *rest, b=1):
        return a * b + len(rest)

    return inner(*nums), inner(*nums, b=n), inner(b=n)

#: list_(one_of(int_(), float_(), bool_()), 0, 4)
#: [1, 1.0, True]
#: []
def f(xs):
    return [type(x + x).__name__ for x in xs], [x == int(x) for x in xs], max(xs, default=0)

#: text(1, 10), part_of(0)
#: 'ab', 'ab'
#: 'ab', ''
def f(s, sub):
    return sub in s, s.replace(sub, '') if sub else 'empty', (s + sub).count(sub), sub < s

#: words(1, 4)
#: 'b a'
#: ''
def f(text):
    letters = sorted(text)
    words = sorted(text.split())
    return ''.join(letters).strip(), ' '.join(words), ''.join(sorted(set(text), reverse=True))

#: dict_(word(), int_(), 0, 4)
#: {'a': 1}
#: {}
def f(d):
    total = sum(d.values())
    longest = max(map(len, d), default=0)
    pairs = list(map(list, d.items()))
    return total, longest, pairs, min(d, default='-')

#: list_(int_(-5, 9), 0, 6), int_(0, 9)
#: [9], 9
#: [], 9
def first_over(nums, limit):
    found = next((i for i, n in enumerate(nums) if n > limit), None)
    if found is None:
        return next(iter(nums), 'empty')
    return nums[found], found

#: int_(0, 9), int_(0, 9)
#: 0, 0
#: 5, 0
def chain_ops(a, b):
    c = a and b or -1
    d = a or b and 5
    e = not a == b
    return c, d, e, a if b else None, 1 < a <= b < 9

#: letters(0, 6), letters(0, 6)
#: 'ab', 'abc'
#: '', ''
def padded_zip(a, b):
    n = max(len(a), len(b))
    out = []
    for i in range(n):
        x = a[i] if i < len(a) else '_'
        y = b[-i - 1] if i < len(b) else '_'
        out.append(x + y)
    return out

#: list_(int_(0, 9), 0, 6)
#: [1, 2]
#: []
def f(xs):
    a = xs
    a += a[:1]
    b = a + a[-1:]
    print(a, b, sep=' | ')
    print(*b, sep='', end='.\n')
    return len(a) == len(xs), len(b) - len(a)

#: anything(), anything()
#: 1, '1'
#: [1], (1,)
def try_add(a, b):
    try:
        return a + b
    except TypeError as e:
        return f'{type(a).__name__}+{type(b).__name__}'

#: anything()
#: ''
#: [0]
#: {}
def describe(x):
    kind = type(x).__name__
    if x is None or x is True or x is False:
        return kind + '=' + str(x)
    if not x:
        return 'empty ' + kind
    return kind[0] + repr(x)

#: one_of(list_(int_(), 1, 3), words(1, 3), int_()), one_of(int_(-3, 3), char())
#: {'a': 1}, 'a'
#: [1, 2], '0'
def lookup(box, key):
    try:
        return box[key]
    except (IndexError, KeyError):
        return 'absent'
    except TypeError as e:
        return str(e)[:12]
    finally:
        print(type(key).__name__)

#: word(), choice('lower', 'size', 'upper', 'strip')
#: 'Abc', 'nothing'
def call_by_name(text, method):
    try:
        func = getattr(text, method)
    except AttributeError:
        return hasattr(text, 'title'), method
    return func(), callable(func)
