"""The typed grammar of composed expressions, as data.

`EXPRESSIONS` maps a type to templates of that type. Types: s str, i int, f float, b bool; li, ls,
lf lists; ll list of lists of int; lt list of (str, int) pairs; ti, ts tuples; si, ss sets;
dsi, dss, dis, dsl dictionaries (str to int, str to str, int to str, str to list of int).

Holes: `<s>` is an expression of type s that can be followed by `.` or an operator, `<=s>` one in a
free position (argument, right-hand side), `<vs>` a variable. `<=i'>` may use the variable that the
template binds with `@x:i`. Literals: `<c>` character, `<w>` word, `<sub>` probable substring,
`<sep>` separator, `<cs>` characters to strip, `<n>` small number, `<z>` any small integer,
`<k>` index, `<key>` probable key, `<spec>`, `<ispec>`, `<fspec>` format specs. A leading `~` marks
an operator expression, a leading number is its weight.
"""

from __future__ import annotations

import re

EXPRESSIONS_TEXT = {
    "s": """
3 <s>.replace(<sub>, <w>)
2 <s>.replace(<sub>, <c>)
2 <s>.replace(<sub>, '')
2 <s>.replace(<sub>, <c>, <n>)
<s>.replace(<c>, <c>).replace(<sub>, <sep>)
2 <s>.upper()
2 <s>.lower()
<s>.title()
2 <s>.capitalize()
2 <s>.swapcase()
<s>.casefold()
2 <s>.strip()
2 <s>.strip(<cs>)
<s>.lstrip()
2 <s>.lstrip(<cs>)
<s>.rstrip()
2 <s>.rstrip(<cs>)
2 <s>.zfill(<width>)
<s>.center(<width>)
<s>.center(<width>, <c>)
<s>.ljust(<width>, <c>)
<s>.rjust(<width>, <c>)
<s>.ljust(<width>)
<s>.rjust(<width>)
<s>.removeprefix(<sub>)
<s>.removesuffix(<sub>)
<s>.expandtabs(<n>)
<s>.partition(<sub>)[<012>]
<s>.rpartition(<sub>)[<012>]
2 <s>.split(<sep>)[0]
2 <s>.split(<sub>)[-1]
<s>.split(<sub>, <n>)[-1]
<s>.rsplit(<sub>, 1)[0]
3 <sep>.join(<ls>)
2 <s>.join(<ls>)
2 ''.join(<=ls>)
2 <sep>.join(<=s'> for @x:s in <ls>)
2 ''.join(<=s'> for @x:c in <vs>)
''.join(<=s'> for @x:c in <vs> if <=b'>)
2 ''.join([<=s'> for @x:c in <vs>])
<sep>.join(str(<=i'>) for @x:i in <li>)
<sep>.join(map(str, <=li>))
2 ''.join(sorted(<=s>))
''.join(sorted(<=s>, reverse=True))
2 ''.join(reversed(<=s>))
''.join(sorted(set(<=s>)))
''.join(dict.fromkeys(<=s>))
3 <vs>[::-1]
2 <vs>[<k>:]
2 <vs>[:<k>]
2 <vs>[<k>:<k>]
2 <vs>[::<n>]
<vs>[<k>::<n>]
<vs>[::-<n>]
<vs>[-<n>:]
<vs>[:-<n>]
<vs>[:<=i>]
<vs>[<=i>:]
<vs>[<vi>:<vi>]
2 ~<s> + <s>
2 ~<s> + <c>
2 ~<c> + <s>
~<s> + <s> + <s>
~<vs> * <n>
~<c> * <i>
~<vs>[<n>:] + <vs>[:<n>]
~<s> + str(<=i>)
2 str(<=i>)
str(<=f>)
str(<=li>)
str(<=b>)
repr(<=s>)
repr(<=li>)
chr(ord(<c>) + <n>)
chr(<=i> % 26 + 97)
~<s> if <=b> else <s>
~<s> if <=b> else <w>
~<s> or <w>
~<s> and <s>
max(<ls>, key=len, default='')
min(<ls>, default='')
max(<=s>, <=s>)
<vls>[<k>]
<vts>[<01>]
<vdss>.get(<key>, <w>)
<vdss>.get(<key>, '')
<vdis>.get(<=i>, <w>)
next((@x for @x:s in <ls> if <=b'>), <w>)
<s>.translate(str.maketrans(<abc>, <xyz>))
<s>.translate(str.maketrans('', '', <cs>))
<s>.translate({ord(<c>): <w>})
<s>.translate({ord(<c>): None})
4 f'<txt>{<s"=>}<txt>'
2 f'{<i"=>}<txt>{<s"=>}'
2 f'{<vs>!r}'
f'{<vs>:<spec>}'
f'{<s"=>:<spec>}'
f'{<vi>:<ispec>}'
f'<txt>{<vi>:<ispec>}<txt>'
f'{<vf>:<fspec>}'
f'{<vf>:.2f}<txt>'
f'{<vs>}{<vs>}'
f'{<vi>} + {<vi>} = {<vi> + <vi>}'
f'{<vs>=}'
f'{<vi>=}'
f'{<vi>:>{<n>}}'
f'{len(<vs>)}:{<vs>[:3]}'
2 ~'<txt>%s' % <vs>
~'%s-%d' % (<=s>, <=i>)
~'%d%%' % <vi>
~'%05d' % <vi>
~'%5s|' % <vs>
~'%-6s|' % <vs>
~'%.1f' % <vf>
~'%x' % abs(<=i>)
~'%r' % (<=s>,)
2 '<txt>{}'.format(<=s>)
'{}<txt>{}'.format(<=i>, <=s>)
'{0}{1}{0}'.format(<=s>, <=s>)
'{:>6}'.format(<=s>)
'{:03d}'.format(<=i>)
'{:.2f}'.format(<=f>)
'{a}<txt>{b}'.format(a=<=i>, b=<=s>)
'{:,}'.format(<=i> * 1000)
bin(<=i>)[2:]
hex(abs(<=i>))
oct(abs(<=i>))
format(<=i>, 'b')
format(<=i>, '04b')
format(<=f>, '.1f')
type(<=i>).__name__
type(<=ls>).__name__
str(<=s>.encode())
<s>.encode().hex()
<s>.encode('utf-8').decode('utf-8')
str(<=ti>)
str(<=dsi>)
""",
    "i": """
3 len(<=s>)
3 len(<=li>)
2 len(<=ls>)
len(<=dsi>)
len(set(<=s>))
len(<=si>)
3 <s>.count(<c>)
2 <s>.count(<sub>)
2 <s>.find(<sub>)
<s>.find(<c>, <n>)
<s>.find(<sub>, <n>, <width>)
2 <s>.rfind(<sub>)
<s>.rfind(<c>)
<vs>.index(<insub>)
<vs>.rindex(<insub>)
<li>.count(<=i>)
<ls>.count(<w>)
<vli>.index(<inli>)
<vti>.count(<=i>)
<vls>.index(<inls>)
3 ~<i> + <i>
2 ~<i> - <i>
2 ~<i> * <i>
~<i> // <n1>
2 ~<i> % <n1>
~<i> * <n> + <i>
~<i> ** 2
~<i> << <n>
~<i> >> 1
~<i> & <n>
~<i> | <n>
~<i> ^ <n>
~-<i>
~<vi> if <=b> else <i>
~<i> if <=b> else <i>
~<i> or <n>
~<i> and <i>
2 abs(<=i>)
2 sum(<=li>)
sum(<=li>, <=i>)
sum(<=i'> for @x:i in <li>)
2 sum(1 for @x:c in <vs> if <=b'>)
sum(<=b'> for @x:i in <li>)
sum(len(@x) for @x:s in <ls>)
sum(<vdsi>.values())
sum(map(len, <=ls>))
sum(ord(@x) for @x:c in <vs>) % <n1>
max(<=i>, <=i>)
min(<=i>, <=i>)
2 max(<li>, default=<z>)
2 min(<li>, default=<z>)
max(<=li> + [<z>])
max(<vli>, key=lambda @x:i: <=i'>, default=0)
max(len(@x) for @x:s in [<w>, <s>])
max(<=i>, <=i>, <z>)
2 <vli>[<k>]
<vti>[<01>]
<vll>[<01>][<01>]
2 <vdsi>.get(<key>, <z>)
<vdsi>.get(<key>, 0)
<vdsi>[<inkey>]
int(<digs>)
int(<digs>, <base>)
int(<=b>)
int(<=f>)
int(str(<=i>)[::-1]) if <vi> >= 0 else <z>
round(<=f>)
ord(<c>)
~ord(<c>) - ord('a')
<vi>.bit_length()
divmod(<=i>, <n1>)[<01>]
pow(<=i>, 2, <n1>)
abs(<=i>) % <n1>
len(<s>.split())
len(<s>.split(<sep>))
len(str(<=i>))
bin(<=i>).count('1')
next((@x for @x:i in <li> if <=b'>), <z>)
int(''.join([@x for @x:c in <vs> if @x.isdigit()]) or '0')
functools.reduce(lambda @a:i, @x:i: <=i'>, <li>, <z>)
math.gcd(<=i>, <n1>)
math.isqrt(abs(<=i>))
math.floor(<=f>)
math.ceil(<=f>)
math.prod(<=li>)
bisect.bisect_left(sorted(<=li>), <=i>)
operator.add(<=i>, <=i>)
""",
    "f": """
2 ~<i> / <n1>
~<f> + <f>
~<f> * <i>
~<f> - <f>
2 round(<=f>, 1)
2 round(<=f>, 2)
round(<i> / <n1>, 2)
float(<=i>)
float(<digs>)
abs(<=f>)
~<f> ** 2
sum(<=lf>)
max(<=f>, <=f>)
min(<=f>, <=i> + 0.5)
~<i> * <flit>
~sum(<=li>) / max(len(<=li>), 1)
~<f> if <=b> else <f>
~<f> // <n1>
~<f> % <n1>
math.sqrt(abs(<=i>))
round(math.sqrt(abs(<=i>)), 3)
round(math.pi * <i>, 2)
float(f'{<vf>:.1f}')
""",
    "b": """
2 ~<sub> in <s>
2 ~<c> in <s>
~<c> not in <s>
~<w> in <ls>
2 ~<i> in <li>
~<i> not in <li>
~<key> in <vdsi>
2 ~<s> == <s>
~<s> != <s>
~<s> == <vs>[::-1]
2 ~<i> == <i>
~<i> != <i>
2 ~<i> > <i>
2 ~<i> < <i>
~<i> >= <i>
~<i> <= <i>
2 ~<i> % <n1> == <n>
~<n> < <i> < <width>
~<z> <= <i> <= <width>
2 ~len(<=s>) > <n>
~len(<=li>) == <n>
~len(<=ls>) < <n>
~<vs>[0:1] == <c>
~<vs>[-1:] == <c>
~<s> < <s>
~<li> == <li>
~<s> is not None
~not <b>
~not <vs>
~not <vli>
2 ~<b> and <b>
2 ~<b> or <b>
<s>.startswith(<sub>)
<s>.endswith(<sub>)
<s>.startswith((<c>, <sub>))
<s>.endswith((<c>, <c>))
<s>.startswith(<c>, <n>)
2 <s>.isalpha()
2 <s>.isdigit()
<s>.isalnum()
2 <s>.isupper()
2 <s>.islower()
<s>.isspace()
<s>.istitle()
<s>.isnumeric()
<s>.isdecimal()
<s>.isidentifier()
<s>.isascii()
<s>.isprintable()
bool(<=s>)
bool(<=li>)
bool(<=i>)
any(<=b'> for @x:i in <li>)
all(<=b'> for @x:i in <li>)
any(<=b'> for @x:c in <vs>)
all(<=b'> for @x:c in <vs>)
any(@x:c.isdigit() for @x in <vs>)
all([<=b'> for @x:s in <ls>])
any(<=li>)
all(<=ls>)
isinstance(<=i>, int)
isinstance(<=s>, (int, float))
isinstance(<=b>, int)
<si>.issubset(<=li>)
<si>.issuperset(<=li>)
<si>.isdisjoint(<=li>)
~<si> <= <si>
~<si> < <si>
~<vli> is <vli>
~<vi> is None
callable(<vs>)
~<ls> > <ls>
~set(<=s>) == set(<=s>)
~sorted(<=s>) == sorted(<=s>)
~<ti> < <ti>
""",
    "li": """
2 <vli>[::-1]
2 <vli>[<k>:]
2 <vli>[:<k>]
<vli>[<k>:<k>]
<vli>[::<n1>]
<vli>[<k>::<n1>]
<vli>[-<n1>:]
<vli>[:-<n1>]
<vli>[::-<n1>]
2 sorted(<=li>)
2 sorted(<=li>, reverse=True)
sorted(<=li>, key=lambda @x:i: <=i'>)
sorted(<=li>, key=lambda @x:i: (<=b'>, @x))
sorted(<=li>, key=abs)
sorted(<=si>)
sorted(set(<=li>))
sorted(<=li>)[:<n>]
sorted(<=li>)[-<n1>:]
list(reversed(<=li>))
2 ~<li> + <li>
~<li> + [<=i>]
~[<=i>] + <li>
~<vli> * 2
~[<n>] * <n>
4 [<=i'> for @x:i in <li>]
3 [<=i'> for @x:i in <li> if <=b'>]
2 [@x for @x:i in <li> if <=b'>]
[<=i'> for @x:i in range(<n>)]
[<=i'> for @x:s in <ls>]
[<=i'> for @x:c in <vs>]
[len(@x) for @x:s in <ls>]
[ord(@x) for @x:c in <vs>[:4]]
[<=i'> if <=b'> else <z> for @x:i in <li>]
[@a * @x for @a:i, @x:i in zip(<li>, <li>)]
[@a + @x for @a:i, @x:i in enumerate(<li>)]
[@x for @a:i, @x:i in enumerate(<li>) if @a % 2 == 0]
[@a for @a:i, @x:c in enumerate(<vs>) if @x == <c>]
[@x for @y:li in <vll> for @x:i in @y]
[sum(@y) for @y:li in <vll>]
[@x for @a:s, @x:i in <vlt>]
[int(@x) for @x:c in <vs> if @x.isdigit()]
[int(@x) for @x:c in <digs>]
list(map(len, <=ls>))
list(map(abs, <=li>))
list(map(int, <digs>))
list(map(lambda @x:i: <=i'>, <li>))
list(filter(lambda @x:i: <=b'>, <li>))
list(filter(None, <=li>))
2 list(range(<n>))
list(range(<z>, <width>, <n1>))
list(range(<n>, -1, -1))
list(<vti>)
list(<vdsi>.values())
sorted(<vdsi>.values())
<vli>.copy()
list(dict.fromkeys(<=li>))
[*<li>, <=i>]
[<=i>, *<vli>]
[<=i>, <=i>, <=i>]
[<=i>]
~<li> if <=b> else <li>
~<vli> or [<n>]
list(itertools.accumulate(<=li>))
list(itertools.chain(<=li>, <=li>))
[max(@a, @x) for @a:i, @x:i in zip(<vli>, <vli>[1:])]
heapq.nsmallest(<n>, <=li>)
heapq.nlargest(<n>, <=li>)
<vll>[<01>]
<vdsl>.get(<key>, [])
list(<s>.encode())[:3]
""",
    "ls": """
3 <s>.split()
3 <s>.split(<sep>)
2 <s>.split(<sub>)
<s>.split(<sep>, <n>)
2 <s>.split(<c>)
<s>.rsplit(<sep>, 1)
<s>.rsplit(<sub>, <n>)
<s>.rsplit()
<s>.split(maxsplit=1)
<s>.splitlines()
<s>.splitlines(True)
list(<s>.partition(<sub>))
list(<=s>)
2 sorted(<=s>)
sorted(<=ls>)
sorted(<=ls>, key=len)
sorted(<=ls>, key=str.lower)
sorted(<=ls>, key=lambda @x:s: <=i'>)
sorted(<=ls>, key=lambda @x:s: (len(@x), @x))
sorted(<=ls>, reverse=True)
sorted(<=ss>)
sorted(set(<=s>))
3 [<=s'> for @x:s in <ls>]
2 [<=s'> for @x:s in <ls> if <=b'>]
2 [@x for @x:s in <ls> if <=b'>]
2 [<=s'> for @x:c in <vs>]
[@x for @x:c in <vs> if <=b'>]
[@x for @x:c in <vs> if @x not in <cs>]
[<=s'> if <=b'> else <s'> for @x:c in <vs>]
[<vs>[@x:@x + <n1>] for @x:i in range(0, len(<vs>), <n1>)]
[<vs>[:@x] for @x:i in range(<n>)]
[str(@x) for @x:i in <li>]
[f'{@a}<txt>{@x}' for @a:i, @x:s in enumerate(<ls>)]
[f'{@a}={@x}' for @a:s, @x:i in <vdsi>.items()]
[@x * @a for @a:i, @x:c in enumerate(<vs>[:4])]
[@a + @x for @a:c, @x:c in zip(<vs>, <vs>[1:])]
[@x for @x:s, @a:i in <vlt>]
list(map(str, <=li>))
list(map(str.upper, <=ls>))
list(map(str.strip, <=ls>))
list(map(lambda @x:s: <=s'>, <ls>))
list(filter(lambda @x:s: <=b'>, <ls>))
list(filter(str.isalpha, <=s>))
list(filter(None, <=ls>))
<vls>[::-1]
<vls>[<k>:]
<vls>[:<k>]
<vls>[1:]
~<ls> + <ls>
~<ls> + [<=s>]
~[<w>] * <n>
list(<vdsi>)
list(<vdsi>.keys())
sorted(<vdsi>)
sorted(<vdsi>, key=<vdsi>.get)
sorted(<vdsi>, key=lambda @x:s: (-<vdsi>[@x], @x))
list(<vdss>.values())
[<w>, <=s>]
[<=s>, <=s>]
~<ls> if <=b> else <ls>
[*<s>]
[*<vls>, <=s>]
<vls>.copy()
[@x for @x, @a:i in sorted(<vdsi>.items())]
list(dict.fromkeys(<=s>))
re.findall(<rx>, <=s>)
re.split(<rx>, <=s>)
re.sub(<rx>, <c>, <=s>).split()
[''.join(@x) for @x in itertools.combinations(<vs>[:3], 2)]
""",
    "lf": """
[<=f>, <=f>]
[<=f'> for @x:i in <li>]
[@x / 2 for @x:i in <li>]
[round(@x * <flit>, 1) for @x:i in <li>]
sorted(<vlf>)
<vlf>[<k>:]
""",
    "ll": """
[<=li>, <=li>]
[[<=i'> for @x:i in range(<n>)] for @y:i in range(<n1>)]
[[@x, @x + 1] for @x:i in <li>]
[<li>[@x:@x + 2] for @x:i in range(0, 4, 2)]
[[0] * <n> for @x:i in range(<n1>)]
[list(@y) for @y:ti in zip(<li>, <li>)]
[list(@y) for @y:ti in zip(*<vll>)]
[@y[::-1] for @y:li in <vll>]
<vll>[::-1]
sorted(<vll>)
sorted(<vll>, key=sum)
~<vll> + [<=li>]
""",
    "lt": """
2 list(<vdsi>.items())
2 sorted(<vdsi>.items())
sorted(<vdsi>.items(), key=lambda @y:pr: @y[1])
sorted(<vdsi>.items(), key=lambda @y:pr: (-@y[1], @y[0]))
list(zip(<=ls>, <=li>))
[(@x, len(@x)) for @x:s in <ls>]
[(@x, <=i'>) for @x:c in <vs>[:4]]
list(zip(<vs>, range(<n>)))
collections.Counter(<=s>).most_common(<n1>)
""",
    "ti": """
2 (<=i>, <=i>)
(<=i>, <=i>, <=i>)
(<=i>,)
tuple(<=li>)
tuple(sorted(<=li>))
divmod(<=i>, <n1>)
~<ti> + <ti>
~<ti> + (<=i>,)
<vti>[::-1]
tuple(<=i'> for @x:i in <li>)
(min(<=li> + [0]), max(<=li> + [1]))
<vti>[<k>:]
""",
    "ts": """
(<=s>, <=s>)
<s>.partition(<sub>)
<s>.rpartition(<sep>)
tuple(<=s>)
tuple(<s>.split())
tuple(<=ls>)
(<w>, <=s>)
<vts>[::-1]
""",
    "si": """
set(<=li>)
{<=i>, <=i>}
{<=i'> for @x:i in <li>}
{@x for @x:i in <li> if <=b'>}
~<si> & <si>
~<si> | <si>
~<si> - <si>
~<si> ^ <si>
<si>.union(<=li>)
<si>.intersection(<=li>)
<si>.difference(<=li>)
<si>.symmetric_difference(<=si>)
set(range(<n>))
set()
""",
    "ss": """
set(<=s>)
set(<=ls>)
{<=s'> for @x:s in <ls>}
{@x for @x:c in <vs> if <=b'>}
~<ss> & <ss>
~<ss> - <ss>
~set(<=s>) - set(<cs>)
""",
    "dsi": """
{@x: <=i'> for @x:c in <vs>}
{@x: len(@x) for @x:s in <ls>}
{@x: <vs>.count(@x) for @x:c in <vs>}
{@x: @a for @a:i, @x:s in enumerate(<ls>)}
dict(zip(<=ls>, <=li>))
dict(zip(<=s>, range(<n>)))
dict.fromkeys(<=s>, <n>)
dict.fromkeys(<=ls>, 0)
{<w>: <=i>}
{<w>: <=i>, <w>: <=i>}
{**<dsi>, <w>: <=i>}
{**<vdsi>, **<vdsi>}
~<dsi> | <dsi>
{@a: @x for @a:s, @x:i in <vdsi>.items() if <=b'>}
{@a: <=i'> for @a:s, @x:i in <vdsi>.items()}
{@a: @x for @x:i, @a:s in <vdis>.items()}
dict(sorted(<vdsi>.items()))
dict(sorted(<vdsi>.items(), key=lambda @y:pr: @y[1]))
dict(<vlt>)
<vdsi>.copy()
dict(a=<=i>, b=<=i>)
dict(collections.Counter(<=s>))
collections.Counter(<=s>)
collections.Counter(<=ls>)
""",
    "dss": """
{@x: <=s'> for @x:c in <vs>}
{@x: <=s'> for @x:s in <ls>}
{<w>: <=s>, <w>: <=s>}
{@a: @x for @a:c, @x:c in zip(<vs>, <vs>[1:])}
dict(zip(<=s>, <=s>))
{@a: str(@x) for @a:s, @x:i in <vdsi>.items()}
dict.fromkeys(<=ls>, <w>)
dict(@x.split('=') for @x in ['a=1', <w> + '=' + <vs>[:0] + <w>])
""",
    "dis": """
{@x: <=s'> for @x:i in <li>}
{@a: @x for @a:i, @x:s in enumerate(<ls>)}
dict(enumerate(<=s>))
dict(enumerate(<=ls>, 1))
{len(@x): @x for @x:s in <ls>}
{@x: @a for @a:s, @x:i in <vdsi>.items()}
{<z>: <=s>, <z>: <=s>}
""",
    "dsl": """
{<w>: <=li>, <w>: <=li>}
{@x: [] for @x:s in <ls>}
{@x: [<=i'>] for @x:c in <vs>[:3]}
{@a: [@x, <=i'>] for @a:s, @x:i in <vdsi>.items()}
""",
}  # fmt: skip

