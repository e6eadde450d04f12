"""Seeds: strings built piece by piece, ciphers, run lengths, rotations."""

#: letters(1, 8), int_(-5, 30)
#: 'xyz', 3
#: '', 1
def caesar(text, shift):
    out = []
    for ch in text:
        code = (ord(ch) - ord('a') + shift) % 26
        out.append(chr(code + ord('a')))
    return ''.join(out)

#: binary(1, 9)
#: ''
#: '0'
def run_lengths(bits):
    runs = []
    for b in bits:
        if runs and runs[-1][0] == b:
            runs[-1][1] += 1
        else:
            runs.append([b, 1])
    return runs

#: joined(choice('a2', 'b3', 'c', 'd10'), '', 1, 4)
#: ''
#: 'abc'
def f(packed):
    out, num = '', ''
    prev = ''
    for ch in packed + '$':
        if ch.isdigit():
            num += ch
            continue
        out += prev * int(num or 1)
        prev, num = ch, ''
    return out

#: letters(1, 8), int_(-9, 9)
#: '', 3
#: 'abc', 0
def rotate(s, k):
    if not s:
        return s
    k %= len(s)
    return s[k:] + s[:k]

#: letters(0, 6), letters(0, 6)
#: 'abc', ''
#: '', ''
def f(a, b):
    out = ''
    i = 0
    while i < len(a) or i < len(b):
        out += a[i:i + 1]
        out += b[i:i + 1]
        i += 1
    return out

#: letters(1, 9)
#: 'a'
#: ''
def zigzag(s):
    rows = ['', '']
    for i in range(len(s)):
        rows[i % 2] += s[i]
    return rows[0] + '|' + rows[1][::-1]

#: bracketed()
#: '([)]'
#: ''
#: '(('
def balanced(text):
    pairs = {')': '(', ']': '[', '}': '{'}
    stack = []
    for ch in text:
        if ch in pairs.values():
            stack.append(ch)
        elif ch in pairs:
            if not stack or stack.pop() != pairs[ch]:
                return False
    return not stack

#: bracketed()
#: '((()))'
#: ''
def f(s):
    depth = best = 0
    for c in s:
        depth += (c in '([{') - (c in ')]}')
        best = max(best, depth)
    return best, depth

#: letters(0, 10)
#: 'level'
#: 'noon'
#: ''
def two_ends(word):
    i, j = 0, len(word) - 1
    while i < j:
        if word[i] != word[j]:
            return word[i:j + 1]
        i += 1
        j -= 1
    return True

#: letters(0, 7)
#: 'a'
#: ''
def f(s):
    if len(s) < 2:
        return s
    return s[-1] + f(s[1:-1]) + s[0]

#: letters(1, 6), int_(0, 3)
#: 'abc', 0
#: '', 2
def stutter(s, n):
    return '-'.join(c * (i % (n + 1) + 1) for i, c in enumerate(s))

#: mixed(0, 10)
#: '123'
#: 'abc'
#: ''
def f(s):
    letters, numbers = '', ''
    for c in s:
        if c.isdigit():
            numbers = c + numbers
        else:
            letters += c
    return letters + numbers if len(letters) >= len(numbers) else numbers + letters

#: letters(1, 6)
#: 'z'
#: ''
def successor(text):
    """The next string of letters, like a counter in base 26."""
    chars = list(text)
    i = len(chars) - 1
    while i >= 0:
        if chars[i] != 'z':
            chars[i] = chr(ord(chars[i]) + 1)
            return ''.join(chars)
        chars[i] = 'a'
        i -= 1
    return 'a' + ''.join(chars)

#: letters(0, 8)
#: 'zzz'
#: ''
def f(text):
    return ' '.join(str(ord(c) - 96) for c in text) or 'none'

#: words(1, 4)
#: 'A'
#: ''
def vigenere(text, key='dog'):
    out = []
    k = 0
    for ch in text.lower():
        if not ch.isalpha():
            out.append(ch)
            continue
        step = ord(key[k % len(key)]) - 97
        out.append(chr((ord(ch) - 97 + step) % 26 + 97))
        k += 1
    return ''.join(out)

#: words(1, 4)
#: 'sky'
#: ''
def pig(text):
    result = []
    for w in text.split():
        i = 0
        while i < len(w) and w[i] not in 'aeiou':
            i += 1
        result.append(w[i:] + w[:i] + 'ay' if i < len(w) else w)
    return ' '.join(result)

#: letters(1, 10), int_(1, 4)
#: 'abcdef', 2
#: '', 3
def chunks(s, size):
    parts = []
    while s:
        parts.append(s[:size])
        s = s[size:]
    return parts

#: letters(0, 10), int_(1, 4)
#: 'abc', 5
#: '', 1
def f(text, n):
    pieces = [text[i:i + n] for i in range(0, len(text), n)]
    pieces = [p[::-1] if len(p) == n else p.upper() for p in pieces]
    return '.'.join(pieces)

#: letters(0, 9), int_(1, 5)
#: 'ab', 3
#: '', 1
def windows(s, k):
    seen = []
    for i in range(len(s) - k + 1):
        w = s[i:i + k]
        if w == w[::-1] and w not in seen:
            seen.append(w)
    return seen or len(s) - k

