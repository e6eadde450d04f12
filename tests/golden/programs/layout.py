#%% one-line function | f(3)
def f(x): return x + 1
#%% one-line if | f(3)
def f(x):
    if x > 1: x = 1
    if x > 2: x = 2
    else: x = 5
    return x
#%% one-line for | f(3)
def f(n):
    t = 0
    for i in range(n): t += i
    return t
#%% one-line while | f(3)
def f(n):
    while n > 0: n -= 1
    return n
#%% semicolons | f(1)
def f(x):
    a = x; b = a + 1; c = b + 1
    return a; d = 1
#%% one-line class | f()
class T: x = 1
class U(T): pass
def f(): return U.x
#%% one-line try | f()
def f():
    try: x = 1 / 0
    except ZeroDivisionError: x = 0
    finally: y = 2
    return x + y
#%% multi-line call | f(2)
def g(a, b, c):
    return a + b + c
def f(n):
    return g(
        n,
        n + 1,
        c=n * 2,
    )
#%% multi-line dict with call | f(1)
def g(x):
    return x
def f(n):
    d = {
        "a": n,
        "b": g(n),
        "c": [
            n,
            g(n + 1),
        ],
    }
    return d
#%% multi-line condition | f(1, 0)
def f(a, b):
    if (a
            and b):
        return 1
    if (
        a
        or b
    ):
        return 2
    return 3
#%% backslashes | f(2)
def f(n):
    x = n + \
        1 + \
        2
    assert x > 1 and \
        x < 100
    return x
#%% multi-line string | f("v")
def f(v):
    s = """first
    second
    """
    t = f"""{v}
    {v * 2} end
    """
    return s + t
#%% method chain | f(" a,b ")
def f(s):
    parts = (
        s.strip()
        .upper()
        .split(",")
    )
    return parts
#%% multi-line signature | f(1, 2)
def f(
    a,
    b,
):
    return a + b
#%% multi-line signature with call | f(1)
def g(
    x,
    y=2,
):
    return x + y
def f(n):
    return g(n)
#%% multi-line return | f(1)
def f(x):
    return (
        x,
        x + 1,
    )
#%% multi-line operators | f(3)
def f(x):
    y = (
        x
        + x * 2
        - x // 2
    )
    return y
#%% multi-line with | f()
from contextlib import nullcontext
def f():
    with (
        nullcontext(1) as a,
        nullcontext(2) as b,
    ):
        c = a + b
    return c
#%% multi-line for header | f()
def f():
    t = 0
    for x in [
        1,
        2,
    ]:
        t += x
    return t
#%% multi-line assignment targets | f()
def f():
    (
        a,
        b,
    ) = (
        1,
        2,
    )
    return a + b
#%% multi-line subscript | f([1, 2, 3])
def f(xs):
    y = xs[
        1
    ]
    xs[
        0
    ] = y
    return xs
#%% multi-line comparison | f(2)
def f(n):
    return (
        1
        < n
        < 3
    )
#%% multi-line fstring call | f(2)
def f(n):
    return "{} {}".format(
        n,
        n + 1,
    )
#%% comments everywhere | f(2)
# before
def f(n):  # on the def
    # inside
    n += 1  # on a line

    # after
    return n  # end
# trailing
#%% tabs | f(2)
def f(n):
	if n:
		n += 1
	return n
#%% blank lines with spaces | f(2)
def f(n):
    
    n += 1
        
    return n
#%% decorator over several lines | f(2)
def deco(
    k
):
    def wrap(fn):
        return fn
    return wrap
def f(n):
    @deco(
        1
    )
    @deco(2)
    def g(x):
        return x
    return g(n)
#%% unicode names | f("ñ")
def f(ñame):
    größe = len(ñame)
    文 = ñame * 2
    return 文, größe
#%% semicolon loop | f(2)
def f(n):
    out = []
    for i in range(n): out.append(i); out.append(-i)
    return out
#%% deep indentation | f(2)
def f(n):
    for a in range(n):
        for b in range(n):
            if a == b:
                for c in range(n):
                    if c:
                        while c:
                            c -= 1
    return n
#%% if elif on call lines | f(3)
def is_one(x):
    return x == 1
def f(x):
    if is_one(x):
        r = 1
    elif is_one(x - 1):
        r = 2
    elif is_one(x - 2):
        r = 3
    return r
#%% marker in a string | f(1)
def f(n):
    s = "# << START_OF_TRACE"
    t = s + "START_OF_TRACE"  # << not it
    return t
#%% marker in a comment | f(1)
def g(n):  # << START_OF_TRACE
    return n
def f(n):
    n = COST = 5
    n =COST
    return g(n)
#%% special tokens in source | f("<|frame_sep|>")
def f(s):
    t = s + "<|end_of_text|>"  # <|frame_sep|><|call_sep|>{}<|action_sep|>
    return t
#%% code after return | f(1)
def f(n):
    return n
    n += 1
    return n
#%% type hints | f(1)
def f(n: int) -> "list[int]":
    x: int = n
    y: int
    y = x + 1
    return [x, y]
#%% conditional import | f()
def f():
    import math
    from math import pi as p
    return math.floor(p)
#%% lambda over lines in call | f([3, 1, 2])
def f(xs):
    return sorted(
        xs,
        key=lambda x: (
            -x
        ),
    )
#%% empty last line missing | f(1)
def f(n):
    n += 1
    return n
