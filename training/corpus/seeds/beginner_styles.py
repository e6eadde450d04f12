#: list_(int_(1, 30), 0, 6)
def summe_gerade(zahlen):
    # nur gerade Zahlen addieren
    summe = 0
    for zahl in zahlen:
        if zahl % 2 == 0:
            summe = summe + zahl
    return summe

#: int_(1, 12)
def tabla_de_multiplicar(numero):
    lineas = []
    for i in range(1, 6):
        resultado = numero * i
        lineas.append(f"{numero} x {i} = {resultado}")
    return lineas

#: words(1, 4)
def compter_mots(phrase):
    nombre = 0
    dans_un_mot = False
    for lettre in phrase:
        if lettre != " " and not dans_un_mot:
            nombre += 1
            dans_un_mot = True
        elif lettre == " ":
            dans_un_mot = False
    return nombre

#: list_(int_(0, 20), 1, 6)
def en_buyuk(sayilar):
    buyuk = sayilar[0]
    sira = 0
    for i in range(1, len(sayilar)):
        if sayilar[i] > buyuk:
            buyuk = sayilar[i]
            sira = i
    print("En buyuk:", buyuk)
    return sira

#: int_(0, 8)
def fatorial(n):
    if n == 0 or n == 1:
        return 1
    resultado = 1
    while n > 1:
        resultado *= n
        n -= 1
    return resultado

#: word()
def somma_posizioni(parola):
    alfabeto = "abcdefghijklmnopqrstuvwxyz"
    somma = 0
    for lettera in parola:
        somma += alfabeto.find(lettera) + 1
    return somma

#: list_(int_(1, 9), 0, 5)
def Sum_List ( L ) :
    S=0
    for i in range( 0,len(L) ) :
        S=S+L[i]
    return( S )

#: int_(1, 20)
def f(n):
    r=[];i=0
    while i<n:
        if i%3==0 or i%5==0:r.append(i)
        i+=1
    return sum(r)

#: list_(int_(0, 9), 1, 5)
def compute_average_of_all_values_in_list(list_of_values):
    """
    Compute the average.

    Parameters
    ----------
    list_of_values : list of int

    Returns
    -------
    float
    """
    number_of_values = len(list_of_values)
    sum_of_values = 0

    for current_value in list_of_values:
        sum_of_values = sum_of_values + current_value

    average_value = sum_of_values / number_of_values
    return average_value

#: list_(int_(0, 100), 0, 6)
from typing import List, Optional

def closest_to_fifty(values: List[int]) -> Optional[int]:
    best: Optional[int] = None
    for v in values:
        if best is None or abs(v - 50) < abs(best - 50):
            best = v
    return best

#: int_(1, 30)
def number_facts(n):
    facts = []
    if n % 2 == 0: facts.append("even")
    else: facts.append("odd")
    if n > 10:
        if n < 20:
            facts.append("teen")
        else:
            facts.append("big")
    elif n == 10: facts.append("ten")
    if str(n) == str(n)[::-1]: facts.append("palindrome")
    return ", ".join(facts)

#: int_(2, 4), int_(2, 4)
def nested_loops(rows, cols):
    hits = 0
    for i in range(rows):
        for j in range(cols):
            if i == j:
                continue
            if i + j > 4:
                break
            hits += i * j
        else:
            hits += 100
    return hits

#: list_(int_(1, 12), 0, 6), int_(1, 12)
def for_else(values, wanted):
    for i, v in enumerate(values):
        if v == wanted:
            print("found at", i)
            break
    else:
        print("not found")
        return False
    return True

#: int_(1, 40)
def while_else(n):
    d = 2
    while d < n:
        if n % d == 0:
            answer = d
            break
        d += 1
    else:
        answer = None
    return answer

#: int_(1, 6)
def number_pyramid(n):
    lines = ""
    for i in range(1, n + 1):
        for j in range(i):
            lines = lines + str(j + 1)
        lines = lines + "\n"
    return lines

