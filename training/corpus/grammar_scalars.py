"""Templates of expressions that give strings, numbers and truth values.

The notation is explained in `training.corpus.grammar`.
"""

from __future__ import annotations

SCALARS: dict[str, str] = {
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
'{x}<txt>{y}'.format_map({'x': <=i>, 'y': <=s>})
ascii(<=s>)
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
<vi>.bit_count()
len(frozenset(<=li>))
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
2 <vf>.is_integer()
hasattr(<vs>, 'upper')
~<ls> > <ls>
~set(<=s>) == set(<=s>)
~sorted(<=s>) == sorted(<=s>)
~<ti> < <ti>
""",
}
