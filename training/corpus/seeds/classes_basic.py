#: name(), int_(1, 12)
class Dog:
    def __init__(self, name, age):
        self.name = name
        self.age = age

    def bark(self):
        return self.name + " says woof!"

    def human_years(self):
        return self.age * 7

def dog_demo(name, age):
    dog = Dog(name, age)
    print(dog.bark())
    years = dog.human_years()
    return years

#: int_(1, 9), int_(1, 9)
class Rectangle:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height

    def perimeter(self):
        return 2 * (self.width + self.height)

    def is_square(self):
        return self.width == self.height

def rectangle_report(w, h):
    r = Rectangle(w, h)
    return {"area": r.area(), "perimeter": r.perimeter(), "square": r.is_square()}

#: int_(0, 100), list_(int_(-60, 80), 0, 4)
class BankAccount:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount
        print(f"Deposited {amount}. Balance: {self.balance}")

    def withdraw(self, amount):
        if amount > self.balance:
            print("Not enough money")
            return False
        self.balance -= amount
        return True

def bank(start, movements):
    account = BankAccount("Kim", start)
    for m in movements:
        if m > 0:
            account.deposit(m)
        else:
            account.withdraw(-m)
    return account.balance

#: int_(-5, 5), int_(-5, 5), int_(-5, 5), int_(-5, 5)
class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"

def vectors(a, b, c, d):
    u = Vector(a, b)
    v = Vector(c, d)
    w = (u + v) * 2 - u
    return str(w), w == u

#: int_(1, 6), int_(1, 8), int_(1, 6), int_(1, 8)
class Fraction:
    def __init__(self, num, den):
        g = self._gcd(num, den)
        self.num = num // g
        self.den = den // g

    @staticmethod
    def _gcd(a, b):
        while b:
            a, b = b, a % b
        return a

    def __add__(self, o):
        return Fraction(self.num * o.den + o.num * self.den, self.den * o.den)

    def __mul__(self, o):
        return Fraction(self.num * o.num, self.den * o.den)

    def __lt__(self, o):
        return self.num * o.den < o.num * self.den

    def __str__(self):
        return f"{self.num}/{self.den}"

def fractions(a, b, c, d):
    x, y = Fraction(a, b), Fraction(c, d)
    smaller = x if x < y else y
    return [str(x + y), str(x * y), str(smaller)]

#: list_(int_(-3, 5), 0, 6)
class Counter:
    total_created = 0

    def __init__(self):
        self.value = 0
        Counter.total_created += 1

    def up(self, by=1):
        self.value += by
        return self

    def reset(self):
        self.value = 0

def counting(steps):
    c = Counter()
    d = Counter()
    for s in steps:
        if s < 0:
            c.reset()
        else:
            c.up(s)
            d.up()
    return c.value, d.value, Counter.total_created

#: int_(-40, 60)
class Temperature:
    def __init__(self, celsius):
        self._celsius = celsius

    @property
    def celsius(self):
        return self._celsius

    @celsius.setter
    def celsius(self, value):
        if value < -30:
            raise ValueError("too cold")
        self._celsius = value

    @property
    def fahrenheit(self):
        return self._celsius * 9 / 5 + 32

def temperature_demo(new):
    t = Temperature(20)
    before = t.fahrenheit
    try:
        t.celsius = new
    except ValueError as e:
        return str(e), before
    return t.fahrenheit, before

#: choice("2024-03-05", "1999-12-31"), int_(0, 3)
class Date:
    def __init__(self, year, month, day):
        self.year, self.month, self.day = year, month, day

    @classmethod
    def from_string(cls, text):
        y, m, d = map(int, text.split("-"))
        return cls(y, m, d)

    @staticmethod
    def is_valid(text):
        parts = text.split("-")
        return len(parts) == 3 and all(p.isdigit() for p in parts)

    def __str__(self):
        return f"{self.day:02d}.{self.month:02d}.{self.year}"

def read_date(text, extra_days):
    if not Date.is_valid(text):
        return "invalid"
    date = Date.from_string(text)
    date.day += extra_days
    return str(date)

#: list_(word(), 0, 4), word()
class Playlist:
    def __init__(self, songs=None):
        self.songs = list(songs or [])

    def __len__(self):
        return len(self.songs)

    def __getitem__(self, i):
        return self.songs[i]

    def __contains__(self, song):
        return song in self.songs

    def __iadd__(self, song):
        self.songs.append(song)
        return self

def playlist(songs, extra):
    p = Playlist(songs)
    already = extra in p
    p += extra
    first = p[0]
    loud = [s.upper() for s in p]
    return len(p), first, already, loud

#: list_(tuple_(name(), int_(0, 20)), 1, 4)
class Student:
    def __init__(self, name, points):
        self.name = name
        self.points = points

    def __lt__(self, other):
        return self.points < other.points

    def __str__(self):
        return f"{self.name}: {self.points}"

def best_students(data):
    students = [Student(n, p) for n, p in data]
    students.sort(reverse=True)
    for s in students:
        print(s)
    return students[0].name

