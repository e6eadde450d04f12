"""Seeds: the less usual methods of strings, and methods with less usual arguments."""

#: text(0, 14), int_(0, 8)
#: '\tx', 0
#: 'ab\tc', 3
def f(text, tab):
    a = text.replace('a', '\t').expandtabs(tab)
    b = text.replace('a', '\t').expandtabs()
    return len(b) - len(a), a.count(' ')

#: joined(char(), '\t', 1, 4), int_(1, 6)
#: '\t\t', 2
def stops(line, size):
    out = ''
    for ch in line:
        if ch == '\t':
            out += '.' * (size - len(out) % size)
        else:
            out += ch
    return out == line.expandtabs(size).replace(' ', '.'), out

#: words(1, 4), choice(('a', 'b'), ('s', 't', 'c'), ()), int_(0, 3)
#: 'abc', ('b',), 1
#: '', ('',), 0
def f(text, heads, at):
    if text.startswith(heads, at):
        return text[at:].title()
    for h in heads:
        if text.endswith(h, 0, -1):
            return h + '$'
    return text[:at]

#: list_(word(), 0, 5), choice('a', 'st', 'o')
#: ['ab', 'b'], 'b'
#: [], 'a'
def f(words, end):
    heads = [w.removesuffix(end) for w in words if w.endswith(end)]
    tails = [w.removeprefix(end) for w in words if w.startswith(end)]
    return heads + ['|'] + tails

#: choice('x: 1', '{a}', 'no', '{a}{b}', '{0}', '{'), dict_(choice('a', 'b'), int_(), 0, 2)
#: '{b!r:>3}', {'b': 'q'}
#: '', {}
def fill(template, values):
    try:
        return template.format_map(values)
    except (KeyError, ValueError) as e:
        return type(e).__name__, len(template)

#: list_(one_of(int_(), word()), 0, 3)
#: ['a', 'b']
#: []
def f(args):
    for template in ('{0}-{1}-{0}', '{}+{}', '{}'):
        try:
            return template.format(*args)
        except IndexError:
            continue
    return 'no arguments'

#: text(1, 10)
#: 'ünï'
#: '\x00a'
def f(s):
    return s.isprintable(), s.isascii(), [c for c in s if not c.isprintable()], ascii(s)

#: one_of(mixed(1, 4), choice('٣', '½', 'Ⅷ', '²', '10'))
#: '1½'
#: ''
def number_kinds(s):
    checks = {'decimal': s.isdecimal(), 'digit': s.isdigit(), 'numeric': s.isnumeric()}
    yes = [k for k, v in checks.items() if v]
    return '/'.join(yes) or 'none', s.isalnum()

#: list_(one_of(identifier(), mixed(1, 4)), 0, 5)
#: ['1a', 'a1', '_', '']
#: []
def names_only(tokens):
    good = [t for t in tokens if t.isidentifier()]
    while good and not good[0].islower():
        good.append(good.pop(0).lower())
    return good

#: text(0, 12)
#: '\n \t'
#: ''
def squeeze(s):
    out = []
    for ch in s:
        if ch.isspace() and out and out[-1].isspace():
            continue
        out.append(ch if not ch.isspace() else ' ')
    return ''.join(out)

#: words(0, 3), words(0, 3)
#: 'ẞ', 'ss'
#: 'A', 'a'
def fold_sort(a, b):
    both = sorted([a, b, 'Middle'], key=str.casefold)
    return both, a.casefold() == b.casefold(), a.lower() == b.lower()

#: joined(word(), '::', 1, 4), int_(-1, 3)
#: '::', 1
#: 'a:b', 2
def f(path, n):
    left = path.split('::', n)
    right = path.rsplit('::', n)
    left.reverse()
    return '<'.join(left), '>'.join(right[1:])

#: text(0, 12), choice('-', '..', ' ')
#: 'a--b', '--'
#: '', '-'
def around(s, sep):
    a, m, b = s.rpartition(sep)
    c, n, d = s.partition(sep)
    if a == c and b == d:
        return 'same', a, b
    return d.rpartition(sep)[0] or a

#: text(0, 8), choice('', 'x', '  ')
#: 'abc', ','
def f(s, sep):
    try:
        return s.split(sep), s.partition(sep)
    except ValueError as e:
        return str(e)

#: letters(0, 8), dict_(char(), one_of(char(), none_or(word())), 0, 3)
#: 'abc', {'a': None, 'b': 'BB', 'c': 120}
#: '', {}
def f(text, changes):
    table = str.maketrans(changes)
    out = text.translate(table)
    return out, len(table)

#: mixed(0, 8)
#: 'AZaz'
#: ''
def rot13(s):
    low = 'abcdefghijklmnopqrstuvwxyz'
    shifted = low[13:] + low[:13]
    return s.translate(str.maketrans(low + low.upper(), shifted + shifted.upper()))

