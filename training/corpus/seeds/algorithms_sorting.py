#: list_(int_(0, 30), 0, 5)
def bubble_sort(arr):
    n = len(arr)
    for i in range(n):
        swapped = False
        for j in range(0, n - i - 1):
            if arr[j] > arr[j + 1]:
                arr[j], arr[j + 1] = arr[j + 1], arr[j]
                swapped = True
        if not swapped:
            break
    return arr

#: list_(int_(-5, 9), 2, 4)
def bubbleSort(numbers):
    sorted_list = numbers[:]
    done = False
    swaps = 0
    while not done:
        done = True
        for i in range(len(sorted_list) - 1):
            if sorted_list[i] > sorted_list[i + 1]:
                temp = sorted_list[i]
                sorted_list[i] = sorted_list[i + 1]
                sorted_list[i + 1] = temp
                swaps += 1
                done = False
    print("swaps:", swaps)
    return sorted_list

#: list_(int_(0, 30), 0, 5)
def selection_sort(a):
    for i in range(len(a)):
        smallest = i
        for j in range(i + 1, len(a)):
            if a[j] < a[smallest]:
                smallest = j
        a[i], a[smallest] = a[smallest], a[i]
    return a

#: list_(int_(1, 20), 1, 5)
def sort_descending(values):
    result = []
    while values:
        m = max(values)
        values.remove(m)
        result.append(m)
    return result

#: list_(int_(0, 30), 0, 5)
#: list_(word(), 0, 4)
def insertion_sort(items):
    for i in range(1, len(items)):
        key = items[i]
        j = i - 1
        while j >= 0 and items[j] > key:
            items[j + 1] = items[j]
            j -= 1
        items[j + 1] = key
    return items

#: list_(int_(0, 40), 0, 6)
def insort_all(xs):
    out = []
    for x in xs:
        k = 0
        for y in out:
            if y > x:
                break
            k += 1
        out.insert(k, x)
    return out

#: list_(int_(0, 40), 0, 5)
def merge_sort(lst):
    if len(lst) <= 1:
        return lst
    mid = len(lst) // 2
    left = merge_sort(lst[:mid])
    right = merge_sort(lst[mid:])
    merged = []
    while left and right:
        if left[0] <= right[0]:
            merged.append(left.pop(0))
        else:
            merged.append(right.pop(0))
    return merged + left + right

#: list_(int_(0, 9), 0, 4)
def merge(left, right):
    result = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] < right[j]:
            result.append(left[i])
            i += 1
        else:
            result.append(right[j])
            j += 1
    return result + left[i:] + right[j:]

def sort(seq):
    if len(seq) < 2:
        return seq
    half = len(seq) // 2
    return merge(sort(seq[:half]), sort(seq[half:]))

#: list_(int_(0, 30), 0, 4)
def merge_bottom_up(a):
    runs = [[x] for x in a]
    while len(runs) > 1:
        nxt = []
        for k in range(0, len(runs) - 1, 2):
            p, q = runs[k], runs[k + 1]
            m = []
            while p or q:
                if not q or (p and p[0] <= q[0]):
                    m.append(p.pop(0))
                else:
                    m.append(q.pop(0))
            nxt.append(m)
        if len(runs) % 2:
            nxt.append(runs[-1])
        runs = nxt
    return runs[0] if runs else []

