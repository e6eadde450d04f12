#: word()
#: choice("internationalization", "localization")
def shorten(w):
    if len(w) <= 6:
        return w
    return w[0] + str(len(w) - 2) + w[-1]

#: mixed(1, 8)
def fix_case(s):
    up = sum(1 for c in s if c.isupper())
    return s.upper() if up > len(s) - up else s.lower()

#: letters(1, 8)
def chat(name):
    return "CHAT" if len(set(name)) % 2 == 0 else "IGNORE"

#: letters(2, 8), choice("no", "tea", "ab")
def is_subsequence(big, small):
    j = 0
    for c in big:
        if j < len(small) and small[j] == c:
            j += 1
    return j == len(small)

#: choice("heloo", "hhelllo", "ahhellllloou"), choice("hello", "hi")
def can_type(typed, wanted):
    i = 0
    log = []
    for ch in typed:
        if i == len(wanted):
            break
        if ch == wanted[i]:
            log.append(i)
            i += 1
    return "YES" if i == len(wanted) else "NO at " + str(i)

#: choice("WUBWUBHIWUBYOU", "AWUBB", "WUB")
def dubstep(song):
    return " ".join(song.replace("WUB", " ").split())

#: list_(choice("abc", "abd", "ab", "abcd"), 1, 4)
def common_prefix(strs):
    prefix = strs[0]
    for s in strs[1:]:
        while not s.startswith(prefix):
            prefix = prefix[:-1]
    return prefix

#: list_(word(), 1, 3)
def commonPrefix(words):
    shortest = min(len(w) for w in words)
    for i in range(shortest):
        column = [w[i] for w in words]
        if len(set(column)) > 1:
            return words[0][:i]
    return words[0][:shortest]

#: letters(1, 6), letters(1, 6)
def is_rotation(a, b):
    if len(a) != len(b):
        return False
    for k in range(len(a)):
        if a[k:] + a[:k] == b:
            return True
    return False

#: choice("egg", "foo", "paper"), choice("add", "bar", "title")
def isomorphic(s, t):
    if len(s) != len(t):
        return False
    m = {}
    for a, b in zip(s, t):
        if a in m:
            if m[a] != b:
                return False
        elif b in m.values():
            return False
        else:
            m[a] = b
    return True

#: choice("abba", "abc", "aab"), words(2, 4)
def word_pattern(pattern, text):
    words = text.split()
    if len(pattern) != len(words):
        return False
    return [pattern.index(c) for c in pattern] == [words.index(w) for w in words]

#: letters(2, 6), letters(1, 8)
def can_write(note, magazine):
    have = {}
    for c in magazine:
        have[c] = have.get(c, 0) + 1
    for c in note:
        if have.get(c, 0) == 0:
            print("missing", c)
            return False
        have[c] -= 1
    return True

#: choice("aabb", "abc", "aaab", "racecar")
def can_be_palindrome(s):
    odd = 0
    for c in sorted(set(s)):
        if s.count(c) % 2:
            odd += 1
    return odd <= 1

#: choice("abca", "abc", "deeee", "raceacar")
def almost_palindrome(s):
    def check(i, j):
        while i < j:
            if s[i] != s[j]:
                return i, j
            i += 1
            j -= 1
        return None

    bad = check(0, len(s) - 1)
    if bad is None:
        return True
    i, j = bad
    return check(i + 1, j) is None or check(i, j - 1) is None

#: sentence(), int_(8, 16)
def word_wrap(text, width):
    lines = []
    line = ""
    for w in text.split():
        if line and len(line) + 1 + len(w) > width:
            lines.append(line)
            line = w
        else:
            line = line + " " + w if line else w
    lines.append(line)
    return lines

#: words(2, 5), int_(12, 16)
def justify(text, width):
    words = text.split()[:3]
    if len(words) == 1:
        return words[0].center(width, "*")
    gaps = len(words) - 1
    spaces = max(gaps, width - sum(map(len, words)))
    each, extra = divmod(spaces, gaps)
    out = ""
    for i, w in enumerate(words[:-1]):
        out += w + " " * (each + (1 if i < extra else 0))
    return out + words[-1]

#: letters(3, 8)
def zigzag(s):
    rows = ["", "", ""]
    pattern = [0, 1, 2, 1]
    for i, c in enumerate(s):
        rows[pattern[i % 4]] += c
    return "".join(rows)

#: int_(1, 6)
def look_and_say(n):
    term = "1"
    for _ in range(min(n, 4)):
        nxt = ""
        i = 0
        while i < len(term):
            k = i
            while k < len(term) and term[k] == term[i]:
                k += 1
            nxt += str(k - i) + term[i]
            i = k
        term = nxt
    return term

#: int_(1, 60)
def column_title(n):
    title = ""
    while n:
        n -= 1
        title = chr(ord("A") + n % 26) + title
        n //= 26
    return title

