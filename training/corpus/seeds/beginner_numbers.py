#: float_(-20, 40)
def celsius_to_fahrenheit(celsius):
    # multiply first, then add 32
    step1 = celsius * 9
    step2 = step1 / 5
    fahrenheit = step2 + 32
    return round(fahrenheit, 1)

#: list_(int_(-30, 110), 0, 5), choice("F", "C")
#: [32, 212], "K"
def convert_all(temps, to):
    out = []
    for t in temps:
        if to == "F":
            out.append(t * 9 / 5 + 32)
        elif to == "C":
            out.append(round((t - 32) * 5 / 9, 2))
        else:
            print("unknown unit:", to)
            return None
    return out

#: int_(0, 100)
#: int_(-20, 130)
def letter_grade(score):
    if score < 0 or score > 100:
        return "invalid"
    if score >= 90:
        grade = "A"
    elif score >= 80:
        grade = "B"
    elif score >= 70:
        grade = "C"
    elif score >= 60:
        grade = "D"
    else:
        grade = "F"
    return grade

#: int_(1890, 2030)
#: choice(1900, 2000, 2024, 2100, 1600)
def is_leap(year):
    """Return True if year is a leap year."""
    if year % 400 == 0:
        return True
    if year % 100 == 0:
        return False
    if year % 4 == 0:
        return True
    return False

#: int_(1890, 2030)
def leap(y): return y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)

#: int_(1995, 2005), int_(2005, 2015)
def leapYearsBetween(startYear, endYear):
    leapYears = []
    currentYear = startYear
    while currentYear <= endYear:
        isDivisibleBy4 = currentYear % 4 == 0
        isCentury = currentYear % 100 == 0
        if isDivisibleBy4 and not isCentury or currentYear % 400 == 0:
            leapYears.append(currentYear)
        currentYear += 1
    return leapYears

#: int_(0, 9)
#: int_(-3, 0)
def factorial(n):
    if n < 0:
        return None
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result

#: int_(0, 7)
def main_factorial(number):
    answer = 1
    counter = number
    while counter > 0:
        answer = answer * counter
        counter = counter - 1
    print(str(number) + "! = " + str(answer))
    return answer

#: int_(0, 12)
def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

#: int_(0, 9)
def fibonacci_list(count):
    numbers = []
    first = 0
    second = 1
    i = 0
    while i < count:
        numbers.append(first)
        temp = first + second
        first = second
        second = temp
        i = i + 1
    return numbers

#: int_(1, 60)
def fib_until(limit):
    seq = [1, 1]
    while seq[-1] + seq[-2] <= limit:
        seq.append(seq[-1] + seq[-2])
    evens = [x for x in seq if x % 2 == 0]
    print("sequence:", seq)
    print("sum of evens:", sum(evens))
    return sum(evens)

#: int_(1, 60), int_(1, 60)
#: int_(1, 60), 0
def gcd(a, b):
    while b != 0:
        a, b = b, a % b
    return a

#: int_(1, 30), int_(1, 30)
def gcd_subtract(m, n):
    while m != n:
        if m > n:
            m = m - n
        else:
            n = n - m
    return m

#: int_(1, 24), int_(1, 24)
def lcm(a: int, b: int) -> int:
    """Smallest number that both a and b divide."""

    def gcd(x: int, y: int) -> int:
        return x if y == 0 else gcd(y, x % y)

    return a * b // gcd(a, b)

#: int_(-2, 40)
#: choice(25, 49, 97, 91)
def is_prime(number):
    if number < 2:
        return False
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            print(number, "is divisible by", divisor)
            return False
        divisor += 1
    return True

#: int_(2, 20)
def primes_up_to(n):
    primes = []
    for num in range(2, n + 1):
        prime = True
        for p in primes:
            if p * p > num:
                break
            if num % p == 0:
                prime = False
                break
        if prime:
            primes.append(num)
    return primes

#: int_(5, 24)
def sieve(limit):
    flags = [True] * (limit + 1)
    flags[0] = flags[1] = False
    for i in range(2, int(limit ** 0.5) + 1):
        if flags[i]:
            for j in range(i * i, limit + 1, i):
                flags[j] = False
    return [i for i, ok in enumerate(flags) if ok]

#: int_(2, 200)
def prime_factors(n):
    factors = []
    d = 2
    while n > 1:
        while n % d == 0:
            factors.append(d)
            n //= d
        d += 1
        if d * d > n and n > 1:
            factors.append(n)
            break
    return factors

#: int_(2, 150)
def factor_string(n):
    counts = {}
    p = 2
    while p * p <= n:
        if n % p == 0:
            counts[p] = counts.get(p, 0) + 1
            n = n // p
        else:
            p += 1
    if n > 1:
        counts[n] = counts.get(n, 0) + 1
    return " x ".join(f"{base}^{e}" if e > 1 else str(base) for base, e in counts.items())

#: choice(6, 28, 12, 8, 10, 20)
#: int_(1, 30)
def perfect(n):
    divisors = []
    for i in range(1, n):
        if n % i == 0:
            divisors.append(i)
    total = sum(divisors)
    if total == n:
        return "perfect"
    elif total > n:
        return "abundant"
    return "deficient"

