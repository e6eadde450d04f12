#: date()
def parse_date(text):
    year = int(text[:4])
    month = int(text[5:7])
    day = int(text[8:])
    return year, month, day

#: int_(1, 12), choice(2023, 2024, 1900)
#: 13, 2024
def days_in_month(month, year):
    if month < 1 or month > 12:
        return None
    if month == 2:
        if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0:
            return 29
        return 28
    if month in [4, 6, 9, 11]:
        return 30
    return 31

#: date()
def is_leap(y):
    return y % 4 == 0 and (y % 100 or y % 400 == 0)

def day_of_year(date):
    y, m, d = [int(p) for p in date.split("-")]
    lengths = [31, 29 if is_leap(y) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return sum(lengths[:m - 1]) + d

#: date()
def weekday(date):
    """Zeller's congruence; 0 = Saturday."""
    y, m, d = map(int, date.split("-"))
    if m < 3:
        m += 12
        y -= 1
    k = y % 100
    j = y // 100
    h = (d + 13 * (m + 1) // 5 + k + k // 4 + j // 4 + 5 * j) % 7
    names = ["Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    return names[h]

#: date(), int_(1, 40)
def add_days(date, n):
    y, m, d = (int(x) for x in date.split("-"))
    months = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    d += n
    while d > months[m - 1]:
        d -= months[m - 1]
        m += 1
        if m > 12:
            m = 1
            y += 1
    return f"{y}-{m:02}-{d:02}"

#: date(), date()
def age_on(birth, today):
    by, bm, bd = birth.split("-")
    ty, tm, td = today.split("-")
    years = int(ty) - int(by)
    if (tm, td) < (bm, bd):
        years -= 1
    return max(years, 0)

#: date(), date()
def earlier(a, b):
    pa = a.split("-")
    pb = b.split("-")
    for i in range(3):
        if int(pa[i]) < int(pb[i]):
            return a
        if int(pa[i]) > int(pb[i]):
            return b
    return "same"

#: int_(0, 100000)
def format_seconds(s):
    h = s // 3600
    m = s % 3600 // 60
    sec = s % 60
    if h > 0:
        return f"{h}h {m}m {sec}s"
    if m > 0:
        return f"{m}m {sec}s"
    return f"{sec}s"

#: int_(0, 200000)
def humanTime(totalSeconds):
    units = [("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)]
    parts = []
    for unitName, unitSize in units:
        amount = totalSeconds // unitSize
        totalSeconds -= amount * unitSize
        if amount == 1:
            parts.append("1 " + unitName)
        elif amount > 1:
            parts.append(str(amount) + " " + unitName + "s")
    if not parts:
        return "now"
    return ", ".join(parts)

#: choice("09:30", "13:05", "00:15", "12:00")
def to_12_hour(t):
    hour, minute = t.split(":")
    hour = int(hour)
    suffix = "am" if hour < 12 else "pm"
    hour = hour % 12
    if hour == 0:
        hour = 12
    return f"{hour}:{minute} {suffix}"

#: choice("7:45 pm", "12:10 am", "11:00 am", "12:30 pm")
def to24(clock):
    time, half = clock.split()
    h, m = map(int, time.split(":"))
    match half:
        case "am":
            h = 0 if h == 12 else h
        case "pm":
            h = 12 if h == 12 else h + 12
    return "%02d:%02d" % (h, m)

#: list_(tuple_(choice("08:00", "09:15"), choice("10:30", "17:00")), 0, 3)
def minutes(hhmm):
    h, m = hhmm.split(":")
    return int(h) * 60 + int(m)

def timesheet(rows):
    total = 0
    for start, end in rows:
        worked = minutes(end) - minutes(start)
        if worked > 360:
            worked -= 30
        total += worked
    return f"{total // 60}:{total % 60:02d}"

#: int_(0, 6), choice(28, 30, 31)
def calendar(first_weekday, days):
    print("Mo Tu We Th Fr Sa Su")
    line = "   " * first_weekday
    weeks = 0
    for day in range(1, days + 1):
        line += f"{day:2} "
        if (first_weekday + day) % 7 == 0 or day == days:
            print(line)
            line = ""
            weeks += 1
    return weeks

#: choice("03/04/2021", "12/31/1999")
def us_to_iso(date):
    month, day, year = date.split("/")
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    long = f"{int(day)} {months[int(month) - 1]} {year}"
    return {"iso": "-".join([year, month, day]), "long": long}

#: date()
def quarter(date):
    month = int(date.split("-")[1])
    match month:
        case 1 | 2 | 3:
            return "Q1"
        case 4 | 5 | 6:
            return "Q2"
        case m if m < 10:
            return "Q3"
    return "Q4"

#: date(), date()
def to_days(y, m, d):
    if m <= 2:
        y -= 1
        m += 12
    return 365 * y + y // 4 - y // 100 + y // 400 + (153 * (m - 3) + 2) // 5 + d

def days_between(first, second):
    a = to_days(*map(int, first.split("-")))
    b = to_days(*map(int, second.split("-")))
    return abs(a - b)

#: list_(date(), 0, 4)
def by_month(dates):
    table = {}
    for d in sorted(dates):
        key = d[:7]
        table.setdefault(key, []).append(int(d[-2:]))
    return table

#: int_(0, 359)
def clock_angle(minutes_past_midnight):
    hours, mins = divmod(minutes_past_midnight, 60)
    hour_hand = 30 * (hours % 12) + mins / 2
    minute_hand = 6 * mins
    angle = abs(hour_hand - minute_hand)
    if angle > 180:
        angle = 360 - angle
    return angle

#: int_(1, 9999)
def century(year):
    c = (year + 99) // 100
    if 11 <= c % 100 <= 13:
        ending = "th"
    else:
        ending = {1: "st", 2: "nd", 3: "rd"}.get(c % 10, "th")
    return str(c) + ending

#: date()
import datetime

def library_date(text):
    d = datetime.date.fromisoformat(text)
    nxt = d + datetime.timedelta(days=7)
    same_month = nxt.month == d.month
    return nxt.isoformat(), d.weekday(), same_month

#: int_(1950, 2012)
def zodiac(year):
    animals = ("monkey rooster dog pig rat ox tiger rabbit dragon snake horse goat").split()
    animal = animals[year % 12]
    if year < 1970:
        note = "old"
    elif year < 2000:
        note = "middle"
    else:
        note = "young"
    return note + " " + animal
