"""Runs in Django's admin, read-only: a run's content is its owner's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from playground.runs.models import Run

if TYPE_CHECKING:
    from django.http import HttpRequest

    _RunAdminBase = admin.ModelAdmin[Run]
else:
    _RunAdminBase = admin.ModelAdmin  # generic for the type checker only


@admin.register(Run)
class RunAdmin(_RunAdminBase):
    """Lists what ran and how it ended."""

    list_display = ("public_id", "kind", "status", "visibility", "created_at", "finished_at")
    list_filter = ("kind", "status")
    fields = ("public_id", "kind", "status", "reason", "visibility", "created_at", "finished_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Runs are started by people, not in the admin."""
        return False
