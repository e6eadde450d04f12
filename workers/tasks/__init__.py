"""Celery tasks: thin. Fetch, call an engine, append events."""
