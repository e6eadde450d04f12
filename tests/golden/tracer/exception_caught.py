# entry: safe_div(1, 0)
def div(a, b):
    return a / b


def safe_div(a, b):
    try:
        return div(a, b)
    except ZeroDivisionError as error:
        note = str(error)
    else:
        note = "fine"
    finally:
        done = True
    return note
