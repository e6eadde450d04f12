"""Addresses of the run pages."""

from __future__ import annotations

from django.urls import path, register_converter

from playground.runs import views
from playground.runs.ids import PATTERN


class RunIdConverter:
    """Only what can be a run id reaches a view."""

    regex = PATTERN

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(RunIdConverter, "run_id")

urlpatterns = [
    path("", views.home, name="home"),
    path("solve/", views.solve, name="solve"),
    path("about/", views.about, name="about"),
    path("models/", views.models, name="models"),
    path("r/<run_id:run_id>", views.show_run, name="run"),
    path("r/<run_id:run_id>.json", views.run_json, name="run-json"),
]
