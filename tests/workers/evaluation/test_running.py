"""Figures of whole evaluations, over a model that errs exactly where it is told to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.evaluation.oracle import Belief, OracleRuntime, Recordings
from tests.workers.evaluation.programs import counting
from traces.codecs.cwm import choose_context
from workers.evaluation.predictions import Predictor, spread
from workers.evaluation.reality import BoxRecorder, Recording
from workers.evaluation.results import ItemResult, Journal, details, failures, metrics
from workers.evaluation.running import Plan, evaluate, unusable
from workers.evaluation.suites import Item, Suite, load_suite
from workers.runtime.base import RuntimeUnavailable
from workers.runtime.fake import ByteTokenizer
from workers.sandbox.config import SandboxConfig

ROOT = Path(__file__).resolve().parents[3]
Programs = list[tuple[Item, Recording]]


def plan_for(programs: Programs, *, forced: int | None = 0, skip: bool = False) -> Plan:
    items = tuple(item for item, _ in programs)
    suite = Suite("selfmade", "dev", "Test", items, only_within_context=skip)
    return Plan(suite, forced, concurrency=2)


async def run(
    programs: Programs,
    oracle: OracleRuntime,
    path: Path,
    *,
    forced: int | None = 0,
    context: int = 10**6,
    skip: bool = False,
) -> list[ItemResult]:
    """Evaluate with what the oracle already knows."""
    predictor = Predictor(oracle, oracle.codec, context)
    plan = plan_for(programs, forced=forced, skip=skip)
    journal = Journal(path, plan.suite.items, ItemResult)
    return await evaluate(plan, predictor, Recordings(programs), journal)


def swap(old: str, new: str) -> Belief:
    """A belief in which the first `old` reads `new`."""

    def belief(_item: Item, ids: list[int]) -> list[int]:
        text = ByteTokenizer().decode(ids)
        assert old in text
        return ByteTokenizer().encode(text.replace(old, new, 1))

    return belief


async def judge_one(
    tmp_path: Path, belief: Belief | None = None, *, context: int = 10**6
) -> tuple[ItemResult, OracleRuntime]:
    """`count(3)`, 11 events of which the first is given."""
    program = counting(3)
    oracle = OracleRuntime()
    oracle.learn(*program, *([belief] if belief else []))
    [result] = await run([program], oracle, tmp_path / "journal", context=context)
    return result, oracle


async def test_a_perfect_prediction_is_right_in_every_figure(tmp_path: Path) -> None:
    result, oracle = await judge_one(tmp_path)
    assert metrics([result]) == {
        "return_right": 1.0,
        "trace_exact": 1.0,
        "prefix_frames": 1.0,
        "teacher_forced_frames": 1.0,
    }
    assert result.forced == {"line": (9, 9), "return": (1, 1)}
    assert details([result])["valid_format"] == 1.0
    assert len(oracle.requests) == 1, "steps after the model's own right history cost nothing"


async def test_one_wrong_value_spoils_the_trace_but_only_its_own_step(tmp_path: Path) -> None:
    result, oracle = await judge_one(tmp_path, swap('"i": "2"}', '"i": "7"}'))
    assert result.return_right
    assert not result.trace_exact
    assert result.first is not None
    assert (result.first.kind, result.first.index, result.first.name) == ("value", 6, "i")
    assert (result.first.predicted, result.first.actual) == ("7", "2")
    assert result.prefix == pytest.approx(5 / 10)
    assert result.forced == {"line": (8, 9), "return": (1, 1)}
    [step] = result.forced_wrong
    assert step.index == 6
    assert '"i": "2"' in step.expected
    assert '"i": "7"' in step.predicted
    assert len(oracle.requests) == 1 + 4, "one request for each step after the wrong one"


async def test_a_wrong_result_after_right_steps_is_a_wrong_result(tmp_path: Path) -> None:
    wrong = swap('<|arg_sep|>"3"<|frame_sep|>', '<|arg_sep|>"4"<|frame_sep|>')
    result, _ = await judge_one(tmp_path, wrong)
    assert not result.return_right
    assert not result.trace_exact
    assert result.prefix == pytest.approx(9 / 10)
    assert result.forced == {"line": (9, 9), "return": (0, 1)}


async def test_an_unreadable_frame_ends_the_prediction_and_is_counted(tmp_path: Path) -> None:
    result, _ = await judge_one(tmp_path, swap('{"n": "..", "i": "0"}', "no json"))
    assert result.status == "parse"
    assert result.is_unreadable
    assert not result.return_right
    assert result.prefix == pytest.approx(1 / 10)
    assert details([result])["valid_format"] == 0.0


async def test_a_prediction_that_ends_too_early_is_wrong_but_readable(tmp_path: Path) -> None:
    text = '<|line_sep|>{"n": "..", "i": "1"}'
    result, _ = await judge_one(tmp_path, swap(text, "<|end_of_text|>" + text))
    assert result.status == "parse"
    assert not result.return_right
    assert not result.is_unreadable


async def test_a_prediction_cut_off_by_the_context_counts_as_wrong(tmp_path: Path) -> None:
    result, _ = await judge_one(tmp_path, context=300)
    assert result.status == "length"
    assert not result.return_right
    assert not result.fits_context
    assert 0 < result.prefix < 1
    figures = details([result])
    assert (figures["cut_off"], figures["over_context"]) == (1, 1)


async def test_a_suite_may_leave_out_what_does_not_fit(tmp_path: Path) -> None:
    programs = [counting(1), counting(20)]
    oracle = OracleRuntime()
    sizes = [oracle.learn(*program) for program in programs]
    results = await run(programs, oracle, tmp_path / "journal", context=sizes[0], skip=True)
    assert [result.fate for result in results] == ["scored", "over_context"]
    assert metrics(results)["return_right"] == 1.0
    [line] = unusable(results)
    assert f"{sizes[1]} tokens" in line


async def test_programs_without_a_whole_recording_do_not_count(tmp_path: Path) -> None:
    item, recording = counting(2)
    cut = Recording(recording.events[:4], "steps", "Stopped after 4 steps.")
    [result] = await run([(item, cut)], OracleRuntime(), tmp_path / "journal")
    assert result.fate == "no_recording"
    assert metrics([result]) == {}


async def test_a_limit_asks_for_steps_all_over_the_trace(tmp_path: Path) -> None:
    program = counting(20)
    oracle = OracleRuntime()
    oracle.learn(*program)
    [result] = await run([program], oracle, tmp_path / "journal", forced=5)
    assert sum(asked for _, asked in result.forced.values()) == 5
    [result] = await run([program], oracle, tmp_path / "other", forced=None)
    assert result.forced == {}


def test_spread_indexes_include_both_ends() -> None:
    assert spread(range(1, 101), 4) == [1, 34, 67, 100]
    assert spread([3, 5], 4) == [3, 5]
    assert spread(range(10), 0) == list(range(10))
    assert spread(range(9), 1) == [4]
    assert spread([], 3) == []


async def test_an_interrupted_evaluation_goes_on_where_it_was(tmp_path: Path) -> None:
    programs = [counting(n) for n in range(1, 7)]
    dying = OracleRuntime(dies_after=3)
    for program in programs:
        dying.learn(*program)
    path = tmp_path / "journal.jsonl"
    with pytest.raises(RuntimeUnavailable, match="stopped answering"):
        await run(programs, dying, path)
    items = [item for item, _ in programs]
    finished = set(Journal(path, items, ItemResult).finished)
    assert len(finished) == 3
    with path.open("ab") as file:
        file.write(b'{"name": "count-6", "fate": "sco')  # as if killed while writing

    oracle = OracleRuntime()
    for program in programs:
        oracle.learn(*program)
    recorder = Recordings(programs)
    predictor = Predictor(oracle, oracle.codec, 10**6)
    results = await evaluate(
        plan_for(programs), predictor, recorder, Journal(path, items, ItemResult)
    )
    assert [result.name for result in results] == [item.name for item, _ in programs]
    assert finished.isdisjoint(recorder.asked)
    assert len(oracle.requests) == 3
    assert len(Journal(path, items, ItemResult).finished) == 6


async def test_a_program_that_has_changed_is_evaluated_again(tmp_path: Path) -> None:
    before, after = counting(2, "same name"), counting(3, "same name")
    oracle = OracleRuntime()
    oracle.learn(*before)
    oracle.learn(*after)
    [first] = await run([before], oracle, tmp_path / "journal")
    [second] = await run([after], oracle, tmp_path / "journal")
    assert (first.actual_frames, second.actual_frames) == (9, 11)


def test_a_journal_belongs_to_one_model_and_code_but_to_any_part_of_a_suite() -> None:
    plan = plan_for([counting(1)])
    digests = {
        plan.digest("a", "x"),
        plan.digest("b", "x"),
        plan.digest("a", "y"),
        plan_for([counting(1)], forced=3).digest("a", "x"),
    }
    assert len(digests) == 4
    assert plan_for([counting(1), counting(2)]).digest("a", "x") in digests


async def test_failures_say_where_and_what(tmp_path: Path) -> None:
    result, _ = await judge_one(tmp_path, swap('"i": "2"}', '"i": "7"}'))
    [text] = failures([result], 5)
    assert "count-3: result right" in text
    assert "step 7 of 11: value of i" in text
    assert "i = 2" in text
    assert list(failures([result], 0)) == []


async def test_confidence_is_set_against_correctness_up_to_the_first_error(tmp_path: Path) -> None:
    result, _ = await judge_one(tmp_path, swap('"i": "2"}', '"i": "7"}'))
    states = result.outcomes["state"]
    assert [right for _, right in states] == [True] * 5 + [False]
    assert details([result])["calibration"]["state"]["count"] == 6


async def test_single_steps_are_asked_for_where_the_arguments_are_computed(tmp_path: Path) -> None:
    item, recording = counting(3)
    oracle = OracleRuntime()
    oracle.learn(item, recording)
    computed = Item("computed", item.source, "count(int('3'))")
    [result] = await run([(computed, recording)], oracle, tmp_path / "journal")
    assert result.forced == {"line": (9, 9), "return": (1, 1)}


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("suite", "split", "count"),
    [("selfmade", "dev", 64), ("selfmade", "held-out", 64), ("cruxeval", "dev", 48)],
)
async def test_who_knows_everything_scores_one_on_the_committed_programs(
    suite: str, split: str, count: int, tmp_path: Path
) -> None:
    items = load_suite(suite, split, ROOT).first(count).items  # type: ignore[arg-type]  # literals above
    # What computed arguments evaluate to before the trace begins, the recording does not say.
    items = tuple(i for i in items if not choose_context(i.source, i.entry).setup_lines)
    recorder = BoxRecorder(SandboxConfig(), tmp_path)
    programs = [(item, recorder.record(item)) for item in items]
    oracle = OracleRuntime()
    for program in programs:
        oracle.learn(*program)
    results = await run(programs, oracle, tmp_path / "journal")
    assert set(metrics(results).values()) == {1.0}
    assert {result.fate for result in results} == {"scored"}
