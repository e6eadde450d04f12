"""Solving: how soon something is seen, and what the site costs over the engine alone.

    python -m benchmarks.solve [--model .local/models/smollm2] [--problems 20] [--repeats 3]
                               [--attempts 1] [--out FILE]

The whole site runs in processes of its own: web server, Redis, workers, boxes, and the engine of
the model that solves, each with the site's own command line.

* `latency`   problems one after another: milliseconds from the request until the socket got the
              model's first token, the end of its answer, the first test's result, the end
* `overhead`  four people at once, each with the next problem as soon as the last one is answered
              (`answers`) or over (`runs`), against the *bare engine*: the same first prompts, as
              many tokens, four at once, straight to the engine's socket. They take turns

Prints JSON; `README.md` beside this file explains the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx
import uvloop

from benchmarks.common import (
    ROOT,
    BenchmarkFailed,
    CpuMeter,
    default_result_path,
    emit,
    provenance,
    summarise,
    tell,
)
from benchmarks.solve_stack import Stack
from benchmarks.streaming.site import open_site
from benchmarks.streaming.watching import Person, Timeline
from playground.runs.example_problems import list_example_problems
from playground.runs.solve_events import Problem
from traces.codecs.chat import ChatCodec, chat_codec
from traces.prompts.solve import first_messages
from workers.evaluation.problems import load_tasks
from workers.runtime.tokenizers import load_tokenizer
from workers.tasks.checks import opening_of, problem_text

AT_ONCE: Final = 4
_RUN_WITHIN_S: Final = 300.0
_LOOK_S: Final = 2.0
_MORE: Final = "held-out-phrasings"
_HELLO: Final = {"source": "def main():\n    return 1\n", "entry": "main()"}
_PACKAGES: Final = ("xllamacpp", "Django", "celery", "uvicorn", "redis", "msgspec", "httpx")


@dataclass(frozen=True, slots=True)
class Question:
    """A problem as the site is asked for it, and its first prompt as the engine gets it."""

    title: str
    problem: dict[str, Any]
    prompt: tuple[int, ...]
    opening: str

    @property
    def body(self) -> dict[str, Any]:
        """For `POST /api/v1/runs`."""
        return {"kind": "solve", "problem": self.problem}


def questions(
    model: Path, count: int, attempts: int, *, first: Path | None = None
) -> list[Question]:
    """The menu's problems, then problems of the evaluation. The prompts are those of `model`; an
    answer of a `first` one has no opening."""
    menu = [
        (p.title, Problem(p.text, p.form, p.signature, p.tests)) for p in list_example_problems()
    ]
    more = ((task.name, Problem(task.prompt)) for task in load_tasks(_MORE, ROOT).tasks)
    codec = chat_codec(load_tokenizer(model))
    if not codec.is_small:
        raise BenchmarkFailed("The bare engine's prompts are made for a model in ChatML.")
    chosen = itertools.islice(itertools.chain(menu, more), count)
    found = [_question(title, problem, codec, attempts) for title, problem in chosen]
    return [replace(question, opening="") for question in found] if first else found


def _question(title: str, problem: Problem, codec: ChatCodec, attempts: int) -> Question:
    messages = first_messages(problem_text(problem), small=True)
    opening = opening_of(problem)
    prompt = codec.prompt(messages, reasoning=False, opening=opening)
    body = {
        "text": problem.text,
        "form": problem.form,
        "signature": problem.signature,
        "tests": problem.tests,
        "options": {"attempts": attempts},
    }
    return Question(title, body, tuple(prompt.ids), opening)


# --- one run --------------------------------------------------------------------------------------


async def solve(person: Person, question: Question, until: str) -> tuple[int, str, Timeline]:
    """Start a run and wait for an event of a type. When it began, its id, what was seen."""
    began = time.monotonic_ns()
    run_id = person.post(question.body)
    person.follow(run_id)
    timeline = person.runs[run_id]
    await person.wait(
        lambda: timeline.first(until) or timeline.first("run.finished"),
        what=until,
        timeout_s=_RUN_WITHIN_S,
    )
    return began, run_id, timeline


def first_token_ns(timeline: Timeline, opening: str) -> int | None:
    """When the first piece came that the model wrote: the opening is the site's own."""
    given = len(opening.partition("\n")[2])
    for item in timeline.of("answer.1"):
        if item.event["type"] == "answer.delta":
            given -= len(item.event["text"])
            if given < 0:
                return item.at_ns
    return None


