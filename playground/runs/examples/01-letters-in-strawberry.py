# title: Letters in strawberry
# description: How many r's? A loop, a condition and a counter.
# entry: count_letter("strawberry", "r")

def count_letter(word, letter):
    count = 0
    for char in word:
        if char == letter:
            count += 1
    return count
