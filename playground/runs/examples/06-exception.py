# title: An exception
# description: One word is not a number. Which calls does the error pass on its way out?
# entry: total_age("12 7 eleven 30")

def to_number(word):
    return int(word)


def total_age(text):
    total = 0
    for word in text.split():
        age = to_number(word)
        total += age
    return total
