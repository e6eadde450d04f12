#: float_(5, 90, 2), choice(10, 15, 20)
def tip_calculator(bill, percent):
    tip = bill * percent / 100
    total = bill + tip
    print(f"Tip:   ${tip:.2f}")
    print(f"Total: ${total:.2f}")
    return round(total, 2)

#: int_(1, 99)
def make_change(cents):
    quarters = cents // 25
    cents = cents % 25
    dimes = cents // 10
    cents = cents % 10
    nickels = cents // 5
    pennies = cents % 5
    return quarters, dimes, nickels, pennies

#: int_(1, 400)
def coins(amount):
    change = {}
    for coin in (200, 100, 50, 20, 10, 5, 2, 1):
        count, amount = divmod(amount, coin)
        if count:
            change[coin] = count
    return change

#: int_(100, 1000), float_(0, 10), int_(1, 6)
def compound(principal, rate, years):
    balance = principal
    for year in range(1, years + 1):
        interest = balance * rate / 100
        balance += interest
        print(f"Year {year}: {balance:.2f}")
    return round(balance, 2)

#: int_(100, 500), choice(5, 8, 10), int_(500, 900)
def years_to_goal(start, rate, goal):
    money = start
    years = 0
    while money < goal:
        money = money * (1 + rate / 100)
        years += 1
    return years

#: list_(tuple_(word(), float_(0.5, 20, 2), int_(1, 4)), 0, 4)
def print_receipt(items):
    total = 0
    print("-" * 26)
    for name, price, qty in items:
        line = price * qty
        total += line
        print(f"{name:<12}{qty:>3} x{line:>10.2f}")
    print("-" * 26)
    print(f"{'TOTAL':<16}{total:>10.2f}")
    return round(total, 2)

#: int_(0, 60000)
def income_tax(income):
    # brackets: 10% up to 10000, 20% up to 30000, then 40%
    tax = 0
    if income > 30000:
        tax += (income - 30000) * 0.4
        income = 30000
    if income > 10000:
        tax += (income - 10000) * 0.2
        income = 10000
    tax += income * 0.1
    return tax

#: int_(0, 50000)
def tax_due(income):
    brackets = [(5000, 0), (15000, 10), (40000, 25), (None, 40)]
    due, lower = 0, 0
    for upper, pct in brackets:
        if upper is None or income <= upper:
            due += (income - lower) * pct // 100
            break
        due += (upper - lower) * pct // 100
        lower = upper
    return due

#: int_(20, 60), int_(8, 30)
def weekly_pay(hours, rate):
    overtime = 0
    if hours > 40:
        overtime = hours - 40
        hours = 40
    pay = hours * rate + overtime * rate * 1.5
    return pay

#: dict_(word(), float_(1, 9, 2), 1, 4), list_(word(), 0, 4)
#: {"milk": 1.2, "bread": 2.5, "eggs": 3.0}, ["milk", "eggs", "milk", "tea"]
def cart_total(prices, cart):
    total = 0
    missing = []
    for item in cart:
        if item in prices:
            total = total + prices[item]
        else:
            missing.append(item)
    if missing:
        print("Not sold here:", ", ".join(missing))
    return round(total, 2)

#: list_(tuple_(choice("add", "remove"), choice("pen", "cup", "hat")), 0, 6)
def shopping_cart(commands):
    cart = []
    for action, item in commands:
        if action == "add":
            cart.append(item)
        elif action == "remove" and item in cart:
            cart.remove(item)
        else:
            print("cannot remove", item)
    return cart

#: int_(1, 10), choice("child", "student", "adult")
def ticketPrice(quantity, kind):
    pricePerTicket = 12.0
    if kind == "child":
        pricePerTicket = 6.0
    if kind == "student":
        pricePerTicket = 9.0
    total = quantity * pricePerTicket
    if quantity >= 5:
        discount = total * 0.1
        total -= discount
    return total

#: float_(1, 500, 2)
def discount(price):
    if price >= 300:
        rate = 0.2
    elif price >= 100:
        rate = 0.1
    else:
        rate = 0
    saved = round(price * rate, 2)
    return {"price": price, "saved": saved, "pay": round(price - saved, 2)}

#: list_(int_(-50, 100), 0, 7)
def running_balance(transactions):
    balance = 0
    history = []
    for amount in transactions:
        if balance + amount < 0:
            print("Declined:", amount)
            continue
        balance += amount
        history.append(balance)
    return history

#: int_(1, 15), choice("basic", "plus")
#: 3, "gold"
def phone_bill(gigabytes, plan):
    plans = {"basic": (10, 2, 3), "plus": (20, 8, 2)}
    if plan not in plans:
        return None
    base, included, extra = plans[plan]
    over = max(0, gigabytes - included)
    return base + over * extra

#: int_(30, 300)
def electricity_bill(units):
    if units <= 50:
        amount = units * 2
    elif units <= 150:
        amount = 50 * 2 + (units - 50) * 3
    else:
        amount = 50 * 2 + 100 * 3 + (units - 150) * 5
    surcharge = amount * 0.2 if units > 200 else 0
    return amount + surcharge

#: int_(1000, 3000), int_(300, 900), choice(1, 2)
def loan_schedule(debt, payment, monthly_rate):
    month = 0
    while debt > 0 and month < 12:
        month += 1
        debt += debt * monthly_rate / 100
        pay = min(payment, debt)
        debt = round(debt - pay, 2)
        print(f"{month:2d} | {pay:8.2f} | {debt:8.2f}")
    return month

#: list_(float_(1, 100, 2), 1, 4), int_(2, 4)
def split_bill(amounts, people):
    total = sum(amounts)
    share = total / people
    rounded = round(share, 2)
    rest = round(total - rounded * people, 2)
    return {"share": rounded, "rest": rest}

#: float_(1, 300, 2), choice("EUR", "GBP", "JPY", "XXX")
def exchange(usd, currency):
    rates = {"EUR": 0.92, "GBP": 0.79, "JPY": 150.0}
    rate = rates.get(currency)
    if rate is None:
        return f"no rate for {currency}"
    return f"{usd:.2f} USD = {usd * rate:,.2f} {currency}"
