"""Seeds: slightly odd combinations of string methods, as short tasks."""

#: text(0, 14), char()
#: 'hello', 'l'
#: '', 'a'
def f(text, value):
    text = list(text)
    while value in text:
        text[text.index(value)] = value.upper() + '!'
    return ''.join(text)

#: words(1, 4), int_(0, 6)
#: 'abc', 0
#: '', 3
def f(text, n):
    parts = text.partition(' ')
    left = parts[0].ljust(n, '-')
    right = parts[2].rjust(n, '+')
    if not parts[1]:
        return right + left
    return left + parts[1] * 2 + right

#: letters(0, 9), letters(1, 2)
#: 'abab', 'ab'
#: '', 'a'
def f(s, suffix):
    count = 0
    while s.endswith(suffix):
        s = s[:-len(suffix)]
        count += 1
    if count > 1:
        s += suffix.upper()
    return s or str(count)

#: joined(word(), ', ', 1, 4), choice(', ', ',', '; ')
#: '', ','
#: 'a,b', ', '
def f(text, sep):
    items = text.split(sep)
    items.sort(key=str.lower, reverse=True)
    items[0] = items[0].capitalize()
    return sep.strip().join(items)

#: text(0, 16)
#: '...'
#: '1a'
def f(text):
    out = ''
    for i, ch in enumerate(text):
        if not ch.isalnum():
            out += str(i % 10)
        elif ch.isdigit():
            out = ch + out
        else:
            out += ch.swapcase()
    return out

#: letters(0, 10), char(), char()
#: 'banana', 'a', 'n'
#: '', 'x', 'y'
def f(s, a, b):
    i = s.find(a)
    j = s.rfind(b)
    if i == j == -1:
        return s + a + b
    if i > j:
        i, j = j, i
    return s[max(i, 0):j + 1].replace(a, b) + s[j + 1:]

#: text(0, 14), int_(-3, 8)
#: 'abc', 0
#: '', -1
def f(text, n):
    if n < 0 or len(text) <= n:
        return text
    result = text[0:n]
    i = len(result) - 1
    while i >= 0:
        if result[i] != text[i]:
            break
        i -= 2
    return result[i:] + '.'

#: words(1, 5), char()
#: 'aaa', 'a'
#: '', 'b'
def f(string, c):
    words = string.split()
    keep = [w for w in words if c not in w]
    drop = [w for w in words if w not in keep]
    return ' '.join(keep) + '/' + c.join(drop)

#: mixed(0, 10)
#: '000'
#: 'a0b'
def f(s):
    s = s.lower()
    for d in '0123456789':
        if d in s:
            s = s.replace(d, chr(ord('a') + int(d)), 1)
        else:
            s = s.strip(d)
    return s

#: text(0, 12), choice('upper', 'strip', 'sort', 'none')
#: '', 'sort'
#: ' b a ', 'strip'
def f(text, action):
    steps = {'upper': text.upper(), 'strip': text.strip(), 'sort': ''.join(sorted(text))}
    if action not in steps:
        return text[::-1]
    steps.pop(action)
    return '|'.join(steps.values())

#: letters(0, 12)
#: 'aba'
#: ''
def f(s):
    left, right = 0, len(s)
    while left < right:
        if s[left] in 'aeiou':
            left += 1
        elif s[right - 1] not in 'aeiou':
            right -= 1
        else:
            s = s[:left] + s[right - 1] + s[left + 1:right - 1] + s[left] + s[right:]
            left += 1
            right -= 1
    return s

#: text(0, 14)
#: 'a'
#: '  '
def f(s):
    a = s.rstrip().rpartition(' ')
    b = s.lstrip().partition(' ')
    return a[0] + a[2] if a[1] else b[2] + '~' + b[0]

#: letters(0, 6), int_(0, 12), choice('left', 'right', 'both')
#: 'abc', 2, 'left'
#: '', 4, 'both'
def f(text, width, where):
    fill = '<' if where == 'left' else '>'
    if where == 'both':
        fill = '='
        text = text.center(width, fill)
    while len(text) < width:
        text = fill + text if where == 'left' else text + fill
    return text.count(fill), text

#: text(0, 12), text(0, 3)
#: 'abc', 'abc'
#: '', ''
def f(text, chars):
    result = text.strip(chars)
    while result != text:
        text = result
        result = text.removeprefix(chars[-1:]).strip(' ')
    return result or chars

#: words(1, 5)
#: 'x'
#: ''
def f(txt):
    d = []
    for w in txt.split(' '):
        if w.isupper() or w.istitle():
            d.insert(0, w)
        elif len(w) > 4:
            d.append(w[:2] + '..')
        else:
            d.append(w)
    return ' '.join(d)

#: letters(1, 8), int_(0, 4)
#: 'a', 4
#: 'xyz', 0
def f(s, n):
    s = s[:n] + s[n:].replace(s[-1], s[0].upper())
    if s.islower():
        return s.zfill(n * 2)
    return s.ljust(len(s) + n, s[0])

#: text(2, 14), index_of(0)
#: 'ab', -1
#: '  ', 0
def f(text, pos):
    ch = text[pos]
    if ch.isspace():
        return 'blank at ' + str(pos % len(text))
    before = text[:pos].count(ch)
    after = text[pos:].count(ch)
    return ch * (before + 1) + str(after)

