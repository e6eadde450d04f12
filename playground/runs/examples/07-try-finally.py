# title: Catching errors
# description: In which order do try, except, else and finally run?
# entry: report([6, 0, 3])

def share(sweets, children):
    try:
        each = sweets // children
    except ZeroDivisionError:
        print("nobody to share with")
        return None
    else:
        return each
    finally:
        print(f"asked about {children}")


def report(groups):
    results = []
    for children in groups:
        results.append(share(12, children))
    return results
