from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from annotations.enums import ReleaseState, Role
from annotations.models import (
    Article,
    Assignment,
    Batch,
    Claimable,
    Gold,
    Job,
    Member,
    Project,
    Task,
    User,
)
from annotations.models.coding import APPEND_ONLY

UNFINISHED = (
    ReleaseState.QUEUED,
    ReleaseState.FREEZING,
    ReleaseState.RENDERING,
    ReleaseState.FINALIZING,
)


PUBLISHED = (ReleaseState.READY, ReleaseState.RETRACTED)


class ReleaseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ReleaseQuerySet:
        """Researchers see pseudonymous gold; names and raw codings are for admins.

        Nobody sees a release that tells of a batch in which the own work is
        undecided, nor unadjudicated work of a batch that one has a part in.
        """
        admins = Project.objects.where(user, Role.ADMIN)
        researchers = Project.objects.where(user, Role.RESEARCHER)
        blind = Release.objects.filter(items__task__batch__in=Batch.objects.blind_to(user))
        own = Assignment.objects.live().filter(coder__user_id=user.pk)
        involved = Release.objects.filter(
            has_unadjudicated=True, items__task__batch__in=own.values("task__batch")
        )
        return (
            self.filter(
                Q(project__in=admins)
                | Q(project__in=researchers, has_real_names=False, has_unadjudicated=False)
            )
            .exclude(pk__in=blind.values("pk"))
            .exclude(pk__in=involved.values("pk"))
        )

    def naming(self, person: User) -> ReleaseQuerySet:
        """Keep those whose files hold the name of ``person``, or would if they were made now."""
        members = Member.objects.filter(user=person)
        named = Q(coders=None)
        for uuid in members.values_list("uuid", flat=True):
            named |= Q(coders__contains=[str(uuid)])
        projects = members.values("project")
        kept = self.filter(has_real_names=True, purged_at=None, project__in=projects)
        return kept.filter(named).exclude(state=ReleaseState.CANCELLED)

    def with_files(self) -> ReleaseQuerySet:
        """Keep those that were published, and whose files can still be had."""
        return self.filter(state__in=PUBLISHED, purged_at=None)

    def unfinished(self) -> ReleaseQuerySet:
        return self.filter(state__in=UNFINISHED)

    def to_freeze(self) -> ReleaseQuerySet:
        return self.filter(state__in=[ReleaseState.QUEUED, ReleaseState.FREEZING])

    def to_publish(self) -> ReleaseQuerySet:
        """Keep those whose shards are all handed in."""
        written = self.filter(state__in=[ReleaseState.RENDERING, ReleaseState.FINALIZING])
        return written.exclude(pk__in=ReleaseShard.objects.waiting().values("release"))


class Release(Job):
    """An immutable, numbered gold dataset. ``request`` says all that it depends on.

    From ``frozen_at`` on, nothing else in the database matters to it but rows that
    never change. ``coders`` are the UUIDs of the members whom its records name.
    Since ``purged_at`` its files are gone, because somebody whom they named was
    erased; their sizes and hashes stay.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    request = models.JSONField()
    has_real_names = models.BooleanField(default=False)
    has_unadjudicated = models.BooleanField(default=False)
    state = models.CharField(
        max_length=12, choices=ReleaseState.choices, default=ReleaseState.QUEUED, db_index=True
    )
    frozen_at = models.DateTimeField(null=True, blank=True)
    coders = models.JSONField(null=True, blank=True)
    is_retryable = models.BooleanField(default=False)
    content_hash = models.CharField(max_length=64, blank=True)
    manifest = models.JSONField(default=dict, blank=True)
    retracted_reason = models.TextField(blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], name="release_has_its_own_number"
            ),
            models.CheckConstraint(
                condition=~Q(content_hash="") | ~Q(state__in=["ready", "retracted"]),
                name="ready_release_has_a_content_hash",
            ),
            models.CheckConstraint(
                condition=Q(state="retracted") & ~Q(retracted_reason="")
                | ~Q(state="retracted") & Q(retracted_reason=""),
                name="retracted_release_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_retryable=False) | Q(state="failed"),
                name="only_a_failed_release_is_retryable",
            ),
            models.CheckConstraint(
                condition=Q(purged_at=None) | Q(state="retracted", has_real_names=True),
                name="release_without_files_is_retracted_and_named_people",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="release_takes_legal_steps",
                field="state",
                transitions=[
                    ("queued", "freezing"),
                    ("freezing", "rendering"),
                    ("rendering", "finalizing"),
                    ("finalizing", "ready"),
                    ("queued", "failed"),
                    ("freezing", "failed"),
                    ("rendering", "failed"),
                    ("finalizing", "failed"),
                    ("queued", "cancelled"),
                    ("freezing", "cancelled"),
                    ("rendering", "cancelled"),
                    ("finalizing", "cancelled"),
                    ("failed", "queued"),
                    ("ready", "retracted"),
                ],
            ),
            pgtrigger.Trigger(
                name="ready_release_never_changes",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state__in=["ready", "retracted"]),
                func="""
                    -- Only the retraction and its reason may differ, and once when its files went.
                    OLD.state := NEW.state;
                    OLD.retracted_reason := NEW.retracted_reason;
                    OLD.purged_at := coalesce(OLD.purged_at, NEW.purged_at);
                    IF OLD IS DISTINCT FROM NEW THEN
                        RAISE check_violation USING
                            MESSAGE = 'a ready release never changes',
                            CONSTRAINT = 'ready_release_never_changes';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="release_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name} (release {self.number})"

    @property
    def is_unfinished(self) -> bool:
        """Somebody is to work on it, or does."""
        return self.state in UNFINISHED

    @property
    def has_files(self) -> bool:
        """It was published, and its files can still be had."""
        return self.state in PUBLISHED and self.purged_at is None


