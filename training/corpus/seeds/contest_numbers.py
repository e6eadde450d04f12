#: joined(int_(1, 9), " ", 1, 6)
def solve(line):
    a = list(map(int, line.split()))
    a.sort(reverse=True)
    me, other = 0, 0
    for i in range(len(a)):
        if i % 2 == 0:
            me += a[i]
        else:
            other += a[i]
    return me - other

#: "3\n1 2\n3 4\n5 5"
#: choice("1\n7 7", "2\n9 1\n0 4")
def solve_cases(data):
    it = iter(data.split())
    t = int(next(it))
    out = []
    for _ in range(t):
        a, b = int(next(it)), int(next(it))
        out.append("YES" if a < b else "NO")
    return "\n".join(out)

#: int_(1, 30), int_(1, 30), int_(1, 9)
def watermelon(n, m, a):
    rows = -(-n // a)
    cols = (m + a - 1) // a
    return rows * cols

#: list_(int_(1, 9), 1, 6), int_(1, 6)
def next_round(scores, k):
    scores.sort(reverse=True)
    k = min(k, len(scores))
    cut = scores[k - 1]
    ans = 0
    for s in scores:
        if s >= cut and s > 0:
            ans += 1
    return ans

#: list_(choice("++X", "X++", "--X", "X--"), 0, 6)
def bit_language(statements):
    x = 0
    for s in statements:
        if "+" in s:
            x += 1
        else:
            x -= 1
    return x

#: list_(int_(1, 12), 1, 6)
def pile_up(q):
    q = sorted(q)
    t = 0
    waiting = 0
    happy = 0
    for x in q:
        if t <= x:
            happy += 1
            t += x
        else:
            waiting += 1
    return happy, waiting

#: int_(1, 40), int_(2, 5)
def candles(a, b):
    hours = a
    stubs = a
    while stubs >= b:
        new = stubs // b
        hours += new
        stubs = stubs % b + new
    return hours

#: int_(1, 60)
def to_zero(n):
    ops = 0
    while n > 0:
        if n % 2:
            n -= 1
        else:
            n //= 2
        ops += 1
    return ops

#: int_(1, 20), int_(20, 60)
def double_or_inc(start, goal):
    path = [goal]
    while goal != start:
        if goal % 2 == 0 and goal // 2 >= start:
            goal //= 2
        else:
            goal -= 1
        path.append(goal)
    return path[::-1]

#: int_(10, 50)
def happy_number(n):
    seen = []
    while n != 1 and n not in seen:
        seen.append(n)
        n = sum(int(c) ** 2 for c in str(n))
    return n == 1

#: int_(1, 30), int_(31, 60)
def count_multiples(lo, hi):
    threes = hi // 3 - (lo - 1) // 3
    fives = hi // 5 - (lo - 1) // 5
    both = hi // 15 - (lo - 1) // 15
    return threes + fives - both

#: int_(1, 40)
def divisors(n):
    small, large = [], []
    i = 1
    while i * i <= n:
        if n % i == 0:
            small.append(i)
            if i != n // i:
                large.append(n // i)
        i += 1
    return small + large[::-1]

#: int_(2, 40)
def totient(n):
    result, p, m = n, 2, n
    while p * p <= m:
        if m % p == 0:
            while m % p == 0:
                m //= p
            result -= result // p
        p += 1
    if m > 1:
        result -= result // m
    return result

#: int_(1, 30), int_(2, 30)
def egcd(a, b):
    x0, y0, x1, y1 = 1, 0, 0, 1
    while b:
        q = a // b
        a, b = b, a - q * b
        x0, x1 = x1, x0 - q * x1
        y0, y1 = y1, y0 - q * y1
    return a, x0, y0

#: int_(1, 10), choice(7, 11, 13, 8)
def inverse(a, m):
    for x in range(1, m):
        if a * x % m == 1:
            return x
    return None

#: list_(tuple_(int_(0, 2), choice(3, 5, 4)), 1, 2)
def crt(congruences):
    x, step = 0, 1
    for r, m in congruences:
        tries = 0
        while x % m != r:
            x += step
            tries += 1
            if tries > m:
                return None
        step *= m
    return x, step

#: int_(1, 12), int_(1, 12)
def water_jugs(a, b):
    x = y = 0
    steps = []
    while x != 1 and len(steps) < 10:
        if x == 0:
            x = a
            steps.append("fill")
        elif y == b:
            y = 0
            steps.append("empty")
        else:
            d = min(x, b - y)
            x -= d
            y += d
            steps.append("pour")
    return steps

#: digits(2, 5)
def largest_by_swap(s):
    best = s
    for i in range(len(s)):
        for j in range(i + 1, len(s)):
            t = list(s)
            t[i], t[j] = t[j], t[i]
            best = max(best, "".join(t))
    return best

#: digits(3, 6), int_(1, 2)
def remove_k_digits(num, k):
    stack = []
    for d in num:
        while k and stack and stack[-1] > d:
            stack.pop()
            k -= 1
        stack.append(d)
    if k:
        stack = stack[:-k]
    return "".join(stack).lstrip("0") or "0"

#: digits(1, 5), digits(1, 5)
def big_add(a, b):
    a, b = a.zfill(len(b)), b.zfill(len(a))
    carry, out = 0, []
    for x, y in zip(reversed(a), reversed(b)):
        carry, d = divmod(int(x) + int(y) + carry, 10)
        out.append(str(d))
    if carry:
        out.append("1")
    return "".join(reversed(out))

#: list_(int_(0, 9), 1, 4)
def plus_one(digits):
    i = len(digits) - 1
    while i >= 0:
        if digits[i] < 9:
            digits[i] += 1
            return digits
        digits[i] = 0
        i -= 1
    return [1] + digits

#: list_(int_(1, 9), 1, 5)
def product_except_self(nums):
    n = len(nums)
    out = [1] * n
    left = 1
    for i in range(n):
        out[i] = left
        left *= nums[i]
    right = 1
    for i in range(n - 1, -1, -1):
        out[i] *= right
        right *= nums[i]
    return out

#: list_(int_(1, 6), 1, 6), int_(1, 5)
def pairs_with_difference(a, k):
    seen = {}
    total = 0
    for x in a:
        total += seen.get(x - k, 0) + seen.get(x + k, 0)
        seen[x] = seen.get(x, 0) + 1
    return total

#: list_(int_(-3, 3), 1, 6), int_(-2, 4)
def subarrays_with_sum(nums, k):
    count, run = 0, 0
    seen = {0: 1}
    for n in nums:
        run += n
        count += seen.get(run - k, 0)
        seen[run] = seen.get(run, 0) + 1
    return count

#: list_(tuple_(int_(0, 5), int_(1, 5), int_(1, 4)), 0, 3)
def difference_array(updates):
    diff = [0] * 8
    for start, length, value in updates:
        diff[start] += value
        end = min(start + length, 7)
        diff[end] -= value
    heights, h = [], 0
    for d in diff[:-1]:
        h += d
        heights.append(h)
    return heights

#: list_(int_(1, 15), 1, 6)
def stones(a):
    import heapq
    h = [-x for x in a]
    heapq.heapify(h)
    while len(h) > 1:
        y = -heapq.heappop(h)
        x = -heapq.heappop(h)
        if x != y:
            heapq.heappush(h, x - y)
    return -h[0] if h else 0

#: list_(int_(1, 6), 1, 6)
def largest_rectangle(hs):
    st, best = [], 0
    for i, h in enumerate(hs + [0]):
        start = i
        while st and st[-1][1] >= h:
            start, top = st.pop()
            best = max(best, top * (i - start))
        st.append((start, h))
    return best

#: list_(int_(1, 9), 2, 6), int_(2, 3)
from collections import deque

def sliding_max(a, k):
    dq, out = deque(), []
    for i, x in enumerate(a):
        while dq and a[dq[-1]] <= x:
            dq.pop()
        dq.append(i)
        if dq[0] <= i - k:
            dq.popleft()
        if i >= k - 1:
            out.append(a[dq[0]])
    return out

#: list_(int_(1, 10), 1, 4), int_(2, 8)
def koko(piles, h):
    lo, hi = 1, max(piles)
    while lo < hi:
        mid = (lo + hi) // 2
        need = sum((p + mid - 1) // mid for p in piles)
        if need <= h:
            hi = mid
        else:
            lo = mid + 1
    return lo

#: list_(int_(1, 9), 2, 5), int_(2, 3)
def split_weights(ws, days):
    def fits(cap):
        used, load = 1, 0
        for w in ws:
            if load + w > cap:
                used += 1
                load = 0
            load += w
        return used <= days

    cap = max(ws)
    while not fits(cap):
        cap += 4
    return cap

#: list_(tuple_(int_(0, 5), int_(6, 12)), 0, 4)
def meeting_rooms(meetings):
    events = []
    for s, e in meetings:
        events.append((s, 1))
        events.append((e, -1))
    rooms = best = 0
    for _, change in sorted(events):
        rooms += change
        best = max(best, rooms)
    return best

#: list_(int_(1, 9), 0, 6)
def two_stacks(cards):
    l, r = 0, len(cards) - 1
    score = [0, 0]
    turn = 0
    while l <= r:
        if cards[l] > cards[r]:
            score[turn] += cards[l]
            l += 1
        else:
            score[turn] += cards[r]
            r -= 1
        turn ^= 1
    return score

#: int_(1, 15), int_(2, 4)
def nim(stones, most):
    win = [False]
    for n in range(1, stones + 1):
        win.append(any(not win[n - take] for take in range(1, min(most, n) + 1)))
        if n > 8:
            break
    return win

#: distinct(int_(1, 6), 2, 5)
def next_permutation(p):
    i = len(p) - 2
    while i >= 0 and p[i] >= p[i + 1]:
        i -= 1
    if i < 0:
        return sorted(p)
    j = len(p) - 1
    while p[j] <= p[i]:
        j -= 1
    p[i], p[j] = p[j], p[i]
    p[i + 1:] = reversed(p[i + 1:])
    return p

#: list_(int_(0, 5), 1, 6)
def mex(a):
    m = 0
    s = set(a)
    while m in s:
        m += 1
    return m

#: list_(int_(0, 6), 0, 6)
def h_index(citations):
    citations.sort(reverse=True)
    h = 0
    while h < len(citations) and citations[h] > h:
        h += 1
    return h
