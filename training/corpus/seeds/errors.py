#: int_(-10, 30), int_(-2, 2)
def safe_divide(a, b):
    try:
        result = a / b
    except ZeroDivisionError:
        print("You can't divide by zero!")
        return None
    return result

#: choice("12", "abc", "-7", "3.5", "")
def parse_int(text):
    try:
        value = int(text)
    except ValueError as e:
        print("Error:", e)
        value = 0
    else:
        print("parsed", value)
    finally:
        print("done")
    return value

#: list_(one_of(digits(1, 3), letters(1, 2)), 0, 5)
def sum_valid(items):
    total = 0
    skipped = []
    for item in items:
        try:
            total += int(item)
        except ValueError:
            skipped.append(item)
            continue
    return total, skipped

#: list_(int_(0, 9), 0, 4), int_(-2, 6)
def get_item(lst, index):
    try:
        return lst[index]
    except IndexError:
        return "no item " + str(index)

#: dict_(char(), int_(), 0, 4), char()
def lookup(d, key):
    try:
        value = d[key]
    except KeyError as err:
        print("missing key:", err)
        value = -1
    return value

#: list_(int_(0, 9), 0, 4), int_(0, 5)
def pick(lst, index):
    # No handler here: the caller sees the IndexError.
    element = lst[index]
    return element * 2

#: int_(-10, 10), int_(-1, 1)
def ratio(a, b):
    errors_possible = b == 0
    print("dividing", a, "by", b)
    return a // b

#: one_of(int_(1, 9), word()), one_of(int_(1, 9), word())
def plus(a, b):
    err = None
    try:
        c = a + b
    except TypeError as err:
        return "cannot add " + type(a).__name__ + " and " + type(b).__name__
    return c

#: int_(-20, 150)
class InvalidAgeError(Exception):
    pass

def check_age(age):
    if age < 0:
        raise InvalidAgeError("age is negative")
    if age > 120:
        raise InvalidAgeError("too old: %d" % age)
    return age >= 18

#: list_(int_(-20, 150), 0, 4)
class AgeError(ValueError):
    def __init__(self, age):
        super().__init__(f"bad age {age}")
        self.age = age

def validate(age):
    if not 0 <= age <= 120:
        raise AgeError(age)
    return age

def valid_ages(ages):
    good, bad = [], []
    for a in ages:
        try:
            good.append(validate(a))
        except AgeError as exc:
            bad.append(exc.age)
            print(exc)
    return good, bad

#: int_(0, 100), list_(int_(-50, 120), 0, 4)
class InsufficientFunds(Exception):
    def __init__(self, needed):
        self.needed = needed

class Account:
    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        if amount > self.balance:
            raise InsufficientFunds(amount - self.balance)
        self.balance -= amount

def atm(start, requests):
    account = Account(start)
    log = []
    for amount in requests:
        try:
            account.withdraw(amount)
            log.append("ok")
        except InsufficientFunds as e:
            log.append(f"short {e.needed}")
        except ValueError:
            log.append("invalid")
    return log, account.balance

#: choice("1,2", "3;4", "5,x", "")
def parse_point(s):
    try:
        x, y = s.split(",")
        return int(x), int(y)
    except ValueError as e:
        raise ValueError(f"not a point: {s!r}") from e

#: choice("10", "ten", None, [1])
def to_number(x):
    try:
        return int(x)
    except (ValueError, TypeError) as e:
        return type(e).__name__

#: int_(-5, 5)
def reciprocal(n):
    assert n != 0, "n must not be zero"
    assert isinstance(n, int)
    return round(1 / n, 3)

#: int_(0, 3)
def finally_order(n):
    steps = []

    def work():
        try:
            steps.append("try")
            if n == 0:
                raise KeyError("zero")
            if n == 1:
                return "returned"
            steps.append("end of try")
        except KeyError:
            steps.append("except")
        else:
            steps.append("else")
        finally:
            steps.append("finally")
        return "after"

    result = work()
    return result, steps

#: int_(0, 4)
def retry(failures):
    attempts = 0

    def connect():
        nonlocal attempts
        attempts += 1
        if attempts <= failures:
            raise ConnectionError("try %d failed" % attempts)
        return "connected"

    while attempts < 3:
        try:
            return connect(), attempts
        except ConnectionError as e:
            print(e)
    return "gave up", attempts

#: int_(-3, 3)
def level3(x):
    return 10 // x

def level2(x):
    try:
        return level3(x)
    except ZeroDivisionError:
        print("level2 saw it")
        raise

def level1(x):
    try:
        return level2(x)
    except ArithmeticError:
        return "handled in level1"

#: int_(-3, 3)
def c(n):
    if n < 0:
        raise ValueError("negative")
    return n ** 0.5

def b(n):
    return c(n) + 1

def a(n):
    value = b(n)
    return value

