"""What the database keeps of a run: one row at the start, one blob at the end.

Nothing is written per event: while a run lives, its event log in Redis is the truth.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from playground.runs.ids import LENGTH, new_public_id


class Run(models.Model):
    """One execution request, and after its end the anchor of its permalink."""

    class Kind(models.TextChoices):
        TRACE = "trace"
        SOLVE = "solve"

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Visibility(models.TextChoices):
        PRIVATE = "private"
        LINK = "link"

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.QUEUED)
    reason = models.TextField(blank=True)
    visibility = models.CharField(
        max_length=8, choices=Visibility.choices, default=Visibility.PRIVATE
    )

    # The owner: an account, or the visitor id of an anonymous session.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE
    )
    visitor_id = models.CharField(max_length=32, blank=True, db_index=True)

    source = models.TextField()
    entry = models.TextField(blank=True)
    stdin = models.TextField(blank=True)
    # A solve run's problem as it was given (`solve_events.Problem`), and what it may use
    # (`solving.SolvePlan`); both empty in a trace run.
    problem = models.JSONField(default=dict, blank=True)
    plan = models.JSONField(default=dict, blank=True)
    # Which stages were planned, decided once at the start: the pipeline folds the log over them.
    # A solve run begins with these.
    stages = models.JSONField(default=list)

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    # When the whole log was in the database. `status` is final from the moment of a stop.
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["visitor_id", "-created_at"]),
            models.Index(fields=["user", "-created_at"]),
            # Reconciliation looks for the few runs whose log is not in the database yet.
            models.Index(
                fields=["created_at"],
                condition=models.Q(finished_at=None),
                name="runs_unsealed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    def get_absolute_url(self) -> str:
        """The permalink's path."""
        return reverse("run", kwargs={"run_id": self.public_id})

    @property
    def is_over(self) -> bool:
        """Whether the run has reached its last status."""
        return self.status not in (self.Status.QUEUED, self.Status.RUNNING)


class ArchivedLog(models.Model):
    """A run's event log as one compressed blob (`playground.runs.archive` reads and writes it).

    `complete` is False for a snapshot of a run that still lives: it is what remains of the run
    if Redis loses its data.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="archived_log")
    blob = models.BinaryField()
    complete = models.BooleanField()
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"log of {self.run}"
