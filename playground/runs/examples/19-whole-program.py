# title: A whole program
# description: No function at all: with an empty entry call, every line runs from the top.

temperatures = [0, 12, 25, 31]
warm_days = 0
for celsius in temperatures:
    fahrenheit = celsius * 9 / 5 + 32
    print(celsius, "°C =", fahrenheit, "°F")
    if celsius > 20:
        warm_days += 1
print(warm_days, "warm days")
