"""The REST API: the same services as the page's WebSocket, described by OpenAPI.

Session cookies identify the caller; a client without one is given a session by its first
`POST /runs` and owns what it starts through it.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Literal

import msgspec
from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Field, Router, Schema, Status

from playground.accounts.visitors import Visitor, ensure_visitor, get_visitor
from playground.runs import access, services
from playground.runs.documents import describe_run
from playground.runs.errors import Refused
from playground.runs.eventlog import EntryId, RunNotFound, parse_id
from playground.runs.events import MAX_SOURCE_BYTES, encode
from playground.runs.following import MAX_CURSORS, follow_run, log_is_gone, run_is_private
from playground.runs.models import Run
from playground.runs.problems import STATUSES
from playground.runs.solve_events import (
    MAX_CANDIDATES,
    MAX_PROBLEM_BYTES,
    MAX_SOLVE_ATTEMPTS,
    MAX_SOLVE_SECONDS,
    MAX_SOLVE_TOKENS,
    Problem,
    SolveOptions,
)


def require_same_origin(request: HttpRequest) -> bool:
    """Refuse requests that another site's page makes in the name of this browser.

    Browsers mark such requests themselves (`Sec-Fetch-Site`, or `Origin` alone in old ones), and
    no page can forge the mark; a script sends neither and carries no ambient cookie either, so it
    needs no token.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return True
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        # Says it all: behind a proxy the own origin may look different from in here.
        is_own = site in ("same-origin", "none")
    else:
        own = f"{request.scheme}://{request.get_host()}"
        is_own = request.headers.get("Origin", own) == own
    if not is_own:
        raise Refused(
            "request.cross_site",
            "Requests from other sites' pages are not accepted.",
            "Call the API from a program, or from a page of this site.",
            403,
        )
    return True


router = Router(tags=["runs"], auth=require_same_origin)


class GivenTestIn(Schema):
    """A call and its value, or what a program reads and prints."""

    input: str
    expected: str


class SolveOptionsIn(Schema):
    """How to solve. The server may grant less."""

    mode: Literal["solve", "hint"] = "solve"
    reasoning: bool = True
    candidates: int = Field(default=1, description=f"At most {MAX_CANDIDATES}.")
    attempts: int = Field(
        default=SolveOptions().attempts, description=f"At most {MAX_SOLVE_ATTEMPTS}."
    )
    tokens: int = Field(default=16384, description=f"At most {MAX_SOLVE_TOKENS}.")
    seconds: int = Field(default=300, description=f"At most {MAX_SOLVE_SECONDS}.")


class ProblemIn(Schema):
    """A problem to solve."""

    text: str = Field(..., description=f"In words, at most {MAX_PROBLEM_BYTES} bytes.")
    form: Literal["function", "program", "free"] = "free"
    signature: str = ""
    tests: str = Field("", description="assert lines, doctest examples, or Input:/Output: pairs.")
    rows: list[GivenTestIn] = []
    options: SolveOptionsIn = SolveOptionsIn()


class RunIn(Schema):
    """A program to run (kind `trace`) or a problem to solve (kind `solve`)."""

    kind: Literal["trace", "solve"] = "trace"
    source: str = Field("", description=f"Python source, at most {MAX_SOURCE_BYTES} bytes.")
    entry: str = Field("", description='The call to trace, e.g. count("hello", "l").')
    stdin: str = Field("", description="What input() reads.")
    problem: ProblemIn | None = None
    visibility: Literal["private", "link"] = "private"


class RunOut(Schema):
    """A run, without its log."""

    id: str
    url: str
    kind: str
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    reason: str
    visibility: Literal["private", "link"]
    is_owner: bool
    source: str
    entry: str
    stdin: str
    problem: dict[str, Any] | None
    created_at: str
    finished_at: str | None


class VisibilityIn(Schema):
    """Who may open the link."""

    visibility: Literal["private", "link"]


class VisibilityOut(Schema):
    """The link and who may open it."""

    url: str
    visibility: str


def _out(request: HttpRequest, run: Run) -> dict[str, Any]:
    visitor = get_visitor(session=request.session, user=request.user)
    described = describe_run(run, is_owner=access.is_owner(run=run, visitor=visitor))
    described["url"] = request.build_absolute_uri(described["url"])
    return described


