# title: Binary search
# description: Half of the list is ruled out at every turn.
# entry: find([3, 8, 15, 21, 42, 57, 66, 90], 57)

def find(items, wanted):
    low = 0
    high = len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        if items[middle] == wanted:
            return middle
        if items[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return None
