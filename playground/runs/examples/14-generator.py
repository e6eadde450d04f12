# title: A generator
# description: yield pauses a function, and the loop wakes it up again.
# entry: first_squares(4)

def squares():
    number = 1
    while True:
        yield number * number
        number += 1


def first_squares(count):
    found = []
    for square in squares():
        if len(found) == count:
            break
        found.append(square)
    return found