#: choice({"name": "Ann", "age": "31"}, {"name": "Bo"}, {"age": "x", "name": ""})
class ConfigError(Exception):
    """Raised when a record is not usable."""

def read_record(record):
    try:
        age = int(record["age"])
    except KeyError:
        raise ConfigError("age is missing") from None
    except ValueError as bad:
        raise ConfigError("age is not a number") from bad
    if not record["name"]:
        raise ConfigError("empty name")
    return f"{record['name']} ({age})"

#: choice({"name": "Ann", "age": 31}, {"name": "Bo"}, {"name": 7, "age": 3}, {})
def validate_user(user):
    errors = []
    for field, kind in (("name", str), ("age", int)):
        try:
            value = user[field]
            if not isinstance(value, kind):
                raise TypeError(f"{field} must be {kind.__name__}")
        except KeyError as e:
            errors.append("missing " + str(e))
        except TypeError as e:
            errors.append(str(e))
    if errors:
        return {"ok": False, "errors": errors}
    return {"ok": True}

#: list_(int_(-3, 9), 0, 5)
def first_negative(nums):
    class Found(Exception):
        pass

    try:
        for i, n in enumerate(nums):
            if n < 0:
                raise Found(i)
    except Found as f:
        return f.args[0]
    return None

#: choice("5 3 +", "5 +", "2 0 /", "4 x *")
class CalcError(Exception):
    pass

class StackEmpty(CalcError):
    pass

def pop(stack):
    if not stack:
        raise StackEmpty("nothing to pop")
    return stack.pop()

def run(line):
    stack = []
    try:
        for t in line.split():
            if t in "+*/":
                y, x = pop(stack), pop(stack)
                stack.append({"+": x + y, "*": x * y, "/": x // y if y else None}[t])
            elif t.isdigit():
                stack.append(int(t))
            else:
                raise CalcError("bad token " + t)
    except StackEmpty:
        return "stack empty"
    except CalcError as e:
        return "calc error: " + str(e)
    return stack

#: int_(0, 5)
class Resource:
    def __init__(self, name, log):
        self.name = name
        self.log = log

    def __enter__(self):
        self.log.append("open " + self.name)
        return self

    def __exit__(self, kind, value, tb):
        self.log.append("close " + self.name)
        return kind is ZeroDivisionError

def with_resource(n):
    log = []
    with Resource("file", log) as r:
        log.append(12 // n)
        log.append(r.name)
    return log

#: int_(0, 3)
from contextlib import contextmanager, suppress

@contextmanager
def section(title):
    print("<" + title + ">")
    try:
        yield title.upper()
    finally:
        print("</" + title + ">")

def report(n):
    with section("body") as name:
        print(name, n)
    with suppress(IndexError):
        print([1, 2][n])
    return n

#: list_(one_of(int_(0, 5), choice("x", None)), 1, 4)
def average(values):
    try:
        return sum(values) / len(values)
    except TypeError:
        numbers = [v for v in values if isinstance(v, int)]
        if not numbers:
            raise
        return sum(numbers) / len(numbers)

#: int_(1, 6)
def nested_try(n):
    try:
        try:
            if n % 2 == 0:
                raise ValueError("inner")
            if n % 3 == 0:
                raise KeyError("outer")
            message = "no error"
        except ValueError as e:
            message = f"caught {e}"
            if n == 6:
                raise RuntimeError("from handler") from e
    except (KeyError, RuntimeError) as e:
        cause = e.__cause__
        message = f"{type(e).__name__} because of {cause!r}"
    return message

#: one_of(word(), int_(), none_or(list_(int_(), 1, 3)))
def length_or_default(thing):
    try:
        n = len(thing)
    except TypeError:
        n = -1
    return n

#: word(), choice("upper", "title", "nothing")
def call_method(text, name):
    try:
        method = getattr(text, name)
        return method()
    except AttributeError as e:
        return str(e)

#: list_(int_(0, 4), 0, 4)
def drain(numbers):
    total = 0
    while True:
        try:
            n = numbers.pop()
            total += 12 // n
        except ZeroDivisionError:
            print("skipping zero")
        except IndexError:
            break
    return total

#: list_(word(), 0, 3), word()
def remove_word(words, w):
    try:
        words.remove(w)
        at = words.index(w)
    except ValueError:
        return words, None
    return words, at

#: choice("GET /a", "PUT", "DELETE /x y")
def parse_request(line):
    parts = line.split(" ")
    match parts:
        case [method, path]:
            return {"method": method, "path": path}
        case [method]:
            raise ValueError("no path after " + method)
        case _:
            raise ValueError(f"{len(parts)} parts")

#: int_(1, 8)
def notes(n):
    problems = {}
    for d in range(-1, 2):
        try:
            problems[d] = n % d
        except ZeroDivisionError as e:
            problems[d] = e.args[0]
    return problems