#: Statements that change a variable in place or rebind it. Types of `<v..>` holes as above; a new
#: variable is `@x:i`. Templates of several lines use `|`.
STATEMENTS_TEXT = """
4 <vli>.append(<=i>)
<vli>.append(<vli>[<k>])
2 <vli>.insert(<n>, <=i>)
<vli>.insert(-1, <=i>)
2 <vli>.extend(<=li>)
<vli>.extend([<=i>, <=i>])
2 <vli>.pop()
2 <vli>.pop(0)
<vli>.pop(<k>)
2 <vli>.remove(<inli>)
<vli>.sort()
<vli>.sort(reverse=True)
<vli>.sort(key=lambda @x:i: <=i'>)
2 <vli>.reverse()
<vli>.clear()
2 <vli>[<k>] = <=i>
2 <vli>[<k>] += <=i>
<vli>[<k>:<k>] = <=li>
<vli>[:<n>] = []
<vli>[::2] = [<n>] * len(<vli>[::2])
<vli>[<k>], <vli>[<k>] = <vli>[<k>], <vli>[<k>]
<vli>[0], <vli>[-1] = <vli>[-1], <vli>[0]
del <vli>[<k>]
del <vli>[<n>:]
<vli> += <li>
<vli> += [<=i>]
<vli> *= 2
@x:i = <vli>.pop()
@x:i = <vli>.pop(<k>)
3 <vls>.append(<=s>)
<vls>.insert(<n>, <=s>)
<vls>.extend(<=ls>)
<vls>.extend(<=s>)
<vls>.pop()
<vls>.pop(0)
<vls>.remove(<inls>)
<vls>.sort()
<vls>.sort(key=len)
<vls>.reverse()
<vls>[<k>] = <=s>
<vls>[<k>] += <c>
<vls> += [<=s>]
<vls> += <s>
@x:s = <vls>.pop()
@x:s = <vls>.pop(0)
3 <vdsi>[<w>] = <=i>
2 <vdsi>[<inkey>] = <=i>
2 <vdsi>[<inkey>] += <=i>
2 <vdsi>[<key>] = <vdsi>.get(<key>, 0) + 1
<vdsi>.update({<w>: <=i>})
<vdsi>.update(<=dsi>)
<vdsi>.update(x=<=i>)
<vdsi>.setdefault(<key>, <=i>)
@x:i = <vdsi>.setdefault(<key>, <=i>)
2 <vdsi>.pop(<key>, None)
@x:i = <vdsi>.pop(<inkey>)
@x:i = <vdsi>.pop(<key>, <z>)
<vdsi>.popitem()
del <vdsi>[<inkey>]
<vdsi>.clear()
@x:ts = <vdsi>.popitem()
<vdss>[<w>] = <=s>
<vdss>[<inkey>] += <c>
<vdsl>.setdefault(<key>, []).append(<=i>)
<vdsl>[<inkey>].append(<=i>)
<vdis>[<=i>] = <=s>
<vdis>.pop(<=i>, <w>)
<vsi>.add(<=i>)
<vsi>.discard(<=i>)
<vsi>.update(<=li>)
<vsi> |= {<=i>}
<vsi> -= {<=i>}
<vsi>.remove(<=i>) if <vi> > 100 else None
<vss>.add(<c>)
<vss>.discard(<c>)
<vll>[<01>].append(<=i>)
<vll>[<01>][<01>] = <=i>
<vll>.append(<=li>)
4 <vs> += <=s>
<vs> += <c>
2 <vs> = <=s>
<vs> = <c> + <vs>
<vs> *= 2
4 <vi> += <=i>
2 <vi> -= <=i>
<vi> *= <n>
<vi> //= <n1>
<vi> %= <n1>
<vi> **= 2
<vi> |= <n>
<vi> &= <n>
<vi> ^= <n>
<vi> <<= 1
<vi> >>= 1
<vi> = -<vi>
<vf> += <=f>
<vf> *= <flit>
<vf> /= <n1>
<vf> = round(<=f>, 1)
<vb> = not <vb>
<vb> = <=b>
@x:i, @y:i = <=i>, <=i>
@x:s, @y:s = <=s>, <=s>
@x:i, @y:i = divmod(<=i>, <n1>)
@x:s, @y:s, @z:s = <s>.partition(<sub>)
@x:s, @y:s, @z:s = <s>.rpartition(<sub>)
@x:i, *@y:li = [<=i>, <=i>] + <li>
*@y:li, @x:i = (<=i>, *<vli>)
@x:s, *@y:ls = <s>.split(<sep>)
@x:i, (@y:i, @z:s) = <=i>, (<=i>, <=s>)
<vi>, <vi> = <vi>, <vi>
<vs>, <vs> = <vs>, <vs>
@x:i = @y:i = <=i>
@x:li = <vli>
@x:li = @y:li = []
@x:li = <vli>|@x.append(<=i>)
@x:li = <vli>[:]|@x.append(<=i>)
@x:li = list(<vli>)|@x.pop() if @x else None
@x:dsi = <vdsi>|@x[<w>] = <=i>
@x:ll = [<vli>] * 2
@x:ll = [[0] * <n1>] * 2|@x[0][0] = <=i>
print(<=s>)
print(<=i>, <=s>)
print(<vs>, end='')
print(<vli>)
print(*<vli>)
print(<vs>, <vi>, sep=<sep>)
print(f'<txt>{<vi>}')
assert <=b> or True
assert len(<=s>) >= 0, <w>
pass
@f:fi = lambda @x:i: <=i'>|@z:i = @f(<=i>)
@f:fi = lambda @x:i, @y:i=<n>: @x * @y + <=i'>|@z:i = @f(<=i>)
@f:fs = lambda @x:s: <=s'>|@z:s = @f(<=s>)
@z:li = list(map(lambda @x:i: <=i'>, <li>))
@g:it = iter(<vli>)|@z:i = next(@g, <z>)
@g:it = iter(<vs>)|@z:s = next(@g, <c>) + next(@g, '')
@g:it = (<=i'> for @x:i in <li>)|@z:li = list(@g)
@x:dq = collections.deque(<=li>)|@x.appendleft(<=i>)|@x.rotate(<z>)|@z:li = list(@x)
@x:dd = collections.defaultdict(int)|@x[<w>] += <=i>|@z:i = @x[<w>]
@x:cn = collections.Counter(<=s>)|@z:i = @x[<c>]
@x:cn = collections.Counter(<=li>)|@x.update(<=li>)|@z:i = @x.most_common(1)[0][1] if @x else 0
@x:hp = list(<vli>)|heapq.heapify(@x)|heapq.heappush(@x, <=i>)|@z:i = heapq.heappop(@x)
@x:st = set(<vli>)|@x.add(<=i>)|@x.intersection_update(<=li>)|@z:i = len(@x)
@x:li = []|@x.append(@x[-1] if @x else <=i>)
2 def @h(@x:i):|    return <=i'>|@z:i = @h(<=i>)
2 def @h(@x:s):|    return <=s'>|@z:s = @h(<=s>)
def @h(@x:s, @y:i=<n>):|    return @x[:@y] + <=s'>|@z:s = @h(<=s>)|@w:s = @h(<=s>, <n>)
def @h(@x:i, @y:i=<n>):|    return @x - @y|@z:i = @h(<=i>)|@w:i = @h(<=i>, @y=<n>)
def @h(*@a:ti):|    return len(@a) + sum(@a)|@z:i = @h(<=i>, <=i>)
def @h(*@a:ti, **@b:dsi):|    return list(@a) + sorted(@b)|@z:ls = @h(<w>, a=<n>)
def @h(@x:li):|    @x.append(<=i>)|    return len(@x)|@z:i = @h(<vli>)
def @h(@x:i):|    if @x <= 0:|        return <n>|    return @h(@x - 2) + @x|@z:i = @h(<n>)
def @h(@x:i):|    if @x <= 1:|        return 1|    return @x * @h(@x - 1)|@z:i = @h(<n>)
def @h(@x:s):|    if not @x:|        return ''|    return @h(@x[1:]) + @x[0]|@z:s = @h(<vs>[:4])
@x:i = <z>|def @h():|    nonlocal @x|    @x += <n>|    return @x|@z:i = @h() + @h()
@x:li = []|def @h(@y:i):|    @x.append(@y)|    return @x|@h(<=i>)|@h(<=i>)
def @h(@x:i):|    def @g(@y:i):|        return @x + @y|    return @g|@f:fi = @h(<=i>)|@z:i = @f(<=i>)
def @h(@x:i, @y:li=[]):|    @y.append(@x)|    return @y|@h(<n>)|@z:li = @h(<n>)
def @h(@x:i):|    for @y:i in range(@x):|        yield @y * <n>|@z:li = list(@h(<n>))
def @h(@x:s):|    for @y:c in @x:|        if @y.isalpha():|            yield @y|@z:s = ''.join(@h(<=s>))
if (@x:i := <i>) > <n>:|    @x += 1
if (@x:i := len(<=s>)) > <n>:|    print(@x)
"""  # fmt: skip

