"""The user model. Custom from the first migration, since it cannot be swapped in later."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person with an account. `public_id` is the only id that leaves the database."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
