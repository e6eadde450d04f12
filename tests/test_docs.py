"""The documents say what is there: settings, messages, folders, tests, links, commands."""

from __future__ import annotations

import ast
import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.checks.run import CHECKS
from deploy.checks.tracked import tracked_files
from playground.runs import events, solve_events
from traces.events import EndStatus, Kind, Origin, TraceEvent
from traces.trace import FrameConfidence

ROOT = Path(__file__).resolve().parents[1]

#: Documents by others, kept as they came.
_FOREIGN = ("tests/golden/",)

_UNIONS: tuple[Any, ...] = (events.LogEvent, events.ServerMessage, events.ClientMessage)
MESSAGES: dict[str, type[msgspec.Struct]] = {
    str(message.__struct_config__.tag): message for union in _UNIONS for message in union.__args__
}


@functools.cache
def tracked() -> tuple[str, ...]:
    """The project's files."""
    return tuple(tracked_files(ROOT))


def documents() -> list[str]:
    """Every Markdown file of the project's own."""
    return [name for name in tracked() if name.endswith(".md") and not name.startswith(_FOREIGN)]


def read(name: str) -> str:
    """A file's text; an empty one where it is missing, so that the assertion can name it."""
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def without_code_blocks(text: str) -> str:
    """Markdown less its fenced blocks, in which `[` and `#` mean something else."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of the same or a higher level."""
    level = heading.split(" ")[0]
    found = re.search(
        rf"^{re.escape(heading)}$\n(.*?)(?=^#{{1,{len(level)}}} |\Z)",
        text,
        re.MULTILINE | re.DOTALL,
    )
    return found[1] if found else ""


# --- settings ---------------------------------------------------------------------------------


def environment_variables(source: str) -> set[str]:
    """Names that the settings read: the first argument of every `env_…()` call."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id.startswith("env_")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


SETTINGS = sorted(environment_variables(read("webapp/settings.py")))


def test_the_settings_are_found() -> None:
    assert {"DEBUG", "SECRET_KEY", "REDIS_URL"} <= set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_described_for_operators(name: str) -> None:
    assert f"`{name}`" in read("docs/operations.md"), f"docs/operations.md lacks `{name}`"


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_stands_in_the_example_environment(name: str) -> None:
    pattern = rf"^#?\s?{name}="
    assert re.search(pattern, read(".env.example"), re.MULTILINE), f".env.example lacks {name}="


# --- messages ---------------------------------------------------------------------------------

PROTOCOL = read("docs/protocol.md")

_WORDS = {
    "int": "integer",
    "float": "number",
    "str": "string",
    "bool": "boolean",
    "str | None": "string or null",
    "dict[str, float]": "object of numbers",
    "dict[str, str]": "object of strings",
    "tuple[str, ...]": "array of strings",
    "tuple[TraceEvent, ...]": "array of TraceEvent",
    "tuple[LogEvent, ...]": "array of LogEvent",
    "tuple[FrameConfidence, ...]": "array of FrameConfidence",
    "float | None": "number or null",
    "bool | None": "boolean or null",
    "Problem | None": "Problem or null",
    "tuple[GivenTest, ...]": "array of GivenTest",
    "tuple[TestRow, ...]": "array of TestRow",
    "Literal['stdout', 'stderr']": "`stdout` or `stderr`",
    "Literal['ok', 'unreadable', 'length', 'skipped']": "`ok`, `unreadable`, `length` or `skipped`",
}


def field_rows(message: type[msgspec.Struct]) -> list[str]:
    """The rows that a message's table must have."""
    return [_field_row(message, field) for field in msgspec.structs.fields(message)]