MODULES = (
    "math", "re", "collections", "itertools", "functools", "heapq", "bisect", "operator", "string",
)  # fmt: skip
_TEMPLATE = re.compile(r"<(=?)(\w+)('?)(\"?=?)>|@(\w)(?::(\w+))?")


def parse_lines(text: str) -> tuple[list[str], list[int]]:
    """Templates and running sums of their weights."""
    templates: list[str] = []
    running: list[int] = []
    total = 0
    for line in text.strip().splitlines():
        weight = 1
        if line[:2] in ("2 ", "3 ", "4 "):
            weight, line = int(line[0]), line[2:]
        total += weight
        templates.append(line)
        running.append(total)
    return templates, running


EXPRESSIONS = {kind: parse_lines(text) for kind, text in EXPRESSIONS_TEXT.items()}
STATEMENTS = parse_lines(STATEMENTS_TEXT)

#: Literal holes: they never recurse.
LITERALS = frozenset(
    {"c", "w", "sub", "insub", "sep", "cs", "n", "n1", "z", "k", "key", "inkey", "inli", "inls"}
    | {"spec", "ispec", "fspec", "width", "base", "digs", "txt", "abc", "xyz", "flit", "rx"}
    | {"01", "012"}
)
#: In f-strings of the outer quote `'` nested expressions must not contain quotes.
QUOTED = '"='

