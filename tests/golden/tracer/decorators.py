# entry: double(2)
import functools


def logged(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        print("call", f.__name__, args)
        return f(*args, **kwargs)

    return wrapper


@logged
def double(x):
    return 2 * x
