"""Seeds: digits, bases, rounding, division and remainders of numbers."""

#: int_(0, 9999)
#: 0
#: -34
def f(n):
    total = 0
    while n > 0:
        n, d = divmod(n, 10)
        total += d * d
    return total, n

#: int_(-30, 30), int_(-5, 5)
#: 7, 0
#: -7, 2
def division(a, b):
    try:
        q, r = divmod(a, b)
    except ZeroDivisionError:
        return a
    return q, r, q * b + r == a, int(a / b)

#: int_(0, 200), int_(2, 16)
#: 0, 2
#: 255, 16
def to_base(n, base):
    digits = '0123456789abcdef'
    out = ''
    while n:
        out = digits[n % base] + out
        n //= base
    return out or '0'

#: one_of(digits(), binary(1, 6), choice('ff', '-7', '1_0', ' 3 ', '12z')), int_(2, 16)
#: '', 10
#: '0b11', 0
def f(s, base):
    try:
        return int(s, base)
    except ValueError as e:
        return str(e).split(':')[0]

#: int_(1, 3000)
#: 4
#: 1
def roman(num):
    table = [(1000, 'M'), (900, 'CM'), (500, 'D'), (400, 'CD'), (100, 'C'), (90, 'XC'),
             (50, 'L'), (40, 'XL'), (10, 'X'), (9, 'IX'), (5, 'V'), (4, 'IV'), (1, 'I')]
    out = ''
    for value, sign in table:
        count, num = divmod(num, value)
        out += sign * count
    return out

#: int_(0, 99999)
#: 7
#: -121
def f(n):
    s = str(n)
    if s == s[::-1]:
        return n
    return int(s[::-1]) - n if s[0] != '-' else int(s[:0:-1])

#: int_(1, 40), int_(1, 40)
#: 0, 5
#: 7, 7
def gcd_steps(a, b):
    steps = []
    while b:
        steps.append((a, b))
        a, b = b, a % b
    return a, len(steps)

#: int_(1, 60)
#: 1
#: 0
def factors(n):
    out = []
    d = 2
    while d * d <= n:
        while n % d == 0:
            out.append(d)
            n //= d
        d += 1
    if n > 1:
        out.append(n)
    return out

#: int_(0, 255)
#: 0
#: 170
def f(byte):
    ones = bin(byte).count('1')
    longest = max(map(len, bin(byte)[2:].split('0')))
    return ones, longest, byte.bit_length()

#: int_(0, 63), int_(0, 63)
#: 12, 10
#: 0, 0
def bitwise(a, b):
    both = a & b
    one = a ^ b
    return both, a | b, one, both << 1, one >> 1, ~a, -b

#: int_(0, 6), int_(0, 20)
#: 1, 3
#: 0, 0
def set_bits(k, mask):
    if mask & (1 << k):
        return mask & ~(1 << k)
    return mask | 1 << k

#: float_(-9, 9, 2)
#: 0.5
#: -2.5
def f(x):
    return int(x), round(x), x // 1, x % 1 >= 0.5, abs(x), -x + 0

#: int_(-9, 9), int_(-3, 4)
#: 0, 0
#: 0, -1
def power(a, b):
    try:
        p = a ** b
    except ZeroDivisionError:
        return 'inf'
    return p if isinstance(p, int) else round(p, 4)

#: int_(0, 30), int_(0, 12), int_(1, 13)
#: 2, 10, 1
#: 3, 0, 7
def pow_mod(base, exp, mod):
    result = 1
    b = base % mod
    e = exp
    while e:
        if e & 1:
            result = result * b % mod
        b = b * b % mod
        e >>= 1
    return result, pow(base, exp, mod)

#: int_(1, 30)
#: 1
#: 27
def collatz(n):
    path = [n]
    while n != 1 and len(path) < 25:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        path.append(n)
    return len(path) - 1, max(path)

#: digits(1, 9)
#: '0'
#: '79927398713'
def luhn(number):
    total = 0
    for i, ch in enumerate(reversed(number)):
        d = int(ch)
        if i % 2:
            d *= 2
            if d > 9:
                d -= 9
        total += d
    return total % 10 == 0 or -total % 10

#: int_(0, 999)
#: 5
#: -999
def digital_root(n):
    rounds = 0
    while n > 9:
        n = sum(map(int, str(n)))
        rounds += 1
    return n, rounds

#: int_(1900, 2100)
#: 1900
#: 2000
def leap(year):
    if year % 400 == 0:
        return True
    if year % 100 == 0:
        return year // 100
    return not year % 4

