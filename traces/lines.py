"""From source text to line numbers: CWM's frames show a line's text but not its number.

Theory of operation. Most lines of a program occur once, and their text says where they are. For
the others execution itself tells: a `LineMapper` follows the trace event by event and keeps, per
running function, the set of positions in the bytecode at which execution can be (`traces.flow`).
Each frame narrows the set to the positions that show its text; if all of them are on one line,
that line is certain. If not, the number is given as negative, "the best guess of several", and the
set is kept: a later frame may rule some out again, so one doubtful line does not spoil the rest.

Where no position fits (a prediction can jump anywhere) the search widens: any edge, then any line
of the function, then any line of the program. The frame is then marked as an impossible step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from traces.callees import Callees, Caller, mentioned_callables
from traces.canonical import canonical_source
from traces.events import Kind
from traces.flow import ANYWHERE, CodeFlow, Steps, parse_program, program_flows

#: Generators at rest that are remembered. More are forgotten, oldest first; their resumption is
#: then mapped by its text.
MAX_RESTING = 256

#: Lines of exceptions an activation remembers: unwinding shows the line of the raise again.
MAX_RAISE_LINES = 16

#: Positions that an activation can be at; beyond that it counts as being anywhere in its function.
MAX_PLACES = 64

#: Candidates that are told for a doubtful line.
MAX_CANDIDATES = 32

#: Entries of the table of transitions already worked out (loops repeat them).
MAX_MEMO = 5_000

#: Where execution can be: a code object by its index, and a position in it.
Places = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Mapped:
    """Where a frame is. `line` follows `TraceEvent.line`: positive when certain, -n for the best
    guess n of `candidates`, 0 when the text is no line of the program. `is_possible` is False
    when control flow cannot get there from the event before. `unwinds` is set at a return that is
    no return: an exception leaves the activation (CPython then reports None as the value)."""

    line: int
    func_name: str
    candidates: tuple[int, ...] = ()
    is_possible: bool = True
    unwinds: bool = False


@dataclass(slots=True)
class _Activation:
    places: Places
    func_name: str
    line: int
    raised: bool = False
    raise_lines: tuple[int, ...] = ()
    locals: Mapping[str, str] = field(default_factory=dict)
    ran: frozenset[int] = frozenset()
    texts: frozenset[str] = frozenset()  # of a resting generator: the lines of its places


class SourceLines:
    """A program's lines and flow graphs; built once, shared by any number of mappers."""

    def __init__(self, source: str) -> None:
        text = source.replace("\r\n", "\n").replace("\r", "\n")
        self.lines: tuple[str, ...] = tuple(text.removesuffix("\n").split("\n"))
        self.canonical = tuple(map(canonical_source, self.lines))
        tree = parse_program(text)
        self.flows = program_flows(tree)
        self.callees = Callees(self.flows, tree)
        self.numbers: dict[str, list[int]] = {}
        for number, line in enumerate(self.canonical, start=1):
            self.numbers.setdefault(line, []).append(number)
        self.everywhere: Places = frozenset((n, ANYWHERE) for n in range(len(self.flows)))
        #: By text: the code objects whose call shows it. The module is run, not called.
        self.callables: dict[str, list[int]] = {}
        for index, flow in enumerate(self.flows):
            if flow.parent is not None:
                shown = self.canonical[flow.first_line - 1]
                self.callables.setdefault(shown, []).append(index)
        self.memo: dict[tuple[Places, bool, str], tuple[Places, Mapped]] = {}


