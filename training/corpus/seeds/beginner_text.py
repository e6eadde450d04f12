#: word()
#: sentence()
def count_vowels(text):
    vowels = "aeiou"
    count = 0
    for letter in text.lower():
        if letter in vowels:
            count += 1
    return count

#: words()
def vowel_table(text):
    table = {"a": 0, "e": 0, "i": 0, "o": 0, "u": 0}
    for ch in text:
        if ch in table:
            table[ch] += 1
    return table

#: mixed(0, 9)
def kinds_of_characters(s):
    upper = lower = digit = other = 0
    for c in s:
        if c.isupper():
            upper += 1
        elif c.islower():
            lower += 1
        elif c.isdigit():
            digit += 1
        else:
            other += 1
    return upper, lower, digit, other

#: words(1, 6)
def word_count(sentence):
    counts = {}
    for w in sentence.split():
        if w not in counts:
            counts[w] = 0
        counts[w] += 1
    return counts

#: choice("the cat and the dog and the bird", "to be or not to be", "a b a c b a")
#: words(2, 6)
def most_common_word(text):
    freq = {}
    for word in text.split(" "):
        freq[word] = freq.get(word, 0) + 1
    best = None
    for word in freq:
        if best is None or freq[word] > freq[best]:
            best = word
    print("most common:", best, "x", freq[best])
    return best

#: words(0, 5)
def reverse_words(s):
    return " ".join(reversed(s.split()))

#: words(1, 4)
def ReverseEachWord(phrase):
    result = ""
    current = ""
    for c in phrase:
        if c == " ":
            result = result + current + " "
            current = ""
        else:
            current = c + current
    return result + current

#: word()
def reverse_string(s):
    out = ""
    i = len(s) - 1
    while i >= 0:
        out += s[i]
        i -= 1
    return out

#: word()
#: choice("Racecar", "level", "noon", "abca")
def is_palindrome(word):
    w = word.lower()
    left = 0
    right = len(w) - 1
    while left < right:
        if w[left] != w[right]:
            return False
        left = left + 1
        right = right - 1
    return True

#: choice("Never odd or even", "Was it a car?", "No lemon, no melon", "hello")
#: sentence()
def palindrome_sentence(s):
    cleaned = ""
    for ch in s:
        if ch.isalpha():
            cleaned += ch.lower()
    return cleaned == cleaned[::-1]

#: word(), word()
#: choice("listen", "tea", "arc"), choice("silent", "eat", "car")
def anagrams(a, b):
    return sorted(a) == sorted(b)

#: letters(2, 6), letters(2, 6)
#: "night", "thing"
def is_anagram(first, second):
    if len(first) != len(second):
        return False
    letters = list(second)
    for ch in first:
        if ch in letters:
            letters.remove(ch)
        else:
            return False
    return len(letters) == 0

#: list_(choice("tea", "eat", "ate", "tan", "nat", "bat"), 0, 5)
def group_anagrams(words):
    groups = {}
    for word in words:
        key = "".join(sorted(word))
        if key in groups:
            groups[key].append(word)
        else:
            groups[key] = [word]
    return list(groups.values())

#: choice("aaabbc", "wwwwz", "abc", "", "zzzzzzzzzz")
#: letters(0, 8)
def run_length(s):
    if not s:
        return ""
    out = []
    prev = s[0]
    n = 1
    for c in s[1:]:
        if c == prev:
            n += 1
        else:
            out.append(prev + str(n))
            prev = c
            n = 1
    out.append(prev + str(n))
    return "".join(out)

#: choice("3a2b", "1x4y1z", "10k2m", "")
def rle_decode(code):
    text = ""
    number = ""
    for ch in code:
        if ch.isdigit():
            number += ch
        else:
            text += ch * int(number)
            number = ""
    return text

#: choice("aabcccccaaa", "abcd", "xxyyzz", "mississippi")
def compress(string):
    """Compress only when the result is shorter."""
    parts = []
    i = 0
    while i < len(string):
        j = i
        while j < len(string) and string[j] == string[i]:
            j += 1
        parts.append(string[i] + (str(j - i) if j - i > 1 else ""))
        i = j
    packed = "".join(parts)
    return packed if len(packed) < len(string) else string