Hole = tuple[str, str, bool, str]  # ("hole", type, is_inner, position) or ("bind", letter, ...)


def compile_template(template: str) -> tuple[bool, tuple[object, ...], tuple[tuple[str, str], ...]]:
    """Whether it is an operator expression, its parts, and the variables it binds.

    A part is a text, or a tuple (type, is_inner, is_free, is_quoted) for a hole, or a one-letter
    tuple for a bound variable.
    """
    is_operator = template.startswith("~")
    template = template.removeprefix("~")
    parts: list[object] = []
    bound: dict[str, str] = {}
    at = 0
    for m in _TEMPLATE.finditer(template):
        if m.start() > at:
            parts.append(template[at : m.start()])
        if m[5]:
            bound.setdefault(m[5], m[6] or "")
            if m[6]:
                bound[m[5]] = m[6]
            parts.append((m[5],))
        else:
            quoted = bool(m[4])
            parts.append((m[2], bool(m[3]), bool(m[1]) or quoted, quoted))
        at = m.end()
    parts.append(template[at:])
    return is_operator, tuple(parts), tuple(bound.items())


COMPILED = {
    kind: ([compile_template(t) for t in templates], running)
    for kind, (templates, running) in EXPRESSIONS.items()
}
COMPILED_STATEMENTS = ([compile_template(t) for t in STATEMENTS[0]], STATEMENTS[1])
