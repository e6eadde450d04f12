#: list_(choice(1, 2, 3, 5), 1, 3), int_(1, 8)
def min_coins(coins, amount):
    INF = amount + 1
    dp = [0] + [INF] * amount
    for a in range(1, amount + 1):
        for c in coins:
            if c <= a:
                dp[a] = min(dp[a], dp[a - c] + 1)
    return dp[amount] if dp[amount] < INF else -1

#: choice([1, 2], [2, 5], [1, 5, 10], [3]), int_(3, 10)
def count_ways(coins, total):
    ways = [1] + [0] * total
    for coin in coins:
        for x in range(coin, total + 1):
            ways[x] += ways[x - coin]
    return ways[total]

#: letters(1, 4), letters(1, 4)
#: "table", "bale"
def lcs_length(x, y):
    m, n = len(x), len(y)
    L = [[0] * (n + 1) for _ in range(m + 1)]
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            if x[i - 1] == y[j - 1]:
                L[i][j] = L[i - 1][j - 1] + 1
            else:
                L[i][j] = max(L[i - 1][j], L[i][j - 1])
    return L[m][n]

#: letters(1, 3), letters(1, 3)
#: "abc", "ac"
def lcs(a, b):
    if not a or not b:
        return ""
    if a[0] == b[0]:
        return a[0] + lcs(a[1:], b[1:])
    first = lcs(a[1:], b)
    second = lcs(a, b[1:])
    return first if len(first) >= len(second) else second

#: list_(int_(1, 12), 1, 6)
def lis(nums):
    best = [1] * len(nums)
    for i in range(len(nums)):
        for j in range(i):
            if nums[j] < nums[i]:
                best[i] = max(best[i], best[j] + 1)
    return max(best)

#: list_(int_(1, 12), 0, 8)
from bisect import bisect_left

def lis_fast(seq):
    tails = []
    for x in seq:
        i = bisect_left(tails, x)
        if i == len(tails):
            tails.append(x)
        else:
            tails[i] = x
    return len(tails)

#: list_(tuple_(int_(1, 4), int_(1, 9)), 1, 3), int_(2, 6)
def knapsack(items, capacity):
    best = [0] * (capacity + 1)
    for weight, value in items:
        for c in range(capacity, weight - 1, -1):
            candidate = best[c - weight] + value
            if candidate > best[c]:
                best[c] = candidate
    return best[capacity]

#: list_(int_(1, 4), 1, 3), list_(int_(1, 9), 3, 3), int_(1, 6)
def pack(weights, values, room, i=0):
    """Best value with items i, i+1, ... in the room that is left."""
    if i == len(weights):
        return 0
    skip = pack(weights, values, room, i + 1)
    if weights[i] > room:
        return skip
    take = values[i] + pack(weights, values, room - weights[i], i + 1)
    return max(skip, take)

#: letters(0, 3), letters(0, 3)
#: "kit", "sit"
def edit_distance(s, t):
    prev = list(range(len(t) + 1))
    for i, a in enumerate(s, 1):
        cur = [i]
        for j, b in enumerate(t, 1):
            cost = 0 if a == b else 1
            cur.append(min(prev[j] + 1, cur[-1] + 1, prev[j - 1] + cost))
        prev = cur
    return prev[-1]

#: letters(0, 3), letters(1, 3)
from functools import lru_cache

def levenshtein(a, b):
    @lru_cache(maxsize=None)
    def d(i, j):
        if i == 0 or j == 0:
            return i + j
        if a[i - 1] == b[j - 1]:
            return d(i - 1, j - 1)
        return 1 + min(d(i - 1, j), d(i, j - 1), d(i - 1, j - 1))

    return d(len(a), len(b))

#: int_(0, 9)
def climb_stairs(n):
    one_before, two_before = 1, 0
    for step in range(n):
        current = one_before + two_before
        two_before = one_before
        one_before = current
    return one_before

#: int_(1, 6), {}
def stairs(n, memo):
    if n <= 1:
        return 1
    if n in memo:
        return memo[n]
    memo[n] = stairs(n - 1, memo) + stairs(n - 2, memo)
    return memo[n]

#: int_(2, 4), int_(2, 4)
def grid_paths(rows, cols):
    grid = [[1] * cols for _ in range(rows)]
    for r in range(1, rows):
        for c in range(1, cols):
            grid[r][c] = grid[r - 1][c] + grid[r][c - 1]
    return grid[-1][-1]

#: choice(["..", ".."], ["..#", "...", "#.."], [".#", "#."])
def paths_with_walls(field):
    h, w = len(field), len(field[0])
    ways = [[0] * w for _ in range(h)]
    ways[0][0] = 1
    for y in range(h):
        for x in range(w):
            if field[y][x] == "#":
                ways[y][x] = 0
                continue
            if y > 0:
                ways[y][x] += ways[y - 1][x]
            if x > 0:
                ways[y][x] += ways[y][x - 1]
    return ways[h - 1][w - 1]

