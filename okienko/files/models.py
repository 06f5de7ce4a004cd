"""Content-addressed files: the same bytes are kept once."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Blob(models.Model):
    """Some bytes. Small ones lie in the database (durable with its commit), larger ones in ``blobs/``."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)


class Content(models.Model):
    """The bytes of a small blob, apart from Blob so that joining a blob never reads them."""

    blob = models.OneToOneField(Blob, primary_key=True, on_delete=models.CASCADE, related_name="content")
    data = models.BinaryField()