#: letters(0, 8)
#: 'aabbcc'
#: ''
def dedupe(text):
    kept = ''
    for ch in text:
        if ch not in kept:
            kept += ch
        else:
            kept = kept.replace(ch, '') + ch
    return kept

#: binary(0, 8), binary(0, 8)
#: '', ''
#: '1', '000'
def f(a, b):
    a = a.zfill(len(b))
    b = b.zfill(len(a))
    return ''.join('1' if x != y else '0' for x, y in zip(a, b))

#: words(0, 5)
#: 'one'
#: ''
def acronym(text):
    s = ''
    for w in text.split():
        s += w[0].upper()
        if len(w) > 4:
            s += w[-1]
    return s and s + '.'

#: letters(0, 9), letters(0, 9)
#: 'prefix', 'preface'
#: '', 'a'
def common_prefix(a, b):
    n = 0
    for x, y in zip(a, b):
        if x != y:
            break
        n += 1
    else:
        n = -n
    return n, a[:n]

#: letters(0, 7), letters(0, 7)
#: 'abc', 'cba'
#: 'a', ''
def is_anagram(s, t):
    if len(s) != len(t):
        return abs(len(s) - len(t))
    left = list(t)
    for c in s:
        if c in left:
            left.remove(c)
    return ''.join(left) if left else True

#: letters(1, 8)
#: 'hello'
#: ''
def f(s):
    out = s
    for v in 'aeiou':
        out = out.replace(v, v.upper() * 2 if out.count(v) > 1 else v.upper())
    return out

#: text(0, 12)
#: 'aaa'
#: ''
def escape(s):
    r = ''
    for c in s:
        if c.isalnum():
            r += c
        elif c == ' ':
            r += '+'
        else:
            r += '%' + format(ord(c), '02X')
    return r

#: choice('a%20b', '100%25', 'x', '%4', 'a+b')
#: ''
#: '%zz'
def unescape(s):
    out = []
    i = 0
    while i < len(s):
        if s[i] == '%':
            try:
                out.append(chr(int(s[i + 1:i + 3], 16)))
                i += 3
                continue
            except ValueError:
                out.append('?')
        else:
            out.append(' ' if s[i] == '+' else s[i])
        i += 1
    return ''.join(out)

#: letters(1, 8), int_(2, 4)
#: 'ab', 3
#: '', 2
def rail(text, rows):
    lines = [''] * rows
    r, step = 0, 1
    for ch in text:
        lines[r] += ch
        if r == rows - 1:
            step = -1
        elif r == 0:
            step = 1
        r += step
    return lines

#: letters(0, 8)
#: 'abz'
#: ''
def f(text):
    last = ''
    for c in text:
        if c > last[-1:]:
            last += c
        else:
            last = c
    return last

#: int_(1, 5), char()
#: 0, 'x'
#: 1, ''
def triangle(n, mark):
    rows = []
    for i in range(1, n + 1):
        rows.append((mark * (2 * i - 1)).center(2 * n - 1).rstrip())
    return '\n'.join(rows)

#: letters(0, 6)
#: 'ab'
#: ''
def mirror(s):
    return s + s[-2::-1]

#: letters(1, 9), int_(-4, 4), int_(-4, 4), choice(1, 2, -1, -2)
#: 'abcdef', 4, 1, -1
#: '', 0, 2, 1
def f(s, i, j, k):
    part = s[i:j:k]
    return part or s[::k]

#: letters(1, 8)
#: 'aa'
#: ''
def halves(s):
    mid = len(s) // 2
    left, right = s[:mid], s[mid:]
    if left == right:
        return left
    if left > right:
        left, right = right, left
    return left + '<' + right

#: letters(0, 8)
#: 'hello'
#: ''
def f(text):
    counts = [text.count(c) for c in text]
    out = ''
    for c, n in zip(text, counts):
        out += c if n == 1 else str(n)
    return out

#: letters(2, 7), letters(1, 3)
#: 'abcab', 'ab'
#: 'aaa', ''
def remove_all(text, piece):
    steps = 0
    while piece and piece in text:
        at = text.index(piece)
        text = text[:at] + text[at + len(piece):]
        steps += 1
    return text, steps

#: words(2, 5), int_(4, 10)
#: 'x', 1
#: '', 5
def wrap(text, width):
    lines = ['']
    for w in text.split():
        if len(lines[-1]) + len(w) + bool(lines[-1]) <= width:
            lines[-1] += (' ' if lines[-1] else '') + w
        else:
            lines.append(w)
    return lines

#: letters(0, 8)
#: 'b'
#: ''
def f(s):
    acc = 0
    for i, c in enumerate(reversed(s), start=1):
        acc += i * 'abcdefghijklmnopqrstuvwxyz'.find(c)
    return acc % 97

#: digits(1, 8)
#: '0'
#: ''
def look_and_say(term):
    out = ''
    i = 0
    while i < len(term):
        j = i
        while j < len(term) and term[j] == term[i]:
            j += 1
        out += str(j - i) + term[i]
        i = j
    return out

#: letters(0, 6)
#: 'a'
#: ''
def subsequences(s):
    found = ['']
    for c in s[:4]:
        found += [x + c for x in found]
    return len(found), found[-1], max(found)

#: letters(1, 5)
#: 'ab'
#: ''
def f(text):
    return [text[:i] + text[i:].upper() for i in range(len(text))]
