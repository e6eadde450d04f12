# title: Comprehensions
# description: A whole loop in one line, for a list, a dictionary and a set.
# entry: describe(["ann", "bob", "Eve", "otto"])

def is_palindrome(word):
    return word == word[::-1]


def describe(names):
    lower = [name.lower() for name in names]
    palindromes = [name for name in lower if is_palindrome(name)]
    lengths = {name: len(name) for name in lower}
    initials = {name[0] for name in lower}
    return palindromes, lengths, sorted(initials)