class ReleaseItem(models.Model):
    """What a release says of one article, pinned when it was frozen.

    ``submissions`` names the frozen codings that go with it, if asked for, as
    ``[{member, submission}]`` UUIDs. ``zones``, ``meta``, ``cluster`` and
    ``split`` are copies, because they can be corrected later.
    """

    # One statement writes the items from the very rows that they point to. To look each of these
    # up again would take half of the time of freezing; ``fsck`` does. The release itself is
    # locked meanwhile, and none is ever deleted.
    release = models.ForeignKey(
        Release,
        on_delete=models.PROTECT,
        related_name="items",
        db_constraint=False,
        db_index=False,
    )
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    gold = models.ForeignKey(
        Gold,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    submissions = models.JSONField(default=list)
    meta = models.JSONField()
    zones = models.JSONField()
    cluster = models.CharField(max_length=200, null=True)
    split = models.CharField(max_length=100, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "article"], name="article_is_in_a_release_once"
            ),
        ]
        indexes = [models.Index(fields=["release", "id"], name="release_items_in_their_order")]
        triggers = [
            pgtrigger.Protect(name="release_item_never_changes", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="item_stays_as_long_as_its_release_counts",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (SELECT FROM exports_release release
                                   WHERE release.id = OLD.release_id
                                     AND NOT release.is_retryable
                                     AND release.state IN ('failed', 'cancelled')) THEN
                        RAISE check_violation USING
                            MESSAGE = 'an item stays as long as its release counts',
                            CONSTRAINT = 'item_stays_as_long_as_its_release_counts';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} in {self.release}"


class ReleaseShardQuerySet(models.QuerySet):
    def waiting(self) -> ReleaseShardQuerySet:
        """Keep those that nobody has handed in yet."""
        return self.filter(path="")


class ReleaseShard(Claimable):
    """A stretch of a release's items that one worker renders: those from ``first`` to ``last``.

    With ``path`` set it is handed in, and ``tally`` says what is in it. Shards
    are scaffolding: they go when the release is published or given up.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="shards")
    number = models.PositiveIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    done = models.PositiveIntegerField(default=0)
    path = models.CharField(max_length=400, blank=True)
    bytes = models.PositiveBigIntegerField(default=0)
    tally = models.JSONField(default=dict, blank=True)

    objects = ReleaseShardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "number"], name="shard_of_a_release_is_numbered"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="shard_that_is_handed_in_never_changes",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__path=""),
            ),
        ]

    def __str__(self) -> str:
        return f"shard {self.number} of {self.release}"


class ReleaseFile(models.Model):
    """One published file of a release."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=400)
    bytes = models.PositiveBigIntegerField()
    rows = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "name"], name="release_has_one_file_of_a_name"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="release_file_never_changes", operation=APPEND_ONLY),
        ]

    def __str__(self) -> str:
        return self.name


class Comparison(Claimable):
    """What differs between two published releases, found out once and kept for some time.

    Neither of the two ever changes. ``counts`` says that all ``changes`` are there; where it is
    over without them, it has failed. Whoever may see both releases may see this.
    """

    since = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["since", "release"], name="two_releases_are_compared_once"
            ),
            models.CheckConstraint(
                condition=~Q(since=F("release")),
                name="release_is_compared_with_another",
            ),
            models.CheckConstraint(
                condition=Q(counts__isnull=True) | Q(finished_at__isnull=False),
                name="comparison_that_has_counts_is_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release} since {self.since}"

    @property
    def has_failed(self) -> bool:
        return self.finished_at is not None and self.counts is None


class ReleaseChange(models.Model):
    """An article that differs between two releases. ``said`` is the JSON that tells how."""

    comparison = models.ForeignKey(
        Comparison, on_delete=models.PROTECT, related_name="changes", db_index=False
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=7)
    title = models.TextField(blank=True)
    said = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comparison", "number"], name="change_of_a_comparison_is_numbered"
            ),
        ]
        indexes = [
            models.Index(fields=["comparison", "kind", "number"], name="changes_of_one_kind"),
        ]

    def __str__(self) -> str:
        return f"change {self.number} of {self.comparison}"
