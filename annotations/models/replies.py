from __future__ import annotations

from django.db import models

from annotations.models.people import User


class StoredReply(models.Model):
    """What a POST with an ``Idempotency-Key`` was answered, so that its repetition does nothing.

    ``request_digest`` is the SHA-256 of the content that came with the key.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=300)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField(null=True)
    stored_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "stored replies"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "route", "key"], name="key_is_used_once_per_user_and_route"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
