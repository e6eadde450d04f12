# title: A dictionary of lists
# description: Groups words by their length.
# entry: group_by_length(["owl", "bear", "cat", "lion", "ox"])

def group_by_length(words):
    groups = {}
    for word in words:
        length = len(word)
        if length not in groups:
            groups[length] = []
        groups[length].append(word)
    return groups
