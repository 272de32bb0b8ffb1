import uuid

from django.db import models

from annotations.models.people import User


class Claimable(models.Model):
    """Work that one worker at a time has: the row is the queue, a message only a doorbell.

    A worker claims the row by raising ``epoch`` and taking a lease on the
    database's clock. Every later write names the epoch, so that a worker that
    was paused and wakes up can change nothing.
    """

    epoch = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Job(Claimable):
    """Fields of a background job that people ask for and watch."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    is_cancel_requested = models.BooleanField(default=False)
    step = models.CharField(max_length=100, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    failure = models.TextField(blank=True)

    class Meta:
        abstract = True
