#: int_(0, 255)
def count_bits(n):
    count = 0
    while n:
        count += n & 1
        n >>= 1
    return count

#: int_(0, 255)
def popcount(x):
    c = 0
    while x:
        x &= x - 1
        c += 1
    return c

#: int_(0, 130)
#: choice(1, 2, 16, 64, 0)
def is_power_of_two(n):
    return n > 0 and n & (n - 1) == 0

#: int_(0, 63), int_(0, 63)
def hamming(a, b):
    diff = a ^ b
    print(f"{a:06b}")
    print(f"{b:06b}")
    print(f"{diff:06b}")
    return bin(diff).count("1")

#: int_(0, 31), int_(0, 4), choice("set", "clear", "toggle", "test")
def bit_operation(number, position, action):
    mask = 1 << position
    if action == "set":
        return number | mask
    elif action == "clear":
        return number & ~mask
    elif action == "toggle":
        return number ^ mask
    return (number & mask) != 0

#: list_(int_(1, 9), 1, 6)
def single(nums):
    acc = 0
    for n in nums:
        acc ^= n
    return acc

#: int_(0, 63)
def reverse_bits(n):
    r = 0
    for _ in range(6):
        r = (r << 1) | (n & 1)
        n >>= 1
    return r

#: int_(0, 60), int_(0, 60)
def add_without_plus(a, b):
    steps = 0
    while b:
        carry = a & b
        a = a ^ b
        b = carry << 1
        steps += 1
    return a, steps

#: int_(0, 20), int_(0, 20)
def russian_multiply(a, b):
    product = 0
    while a > 0:
        if a % 2 == 1:
            product += b
        print(a, b, product)
        a //= 2
        b *= 2
    return product

#: distinct(char(), 1, 3)
def subsets(items):
    result = []
    for mask in range(1 << len(items)):
        subset = [items[i] for i in range(len(items)) if mask >> i & 1]
        result.append(subset)
    return result

#: list_(int_(1, 9), 2, 3)
def min_difference(weights):
    total = sum(weights)
    best = total
    for mask in range(2 ** len(weights)):
        left = 0
        for i, w in enumerate(weights):
            if mask & (1 << i):
                left += w
        best = min(best, abs(total - 2 * left))
    return best

#: int_(0, 40)
def gray(n):
    g = n ^ (n >> 1)
    back = 0
    while g:
        back ^= g
        g >>= 1
    return format(n ^ (n >> 1), "b"), back == n

#: binary(1, 6), binary(1, 6)
def add_binary(a, b):
    i, j = len(a) - 1, len(b) - 1
    carry = 0
    out = ""
    while i >= 0 or j >= 0 or carry:
        s = carry
        if i >= 0:
            s += int(a[i])
            i -= 1
        if j >= 0:
            s += int(b[j])
            j -= 1
        out = str(s % 2) + out
        carry = s // 2
    return out

#: binary(2, 8)
def twos_complement(bits):
    value = int(bits, 2)
    if bits[0] == "1":
        value -= 1 << len(bits)
    flipped = "".join("1" if b == "0" else "0" for b in bits)
    return value, flipped

#: int_(-40, 200)
def to_hex(n):
    digits = "0123456789abcdef"
    if n < 0:
        n += 256
    text = ""
    while True:
        n, r = divmod(n, 16)
        text = digits[r] + text
        if n == 0:
            break
    return "0x" + text

#: choice("#ff8000", "#0a1b2c", "00ff00")
def hex_color(code):
    code = code.lstrip("#")
    channels = [int(code[i:i + 2], 16) for i in (0, 2, 4)]
    brightest = max(channels)
    names = ["red", "green", "blue"]
    return channels, names[channels.index(brightest)]

#: choice("rwx", "r--", "-w-"), choice("r-x", "---")
def chmod(owner, others):
    number = 0
    for group in (owner, others):
        value = 0
        for flag, letter in zip((4, 2, 1), group):
            if letter != "-":
                value |= flag
        number = number * 10 + value
    return number

#: binary(1, 8)
def longest_ones(bits):
    longest = run = 0
    for b in bits:
        run = run + 1 if b == "1" else 0
        longest = max(longest, run)
    zeros = max(len(part) for part in bits.split("1"))
    return longest, zeros

#: int_(1, 200)
def binary_gap(n):
    bits = bin(n)[2:].strip("0")
    best = 0
    for gap in bits.split("1"):
        best = max(best, len(gap))
    return best

#: choice("192.168.1.10", "10.0.0.1", "300.1.1.1", "1.2.3")
def ip_to_int(ip):
    octets = ip.split(".")
    if len(octets) != 4:
        return None
    n = 0
    for o in octets:
        if not 0 <= int(o) <= 255:
            return None
        n = (n << 8) + int(o)
    return n

#: binary(4, 4)
def hamming_encode(data):
    d = [int(b) for b in data]
    p1 = d[0] ^ d[1] ^ d[3]
    p2 = d[0] ^ d[2] ^ d[3]
    p3 = d[1] ^ d[2] ^ d[3]
    return "".join(map(str, [p1, p2, d[0], p3, d[1], d[2], d[3]]))

#: list_(choice("read", "write", "admin"), 0, 3)
READ, WRITE, ADMIN = 1, 2, 4

def permissions(names):
    flags = 0
    for n in names:
        if n == "read":
            flags |= READ
        elif n == "write":
            flags |= WRITE
        else:
            flags |= ADMIN | READ
    can_edit = bool(flags & (WRITE | ADMIN))
    return flags, can_edit
