#: sorted_(int_(0, 40), 1, 9), part_of(0)
#: sorted_(int_(0, 40), 0, 9), int_(0, 40)
def binary_search(arr, target):
    low = 0
    high = len(arr) - 1
    while low <= high:
        mid = (low + high) // 2
        if arr[mid] == target:
            return mid
        elif arr[mid] < target:
            low = mid + 1
        else:
            high = mid - 1
    return -1

#: sorted_(int_(0, 40), 1, 9), part_of(0)
#: [2, 3, 5, 7, 11, 13], int_(0, 15)
def bsearch(xs, x, lo=0, hi=None):
    if hi is None:
        hi = len(xs)
    if lo >= hi:
        return None
    m = lo + (hi - lo) // 2
    if xs[m] == x:
        return m
    return bsearch(xs, x, m + 1, hi) if xs[m] < x else bsearch(xs, x, lo, m)

#: sorted_(int_(0, 6), 0, 8), int_(0, 6)
def lower_bound(a, v):
    l, r = 0, len(a)
    while l < r:
        m = (l + r) >> 1
        if a[m] < v:
            l = m + 1
        else:
            r = m
    return l

#: sorted_(int_(0, 6), 0, 8), int_(0, 6)
from bisect import bisect_left, bisect_right

def count_in_sorted(nums, x):
    left = bisect_left(nums, x)
    right = bisect_right(nums, x)
    if left == right:
        print(x, "does not occur")
    return right - left

#: int_(0, 150)
def integer_sqrt(n):
    lo, hi = 0, n + 1
    while hi - lo > 1:
        mid = (lo + hi) // 2
        if mid * mid <= n:
            lo = mid
        else:
            hi = mid
    return lo

#: float_(1, 50)
def newton_sqrt(value):
    guess = value / 2
    for step in range(20):
        better = (guess + value / guess) / 2
        if abs(better - guess) < 0.001:
            break
        guess = better
    return round(better, 3), step

#: int_(1, 100)
def guess_game(secret):
    low, high = 1, 100
    guesses = []
    while True:
        guess = (low + high) // 2
        guesses.append(guess)
        if guess == secret:
            break
        if guess < secret:
            low = guess + 1
        else:
            high = guess - 1
    print(f"Found {secret} in {len(guesses)} guesses")
    return guesses

#: list_(int_(1, 12), 2, 6), int_(3, 20)
def two_sum(nums, target):
    seen = {}
    for i, n in enumerate(nums):
        rest = target - n
        if rest in seen:
            return [seen[rest], i]
        seen[n] = i
    return []

#: list_(int_(1, 12), 2, 5), int_(3, 20)
def twoSumBrute(nums, target):
    for i in range(len(nums)):
        for j in range(i + 1, len(nums)):
            if nums[i] + nums[j] == target:
                return (i, j)
    return None

#: sorted_(int_(1, 15), 2, 7), int_(5, 25)
def pair_with_sum(values, wanted):
    left, right = 0, len(values) - 1
    while left < right:
        s = values[left] + values[right]
        if s == wanted:
            return values[left], values[right]
        if s < wanted:
            left += 1
        else:
            right -= 1

#: list_(int_(-4, 4), 3, 6)
def three_sum(nums):
    nums.sort()
    found = []
    for i in range(len(nums) - 2):
        if i > 0 and nums[i] == nums[i - 1]:
            continue
        lo, hi = i + 1, len(nums) - 1
        while lo < hi:
            total = nums[i] + nums[lo] + nums[hi]
            if total < 0:
                lo += 1
            elif total > 0:
                hi -= 1
            else:
                triple = [nums[i], nums[lo], nums[hi]]
                if triple not in found:
                    found.append(triple)
                lo += 1
    return found

#: list_(int_(0, 9), 1, 8), int_(1, 4)
def max_window(nums, k):
    if k > len(nums):
        return None
    window = sum(nums[:k])
    best = window
    for i in range(k, len(nums)):
        window += nums[i] - nums[i - k]
        best = max(best, window)
    return best

#: list_(int_(0, 20), 2, 7), int_(2, 3)
def moving_average(data, width):
    averages = []
    for end in range(width, len(data) + 1):
        part = data[end - width:end]
        averages.append(round(sum(part) / width, 2))
    return averages

#: letters(0, 9)
#: choice("abcabcbb", "bbbbb", "pwwkew")
def longest_without_repeat(s):
    last = {}
    start = 0
    longest = 0
    for i, ch in enumerate(s):
        if ch in last and last[ch] >= start:
            start = last[ch] + 1
        last[ch] = i
        longest = max(longest, i - start + 1)
    return longest

