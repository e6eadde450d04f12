#: sentence(), int_(1, 25)
def caesar(text, shift):
    result = ""
    for ch in text[:10]:
        if ch.isupper():
            result += chr((ord(ch) - 65 + shift) % 26 + 65)
        elif ch.islower():
            result += chr((ord(ch) - 97 + shift) % 26 + 97)
        else:
            result += ch
    return result

#: word(), int_(-3, 30)
ALPHABET = "abcdefghijklmnopqrstuvwxyz"

def shift_letter(letter, key):
    position = ALPHABET.find(letter)
    if position == -1:
        return letter
    return ALPHABET[(position + key) % len(ALPHABET)]

def encrypt(message, key):
    return "".join(shift_letter(c, key) for c in message)

def round_trip(message, key):
    secret = encrypt(message, key)
    plain = encrypt(secret, -key)
    print(secret)
    return plain == message

#: word(), choice("key", "ab", "z")
def vigenere(text, key):
    out = []
    for i, c in enumerate(text):
        k = key[i % len(key)]
        shift = ord(k) - ord("a")
        out.append(chr((ord(c) - ord("a") + shift) % 26 + ord("a")))
    return "".join(out)

#: words(1, 2), choice("lemon", "Q")
def vigenereEncode(message, keyword, decode=False):
    encoded = ""
    keyIndex = 0
    for symbol in message.upper()[:8]:
        if not symbol.isalpha():
            encoded += symbol
            continue
        offset = ord(keyword[keyIndex].upper()) - 65
        if decode:
            offset = -offset
        encoded += chr((ord(symbol) - 65 + offset) % 26 + 65)
        keyIndex = (keyIndex + 1) % len(keyword)
    return encoded

#: mixed(0, 8)
def atbash(text):
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    reverse = alphabet[::-1]
    table = dict(zip(alphabet, reverse))
    answer = ""
    for c in text.lower():
        answer += table.get(c, c)
    return answer

#: word()
def rot13(s):
    t = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm")
    once = s.translate(t)
    return once, once.translate(t) == s

#: choice("sos", "hi", "me2", "")
def morse(word):
    codes = {"s": "...", "o": "---", "h": "....", "i": "..", "m": "--", "e": "."}
    signals = []
    for ch in word:
        if ch in codes:
            signals.append(codes[ch])
        else:
            signals.append("?")
    return " ".join(signals)

#: choice("... --- ...", ".... ..", "-- . / ..")
def from_morse(signal):
    letters = {"...": "S", "---": "O", "....": "H", "..": "I", "--": "M", ".": "E", "/": " "}
    return "".join([letters[code] for code in signal.split()])

#: words(2, 4), int_(2, 3)
def rail_fence(text, rails):
    text = text.replace(" ", "")[:9]
    rows = [""] * rails
    row, step = 0, 1
    for c in text:
        rows[row] += c
        if row == 0:
            step = 1
        elif row == rails - 1:
            step = -1
        row += step
    return "|".join(rows)

#: sentence(), int_(2, 5)
def column_cipher(message, width):
    letters = [c for c in message.lower() if c.isalpha()][:12]
    columns = []
    for start in range(width):
        columns.append("".join(letters[start::width]))
    return " ".join(columns)

#: word(), int_(1, 100)
def xor_cipher(text, key):
    numbers = [ord(c) ^ key for c in text]
    hexed = "".join(f"{n:02x}" for n in numbers)
    back = "".join(chr(n ^ key) for n in numbers)
    assert back == text
    return hexed

#: sentence()
def frequency(text):
    counts = {}
    for c in text.lower():
        if c.isalpha():
            counts[c] = counts.get(c, 0) + 1
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]
    return top

#: choice("mn", "fg", "ox", "ab"), list_(choice("hi", "no", "ox"), 1, 3)
def shift(word, k):
    return "".join(chr((ord(c) - 97 + k) % 26 + 97) for c in word)

def crack(secret, dictionary):
    for k in range(6):
        guess = shift(secret, k)
        if guess in dictionary:
            return k, guess
    return None

#: word(), choice("python", "zebra")
def keyword_alphabet(key):
    letters = ""
    for c in key + "abcdefghijklmnopqrstuvwxyz":
        if c not in letters:
            letters += c
    return letters

def substitute(word, key):
    cipher = keyword_alphabet(key)
    normal = sorted(cipher)
    return "".join(cipher[normal.index(c)] if c in normal else c for c in word)

#: mixed(1, 8)
def checksum(code):
    total = 0
    for position, ch in enumerate(code, start=1):
        if ch.isdigit():
            value = int(ch)
        else:
            value = ord(ch.upper()) - 55
        total += position * value
    return total % 97

#: digits(6, 8)
#: choice("4539578763621486"[:8], "79927398713"[:7], "18")
def luhn(number):
    total = 0
    double = False
    for d in reversed(number):
        n = int(d)
        if double:
            n *= 2
            if n > 9:
                n -= 9
        total += n
        double = not double
    return total % 10 == 0

#: choice("0306406152", "3598215088", "0-306", "030640615X")
def isbn10(isbn):
    if len(isbn) != 10:
        return False
    s = 0
    for i, c in enumerate(isbn):
        if c == "X" and i == 9:
            v = 10
        elif c.isdigit():
            v = int(c)
        else:
            return False
        s += (10 - i) * v
    return s % 11 == 0

#: word()
def polybius(word):
    square = ["abcde", "fghik", "lmnop", "qrstu", "vwxyz"]
    numbers = []
    for ch in word.replace("j", "i"):
        for r, row in enumerate(square, 1):
            if ch in row:
                numbers.append(r * 10 + row.index(ch) + 1)
    return numbers

#: word()
def hash_string(s):
    h = 7
    for c in s:
        h = (h * 31 + ord(c)) % 1009
    return h

#: choice("Tag", "ab", "x")
def base64ish(text):
    table = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    bits = "".join(format(ord(c), "08b") for c in text)
    padding = 0
    while len(bits) % 6 != 0:
        bits += "00"
        padding += 1
    coded = ""
    for i in range(0, len(bits), 6):
        coded += table[int(bits[i:i + 6], 2)]
    return coded + "=" * padding