def _field_row(message: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> str:
    annotation = message.__annotations__[field.name].replace('"', "'")
    words = _WORDS.get(annotation, annotation)
    if field.default is not msgspec.NODEFAULT:
        value = f"default `{msgspec.json.encode(field.default).decode()}`"
    elif field.default_factory is not msgspec.NODEFAULT:
        value = f"default `{msgspec.json.encode(field.default_factory()).decode()}`"
    else:
        value = "required"
    return f"| `{field.name}` | {words} | {value} |"


def rows_of(text: str, *, header: str) -> list[str]:
    """The rows of the table with this header line."""
    lines = text.splitlines()
    if header not in lines:
        return []
    body = lines[lines.index(header) + 2 :]
    end = next((at for at, line in enumerate(body) if not line.startswith("|")), len(body))
    return body[:end]


@pytest.mark.parametrize("tag", MESSAGES)
def test_every_message_is_described_field_by_field(tag: str) -> None:
    described = section(PROTOCOL, f"### `{tag}`")
    assert described, f"docs/protocol.md has no section about {tag}"
    assert rows_of(described, header="| field | type | |") == field_rows(MESSAGES[tag])


@pytest.mark.parametrize(
    "value",
    [
        TraceEvent,
        FrameConfidence,
        solve_events.TestRow,
        solve_events.Problem,
        solve_events.SolveOptions,
        solve_events.GivenTest,
    ],
)
def test_what_messages_contain_is_described_field_by_field(value: type[msgspec.Struct]) -> None:
    described = section(PROTOCOL, f"### {value.__name__}")
    assert rows_of(described, header="| field | type | |") == field_rows(value)


def test_no_message_is_described_that_does_not_exist() -> None:
    described = re.findall(r"^### `(.+)`$", PROTOCOL, re.MULTILINE)
    assert sorted(described) == sorted(MESSAGES)


@pytest.mark.parametrize(
    "values",
    [
        events.RunKind,
        events.RunStatus,
        events.StageName,
        events.StageStatus,
        solve_events.ProblemForm,
        solve_events.SolveMode,
        solve_events.AnswerPart,
        solve_events.AnswerStatus,
        solve_events.AttemptVerdict,
        solve_events.SolveOutcome,
        solve_events.TestOrigin,
        solve_events.TestVerdict,
        EndStatus,
        Kind,
        Origin,
    ],
)
def test_every_value_of_a_closed_set_is_described(values: Any) -> None:
    missing = [value for value in values.__args__ if f"`{value}`" not in PROTOCOL]
    assert not missing


def test_the_limits_are_those_of_the_code() -> None:
    limits = {
        name: value
        for name, value in {**vars(events), **vars(solve_events)}.items()
        if name.isupper() and isinstance(value, int)
    }
    described = dict(re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", PROTOCOL, re.MULTILINE))
    assert described == {name: str(value) for name, value in limits.items()}


def refusal_codes(source: str) -> set[str]:
    """Codes in calls of Refused, Error and Problem; of an f-string its last, constant part."""
    codes = set()
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id not in {"Refused", "Error", "Problem"}:
            continue
        named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        code = next(iter(named + node.args[:1]), None)
        if isinstance(code, ast.JoinedStr):
            code = code.values[-1]
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            codes.add(code.value)
    return codes


def test_every_refusal_has_its_code_described() -> None:
    sources = [name for name in tracked() if re.match(r"playground/runs/[a-z_]+\.py$", name)]
    codes = set().union(*(refusal_codes(read(name)) for name in sources))
    assert "quota.live" in codes
    missing = sorted(code for code in codes if f"{code}`" not in PROTOCOL)
    assert not missing, f"docs/protocol.md lacks {missing}"


# --- folders and paths ------------------------------------------------------------------------


def test_every_folder_has_its_place_in_the_architecture() -> None:
    folders = {name.split("/")[0] for name in tracked() if "/" in name}
    code_map = section(read("ARCHITECTURE.md"), "## Code map")
    missing = sorted(
        folder for folder in folders if not folder.startswith(".") and f"`{folder}/" not in code_map
    )
    assert not missing, f"the code map of ARCHITECTURE.md lacks {missing}"


def test_the_architecture_fits_on_two_pages() -> None:
    assert len(read("ARCHITECTURE.md").splitlines()) <= 140


#: A path of the repository as documents write it: in backticks, from a top-level folder on.
_PATH = re.compile(
    r"`((?:webapp|playground|workers|traces|static|templates|tests|deploy|docs|benchmarks"
    r"|requirements)/[\w./-]*)(?:::\w+)?`"
)

#: What set-up makes; it is absent from a fresh clone.
_MADE = ("static/dist",)


def named_paths(text: str) -> set[str]:
    """Repository paths that a document names."""
    return {path for path in _PATH.findall(text) if not path.startswith(_MADE)}


@pytest.mark.parametrize("document", [name for name in documents() if name != "CHANGELOG.md"])
def test_every_path_that_a_document_names_exists(document: str) -> None:
    missing = sorted(path for path in named_paths(read(document)) if not (ROOT / path).exists())
    assert not missing, f"{document} names {missing}"


# --- invariants -------------------------------------------------------------------------------

_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
_CONTRACT = re.compile(r'[Cc]ontract\s+"([^"]+)"')
_CHECK = re.compile(r'[Cc]heck\s+"([^"]+)"')


def invariants() -> list[str]:
    """The bullets under "Invariants", each as one line."""
    text = section(read("ARCHITECTURE.md"), "## Invariants")
    return [" ".join(item.split()) for item in re.split(r"^- ", text, flags=re.MULTILINE)[1:]]


@functools.cache
def functions_of(path: str) -> frozenset[str]:
    """Functions that a test module defines."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(
        node.name for node in ast.walk(ast.parse(read(path))) if isinstance(node, functions)
    )


@pytest.mark.parametrize("invariant", invariants())
def test_every_invariant_names_what_holds_it(invariant: str) -> None:
    assert _TEST.search(invariant) or _CONTRACT.search(invariant) or _CHECK.search(invariant)


def test_there_are_invariants() -> None:
    assert len(invariants()) >= 10


@pytest.mark.parametrize("document", documents())
def test_every_test_that_a_document_names_exists(document: str) -> None:
    missing = [
        f"{path}::{name}"
        for path, name in _TEST.findall(read(document))
        if not (ROOT / path).is_file() or (name and name not in functions_of(path))
    ]
    assert not missing


def test_every_contract_and_check_that_the_architecture_names_exists() -> None:
    text = " ".join(invariants())
    project = tomllib.loads(read("pyproject.toml"))
    contracts = {contract["name"] for contract in project["tool"]["importlinter"]["contracts"]}
    assert set(_CONTRACT.findall(text)) <= contracts
    assert set(_CHECK.findall(text)) <= {check.name for check in CHECKS}
    unnamed = contracts - set(_CONTRACT.findall(text))
    assert not unnamed, f"contracts that no invariant names: {unnamed}"


# --- links and commands -----------------------------------------------------------------------

_LINK = re.compile(r"\]\(([^)\s]+)\)")


def slug(heading: str) -> str:
    """A heading's anchor as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def anchors(text: str) -> set[str]:
    """Anchors of a document."""
    headings = re.findall(r"^#+ (.+)$", without_code_blocks(text), re.MULTILINE)
    return {slug(heading) for heading in headings}


def broken_links(document: str) -> Iterator[str]:
    """Links of a document to files or headings that are not there."""
    for target in _LINK.findall(without_code_blocks(read(document))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / document).parent / path if path else ROOT / document
        found = file.exists() and (
            not anchor or anchor in anchors(file.read_text(encoding="utf-8"))
        )
        if not found:
            yield target


@pytest.mark.parametrize("document", documents())
def test_every_relative_link_leads_somewhere(document: str) -> None:
    assert not list(broken_links(document))


def make_targets() -> set[str]:
    """Targets of the Makefile that `make help` lists."""
    return set(re.findall(r"^([a-z][a-z-]*):.*## ", read("Makefile"), re.MULTILINE))


def make_commands(text: str) -> set[str]:
    """Targets of the `make …` commands in code blocks and backticks."""
    code: Iterable[str] = re.findall(r"^```.*?^```$|`[^`\n]+`", text, re.MULTILINE | re.DOTALL)
    return {
        target
        for block in code
        for target in re.findall(r"(?:^|[`\s])make ([a-z][a-z-]*)", block, re.MULTILINE)
    }


@pytest.mark.parametrize("document", documents())
def test_every_make_command_that_a_document_shows_exists(document: str) -> None:
    assert make_commands(read(document)) <= make_targets()


def test_the_readme_shows_the_two_commands() -> None:
    assert {"run", "test"} <= make_commands(read("README.md"))


# --- decisions --------------------------------------------------------------------------------

DECISIONS = [name for name in documents() if name.startswith("docs/decisions/")]


@pytest.mark.parametrize("document", DECISIONS)
def test_a_decision_says_status_problem_decision_and_consequences(document: str) -> None:
    text = read(document)
    headings = re.findall(r"^## (.+)$", without_code_blocks(text), re.MULTILINE)
    assert headings == ["Status", "Problem", "Decision", "Consequences"]
    number = Path(document).name.split("-")[0]
    assert re.match(rf"# {number}: \S", text)
    assert len(text.splitlines()) <= 60, "a decision is a page at most"


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(Path(name).name.split("-")[0]) for name in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


# --- the changelog ----------------------------------------------------------------------------


def test_the_newest_release_of_the_changelog_is_the_version() -> None:
    newest = re.search(r"^## (\d+\.\d+\.\d+)", read("CHANGELOG.md"), re.MULTILINE)
    assert newest, "CHANGELOG.md has no numbered heading"