#: date()
#: '2023-02-29'
#: '2024-02-29'
def day_of_year(date):
    y, m, d = (int(p) for p in date.split('-'))
    days = [31, 28 + (y % 4 == 0), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    if d > days[m - 1]:
        return None
    return sum(days[:m - 1]) + d

#: int_(-20, 120)
#: 0
#: 100
def f(n):
    if n < 0:
        return f(-n) + '-'
    if n < 10:
        return str(n)
    return f(n % 10) + f(n // 10)

#: int_(0, 20)
#: 2
#: 1
def primes(limit):
    found = []
    for n in range(2, limit):
        for p in found:
            if n % p == 0:
                break
        else:
            found.append(n)
    return found[-3:], len(found)

#: int_(-9, 30), int_(0, 9), int_(10, 20)
#: 10, 5, 10
#: -1, 0, 10
def clamp(n, lo, hi):
    inside = lo <= n <= hi
    return max(lo, min(n, hi)), inside, n < lo or n > hi

#: float_(0, 40, 1), choice('C', 'F', 'K')
#: 0, 'C'
#: 32.0, 'F'
def convert(deg, unit):
    if unit == 'C':
        return round(deg * 9 / 5 + 32, 1)
    elif unit == 'F':
        return round((deg - 32) / 1.8, 1)
    return unit + str(int(deg))

#: int_(0, 500)
#: 99
#: 0
def coins(cents):
    out = {}
    for coin in (200, 50, 20, 5, 1):
        n = cents // coin
        if n:
            out[coin] = n
        cents %= coin
    return out

#: digits(1, 6), digits(1, 6)
#: '999', '1'
#: '0', '0'
def add_strings(a, b):
    """Add column by column, as on paper."""
    carry, out = 0, []
    i, j = len(a) - 1, len(b) - 1
    while i >= 0 or j >= 0 or carry:
        s = carry
        if i >= 0:
            s += int(a[i])
        if j >= 0:
            s += int(b[j])
        carry, digit = divmod(s, 10)
        out.append(str(digit))
        i -= 1
        j -= 1
    return ''.join(out[::-1])

#: int_(0, 99), int_(0, 99)
#: 0, 0
#: 9, 90
def f(a, b):
    a, b = str(a), str(b)
    c = int(a + b) - int(b + a)
    return c // 9 if c % 9 == 0 else 'never'

#: one_of(int_(), float_(), word(), none_or(digits()))
#: True
#: '3.0'
#: []
def to_number(x):
    for kind in (int, float):
        try:
            return kind(x), kind.__name__
        except (TypeError, ValueError):
            pass
    return bool(x), type(x).__name__

#: int_(1, 50)
#: 6
#: 1
def perfect(n):
    divisors = [d for d in range(1, n) if not n % d]
    s = sum(divisors)
    return 'perfect' if s == n else 'abundant' if s > n else divisors

#: int_(0, 100)
#: 49
#: 2
def int_sqrt(n):
    lo, hi = 0, n
    while lo <= hi:
        mid = (lo + hi) // 2
        sq = mid * mid
        if sq == n:
            return mid
        if sq < n:
            lo = mid + 1
        else:
            hi = mid - 1
    return hi + 0.5

#: float_(-3, 3, 1), float_(-3, 3, 1)
#: 0.1, 0.2
#: 1.5, -1.5
def f(a, b):
    s = a + b
    return s == round(s, 1), a < b, s > 0, round(s, 1), a - b == -(b - a)

#: int_(0, 20)
#: 1
#: 0
def fizz(n):
    out = []
    for i in range(1, n + 1):
        word = 'Fizz' * (i % 3 == 0) + 'Buzz' * (i % 5 == 0)
        if word:
            out.append((word, i))
    return out

#: int_(1, 6)
#: 0
#: 1
def pascal(n):
    row = [1]
    for _ in range(n):
        row = [a + b for a, b in zip([0] + row, row + [0])]
    return row

#: int_(-5, 5), int_(-5, 5), int_(-3, 3)
#: 0, 6, 2
#: 3, 3, 1
def f(start, stop, step):
    if not step:
        return range(start)
    r = range(start, stop, step)
    return len(r), list(r), sum(r), stop in r

#: int_(0, 1000), int_(2, 5)
#: 0, 2
def digits_in(n, base):
    stack = []
    while True:
        stack.insert(0, n % base)
        n //= base
        if not n:
            break
    return stack, stack == sorted(stack)

#: bool_(), int_(-2, 2)
#: True, 1
#: False, 0
def f(flag, n):
    return flag + n, flag * 'x', flag == n, flag is True, not flag, flag and n, flag or n

#: int_(0, 40)
#: 3
def armstrong(n):
    s = str(n)
    return sum(int(d) ** len(s) for d in s) == n or sum(int(d) ** i for i, d in enumerate(s, 1))

#: int_(0, 366)
#: 7
#: 0
def weeks(days):
    w, d = days // 7, days % 7
    text = f'{w}w' if w else ''
    text += f'{d}d' if d else ''
    return text or '-'

#: int_(1, 12), int_(0, 59), int_(0, 200)
#: 11, 59, 1
#: 12, 0, 0
def clock_add(h, m, plus):
    total = (h % 12 * 60 + m + plus) % 720
    h, m = divmod(total, 60)
    return f'{h or 12}:{m:02}'

#: digits(1, 6)
#: '000'
#: '9'
def f(s):
    n = int(s)
    lead = len(s) - len(str(n))
    bigger = ''.join(sorted(s, reverse=True))
    return lead, int(bigger) - int(bigger[::-1])