async def latency(person: Person, asked: Sequence[Question]) -> dict[str, Any]:
    """Milliseconds from the request, problem by problem; the middle and the worst of them."""
    names = {
        "answer_ms": "answer.finished",
        "first_test_result_ms": "test.finished",
        "end_ms": "run.finished",
    }
    rows: list[dict[str, Any]] = []
    for number, question in enumerate(asked, 1):
        tell(f"latency {number}/{len(asked)} …")
        began, _, timeline = await solve(person, question, "run.finished")
        await all_over([timeline])
        at: dict[str, int | None] = {"first_token_ms": first_token_ns(timeline, question.opening)}
        for name, kind in names.items():
            seen = timeline.first(kind)
            at[name] = seen.at_ns if seen else None
        times = {n: round((when - began) / 1e6, 1) for n, when in at.items() if when is not None}
        rows.append({"problem": question.title, **_outcome(timeline), **times})
    return {
        "problems": len(asked),
        "outcomes": dict(sorted(Counter(row["outcome"] for row in rows).items())),
        **{
            name: summarise((row[name] for row in rows if name in row), digits=1)
            for name in ("first_token_ms", *names)
        },
        "rows": rows,
    }


def _outcome(timeline: Timeline) -> dict[str, Any]:
    """How a run ended, and what its best attempt passed."""
    done = timeline.first("solve.finished")
    if done is None:
        return {"outcome": "none"}
    attempts = [i.event for i in timeline.seen if i.event["type"] == "attempt.finished"]
    best = next((a for a in attempts if a["number"] == done.event["best"]), None) or {}
    models = {
        i.event["number"]: i.event["model"]
        for i in timeline.seen
        if i.event["type"] == "attempt.started"
    }
    given = (best.get("given_passed", 0), best.get("given_failed", 0))
    own = (best.get("own_passed", 0), best.get("own_failed", 0))
    return {
        "outcome": done.event["outcome"],
        "attempts": len(attempts),
        "best": done.event["best"],
        "model": models.get(done.event["best"], ""),
        "given": f"{given[0]} of {sum(given)}",
        "own": f"{own[0]} of {sum(own)}",
    }


# --- overhead -------------------------------------------------------------------------------------


async def through_site(
    people: Sequence[Person], asked: Sequence[Question], until: str
) -> tuple[float, list[int]]:
    """Seconds until all problems are answered or over, and the tokens of each answer."""
    waiting = iter(range(len(asked)))
    tokens = [0] * len(asked)
    seen: list[Timeline] = []

    async def visit(person: Person) -> None:
        for at in waiting:
            _, _, timeline = await solve(person, asked[at], until)
            seen.append(timeline)
            answer = timeline.first("answer.finished")
            if answer is None or answer.event["status"] == "error":
                raise BenchmarkFailed(f"a problem was not answered: {answer}")
            tokens[at] = int(answer.event["usage"]["output_tokens"])

    began = time.monotonic()
    await asyncio.gather(*map(visit, people))
    seconds = time.monotonic() - began
    await all_over(seen)  # the next round has to begin with an idle site
    return seconds, tokens


async def all_over(seen: Sequence[Timeline]) -> None:
    """Wait until all that was said of some runs has been seen."""
    deadline = time.monotonic() + _RUN_WITHIN_S
    while not all(timeline.first("run.finished") and timeline.is_complete for timeline in seen):
        if time.monotonic() > deadline:
            raise BenchmarkFailed("runs did not end")
        await asyncio.sleep(0.05)


async def bare(socket: Path, asked: Sequence[Question], tokens: Sequence[int]) -> float:
    """Seconds that the engine alone takes for the same prompts and as many tokens."""
    transport = httpx.AsyncHTTPTransport(uds=str(socket))
    waiting = iter(range(len(asked)))
    async with httpx.AsyncClient(
        base_url="http://engine", transport=transport, timeout=_RUN_WITHIN_S
    ) as client:

        async def stream() -> None:
            for at in waiting:
                sampling = {
                    "max_new_tokens": max(1, tokens[at]), "temperature": 0, "ignore_eos": True,
                }  # fmt: skip
                body = {
                    "input_ids": list(asked[at].prompt), "sampling_params": sampling,
                    "stream": True,
                }  # fmt: skip
                async with client.stream("POST", "/generate", json=body) as response:
                    response.raise_for_status()
                    async for _ in response.aiter_raw():
                        pass

        began = time.monotonic()
        await asyncio.gather(*(stream() for _ in range(AT_ONCE)))
        return time.monotonic() - began