#: joined(mixed(1, 3), '\n', 1, 4)
#: '\n\n'
#: ''
def f(text):
    lines = text.split('\n')
    if lines and not lines[-1]:
        lines.pop()
    for i, line in enumerate(lines):
        lines[i] = str(i + 1) + ':' + line.rjust(4, '.')
    return lines

#: digits(0, 8), int_(1, 4)
#: '1234567', 3
#: '', 2
def f(num, k):
    groups = []
    while len(num) > k:
        groups.append(num[-k:])
        num = num[:-k]
    groups.append(num)
    return ','.join(reversed(groups))

#: letters(0, 8), letters(0, 4)
#: 'hello', 'lo'
#: 'abc', ''
def f(text, other):
    i = 0
    for ch in text:
        if i < len(other) and ch == other[i]:
            i += 1
    return i == len(other) or other[i:]

#: sentence()
#: 'Hi. Bye.'
#: ''
def f(text):
    parts = text.split('. ')
    parts = [p.rstrip('.!?') for p in parts]
    caps = [p[:1].lower() + p[1:] for p in parts if p]
    return '; '.join(caps) + '.' * bool(caps)

#: text(0, 10), int_(0, 5)
#: 'ab', 5
#: '', 1
def f(text, index):
    try:
        c = text[index]
    except IndexError:
        return text.ljust(index + 1, '_')
    if c.isalpha():
        return text.replace(c, c.swapcase())
    return text[:index] + repr(c) + text[index + 1:]

#: letters(0, 8)
#: 'abcd'
#: ''
def f(text):
    pairs = [text[i] + text[-i - 1] for i in range(len(text) // 2)]
    if len(text) % 2:
        pairs.append(text[len(text) // 2] * 2)
    return ''.join(sorted(pairs))

#: words(1, 4), words(1, 2)
#: 'a b c', 'b'
#: '', ''
def f(s1, s2):
    pos = s1.find(s2)
    if pos == 0:
        return s1.removeprefix(s2)
    elif pos > 0:
        return s1[:pos].title() + s2.upper() + s1[pos + len(s2):]
    else:
        return s1 + '<>' + s2

#: text(0, 14)
#: 'ABC'
#: ''
def f(text):
    ls = list(text)
    for i in range(0, len(ls) - 1, 2):
        ls[i], ls[i + 1] = ls[i + 1], ls[i]
    return ''.join(ls).title()

#: mixed(0, 9), choice(1, 2, 3)
#: 'aB3', 1
#: '', 2
def f(s, step):
    picked = s[::step]
    rest = ''.join(c for i, c in enumerate(s) if i % step)
    if picked.isupper():
        return rest.lower()
    return picked + '_' + rest

#: text(0, 12)
#: 'a,b,,c'
#: ','
def f(text):
    a = text.split(',')
    b = text.split(',', 1)
    c = text.rsplit(',', 1)
    return [len(a), b[-1], c[0], a.count('')]

#: letters(1, 6), int_(-2, 5)
#: 'ab', 0
#: 'ab', -1
def f(s, times):
    r = s * times
    if len(r) > 12:
        r = r[:6] + '...' + r[-3:]
    return r if r else repr(s)

#: text(0, 14)
#: 'a1b22'
#: 'abc'
def f(s):
    numbers, current = [], ''
    for ch in s:
        if ch.isdigit():
            current += ch
        elif current:
            numbers.append(int(current))
            current = ''
    return numbers, current

#: joined(choice('ab', 'Cd', '12', '_x', ''), ' ', 1, 5)
#: ' '
#: 'ab'
def f(text):
    checks = [str.isalpha, str.isidentifier, str.istitle, str.isdecimal]
    out = []
    for w in text.split(' '):
        hits = [i for i, check in enumerate(checks) if check(w)]
        out.append(hits)
    return out

#: letters(0, 10), char()
#: 'aXbX', 'X'
#: '', 'q'
def f(text, delim):
    head = text[:text.rfind(delim)]
    tail = text[text.rfind(delim):]
    return tail[::-1] + head

#: word(), word()
#: 'note', 'tone'
#: '', 'a'
def f(a, b):
    score = 0
    for i, ch in enumerate(a):
        if i < len(b) and b[i] == ch:
            score += 2
        elif ch in b:
            score += 1
    return '*' * score + '.' * (2 * len(a) - score)

#: text(1, 12)
#: 'x'
#: '%s'
def f(text):
    swapped = text[-1] + text[1:-1] + text[0]
    if '%' in swapped:
        swapped = swapped.replace('%', '%%')
    return '<' + swapped + '>'

#: text(0, 10), int_(0, 4)
#: 'a\tb', 4
#: '', 0
def f(txt, n):
    txt = txt.replace(' ', '\t', n)
    wide = txt.expandtabs(4)
    return wide.split('  '), len(wide)

#: letters(1, 4), int_(1, 4)
#: 'a', 3
#: '', 2
def f(s, n):
    lines = []
    for i in range(n):
        lines.append(' ' * (n - i - 1) + s[:i + 1])
    return '\n'.join(lines).splitlines(keepends=True)

#: words(1, 3), words(1, 3)
#: 'same', 'same'
#: '', 'x'
def f(a, b):
    a, b = a.casefold(), b.casefold()
    if a in b:
        return b.index(a)
    if b in a:
        return -a.rindex(b) - 1
    return min(a, b)[:3].encode('ascii', 'replace').decode()
