"""Templates of statements. The notation is explained in `training.corpus.grammar`."""

from __future__ import annotations

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
3 <vsi>.add(<=i>)
2 <vsi>.discard(<n>)
<vsi>.difference_update({<n>, <=i>})
<vsi>.symmetric_difference_update(<=li>)
<vsi>.intersection_update(range(<n>))
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
def @h(@x:i):|    def @g(@y:i):|        return @x + @y|    return @g|@z:i = @h(<=i>)(<n>)
def @h(@x:i, @y:li=[]):|    @y.append(@x)|    return @y|@h(<n>)|@z:li = @h(<n>)
def @h(@x:i):|    for @y:i in range(@x):|        yield @y * <n>|@z:li = list(@h(<n>))
def @h(@x:s):|    for @y:c in @x:|        if @y > 'f':|            yield @y|@z:s = ''.join(@h(<=s>))
if (@x:i := <i>) > <n>:|    @x += 1
if (@x:i := len(<=s>)) > <n>:|    print(@x)
"""