#: matrix(int_(1, 9), 2, 3)
#: matrix(int_(1, 9), 3, 3)
def cheapest_path(cost):
    for i in range(len(cost)):
        for j in range(len(cost[0])):
            if i == 0 and j == 0:
                continue
            options = []
            if i:
                options.append(cost[i - 1][j])
            if j:
                options.append(cost[i][j - 1])
            cost[i][j] += min(options)
    return cost[-1][-1]

#: list_(int_(1, 20), 0, 7)
def rob(houses):
    take, skip = 0, 0
    for money in houses:
        take, skip = skip + money, max(take, skip)
    return max(take, skip)

#: list_(int_(1, 9), 1, 4), int_(3, 15)
def subset_sum(nums, target):
    reachable = [False] * (target + 1)
    reachable[0] = True
    for n in nums:
        for s in range(target, n - 1, -1):
            if reachable[s - n]:
                reachable[s] = True
    return reachable[target]

#: list_(int_(1, 9), 1, 4), int_(3, 15)
def can_make(numbers, goal):
    if goal == 0:
        return []
    if not numbers or goal < 0:
        return None
    first, rest = numbers[0], numbers[1:]
    with_first = can_make(rest, goal - first)
    if with_first is not None:
        return [first] + with_first
    return can_make(rest, goal)

#: list_(int_(0, 3), 1, 6)
def can_jump(nums):
    reach = 0
    for i, n in enumerate(nums):
        if i > reach:
            return False
        reach = max(reach, i + n)
    return True

#: list_(int_(1, 3), 1, 6)
def min_jumps(arr):
    jumps = end = far = 0
    for i in range(len(arr) - 1):
        far = max(far, i + arr[i])
        if i == end:
            jumps += 1
            end = far
    return jumps

#: [[2], [3, 4], [6, 5, 7]]
#: choice([[1]], [[5], [1, 9]], [[3], [7, 4], [2, 4, 6]])
def triangle_max(triangle):
    best = triangle[-1][:]
    for row in range(len(triangle) - 2, -1, -1):
        for i, value in enumerate(triangle[row]):
            best[i] = value + max(best[i], best[i + 1])
        best.pop()
    return best[0]

#: choice("12", "226", "06", "1", "110")
def decode_ways(s):
    if s[0] == "0":
        return 0
    prev, cur = 1, 1
    for i in range(1, len(s)):
        nxt = 0
        if s[i] != "0":
            nxt += cur
        if 10 <= int(s[i - 1:i + 1]) <= 26:
            nxt += prev
        prev, cur = cur, nxt
    return cur

#: choice("catdog", "cats", "dogcat"), ["cat", "dog", "cats"]
def word_break(text, dictionary):
    ok = {0: []}
    for end in range(1, len(text) + 1):
        for w in dictionary:
            start = end - len(w)
            if start in ok and text[start:end] == w:
                ok[end] = ok[start] + [w]
    return ok.get(len(text))

#: choice("abba", "abc", "banana", "x")
def longest_palindrome(s):
    best = ""
    for center in range(len(s)):
        for lo, hi in ((center, center), (center, center + 1)):
            while lo >= 0 and hi < len(s) and s[lo] == s[hi]:
                lo -= 1
                hi += 1
            if hi - lo - 1 > len(best):
                best = s[lo + 1:hi]
    return best

#: list_(int_(1, 9), 2, 5)
def cut_rod(prices):
    n = len(prices)
    revenue = [0]
    for length in range(1, n + 1):
        best = max(prices[i] + revenue[length - i - 1] for i in range(length))
        revenue.append(best)
    return revenue

#: int_(0, 5)
def catalan(n):
    c = [1]
    for m in range(1, n + 1):
        total = 0
        for i in range(m):
            total += c[i] * c[m - 1 - i]
        c.append(total)
    return c[n]

#: int_(1, 12)
def perfect_squares(n):
    need = [0]
    for k in range(1, n + 1):
        best = k
        r = 1
        while r * r <= k:
            best = min(best, need[k - r * r] + 1)
            r += 1
        need.append(best)
    return need[n]

#: int_(1, 6), int_(1, 3)
def partitions(n, biggest):
    if n == 0:
        return 1
    if n < 0 or biggest == 0:
        return 0
    return partitions(n - biggest, biggest) + partitions(n, biggest - 1)

#: list_(tuple_(int_(0, 8), int_(9, 15)), 0, 4)
def schedule(intervals):
    chosen = []
    free_from = 0
    for begin, end in sorted(intervals, key=lambda iv: iv[1]):
        if begin >= free_from:
            chosen.append((begin, end))
            free_from = end
    return chosen

#: list_(tuple_(int_(0, 9), int_(3, 14)), 0, 4)
def merge_intervals(intervals):
    merged = []
    for a, b in sorted((min(p), max(p)) for p in intervals):
        if merged and a <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], b)
        else:
            merged.append([a, b])
    return merged
