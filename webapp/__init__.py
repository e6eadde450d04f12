"""Wiring only: settings, environment, URLs, ASGI, Celery and system checks. No models, no logic."""

from webapp.celery import app as celery_app

__all__ = ["celery_app"]
