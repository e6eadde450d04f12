# title: Find the bug
# description: The mean of these marks is 6.5, but the function says 4.75. Step through and find out why.
# entry: mean([7, 3, 6, 10])

def mean(marks):
    total = 0
    for index in range(1, len(marks)):
        total += marks[index]
    return total / len(marks)