async def overhead(
    stack: Stack, people: Sequence[Person], asked: Sequence[Question], repeats: int
) -> dict[str, Any]:
    """Both ways of asking the site against the engine alone, taking turns."""
    kinds = {"answers": "answer.finished", "runs": "run.finished"}
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in kinds}
    await through_site(people, asked, kinds["runs"])  # fills the engine's cache of prompts
    for turn in range(repeats):
        for name, until in kinds.items():
            tell(f"overhead {name} {turn + 1}/{repeats} …")
            meter = CpuMeter({})
            meter.start()
            before = stack.cpu_seconds()
            seconds, tokens = await through_site(people, asked, until)
            between = stack.cpu_seconds()
            alone = await bare(stack.socket, asked, tokens)
            after = stack.cpu_seconds()
            own = sum(after.values()) - sum(before.values())
            other = meter.stop()["other"] - 100 * own / (seconds + alone)
            rows[name].append(
                {
                    "tokens": sum(tokens),
                    "site_s": seconds,
                    "bare_s": alone,
                    "overhead": seconds / alone - 1,
                    "site_cpu_s": between["site"] - before["site"],
                    "engine_cpu_s": between["engine"] - before["engine"],
                    "bare_engine_cpu_s": after["engine"] - between["engine"],
                    "other_percent": max(0.0, other),
                }
            )
    return {"at_once": AT_ONCE, **{name: _middle(found) for name, found in rows.items()}}


def _middle(rows: Sequence[dict[str, float]]) -> dict[str, Any]:
    medians = {name: round(median(row[name] for row in rows), 3) for name in rows[0]}
    return {**medians, "repeats": [{n: round(v, 3) for n, v in row.items()} for row in rows]}


# --- all of it ------------------------------------------------------------------------------------


async def _measure(stack: Stack, asked: Sequence[Question], repeats: int) -> dict[str, Any]:
    await stack.wait()
    people = [Person(stack.web.port) for _ in range(AT_ONCE)]
    try:
        for person in people:
            run_id = await person.arrive(_HELLO)
            timeline = person.runs[run_id]
            await all_over([timeline])
        await solve(people[0], asked[0], "run.finished")  # what is loaded at the first use
        found = {"latency": await latency(people[0], asked)}
        if repeats:
            found["overhead"] = await overhead(stack, people, asked, repeats)
        return found
    finally:
        for person in people:
            person.leave()


def measure(
    model: Path, *, count: int, repeats: int, attempts: int, first: Path | None = None
) -> dict[str, Any]:
    """Start everything, measure, end everything. Raises `BenchmarkFailed`."""
    asked = questions(model, count, attempts, first=first)
    meter = CpuMeter({})
    meter.start()
    time.sleep(_LOOK_S)
    other = meter.stop()["other"]
    with open_site() as site, contextlib.ExitStack() as processes:
        site.open_logs([])
        stack = Stack(site, model, processes, slots=AT_ONCE, first=first)
        try:
            found = uvloop.run(_measure(stack, asked, repeats))
        except BenchmarkFailed as failure:
            tails = "\n".join(child.tail() for child in (*stack.workers, stack.engine))
            raise BenchmarkFailed(f"{failure}\n{tails}") from failure
    names = [folder.name for folder in (first, model) if folder is not None]
    return {"model": "+".join(names), "other_before_percent": other, **found}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.solve", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--model", type=Path, default=ROOT / ".local" / "models" / "smollm2")
    parser.add_argument("--first", type=Path, help="a model that is asked before; --repeats 0")
    parser.add_argument("--problems", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--attempts", type=int, default=1, help="of every run")
    parser.add_argument("--out", type=Path, help="the result file (default results/DATE-solve)")
    options = parser.parse_args()
    if options.first and options.repeats:
        parser.error("with --first nothing can be compared with the bare engine: --repeats 0")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    head = {"benchmark": "solve", **provenance(packages=_PACKAGES)}
    try:
        found = measure(
            options.model.absolute(),
            count=options.problems,
            repeats=options.repeats,
            attempts=options.attempts,
            first=options.first.absolute() if options.first else None,
        )
    except BenchmarkFailed as failure:
        sys.exit(f"benchmarks.solve: {failure}")
    except KeyboardInterrupt:
        sys.exit("benchmarks.solve: stopped; nothing was kept")
    emit({**head, **found}, out=options.out or default_result_path("solve"))


if __name__ == "__main__":
    main()
