from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from annotations.enums import Role, StoryState
from annotations.models.people import Project, User


class ClusterQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ClusterQuerySet:
        """Admins and adjudicators read all clusters: they tell of articles only."""
        return self.filter(project__in=Project.objects.where(user, Role.ADMIN, Role.ADJUDICATOR))


class Cluster(models.Model):
    """Versions of one story, kept together by assignment and by splits.

    Its name goes into records and releases: it stays, whatever joins later.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="clusters")
    name = models.CharField(max_length=200)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="cluster_name_is_unique_in_its_project"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Story(models.Model):
    """What articles of a project say, word for word, and by what it is found again.

    ``signature`` is empty for a story too short to be like another. Stories of one ``group``,
    named by one story's key, are versions of each other, directly or through others.
    """

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="stories", db_index=False
    )
    sha256 = models.CharField(max_length=64)
    signature = models.BinaryField()
    state = models.CharField(max_length=10, choices=StoryState.choices, default=StoryState.NEW)
    group = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sha256"], name="story_is_there_once_in_its_project"
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "id"],
                condition=~Q(state=StoryState.PLACED),
                name="story_that_waits",
            ),
            models.Index(fields=["group"], condition=~Q(group=None), name="story_by_group"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class StoryRun(models.Model):
    """Some thousand stories by the keys of their signatures' bands, sorted once and kept so."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="story_runs")
    #: The keys of the stories' rows, eight bytes each.
    stories = models.BinaryField()
    size = models.PositiveIntegerField()
    #: The first this many bits of a band's key name the part that holds it.
    bits = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.size} stories"


class StoryRunPart(models.Model):
    """The bands' keys of a run that begin alike, in order; ``places`` says whose each is."""

    run = models.ForeignKey(
        StoryRun, on_delete=models.CASCADE, related_name="parts", db_index=False
    )
    part = models.PositiveIntegerField()
    keys = models.BinaryField()
    places = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "part"], name="run_has_each_part_once"),
        ]

    def __str__(self) -> str:
        return f"part {self.part}"


class ClusterCorrection(models.Model):
    """Articles that a person has put into clusters or taken out, and how it was before.

    ``before`` and ``after`` hold ``[article, cluster or null, by hand]`` for each, by keys.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="corrections")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    before = models.JSONField()
    after = models.JSONField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.cluster} corrected {self.at:%Y-%m-%d %H:%M}"
