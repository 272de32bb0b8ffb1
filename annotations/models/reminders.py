import uuid

from django.db import models

from annotations.models.batches import Batch
from annotations.models.people import Member, User


class Reminder(models.Model):
    """A coder was reminded of the work in a batch: by an admin, or by itself when it lay idle."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="reminders")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="reminders")
    #: Nobody where the lease of the work ran out.
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    sent_at = models.DateTimeField()
    text = models.TextField(blank=True)
    #: Empty where it is only shown on the coder's home.
    mailed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.member} about {self.batch}"