class LineMapper:
    """Maps the events of one trace, in order. `entry_line` is where its first call is, if known."""

    def __init__(self, program: SourceLines, entry_line: int = 0) -> None:
        self._program = program
        self._entry_line = entry_line
        self._stack: list[_Activation] = []
        self._resting: list[_Activation] = []

    @property
    def depth(self) -> int:
        """Number of running activations."""
        return len(self._stack)

    def push(self, kind: Kind, source: str, values: Mapping[str, str] | None = None) -> Mapped:
        """The place of the next event. `source` is its line's text; `values` the locals of a call
        or line event."""
        text = canonical_source(source)
        if kind == "call":
            return self._call(text, values or {})
        if not self._stack:
            return self._by_text(text)
        if kind == "line":
            return self._line(text, values)
        if kind == "exception":
            return self._exception(text)
        return self._return(text)

    def lose(self, kind: Kind | None) -> None:
        """An unreadable event happened: of this kind, or None if not even that is known."""
        if kind == "call":
            self._stack.append(_Activation(self._program.everywhere, "", 0))
        elif self._stack:
            if kind == "return":
                self._stack.pop()
            else:
                top = self._stack[-1]
                top.places = _lost(top.places)

    # --- line ------------------------------------------------------------------------------

    def _line(self, text: str, values: Mapping[str, str] | None) -> Mapped:
        top = self._stack[-1]
        memo = self._program.memo
        key = (top.places, top.raised, text)
        known = memo.get(key)
        if known is None:
            known = self._step(top, text)
            if text in self._program.numbers:  # a model can invent any number of other texts
                if len(memo) >= MAX_MEMO:
                    memo.clear()
                memo[key] = known
        top.places, mapped = known
        if len(mapped.candidates) > 1:  # the best guess depends on where the last line was
            guess = _nearest(mapped.candidates, top.line)
            mapped = Mapped(-guess, mapped.func_name, mapped.candidates, mapped.is_possible)
        top.line = abs(mapped.line)
        top.raised = False
        top.ran = frozenset()
        if values is not None:
            top.locals = values
        return Mapped(mapped.line, top.func_name, mapped.candidates, mapped.is_possible)

    def _step(self, top: _Activation, text: str) -> tuple[Places, Mapped]:
        program = self._program
        if text not in program.numbers:
            return _lost(top.places), Mapped(0, "", (), is_possible=False)
        codes = {n for n, _ in top.places}
        tries = (
            ((n, s) for n, at in top.places for s in self._steps(n, at, raised=top.raised)),
            ((n, s) for n, at in top.places for s in self._steps(n, at, raised=not top.raised)),
            ((n, program.flows[n].starts) for n in codes),
            ((n, flow.starts) for n, flow in enumerate(program.flows)),
        )
        for attempt, steps in enumerate(tries):
            places = self._select(steps, text)
            if places:
                mapped = self._mapped(places, is_possible=attempt == 0)
                return (places if len(places) <= MAX_PLACES else _lost(places)), mapped
        return _lost(top.places), self._by_text(text)

    def _select(self, steps: Iterable[tuple[int, Steps]], text: str) -> Places:
        """The positions, among these steps, whose line reads `text`."""
        wanted = self._program.numbers[text]
        canonical = self._program.canonical
        found: list[tuple[int, int]] = []
        for code, by_line in steps:
            if len(by_line) < len(wanted):
                lines = [line for line in by_line if canonical[line - 1] == text]
            else:
                lines = [line for line in wanted if line in by_line]
            found += [(code, at) for line in lines for at in by_line[line]]
        return frozenset(found)

    def _steps(self, code: int, position: int, *, raised: bool) -> list[Steps]:
        return self._program.flows[code].steps(position, raised=raised)

    def _mapped(self, places: Places, *, is_possible: bool) -> Mapped:
        lines = sorted({self._program.flows[n].line_of(at) for n, at in places})
        return _ranged(lines, is_possible=is_possible)

    # --- exception and return --------------------------------------------------------------

    def _exception(self, text: str) -> Mapped:
        top = self._stack[-1]
        flows = self._program.flows
        here = self._places_with(text, top.places)
        if here:
            mapped = self._resolved(self._mapped(here, is_possible=True), top)
            top.places = here
        else:
            top.places, found = self._step(top, text)
            mapped = self._resolved(Mapped(found.line, "", found.candidates, not flows), top)
        top.line = abs(mapped.line)
        top.raised = True
        if top.line and top.line not in top.raise_lines:
            top.raise_lines = (*top.raise_lines, top.line)[-MAX_RAISE_LINES:]
        return mapped

    def _return(self, text: str) -> Mapped:
        top = self._stack.pop()
        flows = self._program.flows
        here = self._places_with(text, top.places)
        leaves = any(flows[n].can_return(at) for n, at in here or top.places)
        lines = {flows[n].line_of(at) for n, at in here}
        if not here:
            lines = {n for n in top.raise_lines if self._text_at(n) == text}
        if lines:
            mapped = _ranged(sorted(lines), is_possible=True)
        else:
            here, found = self._step(top, text)
            mapped = Mapped(found.line, "", found.candidates, is_possible=not flows)
        self._rest(top, here)
        mapped = self._resolved(mapped, top)
        return replace(mapped, unwinds=top.raised or (bool(flows) and not leaves))

    def _rest(self, top: _Activation, here: Places) -> None:
        """Remember a generator that may only have yielded."""
        flows = self._program.flows
        yields = frozenset(
            (n, y) for n, at in here if flows[n].is_resumable for y in flows[n].yields(at)
        )
        if 0 < len(yields) <= MAX_PLACES:
            texts = frozenset(self._text_at(flows[n].line_of(at)) for n, at in yields)
            self._resting.append(
                _Activation(yields, top.func_name, top.line, locals=top.locals, texts=texts)
            )
            del self._resting[:-MAX_RESTING]

    def _resolved(self, mapped: Mapped, top: _Activation) -> Mapped:
        """With the activation's name, and the best of several candidates."""
        line = mapped.line
        if len(mapped.candidates) > 1:
            line = -_nearest(mapped.candidates, top.line, inclusive=True)
        return Mapped(line, top.func_name, mapped.candidates, mapped.is_possible)

    # --- call ------------------------------------------------------------------------------

    def _call(self, text: str, values: Mapping[str, str]) -> Mapped:
        flows = self._program.flows
        fresh = self._program.callables.get(text, [])
        if not self._stack:
            fresh = [n for n in fresh if flows[n].first_line == self._entry_line] or fresh
        if len(fresh) > MAX_PLACES:
            return self._call_somewhere(text, values)
        fresh = self._program.callees.likely(fresh, values, self._caller())
        resting = self._resumable(text, values) if self._resting else []
        if resting and _surely_resumes(flows, fresh, values):
            fresh = []
        places = frozenset((n, flows[n].entry) for n in fresh)
        places |= frozenset(p for r in resting for p in self._places_with(text, r.places))
        if not 0 < len(places) <= MAX_PLACES:
            return self._call_somewhere(text, values)
        if resting:
            self._wake(resting)
        mapped = self._mapped(places, is_possible=True)
        best = fresh[0] if fresh else min(n for n, _ in places)
        if len(mapped.candidates) > 1:
            guess = flows[best].first_line if fresh else mapped.candidates[0]
            mapped = Mapped(-guess, "", mapped.candidates)
        name = flows[best].name
        if self._stack and flows[best].runs_at_once:
            self._stack[-1].ran |= {best}
        self._stack.append(_Activation(places, name, abs(mapped.line), locals=values))
        return Mapped(mapped.line, name, mapped.candidates, mapped.is_possible)

    def _call_somewhere(self, text: str, values: Mapping[str, str]) -> Mapped:
        """A call of nothing in particular: mapped by its text."""
        mapped = self._by_text(text)
        everywhere = self._program.everywhere
        self._stack.append(_Activation(everywhere, "", abs(mapped.line), locals=values))
        return mapped

    def _caller(self) -> Caller | None:
        if not self._stack:
            return None
        top = self._stack[-1]
        return Caller(top.places, top.locals, top.ran)

    def _resumable(self, text: str, values: Mapping[str, str]) -> list[_Activation]:
        """Resting generators that this call can resume; those whose variables fit best."""
        flows = self._program.flows
        fitting = [
            r for r in self._resting if text in r.texts and all(k in values for k in r.locals)
        ]
        if len(fitting) < 2:
            return fitting
        same = [r for r in fitting if all(values[k] == v for k, v in r.locals.items())] or fitting
        caller = self._caller()
        if caller is None:
            return same
        loaded = self._program.callees.loaded_names(caller)
        shown = mentioned_callables(loaded, caller.locals)
        return [r for r in same if any(flows[n].qualname in shown for n, _ in r.places)] or same

    def _wake(self, resting: Sequence[_Activation]) -> None:
        """One of these goes on. Which one is unknown if there are several, so that those that
        stay behind can be at any of their places."""
        self._resting = [r for r in self._resting if r is not resting[-1]]
        if len(resting) > 1:
            union = frozenset(p for r in resting for p in r.places)
            if len(union) > MAX_PLACES:
                forgotten = {id(r) for r in resting}
                self._resting = [r for r in self._resting if id(r) not in forgotten]
            texts = frozenset(t for r in resting for t in r.texts)
            for r in resting[:-1]:
                r.places, r.texts = union, texts

    # --- text ------------------------------------------------------------------------------

    def _by_text(self, text: str) -> Mapped:
        """By the text alone, where control flow says nothing."""
        numbers = self._program.numbers.get(text, [])
        if not numbers:
            return Mapped(0, "", (), is_possible=False)
        return _ranged(numbers, is_possible=not self._program.flows)

    def _places_with(self, text: str, places: Places) -> Places:
        """The places whose line reads `text`."""
        flows = self._program.flows
        return frozenset(
            (n, at)
            for n, at in places
            if at != ANYWHERE and self._text_at(flows[n].line_of(at)) == text
        )

    def _text_at(self, line: int) -> str:
        lines = self._program.canonical
        return lines[line - 1] if 1 <= line <= len(lines) else "\n"  # no line reads like this


def _ranged(lines: Sequence[int], *, is_possible: bool) -> Mapped:
    """One line for certain, or the first of several as a guess."""
    line = lines[0] if len(lines) == 1 else -lines[0]
    return Mapped(line, "", tuple(lines[:MAX_CANDIDATES]), is_possible)


def _lost(places: Places) -> Places:
    """Somewhere in the same functions."""
    if all(at == ANYWHERE for _, at in places):
        return places
    return frozenset((n, ANYWHERE) for n, _ in places)


def _nearest(candidates: Sequence[int], line: int, *, inclusive: bool = False) -> int:
    """The candidate at or after `line`, or else the closest one before."""
    later = [c for c in candidates if c > line or (inclusive and c == line)]
    return min(later) if later else max(candidates)


def _surely_resumes(
    flows: Sequence[CodeFlow], fresh: Sequence[int], values: Mapping[str, str]
) -> bool:
    """Whether the locals show that none of the functions can be beginning just now."""
    return all(
        any(name not in flows[n].arguments and name not in flows[n].free_names for name in values)
        for n in fresh
    )
