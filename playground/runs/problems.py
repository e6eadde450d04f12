"""Refusals over HTTP: whatever goes wrong in the API answers in one form that names its fix."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import RequestDataTooBig
from ninja import Schema
from ninja.errors import HttpError, ValidationError

from playground.runs import services
from playground.runs.access import RunUnavailable
from playground.runs.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from ninja import NinjaAPI


class Problem(Schema):
    """A refusal that names its fix. `field`, `line`, `column` (1-based) point into the input."""

    code: str
    message: str
    fix: str = ""
    field: str = ""
    line: int = 0
    column: int = 0


#: Every status that a refusal may have, for the OpenAPI document.
STATUSES: Final = dict.fromkeys((400, 403, 404, 413, 429, 503), Problem)

_SEE_DOCUMENT: Final = "See /api/v1/openapi.json for what is accepted."


#: Missing and not the caller's: the same answer.
_NOT_FOUND: Final = Refused(
    "run.not_found",
    "This run does not exist, or it is private.",
    "Check the id, or ask the run's owner to share it.",
    404,
)


_TOO_LARGE: Final = Refused(
    "message.too_large",
    "The request is larger than the server accepts.",
    services.KEEP_SMALL,
    413,
)


def register_problems(api: NinjaAPI) -> None:
    """Make `api` answer every refusal as a `Problem`."""

    def register(kind: type[Exception], refuse: Callable[[HttpRequest, Any], Refused]) -> None:
        def answer(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
            return _answer(api, request, refuse(request, error))

        api.add_exception_handler(kind, answer)

    register(Refused, lambda _request, refusal: refusal)
    register(RunUnavailable, lambda _request, _error: _NOT_FOUND)
    register(ValidationError, _invalid)
    register(HttpError, _http_error)
    register(RequestDataTooBig, lambda _request, _error: _TOO_LARGE)


def _answer(api: NinjaAPI, request: HttpRequest, refusal: Refused) -> HttpResponse:
    problem = Problem(
        code=refusal.code,
        message=refusal.message,
        fix=refusal.fix,
        field=refusal.field,
        line=refusal.line,
        column=refusal.column,
    )
    return api.create_response(request, problem.model_dump(), status=refusal.status)


def _invalid(request: HttpRequest, error: ValidationError) -> Refused:
    """A body or parameter of the wrong shape: the first thing that is wrong with it."""
    try:
        services.check_undecodable(json.loads(request.body))
    except Refused as refusal:
        return refusal
    except (ValueError, RecursionError):
        pass  # the body is not what was wrong
    first = error.errors[0] if error.errors else {}
    # ["body", parameter, field ...]; a body that is no object has no field.
    field = ".".join(str(part) for part in first.get("loc", ())[2:])
    what = str(first.get("msg", "wrong shape"))
    message = f"{field or 'The request'}: {what}."
    return Refused("message.malformed", message, _SEE_DOCUMENT, 400, field)


def _http_error(_request: HttpRequest, error: HttpError) -> Refused:
    if error.status_code == 400:
        return Refused("message.malformed", "The body is not JSON in UTF-8.", _SEE_DOCUMENT, 400)
    return Refused("request.refused", error.message, "", error.status_code)
