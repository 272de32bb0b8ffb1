from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from annotations.enums import Change
from annotations.models.people import Project, User


class Label(models.Model):
    """What a span can be, under all its names; what it means is said by a codebook version."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="labels")
    key = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "key"], name="label_key_is_unique_in_its_project"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="label_keeps_its_key", fields=["project", "key"]),
        ]

    def __str__(self) -> str:
        return self.key


class CodebookVersion(models.Model):
    """A published codebook. It never changes; the next one supersedes it."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="codebooks")
    number = models.PositiveIntegerField()
    change = models.CharField(max_length=10, choices=Change.choices)
    note = models.TextField(blank=True)
    rules = models.JSONField(default=list, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], name="codebook_version_has_its_own_number"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="codebook_versions_count_from_one"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_codebook_never_changes",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class LabelDefinition(models.Model):
    """What one label means in one codebook version."""

    codebook = models.ForeignKey(
        CodebookVersion, on_delete=models.PROTECT, related_name="definitions"
    )
    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="definitions")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    colour = models.CharField(max_length=20)
    hotkey = models.CharField(max_length=1, blank=True)
    definition = models.TextField(blank=True)
    include = ArrayField(models.TextField(), default=list, blank=True)
    exclude = ArrayField(models.TextField(), default=list, blank=True)
    examples = models.JSONField(default=list, blank=True)
    attributes = models.JSONField(default=list, blank=True)
    links = models.JSONField(default=list, blank=True)
    is_retired = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["codebook", "label"], name="label_is_defined_once_per_version"
            ),
            models.UniqueConstraint(
                fields=["codebook", "hotkey"],
                condition=~Q(hotkey="") & Q(is_retired=False),
                name="hotkey_tags_one_label",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_definition_never_changes",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CodebookDraft(models.Model):
    """The next version as somebody last saved it. The one that is not closed is the draft.

    Each saving is a row of its own, so that what was edited from an earlier one can be put
    together with the latest. ``content`` is ``{labels, rules}`` as the API writes them, and
    ``base`` the version from which it departs. Unlike a version, it may contradict itself.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="drafts")
    number = models.PositiveIntegerField()
    base = models.ForeignKey(CodebookVersion, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    change = models.CharField(max_length=10, choices=Change.choices)
    note = models.TextField(blank=True)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    saved_at = models.DateTimeField()
    #: When it was superseded, published or discarded.
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], name="codebook_draft_has_its_own_number"
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(closed_at=None),
                name="project_has_one_codebook_draft",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="saved_draft_never_changes", exclude=["closed_at"]),
        ]

    def __str__(self) -> str:
        return f"draft {self.number}"


class CodebookEntry(models.Model):
    """An example or a rule that a ruling, or an answer to a coder, became in the draft.

    The label and the rule are named as the draft named them then.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="entries")
    decision = models.ForeignKey(
        "annotations.Decision", on_delete=models.PROTECT, related_name="entries", null=True
    )
    memo = models.ForeignKey(
        "annotations.Memo", on_delete=models.PROTECT, related_name="entries", null=True
    )
    label_key = models.CharField(max_length=60, blank=True)
    rule = models.CharField(max_length=40, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(label_key="") & ~Q(rule="") | ~Q(label_key="") & Q(rule=""),
                name="codebook_entry_is_an_example_or_a_rule",
            ),
            models.CheckConstraint(
                condition=Q(decision=None, memo__isnull=False)
                | Q(decision__isnull=False, memo=None),
                name="codebook_entry_is_made_of_a_ruling_or_an_answer",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="codebook_entry_never_changes",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return self.rule or f"example of {self.label_key}"
