"""What is configured for everybody."""

from __future__ import annotations

from django.db import models


class Preference(models.Model):
    """One setting that an administrator decides; the known ones and their defaults stand in preferences.py."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()
