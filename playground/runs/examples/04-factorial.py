# title: Factorial
# description: A function that calls itself: watch the call stack grow and shrink.
# entry: factorial(5)

def factorial(n):
    if n <= 1:
        return 1
    smaller = factorial(n - 1)
    return n * smaller
