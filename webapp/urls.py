"""Every address of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from ninja import NinjaAPI

from playground.runs.api import router as runs_router
from playground.runs.problems import register_problems
from webapp import health

api = NinjaAPI(
    title="Code world model playground",
    version="1",
    urls_namespace="api-1",
    docs_url=None,  # its page needs inline scripts, which the content security policy forbids
)
register_problems(api)
api.add_router("", runs_router)

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("", include("playground.runs.urls")),
]
