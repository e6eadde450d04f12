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
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Field, Router, Schema, Status
from ninja.errors import HttpError

from playground.accounts.visitors import ensure_visitor, get_visitor
from playground.runs import access, services
from playground.runs.documents import describe_run
from playground.runs.errors import Refused
from playground.runs.eventlog import EntryId, RunNotFound, parse_id
from playground.runs.events import MAX_SOURCE_BYTES
from playground.runs.following import get_hub
from playground.runs.models import Run


def require_same_origin(request: HttpRequest) -> bool:
    """Refuse requests that another site's page makes in the name of this browser.

    Browsers mark such requests themselves (`Sec-Fetch-Site`, `Origin`); a script sends neither
    and carries no ambient cookie either, so it needs no token.
    """
    site = request.headers.get("Sec-Fetch-Site", "none")
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.get_host()}"
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return True
    if site not in ("same-origin", "none") or (origin is not None and origin != own):
        raise HttpError(403, "Requests from other sites are not accepted.")
    return True


router = Router(tags=["runs"], auth=require_same_origin)


class RunIn(Schema):
    """A program to run."""

    kind: Literal["trace"] = "trace"
    source: str = Field(..., description=f"Python source, at most {MAX_SOURCE_BYTES} bytes.")
    entry: str = Field("", description='The call to trace, e.g. count("hello", "l").')
    stdin: str = Field("", description="What input() reads.")
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
    created_at: str
    finished_at: str | None


class VisibilityIn(Schema):
    """Who may open the link."""

    visibility: Literal["private", "link"]


class VisibilityOut(Schema):
    """The link and who may open it."""

    url: str
    visibility: str


class Problem(Schema):
    """A refusal that names its fix. `field`, `line`, `column` point into the input."""

    code: str
    message: str
    fix: str = ""
    field: str = ""
    line: int = 0
    column: int = 0


_PROBLEMS = {400: Problem, 403: Problem, 404: Problem, 413: Problem, 429: Problem, 503: Problem}


def problem(refusal: Refused) -> Status[Problem]:
    """A refusal as an answer."""
    return Status(
        refusal.status,
        Problem(
            code=refusal.code,
            message=refusal.message,
            fix=refusal.fix,
            field=refusal.field,
            line=refusal.line,
            column=refusal.column,
        ),
    )


def not_found() -> Status[Problem]:
    """Missing or not the caller's: the same answer."""
    return Status(
        404,
        Problem(
            code="run.not_found",
            message="This run does not exist, or it is private.",
            fix="Check the id, or ask the run's owner to share it.",
        ),
    )


def _out(request: HttpRequest, run: Run) -> dict[str, Any]:
    visitor = get_visitor(session=request.session, user=request.user)
    described = describe_run(run, is_owner=access.is_owner(run=run, visitor=visitor))
    described["url"] = request.build_absolute_uri(described["url"])
    return described


@router.post("/runs", response={201: RunOut, **_PROBLEMS}, summary="Start a run")
def post_run(request: HttpRequest, body: RunIn) -> Any:
    """Store the program and queue it. Answers at once; follow `/runs/{id}/events`."""
    visitor = ensure_visitor(session=request.session, user=request.user)
    program = services.Program(body.source, body.entry, body.stdin)
    try:
        run = services.start_run(
            kind=body.kind, program=program, visitor=visitor, visibility=body.visibility
        )
    except Refused as refusal:
        return problem(refusal)
    return Status(201, _out(request, run))


@router.get("/runs/{run_id}", response={200: RunOut, **_PROBLEMS}, summary="One run")
def get_run(request: HttpRequest, run_id: str) -> Any:
    """A run of one's own, or a shared one."""
    visitor = get_visitor(session=request.session, user=request.user)
    try:
        return _out(request, access.get_run_for_viewer(run_id=run_id, visitor=visitor))
    except access.RunUnavailable:
        return not_found()


@router.post("/runs/{run_id}/cancel", response={200: RunOut, **_PROBLEMS}, summary="Stop a run")
def post_cancel(request: HttpRequest, run_id: str) -> Any:
    """Stop a run of one's own; a run that is over stays as it is."""
    visitor = get_visitor(session=request.session, user=request.user)
    try:
        run = access.get_run_for_owner(run_id=run_id, visitor=visitor)
    except access.RunUnavailable:
        return not_found()
    services.cancel_run(run=run)
    return _out(request, run)


@router.post(
    "/runs/{run_id}/visibility", response={200: VisibilityOut, **_PROBLEMS}, summary="Share a run"
)
def post_visibility(request: HttpRequest, run_id: str, body: VisibilityIn) -> Any:
    """Let anyone with the link see a run of one's own, or take that back."""
    visitor = get_visitor(session=request.session, user=request.user)
    try:
        run = access.get_run_for_owner(run_id=run_id, visitor=visitor)
    except access.RunUnavailable:
        return not_found()
    services.set_visibility(run=run, visibility=body.visibility)
    url = request.build_absolute_uri(describe_run(run, is_owner=True)["url"])
    return {"url": url, "visibility": run.visibility}


@router.delete("/runs/{run_id}", response={204: None, **_PROBLEMS}, summary="Delete a run")
def delete_run(request: HttpRequest, run_id: str) -> Any:
    """Delete a run of one's own, its log and its link."""
    visitor = get_visitor(session=request.session, user=request.user)
    try:
        run = access.get_run_for_owner(run_id=run_id, visitor=visitor)
    except access.RunUnavailable:
        return not_found()
    services.delete_run(run=run)
    return Status(204, None)


@router.get("/runs/{run_id}/events", summary="The run's event log as NDJSON")
async def get_events(request: HttpRequest, run_id: str, after: str = "") -> HttpResponseBase:
    """Every line is a `lane.entries` message, then live until a last `run.complete` line.

    `after` resumes: lane:id pairs joined by commas, e.g. `main:1-3,actual:1-57`.
    """
    try:
        cursors = parse_after(after)
    except ValueError as error:
        return _json(400, Problem(code="after.malformed", message=str(error)))
    get = sync_to_async(_viewer_may_see)
    if not await get(request, run_id):
        return _json(404, not_found().value)
    response = StreamingHttpResponse(_lines(run_id, cursors), content_type="application/x-ndjson")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # a buffering proxy would hold live lines back
    return response


def parse_after(text: str) -> dict[str, EntryId]:
    """`main:1-3,actual:1-57` as cursors. Raises ValueError naming the wrong part."""
    cursors = {}
    for part in filter(None, text.split(",")):
        lane, separator, entry_id = part.partition(":")
        if not separator:
            message = f"{part[:40]!r} is not lane:id; write e.g. actual:1-57."
            raise ValueError(message)
        cursors[lane] = parse_id(entry_id)
    return cursors


def _viewer_may_see(request: HttpRequest, run_id: str) -> bool:
    visitor = get_visitor(session=request.session, user=request.user)
    try:
        access.get_run_for_viewer(run_id=run_id, visitor=visitor)
    except access.RunUnavailable:
        return False
    return True


async def _lines(run_id: str, cursors: dict[str, EntryId]) -> AsyncIterator[bytes]:
    with contextlib.suppress(RunNotFound):
        async with contextlib.aclosing(get_hub().follow(run_id, cursors)) as frames:
            async for _, _, frame in frames:
                yield frame + b"\n"


def _json(status: int, body: Schema) -> HttpResponse:
    data = msgspec.json.encode(body.model_dump())
    return HttpResponse(data, status=status, content_type="application/json")