#: choice("A", "Z", "AA", "BC")
def column_number(title):
    total = 0
    for c in title:
        total = total * 26 + ord(c) - ord("A") + 1
    return total

#: roman()
def roman_to_int(s):
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    total = 0
    previous = 0
    for ch in reversed(s):
        v = values[ch]
        if v < previous:
            total -= v
        else:
            total += v
            previous = v
    return total

#: roman()
def parse_roman(r):
    pairs = [("CM", 900), ("CD", 400), ("XC", 90), ("XL", 40), ("IX", 9), ("IV", 4)]
    n = 0
    for sym, val in pairs:
        if sym in r:
            n += val
            r = r.replace(sym, "", 1)
    return n + sum({"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}[c] for c in r)

#: choice("1.2.3", "1.10", "2.0"), choice("1.2", "1.9.9", "2.0.0")
def compare_versions(v1, v2):
    a = [int(x) for x in v1.split(".")]
    b = [int(x) for x in v2.split(".")]
    while len(a) < len(b):
        a.append(0)
    while len(b) < len(a):
        b.append(0)
    if a == b:
        return 0
    return 1 if a > b else -1

#: choice("  42abc", "-17", "+5 5", "x9", "")
def atoi(s):
    s = s.strip()
    sign = 1
    i = 0
    if s and s[0] in "+-":
        sign = -1 if s[0] == "-" else 1
        i = 1
    n = 0
    while i < len(s) and s[i].isdigit():
        n = n * 10 + int(s[i])
        i += 1
    return sign * n

#: identifier()
#: choice("helloWorldAgain", "getHTTPCode", "x")
def camel_to_snake(name):
    out = ""
    for i, c in enumerate(name):
        if c.isupper():
            if i > 0 and not name[i - 1].isupper():
                out += "_"
            out += c.lower()
        else:
            out += c
    return out

#: choice("hello_world", "_private_name", "x", "a__b")
def snakeToCamel(text):
    parts = text.split("_")
    head = parts[0]
    for p in parts[1:]:
        if p == "":
            continue
        head += p[0].upper() + p[1:]
    return head

#: int_(0, 9999999)
def thousands(n):
    s = str(n)
    groups = []
    while s:
        groups.append(s[-3:])
        s = s[:-3]
    return ",".join(reversed(groups))

#: choice("# Title", "## Sub *x*", "- item", "plain **bold** text")
def markdown(line):
    level = 0
    while line.startswith("#"):
        level += 1
        line = line[1:]
    line = line.strip()
    for mark, tag in (("**", "b"), ("*", "i")):
        while line.count(mark) >= 2:
            line = line.replace(mark, f"<{tag}>", 1).replace(mark, f"</{tag}>", 1)
    if level:
        return f"<h{level}>{line}</h{level}>"
    if line.startswith("- "):
        return "<li>" + line[2:] + "</li>"
    return "<p>" + line + "</p>"

#: choice("ann@mail.org", "bad", "a@b", "x@y.z@w.de", "@host.com")
def valid_email(address):
    if address.count("@") != 1:
        return False
    user, domain = address.split("@")
    if not user or "." not in domain:
        return False
    for part in domain.split("."):
        if not part.isalnum():
            return False
    return True

#: sentence(), list_(choice("river", "happy", "stone"), 1, 2)
def censor(text, banned):
    clean = []
    for word in text.split():
        core = word.strip(".,!?").lower()
        if core in banned:
            word = word[0] + "*" * (len(core) - 1) + word[len(core):]
        clean.append(word)
    return " ".join(clean)

#: words(1, 4)
def remove_vowels(s):
    return "".join(c for c in s if c not in "aeiou")

#: letters(1, 4)
def substrings(s):
    result = []
    for i in range(len(s)):
        for j in range(i + 1, len(s) + 1):
            if s[i:j] not in result:
                result.append(s[i:j])
    return result

#: letters(2, 8)
def max_frequency(s):
    counts = [0] * 26
    for ch in s:
        counts[ord(ch) - 97] += 1
    best = counts.index(max(counts))
    return chr(97 + best), counts[best]

#: choice("aaab", "abab", "aa", "abcde")
def reorganize(s):
    left = sorted(s)
    out = ""
    while left:
        for c in left:
            if not out or out[-1] != c:
                out += c
                left.remove(c)
                break
        else:
            return ""
    return out

#: choice("babab", "ababab", "abc", "aaaa")
def repeated_unit(s):
    for size in range(1, len(s)):
        if len(s) % size == 0 and s[:size] * (len(s) // size) == s:
            return s[:size]
    return None

#: list_(choice("bella", "label", "roller"), 1, 3)
from collections import Counter

def common_chars(words):
    common = Counter(words[0])
    for w in words[1:]:
        common &= Counter(w)
    return sorted(common.elements())
