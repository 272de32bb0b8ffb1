from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length

from annotations.enums import Role
from annotations.models.batches import Assignment, Batch
from annotations.models.codebook import Label
from annotations.models.coding import APPEND_ONLY
from annotations.models.people import Project, User


class QuestionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> QuestionQuerySet:
        """One's own; for admins everybody's, but in batches they are blind to."""
        own = Q(assignment__in=Assignment.objects.of(user))
        return self.filter(own | _run_by(user))

    def answerable_by(self, user: User) -> QuestionQuerySet:
        """Keep those that are put to ``user``, who runs the project."""
        return self.filter(_run_by(user))

    def waiting(self) -> QuestionQuerySet:
        """Keep those that nobody has answered, or whose answer was taken back."""
        return self.exclude(memos__in=Memo.objects.filter(withdrawn_at=None))


def _run_by(user: User) -> Q:
    return Q(
        assignment__task__batch__project__in=Project.objects.where(user, Role.ADMIN),
        assignment__task__batch__in=Batch.objects.published().open_book_for(user),
    )


class Question(models.Model):
    """What a coder asks about a stretch of an article, and the label it is about, if any."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="questions")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="+", null=True)
    text = models.TextField()
    asked_at = models.DateTimeField()

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="question_asks_something"),
            models.CheckConstraint(
                condition=Q(end=F("start") + Length("quote"), end__gt=F("start")),
                name="question_is_about_its_quote",
            ),
        ]
        triggers = [pgtrigger.Protect(name="question_never_changes", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"question on {self.assignment}"


class MemoQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> MemoQuerySet:
        """What was answered for all coders of one's projects, and to one's own questions."""
        own = Q(question__in=Question.objects.visible_to(user))
        return self.filter(
            Q(is_for_all=True) | own,
            project__in=Project.objects.visible_to(user),
            withdrawn_at=None,
        )


class Memo(models.Model):
    """A question in the admin's words, and the answer, for all coders or for the one who asked.

    Whoever reads it learns what was asked of which words and label, but not by whom.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="memos")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="memos")
    asked = models.TextField()
    answer = models.TextField()
    is_for_all = models.BooleanField(default=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = MemoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked="") & ~Q(answer=""), name="memo_asks_and_answers"
            ),
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(withdrawn_at=None),
                name="question_has_one_answer",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="memo_keeps_its_words", exclude=["withdrawn_at"]),
            pgtrigger.Protect(name="memo_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"answer to {self.question}"
