"""Seeds: recursion on strings, lists, numbers and nested data."""

#: list_(one_of(int_(0, 9), list_(int_(0, 9), 0, 2)), 0, 4)
#: [[[]]]
#: []
def f(x):
    if not isinstance(x, list):
        return x
    return sum(f(y) for y in x) + (len(x) == 1)

#: letters(0, 6)
#: 'a'
#: ''
def f(s):
    if not s:
        return '.'
    if s[0] in s[1:]:
        return f(s[1:])
    return s[0].upper() + f(s[1:])

#: letters(0, 3)
#: 'aa'
#: ''
def perms(s):
    if len(s) <= 1:
        return [s]
    out = []
    for i, c in enumerate(s):
        for p in perms(s[:i] + s[i + 1:]):
            if c + p not in out:
                out.append(c + p)
    return out

#: list_(int_(0, 9), 0, 5)
#: [3]
#: []
def f(nums):
    if not nums:
        return 0
    head, *tail = nums
    return head - f(tail)

#: int_(0, 40)
#: 0
#: 1
def binary_of(n):
    if n < 2:
        return str(n)
    return binary_of(n // 2) + str(n % 2)

#: bracketed()
#: '((a)b)'
#: ''
def nest(s, depth=0):
    if not s:
        return [] if depth == 0 else [-depth]
    c, rest = s[0], s[1:]
    if c in '([{':
        return nest(rest, depth + 1)
    if c in ')]}':
        return nest(rest, depth - 1)
    return [depth] + nest(rest, depth)

#: letters(0, 5), letters(0, 3)
#: 'abc', 'ac'
#: '', 'a'
def embedded(big, small):
    if not small:
        return 1
    if not big:
        return 0
    without = embedded(big[1:], small)
    if big[0] == small[0]:
        return without + embedded(big[1:], small[1:])
    return without

#: list_(int_(1, 6), 0, 4), int_(0, 10)
#: [2], 4
#: [], 0
def can_make(coins, total):
    if total == 0:
        return []
    for i, c in enumerate(coins):
        if c <= total:
            rest = can_make(coins[i + 1:], total - c)
            if rest is not None:
                return [c] + rest
    return None

#: dict_(char(), one_of(int_(), dict_(char(), int_(), 0, 2)), 0, 3)
#: {'a': {'b': {}}}
#: {}
def leaves(d):
    total = 0
    for v in d.values():
        if isinstance(v, dict):
            total += leaves(v) or 1
        else:
            total += 1
    return total

#: letters(0, 8)
#: 'aaa'
#: ''
def compress(s, n=1):
    if not s:
        return ''
    if s[1:2] == s[0]:
        return compress(s[1:], n + 1)
    return s[0] + (str(n) if n > 1 else '') + compress(s[1:])

#: list_(int_(0, 30), 0, 6)
#: [1]
#: []
def quick(xs):
    if len(xs) < 2:
        return xs
    pivot = xs[len(xs) // 2]
    low = [x for x in xs if x < pivot]
    same = [x for x in xs if x == pivot]
    high = [x for x in xs if x > pivot]
    return quick(low) + same + quick(high)

#: int_(0, 3), int_(0, 3)
#: 0, 5
#: 2, 0
def f(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return f(m - 1, 1)
    return f(m - 1, n) + f(0, n - 1)

#: text(0, 8)
#: 'a b'
#: ''
def clean_palindrome(s):
    if len(s) < 2:
        return True
    if not s[0].isalnum():
        return clean_palindrome(s[1:])
    if not s[-1].isalnum():
        return clean_palindrome(s[:-1])
    return s[0].lower() == s[-1].lower() and clean_palindrome(s[1:-1])

#: tuple_(int_(), none_or(tuple_(int_(), none_or(tuple_(int_(), none_or(int_(1, 2)))))))
#: (1, None)
def linked(node):
    if node is None:
        return []
    if not isinstance(node, tuple):
        return [node]
    value, rest = node
    return linked(rest) + [value]

#: int_(0, 200)
#: 0
#: 19
def words_for(n):
    ones = ('zero one two three four five six seven eight nine ten eleven twelve thirteen '
            'fourteen fifteen sixteen seventeen eighteen nineteen').split()
    tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split()
    if n < 20:
        return ones[n]
    if n < 100:
        return tens[n // 10 - 2] + ('-' + ones[n % 10] if n % 10 else '')
    rest = n % 100
    return words_for(n // 100) + ' hundred' + (' and ' + words_for(rest) if rest else '')

#: letters(1, 5), int_(0, 3)
#: 'ab', 0
#: '', 2
def expand(rule, n):
    if n == 0:
        return rule[:1] or '-'
    out = ''
    for c in expand(rule, n - 1):
        out += rule[:2] if c == rule[0:1] else c
    return out

#: list_(int_(0, 4), 0, 5)
#: [0]
#: [4, 4]
def reach(nums, at=0, seen=()):
    if at in seen:
        return -1
    if at >= len(nums):
        return len(seen)
    return reach(nums, at + (nums[at] if at % 2 == 0 else 1), (*seen, at))

#: int_(1, 5), int_(0, 5)
#: 3, 0
#: 3, 5
def choose(n, k):
    if k == 0 or k == n:
        return 1
    if k > n:
        return 0
    return choose(n - 1, k - 1) + choose(n - 1, k)

#: one_of(words(1, 3), list_(word(), 0, 3), tuple_(word(), int_()))
#: ['a', ['b']]
#: {}
def upper_all(x):
    if isinstance(x, str):
        return x.upper()
    if isinstance(x, (list, tuple)):
        return type(x)(upper_all(y) for y in x)
    return x

#: int_(0, 4)
#: 0
def gray(n):
    if n == 0:
        return ['']
    prev = gray(min(n, 3) - 1)
    return ['0' + g for g in prev] + ['1' + g for g in reversed(prev)]

#: digits(1, 5)
#: '9'
#: '1001'
def persistence(s, steps=0):
    if len(s) == 1:
        return int(s), steps
    p = 1
    for d in s:
        p *= int(d) or 1
    return persistence(str(p), steps + 1)

#: one_of(list_(int_(), 0, 2), dict_(char(), int_(), 0, 2), word(), int_(), bool_(), none_or(float_()))
#: {'a': [1, None, {'b': True}]}
#: []
def to_json(x):
    if x is None or x is True or x is False:
        return {None: 'null', True: 'true', False: 'false'}[x]
    if isinstance(x, str):
        return '"' + x + '"'
    if isinstance(x, list):
        return '[' + ','.join(to_json(y) for y in x) + ']'
    if isinstance(x, dict):
        return '{' + ','.join(to_json(k) + ':' + to_json(v) for k, v in x.items()) + '}'
    return str(x)
