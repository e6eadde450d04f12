#: list_(int_(), 1, 7)
def largest(numbers):
    biggest = numbers[0]
    for n in numbers:
        if n > biggest:
            biggest = n
    return biggest

#: list_(int_(), 0, 7)
def second_largest(values):
    first = None
    second = None
    for v in values:
        if first is None or v > first:
            second = first
            first = v
        elif v != first and (second is None or v > second):
            second = v
    return second

#: list_(int_(0, 100), 0, 6)
def average(marks):
    if len(marks) == 0:
        return 0
    total = 0
    for m in marks:
        total += m
    return round(total / len(marks), 2)

#: list_(int_(0, 20), 1, 7)
def median(data):
    ordered = sorted(data)
    middle = len(ordered) // 2
    if len(ordered) % 2 == 1:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2

#: list_(int_(1, 5), 1, 8)
def mode(numbers):
    counts = {}
    for n in numbers:
        counts[n] = counts.get(n, 0) + 1
    highest = max(counts.values())
    modes = [n for n, c in counts.items() if c == highest]
    return sorted(modes)

#: list_(int_(1, 20), 2, 6)
def statistics(xs):
    n = len(xs)
    mean = sum(xs) / n
    variance = sum((x - mean) ** 2 for x in xs) / n
    return {"n": n, "mean": round(mean, 2), "std": round(variance ** 0.5, 2)}

#: list_(int_(), 0, 8)
def split_even_odd(nums):
    even = []
    odd = []
    for num in nums:
        if num % 2 == 0:
            even.append(num)
        else:
            odd.append(num)
    print("Even:", even)
    print("Odd:", odd)
    return even, odd

#: list_(int_(-9, 9), 0, 7)
def count_signs(lst):
    positive, negative, zero = 0, 0, 0
    for i in range(len(lst)):
        if lst[i] > 0:
            positive += 1
        elif lst[i] < 0:
            negative += 1
        else:
            zero += 1
    return [positive, negative, zero]

#: list_(int_(0, 6), 0, 8)
def unique(items):
    result = []
    for item in items:
        if item not in result:
            result.append(item)
    return result

#: list_(int_(0, 9), 0, 6), int_(0, 9)
def remove_all(values, target):
    while target in values:
        values.remove(target)
        print("removed", target)
    return values

#: list_(int_(), 0, 6)
def reverse_in_place(a):
    i, j = 0, len(a) - 1
    while i < j:
        a[i], a[j] = a[j], a[i]
        i += 1
        j -= 1
    return a

#: list_(int_(), 1, 6), int_(0, 8)
def rotate_left(lst, k):
    k = k % len(lst)
    return lst[k:] + lst[:k]

#: list_(int_(0, 9), 1, 6), int_(1, 3)
def rotate_right(arr, times):
    for t in range(times):
        last = arr.pop()
        arr.insert(0, last)
        print("after", t + 1, "->", arr)
    return arr

#: list_(int_(0, 9), 0, 5), list_(int_(0, 9), 0, 5)
def intersection(list1, list2):
    result = []
    for x in list1:
        for y in list2:
            if x == y and x not in result:
                result.append(x)
    return result

#: sorted_(int_(0, 20), 0, 5), sorted_(int_(0, 20), 0, 5)
def merge(a, b):
    merged = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            merged.append(a[i])
            i += 1
        else:
            merged.append(b[j])
            j += 1
    merged.extend(a[i:])
    merged.extend(b[j:])
    return merged

#: list_(int_(1, 9), 0, 7)
def running_total(nums):
    totals = []
    total = 0
    for n in nums:
        total += n
        totals.append(total)
    return totals

#: list_(int_(0, 20), 0, 7)
def is_sorted(seq):
    for k in range(len(seq) - 1):
        if seq[k] > seq[k + 1]:
            return False
    else:
        return True

#: list_(int_(0, 9), 0, 8), int_(1, 4)
def chunks(items, size):
    result = []
    for start in range(0, len(items), size):
        result.append(items[start:start + size])
    return result

#: list_(word(), 0, 5)
def number_lines(lines):
    numbered = []
    for number, line in enumerate(lines, start=1):
        numbered.append(f"{number}. {line}")
    return numbered

#: list_(name(), 1, 4), list_(int_(40, 100), 1, 4)
def pair_up(names, scores):
    report = {}
    for name, score in zip(names, scores):
        report[name] = "pass" if score >= 60 else "fail"
    return report

#: list_(list_(int_(0, 9), 0, 3), 0, 3)
def flatten_once(nested):
    flat = []
    for inner in nested:
        for value in inner:
            flat.append(value)
    return flat

#: list_(int_(0, 9), 2, 7)
def differences(xs):
    return [b - a for a, b in zip(xs, xs[1:])]

#: list_(int_(0, 15), 1, 7)
def min_and_max_positions(temps):
    lo = hi = 0
    for day in range(1, len(temps)):
        if temps[day] < temps[lo]:
            lo = day
        if temps[day] > temps[hi]:
            hi = day
    print("coldest day", lo, "with", temps[lo])
    print("hottest day", hi, "with", temps[hi])
    return lo, hi

#: list_(int_(0, 30), 1, 7), int_(0, 30)
#: [4, 8, 15, 16, 23, 42], part_of(0)
def linear_search(haystack, needle):
    index = 0
    found = False
    while index < len(haystack) and not found:
        if haystack[index] == needle:
            found = True
        else:
            index += 1
    if found:
        return index
    return -1

#: list_(int_(0, 3), 0, 8)
def longest_streak(results):
    best = 0
    current = 0
    previous = None
    for r in results:
        if r == previous:
            current += 1
        else:
            current = 1
        best = max(best, current)
        previous = r
    return best

#: list_(int_(0, 5), 0, 7)
def move_zeros(nums):
    position = 0
    for n in nums:
        if n != 0:
            nums[position] = n
            position += 1
    for i in range(position, len(nums)):
        nums[i] = 0
    return nums

#: sorted_(int_(1, 30), 0, 5), int_(0, 30)
def insert_sorted(lst, x):
    i = 0
    while i < len(lst) and lst[i] < x:
        i += 1
    lst.insert(i, x)
    return lst

#: list_(int_(1, 9), 0, 6), list_(int_(1, 9), 0, 6)
def dot(u, v):
    if len(u) != len(v):
        return None
    s = 0
    for i in range(len(u)):
        s += u[i] * v[i]
    return s

#: int_(2, 5), int_(2, 5)
def multiplication_table(rows, cols):
    table = []
    for i in range(1, rows + 1):
        row = []
        for j in range(1, cols + 1):
            row.append(i * j)
        table.append(row)
    for row in table:
        print("".join(f"{v:4}" for v in row))
    return table

#: list_(int_(1, 6), 0, 8)
def histogram(rolls):
    for face in range(1, 7):
        n = rolls.count(face)
        print(face, "|", "#" * n)
    return len(rolls)

#: list_(float_(0, 30), 1, 6)
def warm_days(temperatures):
    mean = sum(temperatures) / len(temperatures)
    above = [t for t in temperatures if t > mean]
    return len(above), round(mean, 1)

#: list_(anything(), 0, 6)
def only_numbers(stuff):
    numbers = []
    for thing in stuff:
        if isinstance(thing, bool):
            continue
        if isinstance(thing, (int, float)):
            numbers.append(thing)
    return numbers