#: int_(1, 5)
def floyds_triangle(rows):
    number = 1
    for r in range(rows):
        row = []
        for _ in range(r + 1):
            row.append(number)
            number += 1
        print(*row)
    return number - 1

#: int_(1, 4)
def diamond(n):
    lines = []
    for i in list(range(n)) + list(range(n - 2, -1, -1)):
        lines.append(" " * (n - 1 - i) + "*" * (2 * i + 1))
    return lines

#: list_(one_of(int_(1, 9), choice(0)), 1, 6)
def sum_until_zero(inputs):
    total = 0
    position = 0
    while True:
        value = inputs[position] if position < len(inputs) else 0
        if value == 0:
            break
        total += value
        position += 1
    return total

#: list_(choice("y", "n", "Y", "maybe"), 1, 5)
def ask(answers):
    tries = 0
    for answer in answers:
        tries += 1
        a = answer.lower()
        if a == "y":
            return True, tries
        if a == "n":
            return False, tries
        print("Please answer y or n")
    return None, tries

#: word()
def slices(s):
    first_half = s[:len(s) // 2]
    second_half = s[len(s) // 2:]
    every_second = s[::2]
    backwards = s[::-1]
    middle = s[1:-1]
    last_three = s[-3:]
    return [first_half, second_half, every_second, backwards, middle, last_three]

#: list_(int_(0, 9), 3, 6)
def list_slices(nums):
    copy = nums[:]
    copy[1:3] = ["a", "b", "c"]
    del nums[0]
    nums[-1:] = []
    tail = nums[1:]
    return nums, copy, tail

#: int_(1, 9), int_(1, 9), int_(1, 9)
def swap_three(a, b, c):
    a, b, c = c, a, b
    print(a, b, c)
    smallest = a if a < b and a < c else b if b < c else c
    t = (a, b, c)
    x, *rest = t
    return smallest, x, rest

#: int_(-5, 15), int_(-5, 15)
def logic(p, q):
    both = p > 0 and q > 0
    either = p > 10 or q > 10
    chained = 0 < p <= q < 12
    falsy = p or "zero"
    default = q and p
    return both, either, not chained, falsy, default

#: float_(-20, 20, 2)
def rounding(x):
    whole = int(x)
    rest = x - whole
    up = whole + 1 if rest > 0 else whole
    text = "%.1f" % x
    return whole, round(x), up, text, x // 1

#: int_(100, 999)
def digits_of(n):
    hundreds = n // 100
    tens = (n // 10) % 10
    ones = n % 10
    backwards = ones * 100 + tens * 10 + hundreds
    if n > backwards:
        diff = n - backwards
    else:
        diff = backwards - n
    return hundreds, tens, ones, diff

#: int_(1, 5)
def growth(n):
    bacteria = 1
    hour = 0
    while bacteria < 10 ** n // 20 + 5:
        bacteria *= 2
        hour += 1
    return hour

#: list_(tuple_(word(), int_(1, 99)), 0, 3)
def high_scores(entries):
    entries = sorted(entries, key=lambda e: e[1], reverse=True)
    out = []
    for rank, (player, score) in enumerate(entries, start=1):
        medal = {1: "gold", 2: "silver", 3: "bronze"}.get(rank, "-")
        out.append("#{} {:<10}{:>5} ({})".format(rank, player, score, medal))
    return out

#: int_(0, 23)
def greet(hour):
    match hour:
        case 0:
            return "midnight"
        case h if h < 6:
            return "night"
        case 6 | 7 | 8 | 9 | 10 | 11:
            return "morning"
        case 12:
            return "noon"
        case _:
            return "afternoon" if hour < 18 else "evening"

#: list_(one_of(int_(0, 9), word(), none_or(float_(0, 5)), list_(int_(), 0, 2)), 0, 5)
def type_names(values):
    found = {}
    for v in values:
        t = type(v).__name__
        found[t] = found.get(t, 0) + 1
    return found

#: int_(2, 30)
def sum_series(n):
    total = 0.0
    sign = 1
    for k in range(1, min(n, 12), 2):
        total += sign / k
        sign = -sign
    return round(4 * total, 4)
