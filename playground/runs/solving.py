"""The state machine of a solve run, pure: attempts, their verdicts, repairs, and the end.

Theory of operation. A run has `candidates` paths, which go on in parallel. An attempt's number says
where it belongs, so that nobody has to agree on numbers: with two candidates, attempts 1 and 2
begin them, 3 repairs 1, 4 repairs 2. An attempt goes through stages:

    generate_answer → predict_results → run_tests → predict_trace and record_trace

`predict_results` and `predict_trace` are left out where no model predicts traces, and everything
after `generate_answer` where there is nothing to run. An attempt has its *verdict* when its tests
have run; it is *over* when its traces are done as well, because a repair is told where the two
traces part. A path goes on while its attempts are red or have no code, and the budget lasts: number
of attempts, tokens that were written, seconds since the first stage began (by the log's own times,
so that every worker computes the same). The run ends with the first green attempt, or when nothing
is due any more.

Where there is a second solver, `solver_turns` says which one takes an attempt. What one of them
begins is no repair of what the other wrote: it is asked for an answer of its own.

All of it is computed from the run's main lane: a stage's numbers are in `StageFinished.outcome`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from playground.runs.events import LogEvent, StageFinished, StageName
from playground.runs.pipeline import Finish, Progress, stage_key
from playground.runs.solve_events import (
    AttemptFinished,
    AttemptVerdict,
    SolveFinished,
    SolveMode,
    SolveOutcome,
)
from playground.runs.solver_turns import solver_for

#: What one attempt may write at the most, however much the run may.
ATTEMPT_TOKENS: Final = 8192

#: With less than this left no further attempt begins: it could not write an answer.
MIN_TOKENS: Final = 256
MIN_SECONDS: Final = 2.0

_NO_TESTS: Final = "There is code, but no test to check it with. Add one and run again."
_REPAIRABLE: Final = frozenset({"red", "no_code"})
_NO_ANSWER: Final = frozenset({"failed", "unavailable"})
_TRACES: Final[tuple[StageName, ...]] = ("predict_trace", "record_trace")
_BETTER: Final[dict[AttemptVerdict, int]] = {
    "green": 6,
    "red": 5,
    "no_tests": 4,
    "hint": 3,
    "error": 2,
    "no_code": 1,
}


@dataclass(frozen=True, slots=True)
class SolvePlan:
    """What was agreed upon at the start of the run."""

    candidates: int = 1
    attempts: int = 6
    tokens: int = 16384
    seconds: float = 300.0
    predicts: bool = False
    mode: SolveMode = "solve"
    solvers: int = 1  # 2: another model goes on where the first does not solve it

    # --- attempts -----------------------------------------------------------------------------

    def candidate_of(self, number: int) -> int:
        """The path that an attempt belongs to, from 1."""
        return (number - 1) % self.candidates + 1

    def before(self, number: int) -> int:
        """The attempt that this one follows in its path, 0 for the first."""
        return max(0, number - self.candidates)

    def solver_of(self, progress: Progress, number: int) -> int | None:
        """Which solver takes an attempt, from 0; None where none is left that answers.

        It depends on nothing but earlier attempts of the same path, which are over by then.
        """
        if number < 1:
            return None
        path = range(self.candidate_of(number), self.attempts + 1, self.candidates)
        absent: set[int] = set()
        found: int | None = None
        for position, each in enumerate(path):
            found = solver_for(position, len(path), self.solvers, absent)
            if each >= number or found is None:
                break
            if self.is_unanswered(progress, each):
                absent.add(found)
        return found

    def parent_of(self, progress: Progress, number: int) -> int:
        """The attempt that this one repairs: 0 for one that begins anew.

        That is a solver's first answer in a path, and every answer after a repair that changed
        nothing: who repeats code once will do so again, and other code may be right.
        """
        before = self.answered_before(progress, number)
        turn = self.solver_of(progress, number)
        if not before or self.solver_of(progress, before) != turn:
            return 0
        return 0 if self.repeated(progress, number) else before

    def repeated(self, progress: Progress, number: int) -> int:
        """The newest attempt before this one, of its path and solver, that repeated the code that
        it was to repair. 0 for none."""
        turn, before = self.solver_of(progress, number), self.answered_before(progress, number)
        while before and self.solver_of(progress, before) == turn:
            answer = progress.finished.get(stage_key("generate_answer", before))
            if answer is not None and answer.outcome.get("repeats"):
                return before
            before = self.answered_before(progress, before)
        return 0

    def answered_before(self, progress: Progress, number: int) -> int:
        """The nearest earlier attempt of the path that its model answered, 0 for none."""
        before = self.before(number)
        while before and self.is_unanswered(progress, before):
            before = self.before(before)
        return before

    def is_unanswered(self, progress: Progress, number: int) -> bool:
        """Whether the attempt's model could not be had, or failed while it wrote."""
        answer = progress.finished.get(stage_key("generate_answer", number))
        return answer is not None and answer.status in _NO_ANSWER

    def numbers(self) -> range:
        """All attempts that the budget allows."""
        return range(1, self.attempts + 1)

    def verdict(self, progress: Progress, number: int) -> AttemptVerdict | None:
        """What came of an attempt, None while that is not known."""
        answer = progress.finished.get(stage_key("generate_answer", number))
        if answer is None:
            return None
        if answer.status in _NO_ANSWER:
            return "error"
        if self.mode == "hint":
            return "hint"
        if not answer.outcome.get("has_code"):
            return "no_code"
        if not answer.outcome.get("tests"):
            return "no_tests"
        judged = progress.finished.get(stage_key("run_tests", number))
        if judged is None:
            return None
        if judged.status == "unavailable":  # no program can be run here: there is code all the same
            return "no_tests"
        if judged.status != "ok":
            return "error"
        counts = judged.outcome
        failed = counts.get("given_failed", 0) + counts.get("own_failed", 0)
        passed = counts.get("given_passed", 0) + counts.get("own_passed", 0)
        if failed:
            return "red"
        return "green" if passed else "no_tests"

    def best(self, progress: Progress) -> int:
        """The attempt to show: green ones first, then by the share of given and own tests that
        passed, then the earliest. 0 where none has a verdict."""
        found = [n for n in self.numbers() if self.verdict(progress, n) is not None]
        return max(found, key=partial(self._rank, progress), default=0)

    def _rank(self, progress: Progress, number: int) -> tuple[float, ...]:
        verdict = self.verdict(progress, number)
        judged = progress.finished.get(stage_key("run_tests", number))
        counts = judged.outcome if judged else {}
        shares = (_share(counts, "given"), _share(counts, "own"))
        rank = _BETTER[verdict] if verdict else 0
        if verdict == "red" and not any(shares):
            rank = _BETTER["hint"]  # surely wrong: code that nothing checked may be better
        return (rank, *shares, -number)

    # --- what is next -------------------------------------------------------------------------

    def due(self, progress: Progress) -> list[str]:
        """See `Plan.due`."""
        green = [n for n in self.numbers() if self.verdict(progress, n) == "green"]
        if green:
            return self._due_of(progress, green[0])
        return [key for n in self.numbers() for key in self._due_of(progress, n)]

    def _due_of(self, progress: Progress, number: int) -> list[str]:
        """The stages of one attempt that should be waiting or running."""
        answer_key = stage_key("generate_answer", number)
        if answer_key not in progress.finished:
            return [answer_key] if self._may_begin(progress, number) else []
        answer = progress.finished[answer_key]
        checkable = answer.outcome.get("has_code") and answer.outcome.get("tests")
        if answer.status != "ok" or not checkable or self.mode == "hint":
            return []
        for stage in ("predict_results", "run_tests") if self.predicts else ("run_tests",):
            key = stage_key(stage, number)
            if key not in progress.finished:
                return [key]
        if progress.finished[stage_key("run_tests", number)].status != "ok":
            return []
        keys = [stage_key(stage, number) for stage in self.traces()]
        return [key for key in keys if key not in progress.finished]

    def traces(self) -> tuple[StageName, ...]:
        """The stages that trace a test's call."""
        return _TRACES if self.predicts else ("record_trace",)

    def _may_begin(self, progress: Progress, number: int) -> bool:
        if stage_key("generate_answer", number) in progress.started:
            return True
        before = self.before(number)
        if not before:
            return True
        if not self._leaves_work(progress, before) or self._due_of(progress, before):
            return False
        if self.solver_of(progress, number) is None:
            return False
        left = self.budget_left(progress)
        return left["tokens"] >= MIN_TOKENS and left["seconds"] >= MIN_SECONDS

    def _leaves_work(self, progress: Progress, number: int) -> bool:
        """Whether the path may go on after this attempt."""
        verdict = self.verdict(progress, number)
        if verdict == "no_tests":  # after one that had some it is no better than that one
            return self.before(number) > 0
        return verdict in _REPAIRABLE or self.is_unanswered(progress, number)

    def grant(self, progress: Progress, number: int) -> tuple[int, float]:
        """Tokens and seconds that an attempt which begins now may use."""
        left = self.budget_left(progress)
        writing = [
            n
            for n in self.numbers()
            if stage_key("generate_answer", n) in progress.started
            and stage_key("generate_answer", n) not in progress.finished
        ]
        share = left["tokens"] // max(1, len({*writing, number}), self._to_begin(progress))
        tokens = int(max(MIN_TOKENS, min(ATTEMPT_TOKENS, share)))
        return tokens, max(MIN_SECONDS, left["seconds"])

    def _to_begin(self, progress: Progress) -> int:
        """First attempts that have not written yet: none may use up what the others need."""
        first = range(1, min(self.candidates, self.attempts) + 1)
        return sum(stage_key("generate_answer", n) not in progress.finished for n in first)

    def budget_left(self, progress: Progress) -> dict[str, float]:
        """Attempts, tokens and seconds."""
        used = self.usage(progress)
        begun = sum(stage_key("generate_answer", n) in progress.started for n in self.numbers())
        return {
            "attempts": self.attempts - begun,
            "tokens": max(0.0, self.tokens - used.get("output_tokens", 0)),
            "seconds": max(0.0, round(self.seconds - used["wall_ms"] / 1000, 1)),
        }

    def usage(self, progress: Progress) -> dict[str, float]:
        """What all attempts took."""
        begun = [n for n in self.numbers() if stage_key("generate_answer", n) in progress.started]
        total: dict[str, float] = {"attempts": len(begun)}
        for number in begun:
            for name, value in _tokens(progress, number).items():
                total[name] = total.get(name, 0) + value
        elapsed = progress.newest_ms - progress.began_ms if progress.began_ms else 0
        return {**total, "wall_ms": float(elapsed)}

    # --- words --------------------------------------------------------------------------------

    def announcements(self, progress: Progress) -> list[LogEvent]:
        """See `Plan.announcements`."""
        if progress.end is not None:
            return []
        found: list[LogEvent] = []
        for number in self.numbers():
            verdict = self.verdict(progress, number)
            if verdict is not None and number not in progress.announced:
                found.append(self._attempt_finished(progress, number, verdict))
        end = self.decide(progress)
        if end is not None and end.status != "cancelled" and progress.solved is None:
            found.append(self._solve_finished(progress, end))
        return found

    def _attempt_finished(
        self, progress: Progress, number: int, verdict: AttemptVerdict
    ) -> AttemptFinished:
        answer = progress.finished[stage_key("generate_answer", number)]
        judged = progress.finished.get(stage_key("run_tests", number))
        counts = judged.outcome if judged else {}
        last: StageFinished = judged or answer
        return AttemptFinished(
            number=number,
            verdict=verdict,
            best=self.best(progress),
            at_ms=last.at_ms,
            message=last.message,
            given_passed=int(counts.get("given_passed", 0)),
            given_failed=int(counts.get("given_failed", 0)),
            own_passed=int(counts.get("own_passed", 0)),
            own_failed=int(counts.get("own_failed", 0)),
            usage=_tokens(progress, number),
            budget_left=self.budget_left(progress),
        )

    def _solve_finished(self, progress: Progress, end: Finish) -> SolveFinished:
        best = self.best(progress)
        verdict = self.verdict(progress, best) if best else None
        outcomes: dict[AttemptVerdict | None, SolveOutcome] = {
            "green": "solved",
            "hint": "hinted",
            "no_tests": "unchecked",
            "red": "unsolved",
            "no_code": "unsolved",
        }
        return SolveFinished(
            outcome=outcomes.get(verdict, "failed"),
            best=best if verdict not in ("no_code", "error", None) else 0,
            at_ms=progress.newest_ms,
            reason=end.reason,
            usage=self.usage(progress),
            budget_left=self.budget_left(progress),
        )

    def decide(self, progress: Progress) -> Finish | None:
        """See `Plan.decide`."""
        if progress.end is not None or not progress.finished or self.due(progress):
            return None
        if any(done.status == "cancelled" for done in progress.finished.values()):
            return Finish("cancelled")
        best = self.best(progress)
        verdict = self.verdict(progress, best) if best else None
        match verdict:
            case "green" | "hint":
                return Finish("succeeded")
            case "no_tests":
                judged = progress.finished.get(stage_key("run_tests", best))
                reason = judged.message if judged and judged.message else _NO_TESTS
                return Finish("succeeded", reason)
            case "red":
                return Finish("failed", self._unsolved(progress, best))
            case "no_code":
                return Finish("failed", f"The model wrote no code. {self._why_no_more(progress)}")
        return Finish("failed", self._error(progress, best))

    def _unsolved(self, progress: Progress, best: int) -> str:
        counts = progress.finished[stage_key("run_tests", best)].outcome
        passed = int(counts.get("given_passed", 0) + counts.get("own_passed", 0))
        failed = int(counts.get("given_failed", 0) + counts.get("own_failed", 0))
        words = f"Not solved: the best attempt passes {passed} of {passed + failed} tests"
        if counts.get("given_passed") and not counts.get("given_failed"):
            words += (
                ", all given ones among them. Those that fail are the model's own and may be wrong"
            )
        elif not counts.get("given_passed") and not counts.get("given_failed"):
            words += ", all of them the model's own: those that fail may be wrong themselves"
        return f"{words}. {self._why_no_more(progress)}"

    def _why_no_more(self, progress: Progress) -> str:
        left = self.budget_left(progress)
        if left["attempts"] <= 0:
            return f"All {self.attempts} attempts are used up."
        if left["seconds"] < MIN_SECONDS:
            return f"The {self.seconds:g} seconds for one run are used up."
        if left["tokens"] < MIN_TOKENS:
            return f"The {self.tokens:,} tokens for one run are used up."
        return "No further attempt was possible."

    def _error(self, progress: Progress, best: int) -> str:
        if not best:
            return "No attempt could be made."
        for stage in ("run_tests", "generate_answer"):
            done = progress.finished.get(stage_key(stage, best))
            if done is not None and done.message:
                return done.message
        return "The service failed while doing this. It has been logged."


def _share(counts: dict[str, float], origin: str) -> float:
    passed, failed = counts.get(f"{origin}_passed", 0), counts.get(f"{origin}_failed", 0)
    return passed / (passed + failed) if passed + failed else 0.0


def _tokens(progress: Progress, number: int) -> dict[str, float]:
    answer = progress.finished.get(stage_key("generate_answer", number))
    names = ("prompt_tokens", "cached_tokens", "output_tokens")
    found = answer.outcome if answer else {}
    return {name: found[name] for name in names if name in found}