#: list_(int_(40, 100), 0, 5)
class Gradebook:
    def __init__(self):
        self.grades = {}

    def add(self, student, grade):
        self.grades.setdefault(student, []).append(grade)

    def average(self, student):
        marks = self.grades.get(student)
        if not marks:
            return None
        return sum(marks) / len(marks)

def gradebook(marks):
    book = Gradebook()
    for i, m in enumerate(marks):
        book.add("Ana" if i % 2 == 0 else "Ben", m)
    return book.average("Ana"), book.average("Ben"), book.grades

#: list_(choice("coin", "push"), 1, 6)
class Turnstile:
    LOCKED = "locked"
    OPEN = "open"

    def __init__(self):
        self.state = self.LOCKED
        self.people = 0

    def event(self, what):
        if what == "coin":
            self.state = Turnstile.OPEN
        elif self.state == self.OPEN:
            self.people += 1
            self.state = Turnstile.LOCKED
        else:
            print("Please insert a coin")

def crowd(events):
    t = Turnstile()
    for e in events:
        t.event(e)
    return t.people, t.state

#: list_(choice(10, 20, 50, 100), 0, 4), choice("cola", "water", "juice")
class VendingMachine:
    PRICES = {"cola": 120, "water": 80}

    def __init__(self):
        self.credit = 0
        self.stock = {"cola": 1, "water": 2}

    def insert(self, coin):
        if coin not in (10, 20, 50, 100):
            return False
        self.credit += coin
        return True

    def select(self, drink):
        if drink not in self.PRICES:
            return "unknown drink"
        if self.stock[drink] == 0:
            return "sold out"
        missing = self.PRICES[drink] - self.credit
        if missing > 0:
            return f"insert {missing} more"
        self.stock[drink] -= 1
        self.credit -= self.PRICES[drink]
        return drink

def buy(coins, drink):
    vm = VendingMachine()
    for c in coins:
        vm.insert(c)
    first = vm.select(drink)
    second = vm.select(drink)
    return first, second, vm.credit

#: choice("FFRF", "LLF", "RFRFRFRF", "")
class Robot:
    DIRS = [(0, 1), (1, 0), (0, -1), (-1, 0)]

    def __init__(self):
        self.x = self.y = 0
        self.d = 0

    def step(self, c):
        if c == "R":
            self.d = (self.d + 1) % 4
        elif c == "L":
            self.d = (self.d - 1) % 4
        elif c == "F":
            dx, dy = self.DIRS[self.d]
            self.x += dx
            self.y += dy

    def position(self):
        return self.x, self.y, "NESW"[self.d]

def drive(program):
    r = Robot()
    for c in program:
        r.step(c)
    return r.position()

#: list_(tuple_(word(), int_(1, 9)), 0, 4), word()
class PhoneBook:
    def __init__(self):
        self.entries = {}

    def __setitem__(self, name, number):
        self.entries[name] = number

    def __getitem__(self, name):
        return self.entries.get(name, "unknown")

    def __delitem__(self, name):
        if name in self.entries:
            del self.entries[name]

    def __len__(self):
        return len(self.entries)

def phones(pairs, gone):
    book = PhoneBook()
    for name, number in pairs:
        book[name] = number
    before = len(book)
    del book[gone]
    return before, len(book), book[gone]

#: int_(1, 6), int_(1, 6)
class Point:
    __slots__ = ("x", "y")

    def __init__(self, x=0, y=0):
        self.x = x
        self.y = y

    def distance(self, other):
        return abs(self.x - other.x) + abs(self.y - other.y)

    def __bool__(self):
        return self.x != 0 or self.y != 0

def points(x, y):
    origin = Point()
    p = Point(x, y)
    q = Point(y=x)
    if not origin:
        print("origin is falsy")
    return p.distance(origin), p.distance(q)

#: int_(0, 30), int_(0, 90)
class Clock:
    def __init__(self, hour, minute):
        total = hour * 60 + minute
        self.hour = total // 60 % 24
        self.minute = total % 60

    def __add__(self, minutes):
        return Clock(self.hour, self.minute + minutes)

    def __str__(self):
        return "%02d:%02d" % (self.hour, self.minute)

def alarm(hour, minutes):
    start = Clock(hour, 15)
    ring = start + minutes
    return f"{start} -> {ring}"

#: words(1, 4)
class WordCounter(dict):
    def __missing__(self, key):
        return 0

    def feed(self, text):
        for w in text.split():
            self[w] += 1

def words_in(text):
    wc = WordCounter()
    wc.feed(text)
    unknown = wc["???"]
    return dict(wc), unknown

#: int_(1, 5), int_(1, 4)
class Power:
    def __init__(self, exponent):
        self.exponent = exponent
        self.calls = 0

    def __call__(self, base):
        self.calls += 1
        return base ** self.exponent

def callable_object(e, n):
    f = Power(e)
    values = [f(k) for k in range(n)]
    return values, f.calls, callable(f)