@router.post("/runs", response={201: RunOut, **STATUSES}, summary="Start a run")
def post_run(request: HttpRequest, body: RunIn) -> Any:
    """Store the program and queue it. Answers at once; follow `/runs/{id}/events`."""
    visitor = ensure_visitor(session=request.session, user=request.user)
    program = services.Program(body.source, body.entry, body.stdin)
    problem = msgspec.convert(body.problem.dict(), Problem) if body.problem else None
    run = services.start_run(
        kind=body.kind,
        program=program,
        problem=problem,
        visitor=visitor,
        visibility=body.visibility,
    )
    return Status(201, _out(request, run))


@router.get("/runs/{run_id}", response={200: RunOut, **STATUSES}, summary="One run")
def get_run(request: HttpRequest, run_id: str) -> Any:
    """A run of one's own, or a shared one."""
    visitor = get_visitor(session=request.session, user=request.user)
    return _out(request, access.get_run_for_viewer(run_id=run_id, visitor=visitor))


@router.post("/runs/{run_id}/cancel", response={200: RunOut, **STATUSES}, summary="Stop a run")
def post_cancel(request: HttpRequest, run_id: str) -> Any:
    """Stop a run of one's own; a run that is over stays as it is."""
    visitor = get_visitor(session=request.session, user=request.user)
    run = access.get_run_for_owner(run_id=run_id, visitor=visitor)
    services.cancel_run(run=run)
    return _out(request, run)


@router.post(
    "/runs/{run_id}/visibility", response={200: VisibilityOut, **STATUSES}, summary="Share a run"
)
def post_visibility(request: HttpRequest, run_id: str, body: VisibilityIn) -> Any:
    """Let anyone with the link see a run of one's own, or take that back."""
    visitor = get_visitor(session=request.session, user=request.user)
    run = access.get_run_for_owner(run_id=run_id, visitor=visitor)
    services.set_visibility(run=run, visibility=body.visibility)
    url = request.build_absolute_uri(describe_run(run, is_owner=True)["url"])
    return {"url": url, "visibility": run.visibility}


@router.delete("/runs/{run_id}", response={204: None, **STATUSES}, summary="Delete a run")
def delete_run(request: HttpRequest, run_id: str) -> Any:
    """Delete a run of one's own, its log and its link."""
    visitor = get_visitor(session=request.session, user=request.user)
    run = access.get_run_for_owner(run_id=run_id, visitor=visitor)
    services.delete_run(run=run)
    return Status(204, None)


@router.get("/runs/{run_id}/events", summary="The run's event log as NDJSON")
async def get_events(request: HttpRequest, run_id: str, after: str = "") -> HttpResponseBase:
    """Every line is a `lane.entries` message, then live until a last `run.complete` line.

    `after` resumes: lane:id pairs joined by commas, e.g. `main:1-3,actual:1-57`. Where the log
    is gone, the only line is an `error`.
    """
    cursors = parse_after(after)
    visitor = await sync_to_async(_check_viewer)(request, run_id)
    lines = _lines(run_id, cursors, visitor)
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # a buffering proxy would hold live lines back
    return response


def parse_after(text: str) -> dict[str, EntryId]:
    """`main:1-3,actual:1-57` as cursors. Raises Refused naming the wrong part."""
    cursors = {}
    parts = [part for part in text.split(",") if part]
    if len(parts) > MAX_CURSORS:
        raise Refused(
            "after.malformed", "No run has that many lanes.", "Name each lane once.", 400, "after"
        )
    for part in parts:
        lane, _, entry_id = part.partition(":")
        try:
            cursors[lane] = parse_id(entry_id)
        except ValueError as error:
            message = f"{part[:40]!r} is not lane:id."
            raise Refused(
                "after.malformed", message, "Write e.g. main:1-3,actual:1-57.", 400, "after"
            ) from error
    return cursors


def _check_viewer(request: HttpRequest, run_id: str) -> Visitor | None:
    visitor = get_visitor(session=request.session, user=request.user)
    access.get_run_for_viewer(run_id=run_id, visitor=visitor)
    return visitor


async def _lines(
    run_id: str, cursors: dict[str, EntryId], visitor: Visitor | None
) -> AsyncIterator[bytes]:
    try:
        following = follow_run(run_id, cursors, visitor=visitor)
        async with contextlib.aclosing(following) as frames:
            async for _, _, frame in frames:
                yield frame + b"\n"
    except access.RunUnavailable:  # its owner took the link back
        yield encode(run_is_private(run_id)) + b"\n"
    except RunNotFound:
        yield encode(log_is_gone(run_id)) + b"\n"
