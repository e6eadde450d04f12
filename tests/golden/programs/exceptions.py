#%% uncaught | f(0)
def f(n):
    x = 1
    return x / n
#%% caught | f(0)
def f(n):
    try:
        x = 1 / n
    except ZeroDivisionError:
        x = None
    return x
#%% caught with name | f("a")
def f(s):
    try:
        n = int(s)
    except ValueError as error:
        n = len(str(error))
    return n
#%% through two functions | f(0)
def g(n):
    return 10 // n
def h(n):
    x = g(n)
    return x
def f(n):
    try:
        return h(n)
    except ZeroDivisionError as e:
        return type(e).__name__
#%% else and finally | f([1, 0])
def f(xs):
    log = []
    for x in xs:
        try:
            y = 1 / x
        except ZeroDivisionError:
            log.append("zero")
        else:
            log.append(y)
        finally:
            log.append("end")
    return log
#%% finally with return | f()
def f():
    for i in range(3):
        try:
            if i == 1:
                return i
        finally:
            i = i * 10
    return -1
#%% finally overrides | f()
def f():
    try:
        return 1
    finally:
        return 2
#%% finally and exception | f()
def g(log):
    try:
        log.append(1)
        raise KeyError("k")
    finally:
        log.append(2)
def f():
    log = []
    try:
        g(log)
    except KeyError:
        log.append(3)
    return log
#%% nested try | f([3, 0, "x"])
def f(xs):
    out = []
    for x in xs:
        try:
            try:
                out.append(6 / x)
            except ZeroDivisionError:
                out.append("zero")
                raise ValueError from None
        except (ValueError, TypeError) as e:
            out.append(type(e).__name__)
    return out
#%% reraise | f()
def g():
    try:
        raise RuntimeError("a")
    except RuntimeError:
        x = 1
        raise
def f():
    try:
        g()
    except RuntimeError as e:
        return e.args
#%% chained | f()
def f():
    try:
        try:
            [][1]
        except IndexError as e:
            raise KeyError("b") from e
    except KeyError as k:
        return repr(k.__cause__)
#%% custom exception | f(3)
class TooBig(Exception):
    def __init__(self, limit):
        super().__init__(f"over {limit}")
        self.limit = limit
def check(n, limit):
    if n > limit:
        raise TooBig(limit)
    return n
def f(n):
    try:
        check(n, 2)
    except TooBig as e:
        return e.limit
#%% exception in loop | f([1, 2, 0, 4])
def f(xs):
    total = 0
    for x in xs:
        try:
            total += 12 // x
        except ZeroDivisionError:
            break
    return total
#%% continue in finally loop | f(4)
def f(n):
    out = []
    for i in range(n):
        try:
            if i % 2:
                continue
            out.append(i)
        finally:
            out.append("f")
    return out
#%% key error message | f({"a": 1})
def f(d):
    try:
        return d["b"]
    except KeyError as e:
        return str(e)
#%% attribute error | f(3)
def f(x):
    try:
        x.nope
    except AttributeError:
        pass
    return x
#%% exception group | f()
def f():
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError as eg:
        n = len(eg.exceptions)
    except* TypeError:
        n = 10
    return n
#%% exception in comprehension | f([1, 0])
def f(xs):
    try:
        return [1 / x for x in xs]
    except ZeroDivisionError:
        return None
#%% exception in callee argument | f(0)
def g(a, b):
    return a + b
def f(n):
    try:
        return g(
            1,
            2 // n,
        )
    except ZeroDivisionError:
        return 0
#%% stop iteration | f()
def f():
    it = iter([1])
    try:
        while True:
            x = next(it)
    except StopIteration:
        return x
#%% recursion with exceptions | f(3)
def f(n):
    try:
        if n == 0:
            raise ValueError(n)
        f(n - 1)
    except ValueError as e:
        if n < 2:
            raise ValueError(n) from e
        return n
    finally:
        n = -n
#%% deep uncaught | f()
def a():
    b()
def b():
    c()
def c():
    d = {}
    return d["missing"]
def f():
    a()
#%% assert failure | f(-1)
def f(n):
    assert n > 0, f"not positive: {n}"
    return n
#%% mutation then exception | f()
def g(xs):
    xs.append(3)
    raise ValueError
def f():
    xs = [1, 2]
    try:
        g(xs)
    except ValueError:
        xs.append(4)
    return xs
#%% exception while handling | f()
def f():
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            {}["k"]
    except KeyError:
        return "key"
#%% multi-line raise | f(5)
def f(n):
    try:
        raise ValueError(
            "number",
            n,
        )
    except ValueError as e:
        return e.args[1]
#%% handler chain | f([ValueError, KeyError, OSError])
def f(kinds):
    out = []
    for k in kinds:
        try:
            raise k("x")
        except KeyError:
            out.append(1)
        except ValueError:
            out.append(2)
        except Exception:
            out.append(3)
    return out