#: mixed(0, 12)
#: choice("Secret12", "abc", "LONGPASSWORD", "pass word 1A")
def check_password(password):
    problems = []
    if len(password) < 8:
        problems.append("too short")
    if not any(c.isdigit() for c in password):
        problems.append("no digit")
    if password.lower() == password:
        problems.append("no capital letter")
    if " " in password:
        problems.append("contains a space")
    return problems

#: mixed(1, 10)
def strength(pw):
    has_upper = False
    has_lower = False
    has_digit = False
    for ch in pw:
        if ch.isupper():
            has_upper = True
        if ch.islower():
            has_lower = True
        if ch.isdigit():
            has_digit = True
    score = has_upper + has_lower + has_digit
    if len(pw) >= 8:
        score += 1
    return ["weak", "weak", "ok", "good", "strong"][score]

#: words(2, 4)
def acronym(phrase):
    return "".join(w[0].upper() for w in phrase.split())

#: choice("portable network graphics", "ruby on rails", "first-in, first-out")
def make_acronym(s):
    result = ""
    new_word = True
    for c in s:
        if c in " -":
            new_word = True
        elif new_word and c.isalpha():
            result += c.upper()
            new_word = False
    return result

#: words(1, 4)
def title_case(text):
    small = ["a", "of", "the", "and", "in"]
    words = text.lower().split()
    for i in range(len(words)):
        if i == 0 or words[i] not in small:
            words[i] = words[i][0].upper() + words[i][1:]
    return " ".join(words)

#: word()
#: choice("apple", "school", "my", "quick")
def pig_latin(word):
    vowels = "aeiou"
    if word[0] in vowels:
        return word + "way"
    for i, ch in enumerate(word):
        if ch in vowels:
            return word[i:] + word[:i] + "ay"
    return word + "ay"

#: words(1, 3)
def pigLatinSentence(sentence):
    translated = []
    for w in sentence.split():
        first = w[0]
        if first in "aeiou":
            translated.append(w + "yay")
        else:
            translated.append(w[1:] + first + "ay")
    return " ".join(translated)

#: text(0, 14)
def swap_case(s):
    result = ""
    for ch in s:
        if ch.isupper():
            result += ch.lower()
        else:
            result += ch.upper()
    return result

#: word(), char()
#: "banana", "a"
def find_all(text, letter):
    positions = []
    start = text.find(letter)
    while start != -1:
        positions.append(start)
        start = text.find(letter, start + 1)
    return positions

#: words(2, 5)
def longest_word(sentence):
    longest = ""
    for word in sentence.split():
        if len(word) > len(longest):
            longest = word
    return longest, len(longest)

#: letters(0, 8)
def remove_duplicates(s):
    seen = ""
    for c in s:
        if c not in seen:
            seen += c
    return seen

#: letters(1, 8)
#: choice("swiss", "aabb", "level")
def first_unique(s):
    for i in range(len(s)):
        if s.count(s[i]) == 1:
            return i
    return -1

#: name(), int_(3, 99), word()
def introduce(name, age, hobby):
    greeting = "Hello, my name is {}.".format(name)
    info = "I am {1} years old and I like {0}.".format(hobby, age)
    if age < 18:
        note = "I can not vote yet."
    else:
        note = "I can vote."
    print(greeting)
    print(info)
    return note

#: name(), name()
def initials(first_name, last_name):
    user = first_name[0].lower() + last_name.lower()
    if len(user) > 6:
        user = user[:6]
    return {"initials": first_name[0] + last_name[0], "login": user}

#: word(), choice("*", "#", "=")
def box(message, border):
    width = len(message) + 4
    line = border * width
    print(line)
    print(border, message, border)
    print(line)
    return width

#: int_(1, 5)
def triangle(height):
    for row in range(1, height + 1):
        spaces = " " * (height - row)
        stars = "*" * (2 * row - 1)
        print(spaces + stars)

#: int_(1, 4), choice("*", "o")
def rectangle(n, symbol):
    picture = ""
    for y in range(n):
        for x in range(n + 2):
            if y in (0, n - 1) or x in (0, n + 1):
                picture += symbol
            else:
                picture += " "
        picture += "\n"
    return picture

#: letters(1, 6), letters(1, 6)
def common_letters(a, b):
    common = []
    for x in a:
        if x in b and x not in common:
            common.append(x)
    common.sort()
    return common
