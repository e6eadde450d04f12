"""Static files from the web process itself, through WhiteNoise."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]  # no stubs


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # as above
    """WhiteNoise for a site that is built again while it runs, and for an ASGI server.

    WhiteNoise lists the files once. The pages name what the last build made, so a name that is
    not listed is looked for before it is given up, and one whose file is gone is forgotten.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The file that the request names, or what the site answers."""
        path = request.path_info
        if path.startswith(self.static_prefix) and path not in self.files:
            found = self.find_file(path)
            if found is not None:
                self.files[path] = found
        try:
            response: HttpResponseBase = super().__call__(request)
        except FileNotFoundError:
            self.files.pop(path, None)
            response = self.get_response(request)
        return response

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """The file as a whole: under ASGI, Django reads a streamed one as a whole anyway.

        And warns of it. The largest file of the site has half a megabyte.
        """
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with found.file as file:
                content = file.read()
        response = HttpResponse(content, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response