#: list_(int_(1, 9), 1, 7), int_(3, 20)
def shortest_subarray(nums, target):
    best = 0
    total = 0
    left = 0
    for right in range(len(nums)):
        total += nums[right]
        while total >= target:
            size = right - left + 1
            if best == 0 or size < best:
                best = size
            total -= nums[left]
            left += 1
    return best

#: list_(int_(0, 9), 1, 7), list_(tuple_(int_(0, 3), int_(3, 6)), 0, 3)
def range_sums(values, queries):
    prefix = [0]
    for v in values:
        prefix.append(prefix[-1] + v)
    answers = []
    for a, b in queries:
        b = min(b, len(values))
        a = min(a, b)
        answers.append(prefix[b] - prefix[a])
    return answers

#: list_(int_(-5, 5), 1, 7)
def pivot_index(nums):
    total = sum(nums)
    left = 0
    for i, x in enumerate(nums):
        if left == total - left - x:
            return i
        left += x
    return -1

#: list_(int_(-6, 6), 1, 8)
def kadane(nums):
    best = current = nums[0]
    for x in nums[1:]:
        current = max(x, current + x)
        best = max(best, current)
    return best

#: list_(int_(-6, 6), 1, 7)
def max_subarray(a):
    best_sum, best_range = a[0], (0, 0)
    cur, start = 0, 0
    for end, value in enumerate(a):
        cur += value
        if cur > best_sum:
            best_sum = cur
            best_range = (start, end)
        if cur < 0:
            cur = 0
            start = end + 1
    i, j = best_range
    return {"sum": best_sum, "items": a[i:j + 1]}

#: list_(int_(1, 30), 1, 7)
def best_trade(prices):
    lowest = prices[0]
    profit = 0
    for price in prices:
        if price < lowest:
            lowest = price
        elif price - lowest > profit:
            profit = price - lowest
    return profit

#: list_(choice(1, 2, 3), 1, 7)
def majority(votes):
    candidate, count = None, 0
    for v in votes:
        if count == 0:
            candidate = v
        count += 1 if v == candidate else -1
    if votes.count(candidate) > len(votes) // 2:
        return candidate
    return None

#: distinct(int_(0, 6), 2, 7)
def missing_number(nums):
    n = max(nums)
    expected = n * (n + 1) // 2
    missing = []
    for k in range(n + 1):
        if k not in nums:
            missing.append(k)
    print("difference of sums:", expected - sum(nums))
    return missing

#: list_(int_(0, 9), 1, 7)
def peak(heights):
    for i, h in enumerate(heights):
        left = heights[i - 1] if i > 0 else -1
        right = heights[i + 1] if i + 1 < len(heights) else -1
        if h >= left and h >= right:
            return i, h

#: list_(int_(1, 8), 2, 6)
def most_water(lines):
    l = 0
    r = len(lines) - 1
    best = 0
    while l < r:
        area = (r - l) * min(lines[l], lines[r])
        if area > best:
            best = area
        if lines[l] < lines[r]:
            l += 1
        else:
            r -= 1
    return best

#: list_(int_(0, 4), 1, 7)
def trapped_rain(walls):
    water = 0
    for i in range(len(walls)):
        left = max(walls[:i + 1])
        right = max(walls[i:])
        water += min(left, right) - walls[i]
    return water

#: letters(0, 10), letters(1, 3)
#: "abracadabra", "abra"
def find_pattern(text, pattern):
    hits = []
    for i in range(len(text) - len(pattern) + 1):
        match = True
        for j in range(len(pattern)):
            if text[i + j] != pattern[j]:
                match = False
                break
        if match:
            hits.append(i)
    return hits

#: choice("aabaaab", "abcabcd", "aaaa", "abab")
def prefix_function(p):
    table = [0] * len(p)
    k = 0
    for i in range(1, len(p)):
        while k > 0 and p[i] != p[k]:
            k = table[k - 1]
        if p[i] == p[k]:
            k += 1
        table[i] = k
    return table

#: sorted_(int_(0, 50), 2, 9), part_of(0)
import math

def jump_search(lst, goal):
    step = int(math.sqrt(len(lst)))
    prev = 0
    while prev < len(lst) and lst[min(prev + step, len(lst)) - 1] < goal:
        prev += step
    for i in range(prev, min(prev + step, len(lst))):
        if lst[i] == goal:
            return i
    return -1

#: [[1, 4, 7], [8, 11, 15], [16, 20, 30]], int_(0, 31)
#: matrix(int_(0, 9), 2, 3), int_(0, 9)
def search_grid(grid, value):
    row, col = 0, len(grid[0]) - 1
    path = []
    while row < len(grid) and col >= 0:
        here = grid[row][col]
        path.append(here)
        if here == value:
            return (row, col), path
        if here > value:
            col -= 1
        else:
            row += 1
    return None, path
