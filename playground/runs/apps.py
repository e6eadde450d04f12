"""App configuration."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """Runs, their event log and their permalinks."""

    name = "playground.runs"
    label = "runs"