#: choice('one\ntwo', 'a\rb', 'x\n\ny\n', 'p\x0bq', 'r\r\n', 'none'), bool_()
#: '', True
#: '\n', False
def f(text, keep):
    a = text.splitlines(keep)
    b = text.split('\n')
    return len(a) - len(b), a[-1:], b[-1]

#: choice('-12', '+5', '7', 'abc', '--1', ''), int_(0, 7)
#: '-', 3
def f(s, width):
    z = s.zfill(width)
    return z, z == s.rjust(width, '0'), z.lstrip('-+0')

#: letters(0, 9), part_of(0), int_(-4, 4)
#: 'aXbXc', 'X', -2
#: '', '', 1
def positions(s, sub, start):
    out = [s.find(sub, start), s.rfind(sub, start), s.count(sub, start)]
    try:
        out.append(s.index(sub, start, -1))
        out.append(s.rindex(sub))
    except ValueError:
        out.append('?')
    return out

#: text(0, 6)
#: 'ab'
#: ''
def empty_needles(s):
    return s.count(''), s.find(''), s.rfind(''), s.replace('', '.'), s.startswith(''), '' in s

#: letters(0, 5), char(), int_(-1, 4)
#: 'ab', '', 2
#: '', 'x', 1
def f(s, new, n):
    return s.replace('', new, n), new.join(s), s.join(new * 2)

#: text(0, 8), int_(0, 9)
#: 'abc', 6
#: 'abcd', 7
def centered(s, n):
    a = s.center(n, '.')
    left = len(a) - len(a.lstrip('.'))
    right = len(a) - len(a.rstrip('.'))
    return a, left, right

#: sentence()
#: "it's o'clock"
#: ''
def f(text):
    title = text.title()
    better = ' '.join(w.capitalize() for w in title.split())
    return title, better == title, title.istitle(), better.swapcase()

#: word(), int_(0, 6)
#: 'ab', 0
#: '', 3
def f(s, n):
    try:
        return s.ljust(n, '*-')
    except TypeError:
        return s.ljust(n, '*') + '-' * (len(s) < n)

#: list_(one_of(word(), int_()), 0, 4), char()
#: ['a', 'b'], ''
#: [1], '-'
def f(items, sep):
    try:
        return sep.join(items)
    except TypeError as e:
        return str(e)[:15], sep.join(map(str, items))

#: text(0, 8)
#: 'é'
#: ''
def utf8(s):
    data = s.encode('utf-8')
    return len(data), list(data)[:3], data.decode('utf-8') == s

#: mixed(0, 10)
#: 'a1'
#: ''
def f(s):
    if not s.isalnum():
        return s.isspace(), s == ''
    digits = ''.join(filter(str.isdigit, s))
    rest = s.translate({ord(d): None for d in digits})
    return rest + digits.zfill(4)

#: choice('en_US', 'camelCase', 'CONST_NAME', 'kebab-case', 'Mixed_up'), choice('-', '_', '')
#: '', '_'
def f(name, sep):
    for old in '-_':
        name = name.replace(old, ' ')
    words = name.split()
    if not sep:
        return words[0].lower() + ''.join(w.title() for w in words[1:])
    return sep.join(words).casefold()

#: text(0, 10), text(0, 10)
#: 'abc', 'abd'
#: '', ' '
def ordering(a, b):
    return a < b, a.upper() < b.upper(), max(a, b), min(a, b, key=len), (a > b) - (a < b)

#: joined(int_(0, 300), '.', 4, 4)
#: '1.2.3'
#: '01.2.3.4'
#: 'a.b.c.d'
def valid_ip(s):
    parts = s.split('.')
    if len(parts) != 4:
        return len(parts)
    for p in parts:
        if not p.isdecimal() or p != str(int(p)) or int(p) > 255:
            return p
    return True

#: choice('a@b.c', 'me@x', '@y.z', 'a@b@c.d', 'plain')
#: ''
def email_parts(addr):
    user, at, host = addr.rpartition('@')
    if not at or not user or '@' in user:
        return False
    name, dot, tld = host.rpartition('.')
    return [user.lower(), name, tld] if dot else [user.lower(), tld]

#: choice('Ab1!xyz', 'password', 'SHORT', 'A1b2C3d4', '12345678')
#: ''
def strength(pw):
    tests = [len(pw) >= 8, any(map(str.isupper, pw)), any(map(str.isdigit, pw)),
             not pw.isalnum()]
    score = sum(tests)
    return ('weak', 'weak', 'fair', 'good', 'strong')[score], tests.index(False) if False in tests else -1

#: words(1, 5)
#: 'aa bb'
#: ''
def f(text):
    vowels = [c for c in text if c.lower() in 'aeiou']
    out = text
    for old, new in zip(vowels, reversed(vowels)):
        out = out.replace(old, new.upper(), 1)
    return out

#: letters(0, 6), int_(0, 30)
#: 'abc', 4
#: '', 3
def cycle_char(s, n):
    try:
        return s[n % len(s)] * (n // len(s))
    except ZeroDivisionError:
        return None
