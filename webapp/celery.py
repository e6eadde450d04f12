"""The Celery application: three queues, no results, early acknowledgement.

A lost worker is recovered by its stage's lease and the log's fence (`playground.runs.eventlog`),
never by broker redelivery: with late acknowledgement a slow stage would be delivered again while
it still runs, and a killed one only after the broker's visibility timeout.
"""

from __future__ import annotations

import os

from celery import Celery

from playground.runs.queue import ROUTES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")

app = Celery("playground")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_default_queue="default",
    task_routes=ROUTES,
    task_create_missing_queues=True,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_acks_late=False,
    task_track_started=False,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        # Only messages nobody acknowledged are ever restored; stages acknowledge at once.
        "visibility_timeout": 6 * 3600,
        # redis-py closes a blocking read after its default of five seconds otherwise.
        "socket_timeout": None,
        "socket_keepalive": True,
        "queue_order_strategy": "priority",
    },
    imports=[
        "workers.tasks.stages",
        "workers.tasks.upkeep",
        "workers.tasks.housekeeping",
        "workers.tasks.model_life",
    ],
)
