#: name(), choice("dog", "cat", "fish")
class Animal:
    def __init__(self, name):
        self.name = name

    def speak(self):
        return "..."

    def introduce(self):
        return f"{self.name}: {self.speak()}"

class Dog(Animal):
    def speak(self):
        return "Woof"

class Cat(Animal):
    def speak(self):
        return "Meow"

def make_animal(name, kind):
    kinds = {"dog": Dog, "cat": Cat}
    pet = kinds.get(kind, Animal)(name)
    print(type(pet).__name__)
    return pet.introduce()

#: list_(one_of(tuple_("circle", int_(1, 5)), tuple_("square", int_(1, 5))), 0, 4)
class Shape:
    def area(self):
        raise NotImplementedError

class Circle(Shape):
    PI = 3.14

    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return self.PI * self.radius ** 2

class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side * self.side

def total_area(specs):
    shapes = []
    for kind, size in specs:
        if kind == "circle":
            shapes.append(Circle(size))
        else:
            shapes.append(Square(size))
    total = 0
    for s in shapes:
        total += s.area()
    return round(total, 2)

#: int_(20, 60), int_(0, 20), choice(0, 5)
class Employee:
    raise_percent = 10

    def __init__(self, name, pay):
        self.name = name
        self.pay = pay

    def apply_raise(self):
        self.pay += self.pay * self.raise_percent // 100

    def __str__(self):
        return f"{self.name} earns {self.pay}"

class Manager(Employee):
    raise_percent = 20

    def __init__(self, name, pay, bonus):
        super().__init__(name, pay)
        self.bonus = bonus

    def apply_raise(self):
        super().apply_raise()
        self.pay += self.bonus

def company(pay, bonus, override):
    staff = [Employee("Ali", pay), Manager("Bea", pay, bonus)]
    if override:
        Employee.raise_percent = override
    for person in staff:
        person.apply_raise()
    return [str(p) for p in staff]

#: int_(0, 100), list_(int_(1, 90), 0, 4)
class Account:
    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        if not self.allowed(amount):
            return False
        self.balance -= amount
        return True

    def allowed(self, amount):
        return amount <= self.balance

class CreditAccount(Account):
    def __init__(self, balance, credit):
        super().__init__(balance)
        self.credit = credit

    def allowed(self, amount):
        return amount <= self.balance + self.credit

def compare_accounts(start, amounts):
    plain = Account(start)
    credit = CreditAccount(start, 50)
    results = []
    for a in amounts:
        results.append((plain.withdraw(a), credit.withdraw(a)))
    return results, plain.balance, credit.balance

#: list_(int_(0, 9), 0, 6)
class Stack(list):
    def push(self, x):
        self.append(x)

    def peek(self):
        return self[-1] if self else None

class LoudStack(Stack):
    def push(self, x):
        print("push", x)
        super().push(x)

def fill(values):
    s = LoudStack()
    for v in values:
        if s.peek() == v:
            s.pop()
        else:
            s.push(v)
    return list(s), isinstance(s, list)

#: int_(1, 9)
class A:
    def who(self):
        return "A"

    def hello(self):
        return "hello from " + self.who()

class B(A):
    def who(self):
        return "B"

class C(A):
    def who(self):
        return "C" + super().who()

class D(B, C):
    pass

def mro(n):
    names = [k.__name__ for k in D.__mro__]
    obj = D() if n > 4 else C()
    return obj.hello(), names[:4]

#: choice("add", "mul", "neg"), int_(1, 9), int_(1, 9)
from abc import ABC, abstractmethod

class Expr(ABC):
    @abstractmethod
    def eval(self):
        ...

class Num(Expr):
    def __init__(self, n):
        self.n = n

    def eval(self):
        return self.n

class BinOp(Expr):
    def __init__(self, left, right):
        self.left = left
        self.right = right

class Add(BinOp):
    def eval(self):
        return self.left.eval() + self.right.eval()

class Mul(BinOp):
    def eval(self):
        return self.left.eval() * self.right.eval()

def calculate(op, a, b):
    table = {"add": Add, "mul": Mul}
    if op not in table:
        try:
            Expr()
        except TypeError:
            return "abstract"
    return table[op](Num(a), Mul(Num(b), Num(2))).eval()

