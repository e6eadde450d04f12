# title: Bubble sort
# description: Neighbours swap places until the list is in order.
# entry: bubble_sort([5, 2, 4, 1, 3])

def bubble_sort(items):
    for end in range(len(items) - 1, 0, -1):
        swapped = False
        for index in range(end):
            if items[index] > items[index + 1]:
                items[index], items[index + 1] = items[index + 1], items[index]
                swapped = True
        if not swapped:
            break
    return items
