"""Templates of expressions that give lists, tuples, sets and dictionaries.

The notation is explained in `training.corpus.grammar`.
"""

from __future__ import annotations

CONTAINERS: dict[str, str] = {
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
}