#: int_(1, 30)
def collatz(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
        if steps >= 40:
            return -1
    return steps

#: int_(1, 13)
def hailstone(n):
    """Return the hailstone sequence that starts with n."""
    seq = [n]
    while seq[-1] != 1:
        last = seq[-1]
        seq.append(last // 2 if last % 2 == 0 else last * 3 + 1)
    return seq

#: int_(0, 99999)
def digit_sum(n):
    s = 0
    while n:
        s += n % 10
        n //= 10
    return s

#: int_(0, 99999)
def digitSum(num):
    total = 0
    for ch in str(num):
        total = total + int(ch)
    return total

#: int_(0, 999999)
def digital_root(n):
    rounds = 0
    while n > 9:
        n = sum(int(d) for d in str(n))
        rounds += 1
    return n, rounds

#: choice(153, 370, 371, 407, 9474, 100)
#: int_(1, 999)
def is_armstrong(num):
    power = len(str(num))
    total = 0
    temp = num
    while temp > 0:
        digit = temp % 10
        total += digit ** power
        temp //= 10
    return total == num

#: int_(0, 99999)
#: -120
def reverse_number(n):
    sign = -1 if n < 0 else 1
    n = abs(n)
    rev = 0
    while n > 0:
        rev = rev * 10 + n % 10
        n = n // 10
    return sign * rev

#: int_(10, 99)
def lychrel_steps(n):
    tries = 0
    while str(n) != str(n)[::-1] and tries < 8:
        n = n + int(str(n)[::-1])
        tries += 1
    return (n, tries)

#: int_(0, 100)
def to_binary(n):
    if n == 0:
        return "0"
    bits = ""
    while n > 0:
        bits = str(n % 2) + bits
        n = n // 2
    return bits

#: binary(1, 8)
def from_binary(bits):
    value = 0
    for bit in bits:
        value = value * 2 + (1 if bit == "1" else 0)
    return value

#: binary(1, 6)
#: "1021"
def binary_to_decimal(binary_string):
    decimal = 0
    power = len(binary_string) - 1
    for digit in binary_string:
        if digit != "0" and digit != "1":
            print("Not a binary number!")
            return -1
        decimal += int(digit) * 2 ** power
        power -= 1
    return decimal

#: int_(0, 1000), choice(2, 3, 8, 16)
def to_base(number, base):
    symbols = "0123456789ABCDEF"
    if number < base:
        return symbols[number]
    return to_base(number // base, base) + symbols[number % base]

#: int_(0, 6)
def pascal_row(n):
    row = [1]
    for k in range(n):
        row.append(row[k] * (n - k) // (k + 1))
    return row

#: int_(1, 5)
def pascal_triangle(rows):
    triangle = []
    for i in range(rows):
        line = [1] * (i + 1)
        for j in range(1, i):
            line[j] = triangle[i - 1][j - 1] + triangle[i - 1][j]
        triangle.append(line)
    for line in triangle:
        print(" ".join(str(x) for x in line).center(14))
    return triangle

#: int_(1, 16)
def fizzbuzz(n):
    for i in range(1, n + 1):
        if i % 15 == 0:
            print("FizzBuzz")
        elif i % 3 == 0:
            print("Fizz")
        elif i % 5 == 0:
            print("Buzz")
        else:
            print(i)

#: int_(1, 12)
def fizz_buzz(limit):
    result = []
    for x in range(1, limit + 1):
        word = ""
        if x % 3 == 0:
            word += "Fizz"
        if x % 5 == 0:
            word += "Buzz"
        result.append(word or str(x))
    return result

#: int_(1, 12), {3: "Foo", 4: "Bar"}
#: int_(1, 10), {2: "Even", 7: "Boom"}
def custom_fizz(n, rules):
    return ["".join(w for d, w in rules.items() if i % d == 0) or i for i in range(1, n + 1)]

#: float_(1, 3, 2), int_(40, 110)
def bmi(height, weight):
    value = weight / (height * height)
    if value < 18.5:
        category = "underweight"
    elif value < 25:
        category = "normal"
    elif value < 30:
        category = "overweight"
    else:
        category = "obese"
    return "BMI %.1f: %s" % (value, category)

#: int_(1, 5), int_(-9, 9), int_(-9, 9)
#: 1, choice(4, 6), 9
def quadratic(a, b, c):
    delta = b ** 2 - 4 * a * c
    if delta < 0:
        return []
    root = delta ** 0.5
    x1 = (-b - root) / (2 * a)
    x2 = (-b + root) / (2 * a)
    if x1 == x2:
        return [x1]
    return [round(x1, 3), round(x2, 3)]

#: int_(1, 20), int_(1, 20), int_(1, 20)
#: choice(3, 5), choice(3, 5), choice(3, 5)
def triangle_type(a, b, c):
    sides = sorted([a, b, c])
    if sides[0] + sides[1] <= sides[2]:
        return "not a triangle"
    if a == b == c:
        kind = "equilateral"
    elif a == b or b == c or a == c:
        kind = "isosceles"
    else:
        kind = "scalene"
    if sides[0] ** 2 + sides[1] ** 2 == sides[2] ** 2:
        kind += " right"
    return kind
