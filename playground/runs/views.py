"""The pages: tracing, solving, and the same pages showing one run."""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from playground.accounts.visitors import ensure_visitor, get_visitor
from playground.runs import access
from playground.runs.archive import load_archive
from playground.runs.documents import describe_run, run_document
from playground.runs.evaluations import read_scores
from playground.runs.events import (
    MAX_ENTRY_CHARS,
    MAX_SOURCE_BYTES,
    MAX_STDIN_BYTES,
    PROTOCOL_VERSION,
)
from playground.runs.example_problems import list_example_problems
from playground.runs.examples import list_examples
from playground.runs.models import Run
from playground.runs.solve_events import (
    MAX_CANDIDATES,
    MAX_GIVEN_TESTS,
    MAX_PROBLEM_BYTES,
    MAX_SIGNATURE_CHARS,
    MAX_SOLVE_ATTEMPTS,
    MAX_SOLVE_SECONDS,
    MAX_SOLVE_TOKENS,
    MAX_TESTS_BYTES,
)

#: Views of a run that a link may name.
VIEWS = ("actual", "predicted", "compare")


@require_safe
@ensure_csrf_cookie
def home(request: HttpRequest) -> HttpResponse:
    """An empty playground."""
    return _playground(request, None)


@require_safe
@ensure_csrf_cookie
def solve(request: HttpRequest) -> HttpResponse:
    """An empty page for problems to solve."""
    return _solve_page(request, None)


@require_safe
@ensure_csrf_cookie
def show_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """A run's permalink. `?step=` and `?view=` choose what is shown first."""
    run = _get_run(request, run_id)
    page = _solve_page if run.kind == Run.Kind.SOLVE else _playground
    response = page(request, run)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def run_json(request: HttpRequest, run_id: str) -> JsonResponse:
    """The run with its whole log, as one document."""
    run = _get_run(request, run_id)
    archive = load_archive(run.public_id)
    document = run_document(run, archive, base_url=request.build_absolute_uri("/"))
    response = JsonResponse(document)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is, and what it is not."""
    return render(request, "about.html", {"version": settings.VERSION})


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """How good the models are, by evaluations whose results are part of the repository."""
    return render(request, "models.html", {"scores": read_scores(settings.BASE_DIR / "models")})


def _get_run(request: HttpRequest, run_id: str) -> Run:
    visitor = get_visitor(session=request.session, user=request.user)
    try:
        return access.get_run_for_viewer(run_id=run_id, visitor=visitor)
    except access.RunUnavailable as missing:
        message = "This run does not exist, or it is private."
        raise Http404(message) from missing


def _playground(request: HttpRequest, run: Run | None) -> HttpResponse:
    page = _page(request, run)
    page["examples"] = [
        {
            "slug": example.slug,
            "title": example.title,
            "description": example.description,
            "source": example.source,
            "entry": example.entry,
            "stdin": example.stdin,
        }
        for example in list_examples()
    ]
    return render(request, "runs/playground.html", {"page": page, "run": run})


def _solve_page(request: HttpRequest, run: Run | None) -> HttpResponse:
    page = _page(request, run)
    page["examples"] = []
    page["problems"] = [msgspec.to_builtins(problem) for problem in list_example_problems()]
    return render(request, "runs/solve.html", {"page": page, "run": run})


def _page(request: HttpRequest, run: Run | None) -> dict[str, Any]:
    """What both pages tell their scripts."""
    visitor = ensure_visitor(session=request.session, user=request.user)
    page: dict[str, Any] = {
        "protocol": PROTOCOL_VERSION,
        "ws_path": "/ws/",
        "version": settings.VERSION,
        "predicts": settings.MODEL_RUNTIME != "none",
        "solves": settings.SOLVE_MODEL != "none",
        "limits": {
            "source_bytes": MAX_SOURCE_BYTES,
            "stdin_bytes": MAX_STDIN_BYTES,
            "entry_chars": MAX_ENTRY_CHARS,
            "problem_bytes": MAX_PROBLEM_BYTES,
            "signature_chars": MAX_SIGNATURE_CHARS,
            "tests_bytes": MAX_TESTS_BYTES,
            "given_tests": MAX_GIVEN_TESTS,
            "candidates": MAX_CANDIDATES,
            "solve_attempts": MAX_SOLVE_ATTEMPTS,
            "solve_tokens": MAX_SOLVE_TOKENS,
            "solve_seconds": MAX_SOLVE_SECONDS,
        },
        "run": None,
        "initial": {
            "step": _step(request.GET.get("step", "")),
            "view": request.GET.get("view") if request.GET.get("view") in VIEWS else None,
            "example": request.GET.get("example") or None,
        },
    }
    if run is not None:
        page["run"] = describe_run(run, is_owner=access.is_owner(run=run, visitor=visitor))
    return page


def _step(text: str) -> int | None:
    """A step number of a link; anything else is as good as none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