#: list_(int_(0, 40), 0, 6)
def quicksort(arr):
    if len(arr) <= 1:
        return arr
    pivot = arr[len(arr) // 2]
    left = [x for x in arr if x < pivot]
    middle = [x for x in arr if x == pivot]
    right = [x for x in arr if x > pivot]
    return quicksort(left) + middle + quicksort(right)

#: list_(int_(0, 40), 0, 6)
def qsort(xs):
    if not xs:
        return []
    head, *tail = xs
    return qsort([t for t in tail if t < head]) + [head] + qsort([t for t in tail if t >= head])

#: list_(int_(0, 20), 2, 4)
def partition(a, lo, hi):
    pivot = a[hi]
    i = lo - 1
    for j in range(lo, hi):
        if a[j] <= pivot:
            i += 1
            a[i], a[j] = a[j], a[i]
    a[i + 1], a[hi] = a[hi], a[i + 1]
    return i + 1

def quick_sort(a, lo=0, hi=None):
    if hi is None:
        hi = len(a) - 1
    if lo < hi:
        p = partition(a, lo, hi)
        quick_sort(a, lo, p - 1)
        quick_sort(a, p + 1, hi)
    return a

#: list_(int_(0, 4), 0, 8)
def counting_sort(nums):
    if not nums:
        return []
    counts = [0] * (max(nums) + 1)
    for n in nums:
        counts[n] += 1
    out = []
    for value, times in enumerate(counts):
        out.extend([value] * times)
    return out

#: letters(0, 7)
def sort_letters(word):
    buckets = [0] * 26
    for ch in word:
        buckets[ord(ch) - ord("a")] += 1
    res = ""
    for i in range(26):
        if buckets[i] > 0:
            res += chr(97 + i) * buckets[i]
    return res

#: list_(int_(0, 50), 0, 6)
def shellsort(v):
    gap = len(v) // 2
    while gap > 0:
        for i in range(gap, len(v)):
            x = v[i]
            j = i
            while j >= gap and v[j - gap] > x:
                v[j] = v[j - gap]
                j -= gap
            v[j] = x
        gap //= 2
    return v

#: list_(int_(0, 30), 1, 5)
def sift_down(heap, root, end):
    while True:
        child = 2 * root + 1
        if child >= end:
            return
        if child + 1 < end and heap[child] < heap[child + 1]:
            child += 1
        if heap[root] >= heap[child]:
            return
        heap[root], heap[child] = heap[child], heap[root]
        root = child

def heap_sort(data):
    n = len(data)
    for start in range(n // 2 - 1, -1, -1):
        sift_down(data, start, n)
    for end in range(n - 1, 0, -1):
        data[0], data[end] = data[end], data[0]
        sift_down(data, 0, end)
    return data

#: list_(int_(0, 30), 0, 6)
import heapq

def heapsort(iterable):
    h = []
    for value in iterable:
        heapq.heappush(h, value)
    return [heapq.heappop(h) for _ in range(len(h))]

#: list_(int_(0, 30), 0, 5)
def gnome_sort(garden):
    pos = 0
    while pos < len(garden):
        if pos == 0 or garden[pos] >= garden[pos - 1]:
            pos += 1
        else:
            garden[pos], garden[pos - 1] = garden[pos - 1], garden[pos]
            pos -= 1
    return garden

#: list_(int_(0, 20), 0, 5)
def cocktail(a):
    start, end = 0, len(a) - 1
    moved = True
    while moved and start < end:
        moved = False
        for i in range(start, end):
            if a[i] > a[i + 1]:
                a[i], a[i + 1] = a[i + 1], a[i]
                moved = True
        end -= 1
        for i in range(end, start, -1):
            if a[i] < a[i - 1]:
                a[i], a[i - 1] = a[i - 1], a[i]
                moved = True
        start += 1
    return a

#: list_(int_(0, 99), 0, 5)
def radix_sort(nums):
    place = 1
    while nums and place <= max(nums):
        buckets = [[] for _ in range(10)]
        for n in nums:
            buckets[n // place % 10].append(n)
        nums = [n for bucket in buckets for n in bucket]
        place *= 10
    return nums

#: list_(int_(0, 9), 2, 5)
def pancake_sort(stack):
    flips = []
    for size in range(len(stack), 1, -1):
        biggest = stack.index(max(stack[:size]))
        if biggest == size - 1:
            continue
        if biggest > 0:
            stack[: biggest + 1] = stack[: biggest + 1][::-1]
            flips.append(biggest + 1)
        stack[:size] = stack[:size][::-1]
        flips.append(size)
    return stack, flips

#: list_(tuple_(name(), int_(10, 40)), 1, 4)
def sort_people(people):
    by_age = sorted(people, key=lambda person: person[1])
    by_name = sorted(people, key=lambda person: (person[0], -person[1]))
    print([p[0] for p in by_age])
    return by_name

#: list_(word(), 0, 5)
def sort_by_length(words):
    for i in range(len(words)):
        for k in range(i + 1, len(words)):
            longer = len(words[i]) > len(words[k])
            same_but_later = len(words[i]) == len(words[k]) and words[i] > words[k]
            if longer or same_but_later:
                words[i], words[k] = words[k], words[i]
    return words

#: dict_(word(), int_(0, 9), 0, 5)
def ranking(points):
    table = sorted(points.items(), key=lambda kv: (-kv[1], kv[0]))
    ranks = {}
    for place, (team, score) in enumerate(table, 1):
        if place > 1 and score == table[place - 2][1]:
            ranks[team] = ranks[table[place - 2][0]]
        else:
            ranks[team] = place
    return ranks

#: list_(choice("r", "w", "b"), 0, 6)
def dutch_flag(balls):
    low, mid, high = 0, 0, len(balls) - 1
    while mid <= high:
        if balls[mid] == "r":
            balls[low], balls[mid] = balls[mid], balls[low]
            low += 1
            mid += 1
        elif balls[mid] == "w":
            mid += 1
        else:
            balls[mid], balls[high] = balls[high], balls[mid]
            high -= 1
    return "".join(balls)

#: list_(int_(1, 9), 0, 5)
def count_inversions(a):
    inv = 0
    for i in range(len(a)):
        for j in range(i + 1, len(a)):
            if a[i] > a[j]:
                inv += 1
    return inv

#: distinct(int_(0, 9), 2, 5)
def cycle_swaps(perm):
    target = sorted(perm)
    swaps = 0
    for i, want in enumerate(target):
        if perm[i] != want:
            where = perm.index(want)
            perm[i], perm[where] = perm[where], perm[i]
            swaps += 1
    return swaps

#: list_(int_(0, 20), 1, 6), int_(1, 6)
def kth_smallest(xs, k):
    if k > len(xs):
        return None
    pivot = xs[0]
    smaller = [x for x in xs[1:] if x < pivot]
    rest = [x for x in xs[1:] if x >= pivot]
    if k == len(smaller) + 1:
        return pivot
    if k <= len(smaller):
        return kth_smallest(smaller, k)
    return kth_smallest(rest, k - len(smaller) - 1)

#: joined(int_(1, 99), ",", 1, 5)
def bucket_sort(line):
    numbers = [int(part) for part in line.split(",")]
    tens = {}
    for n in numbers:
        tens.setdefault(n // 10, []).append(n)
    ordered = []
    for t in range(10):
        if t in tens:
            ordered += sorted(tens[t])
    return ",".join(map(str, ordered))
