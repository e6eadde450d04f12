# title: Fibonacci with a memory
# description: The dictionary saves most of the calls. How many are left?
# entry: fibonacci(6, {})

def fibonacci(n, known):
    if n in known:
        return known[n]
    if n < 2:
        result = n
    else:
        result = fibonacci(n - 1, known) + fibonacci(n - 2, known)
    known[n] = result
    return result
