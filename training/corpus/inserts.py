"""Statements that mutations put into programs; they work for values of any type."""

from __future__ import annotations

#: Statements for any values: {a} and {b} are variables, {n} is a new one.
INSERTS = tuple(
    text.strip().replace("|", "\n")
    for text in """
    {n} = {a}
    {n} = [{a}]
    {n} = ({a}, {b})
    {n} = [{a}, {b}]
    {n} = {{'k': {a}}}
    {n} = {a} == {b}
    {n} = {a} != {b}
    {n} = str({a})
    {n} = repr({a})
    {n} = len(str({a}))
    {n} = str({a})[::-1]
    {n} = f'{{{a}}}'
    {n} = f"{{{a}!r}}/{{{b}}}"
    {n} = '%s' % ({a},)
    {n} = '{{}}-{{}}'.format({a}, {b})
    {n} = type({a}).__name__
    {n} = isinstance({a}, int)
    {n} = isinstance({a}, (list, str))
    {n} = not {a}
    {n} = bool({a})
    {n} = {a} or {b}
    {n} = {a} and {b}
    {n} = {a} if {a} else {b}
    {n} = {a} is None
    {n} = {a} is {a}
    {n} = 0
    {n} = []
    {n} = None
    {n} = ''
    {n} = 0|{n} += 1
    {n} = []|{n}.append({a})
    {n} = [{a}] * 2
    {n} = {{}}|{n}['x'] = {a}
    {n} = 3|while {n} > 0:|    {n} -= 1
    {n} = str({a}).upper()
    {n} = lambda: {a}
    {n} = (lambda z: (z, {b}))({a})
    {n}, {n}b = {a}, {b}
    {n} = {n}b = {a}
    *{n}, {n}b = [{a}, {b}, 1]
    {n} = [{a} for _ in range(2)]
    {n} = 1 if {a} else 0
    print({a})
    print({a}, {b})
    print('{w}:', {a})
    print(f"{w}={{{a}}}")
    print({a}, end=' ')
    print({a}, {b}, sep='|')
    pass
    assert {a} is not Ellipsis
    if {a}:|    {n} = 1|else:|    {n} = 2
    if not {a}:|    return {b}
    if {a} is None:|    return
    if {a} == {b}:|    {n} = {a}
    if isinstance({a}, str):|    {n} = {a}.strip()
    if isinstance({a}, list):|    {n} = {a}[:2]
    if isinstance({a}, list):|    {a}.append({b})
    if isinstance({a}, int):|    {a} += 1
    for {n} in range(2):|    pass
    for {n} in str({a})[:3]:|    print({n})
    try:|    {n} = len({a})|except TypeError:|    {n} = -1
    try:|    {n} = int({a})|except (TypeError, ValueError) as {n}err:|    {n} = str({n}err)
    try:|    {n} = {a} + {b}|except TypeError:|    {n} = None
    try:|    {n} = {a}[0]|except Exception as {n}e:|    {n} = type({n}e).__name__
    def {n}(x):|    return x == {a}|{n}b = {n}({b})
    def {n}():|    return {a}|{n}b = {n}()
    """.strip().splitlines()
)
WRAPS = (
    "if {a}:",
    "if not {a}:",
    "if {a} is not None:",
    "if {a} == {b}:",
    "if {a} != {b}:",
    "if len(str({a})) > 2:",
    "if True:",
    "if isinstance({a}, (int, str)):",
    "for {n} in range(2):",
    "for {n} in (1, 2):",
    "for {n} in [{a}]:",
    "while True:",
    "try:",
)
HANDLERS = (
    ("except Exception as {n}:", "    print({n})"),
    ("except (ValueError, TypeError):", "    pass"),
    ("except IndexError:", "    {n} = None"),
    ("except KeyError as {n}:", "    print('missing', {n})"),
    ("finally:", "    {n} = {a}"),
    ("finally:", "    print('done')"),
)
RETURNS = (
    "return {old}, {a}",
    "return [{old}]",
    "return str({old})",
    "return {a}",
    "return {{'{w}': {old}}}",
    "return ({old}) == {a}",
    "return not ({old})",
    "return {old} if {a} else {b}",
    "return f'{{{a}}}'",
    "return len(str({old}))",
    "return {old} or {a}",
    "return repr({old})",
)

#: Operands where no second variable is taken.
LITERALS = ("0", "1", "2", "None", "''", "'a'", "[]", "True", "3", "(1, 2)", "'x'", "-1", "10")