#: list_(tuple_(choice("car", "truck", "bike"), int_(1, 5)), 0, 4)
class Vehicle:
    wheels = 4
    count = 0

    def __init__(self, hours):
        self.hours = hours
        Vehicle.count += 1

    def toll(self):
        return self.wheels * self.hours

class Truck(Vehicle):
    wheels = 6

    def toll(self):
        return super().toll() + 10

class Bike(Vehicle):
    wheels = 2

def parking(arrivals):
    classes = {"car": Vehicle, "truck": Truck, "bike": Bike}
    income = 0
    for kind, hours in arrivals:
        income += classes[kind](hours).toll()
    return income, Vehicle.count

#: int_(5, 30), int_(1, 6)
class Character:
    def __init__(self, name, hp, power):
        self.name = name
        self.hp = hp
        self.power = power

    def alive(self):
        return self.hp > 0

    def hit(self, other):
        other.hp -= self.power

class Healer(Character):
    def hit(self, other):
        super().hit(other)
        self.hp += 1

def fight(hp, power):
    knight = Character("knight", hp, power)
    monk = Healer("monk", 10, 3)
    rounds = 0
    while knight.alive() and monk.alive() and rounds < 6:
        knight.hit(monk)
        if monk.alive():
            monk.hit(knight)
        rounds += 1
    return rounds, knight.hp, monk.hp

#: choice("json", "text", "xml"), dict_(word(), int_(1, 9), 1, 3)
class Formatter:
    def format(self, data):
        return self.header() + self.body(data) + self.footer()

    def header(self):
        return "<"

    def footer(self):
        return ">"

    def body(self, data):
        return ",".join(f"{k}={v}" for k, v in data.items())

class TextFormatter(Formatter):
    def header(self):
        return "--- "

    def footer(self):
        return " ---"

class UpperMixin:
    def body(self, data):
        return super().body(data).upper()

class Shouting(UpperMixin, TextFormatter):
    pass

def export(kind, data):
    formatter = {"json": Formatter, "text": TextFormatter}.get(kind, Shouting)()
    return formatter.format(data)

#: int_(1, 9), int_(1, 9), choice(2, 3)
class Matrix2:
    def __init__(self, a, b, c, d):
        self.v = (a, b, c, d)

    def __matmul__(self, o):
        a, b, c, d = self.v
        e, f, g, h = o.v
        return Matrix2(a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h)

    def __pow__(self, n):
        result = Identity()
        for _ in range(n):
            result = result @ self
        return result

class Identity(Matrix2):
    def __init__(self):
        super().__init__(1, 0, 0, 1)

def power(a, b, n):
    m = Matrix2(a, b, 1, 0)
    return (m ** n).v

#: list_(choice("on", "off", "dim", "party"), 0, 5)
class Device:
    def __init__(self):
        self.state = "off"
        self.log = []

    def handle(self, command):
        method = getattr(self, "do_" + command, None)
        if method is None:
            self.log.append("?" + command)
        else:
            method()
            self.log.append(self.state)

    def do_on(self):
        self.state = "on"

    def do_off(self):
        self.state = "off"

class Lamp(Device):
    def do_dim(self):
        if self.state == "on":
            self.state = "dimmed"

def lamp(commands):
    light = Lamp()
    for c in commands:
        light.handle(c)
    return light.log

#: name(), int_(1, 5)
class Person:
    def __init__(self, first, last="Doe"):
        self.first = first
        self.last = last

    @property
    def full_name(self):
        return self.first + " " + self.last

    def __eq__(self, other):
        return isinstance(other, Person) and self.full_name == other.full_name

    def __hash__(self):
        return hash(self.full_name)

class Pupil(Person):
    def __init__(self, first, year):
        Person.__init__(self, first)
        self.year = year

    @property
    def full_name(self):
        return super().full_name + f" (year {self.year})"

def same_person(first, year):
    p = Person(first)
    q = Person(first, "Doe")
    r = Pupil(first, year)
    return p == q, p == r, r.full_name, isinstance(r, Person)
