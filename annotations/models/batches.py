from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import Now

from annotations.enums import AssignmentState, JobState, Order, Priority, Role, Strategy, TaskState
from annotations.models.articles import Article, ImportJob
from annotations.models.codebook import CodebookVersion
from annotations.models.people import Member, Project, User
from annotations.models.tallies import TASKS_ARE_TALLIED, WORK_IS_TALLIED, WorkTally


def outdates_agreement(name: str, state: str, *, task: str) -> pgtrigger.Trigger:
    """Return the trigger that tells agreement that rows came to ``state``, or left it."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.UpdateOf("state"),
        when=pgtrigger.After,
        condition=pgtrigger.Q(old__state=state) | pgtrigger.Q(new__state=state),
        func=f"""
            UPDATE annotations_agreementrow SET version = version + 1
            WHERE task_id = NEW.{task} AND OLD.state <> NEW.state;
            RETURN NULL;
        """,  # noqa: S608 -- a column's name, from below
    )


class BatchQuerySet(models.QuerySet):
    def published(self) -> BatchQuerySet:
        """Leave out what an unfinished import has staged."""
        return self.filter(Q(import_job=None) | Q(import_job__state=JobState.READY))

    def visible_to(self, user: User) -> BatchQuerySet:
        return self.published().filter(project__in=Project.objects.where(user, Role.ADMIN))

    def blind_to(self, user: User) -> BatchQuerySet:
        """Keep the batches in which ``user`` still has work to be adjudicated.

        Of these the user may know nothing that comes from another coder,
        whatever other roles the user holds.
        """
        # Most have none: a glance at the lines tells, and CASE sees to it that it comes first.
        has_had = Exists(WorkTally.objects.filter(batch=OuterRef("pk"), coder__user_id=user.pk))
        own = Assignment.objects.filter(
            task__batch=OuterRef("pk"), coder__user_id=user.pk
        ).exclude(state=AssignmentState.RELEASED)
        # Where gold was known before, there is nothing to wait for once it is handed in, but
        # for the other articles: what opened at once would tell which ones those were.
        others = Task.objects.filter(batch=OuterRef("task__batch"), known_gold=None)
        waits = Exists(others.exclude(state__in=[TaskState.ADJUDICATED, TaskState.DROPPED]))
        is_known = Q(task__known_gold__isnull=False, state=AssignmentState.SUBMITTED) & ~waits
        pending = own.exclude(task__state=TaskState.ADJUDICATED).exclude(is_known)
        unfinished = own.exclude(state=AssignmentState.SUBMITTED)
        may_rule_own = Q(project__settings__contains={"adjudicate_own": True})
        is_blind = Exists(pending) & ~may_rule_own | Exists(unfinished) & may_rule_own
        return self.filter(
            Case(When(has_had, then=is_blind), default=False, output_field=models.BooleanField())
        )

    def open_book_for(self, user: User) -> BatchQuerySet:
        """Keep the batches whose coders' work ``user`` may know of, role permitting."""
        return self.exclude(pk__in=Batch.objects.blind_to(user))


class Batch(models.Model):
    """A set of articles given to coders together."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="batches")
    import_job = models.OneToOneField(
        ImportJob, on_delete=models.PROTECT, related_name="batch", null=True, blank=True
    )
    name = models.CharField(max_length=200)
    #: Who may draw from a pool; work given out beforehand is in the assignments.
    drawers = models.ManyToManyField(Member, related_name="pools")
    strategy = models.CharField(max_length=10, choices=Strategy.choices)
    coders_per_article = models.PositiveSmallIntegerField(default=2)
    #: Which share of the articles that many coders have; the others have one.
    overlap = models.FloatField(default=1.0, db_default=1.0)
    is_one_per_cluster = models.BooleanField(default=False)
    order = models.CharField(
        max_length=10, choices=Order.choices, default=Order.IMPORTED, db_default=Order.IMPORTED
    )
    #: How the articles were asked for; of those picked by hand only how many there were.
    selection = models.JSONField(
        default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )
    #: Whether coders see what machines proposed for the articles.
    has_suggestions = models.BooleanField(default=False)
    seed = models.BigIntegerField(default=0)
    due = models.DateField(null=True, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    #: Coders learn from its articles, whose gold is known. Nothing of it becomes gold.
    is_training = models.BooleanField(default=False, db_default=False)
    #: Whom it is open to: who came to this strict F1 over so many training articles.
    required_f1 = models.FloatField(null=True, blank=True)
    required_articles = models.PositiveSmallIntegerField(null=True, blank=True)
    #: How many articles a coder is given a day; none means as many as there are.
    daily_quota = models.PositiveSmallIntegerField(null=True, blank=True)
    #: After how many days without a step work counts as abandoned; none means never.
    lease_days = models.PositiveSmallIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="batch_name_is_unique_in_its_project"
            ),
            models.CheckConstraint(
                condition=Q(overlap__gte=0, overlap__lte=1), name="overlap_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="batch_has_a_known_priority"
            ),
            models.CheckConstraint(
                condition=Q(daily_quota=None) | Q(daily_quota__gte=1),
                name="daily_quota_is_one_article_or_more",
            ),
            models.CheckConstraint(
                condition=Q(lease_days=None) | Q(lease_days__gte=1),
                name="lease_is_one_day_or_more",
            ),
            models.CheckConstraint(
                condition=Q(required_f1=None, required_articles=None)
                | Q(required_f1__gt=0, required_f1__lte=1, required_articles__gte=1),
                name="agreement_is_required_over_some_articles",
            ),
            models.CheckConstraint(
                condition=Q(is_training=False) | Q(required_f1=None),
                name="training_is_open_to_every_coder",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TaskQuerySet(models.QuerySet):
    def kept(self) -> TaskQuerySet:
        """Leave out what was dropped when its batch was closed."""
        return self.exclude(state=TaskState.DROPPED)

    def checks(self) -> TaskQuerySet:
        """Keep the check articles: of known gold, hidden among those of a real batch."""
        return self.filter(known_gold__isnull=False, batch__is_training=False)

    def visible_to(self, user: User) -> TaskQuerySet:
        """Adjudicators and admins see tasks, but none of a batch they are blind to."""
        ruling = Project.objects.where(user, Role.ADMIN, Role.ADJUDICATOR)
        return self.kept().filter(
            batch__project__in=ruling, batch__in=Batch.objects.published().open_book_for(user)
        )

    def awaiting_ruling(self) -> TaskQuerySet:
        return self.filter(state__in=[TaskState.CODED, TaskState.ADJUDICATING])


class Task(models.Model):
    """One article in one batch, wanting ``coders_wanted`` coders.

    ``version`` counts everything that happens to its adjudication; a ruling
    names the version it was made on. Two counters follow the cards; ``coders_live``
    counts the assignments that are not taken away, and the database keeps it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="tasks")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="tasks")
    state = models.CharField(
        max_length=15, choices=TaskState.choices, default=TaskState.OPEN, db_index=True
    )
    coders_wanted = models.PositiveSmallIntegerField()
    #: How many of those were asked for later, because the first ones disagreed.
    coders_added = models.PositiveSmallIntegerField(default=0, db_default=0)
    coders_live = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    position = models.PositiveIntegerField(default=0)
    #: What it is adjudicated by where an admin wants a newer version than its coders had.
    codebook = models.ForeignKey(
        CodebookVersion, on_delete=models.PROTECT, related_name="+", null=True
    )
    #: Where gold is there before anybody codes: what work is held against, never made anew.
    known_gold = models.ForeignKey(
        "annotations.Gold", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    version = models.PositiveIntegerField(default=0)
    cards_open = models.PositiveIntegerField(default=0)
    cards_disputed = models.PositiveIntegerField(default=0)
    adjudicated_at = models.DateTimeField(null=True, blank=True)
    #: The adjudicator who was at it last, and when; see ``queries.disputes.taken_by``.
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "article"], name="article_is_in_a_batch_once"
            ),
            models.CheckConstraint(
                condition=Q(coders_wanted__gte=1), name="task_wants_at_least_one_coder"
            ),
            models.CheckConstraint(
                condition=Q(coders_live__lte=F("coders_wanted")),
                name="live_assignments_never_exceed_those_wanted",
            ),
            models.CheckConstraint(
                condition=Q(state=TaskState.ADJUDICATED, adjudicated_at__isnull=False)
                | ~Q(state=TaskState.ADJUDICATED),
                name="adjudicated_task_knows_when",
            ),
            models.CheckConstraint(
                condition=Q(known_gold=None) | Q(state__in=[TaskState.OPEN, TaskState.DROPPED]),
                name="article_of_known_gold_is_not_adjudicated",
            ),
        ]
        indexes = [
            models.Index(
                fields=["batch", "position", "id"],
                condition=Q(state=TaskState.OPEN, coders_live__lt=F("coders_wanted")),
                name="task_that_wants_coders",
            ),
            models.Index(
                fields=["batch", "position", "id"],
                condition=~Q(state=TaskState.DROPPED),
                name="tasks_of_a_batch_in_order",
            ),
            models.Index(
                fields=["-cards_disputed", "id"],
                condition=~Q(state=TaskState.DROPPED),
                name="most_disputed_tasks",
            ),
        ]
        triggers = [
            *TASKS_ARE_TALLIED,
            pgtrigger.FSM(
                name="task_takes_legal_steps",
                field="state",
                condition=pgtrigger.AnyChange("state"),
                transitions=[
                    ("open", "coded"),
                    ("coded", "adjudicating"),
                    ("adjudicating", "adjudicated"),
                    ("coded", "open"),
                    ("adjudicating", "open"),
                    ("adjudicated", "adjudicating"),
                    ("open", "dropped"),
                ],
            ),
            outdates_agreement("gold_outdates_agreement", TaskState.ADJUDICATED, task="id"),
            pgtrigger.Trigger(
                name="task_stays_in_one_project",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("batch_id", "article_id"),
                when=pgtrigger.Before,
                func="""
                    IF (SELECT project_id FROM annotations_batch WHERE id = NEW.batch_id)
                       IS DISTINCT FROM
                       (SELECT project_id FROM annotations_article WHERE id = NEW.article_id)
                    THEN
                        RAISE check_violation USING
                            MESSAGE = 'a task joins an article and a batch of one project',
                            CONSTRAINT = 'task_stays_in_one_project';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="task_wants_no_fewer_than_it_has",
                operation=pgtrigger.UpdateOf("coders_wanted"),
                when=pgtrigger.Before,
                func="""
                    IF NEW.coders_wanted < (
                        SELECT count(*) FROM annotations_assignment
                        WHERE task_id = NEW.id AND state <> 'released'
                    ) THEN
                        RAISE check_violation USING
                            MESSAGE = 'a task has more coders than it would want',
                            CONSTRAINT = 'task_wants_no_fewer_than_it_has';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} in {self.batch}"


class AssignmentQuerySet(models.QuerySet):
    def live(self) -> AssignmentQuerySet:
        """Leave out work that was taken away."""
        return self.exclude(state=AssignmentState.RELEASED)

    def unfinished(self) -> AssignmentQuerySet:
        """Keep what its coder still has to do."""
        return self.filter(
            state__in=[
                AssignmentState.ASSIGNED,
                AssignmentState.CODING,
                AssignmentState.RETURNED,
            ]
        )

    def of(self, user: User) -> AssignmentQuerySet:
        """Keep ``user``'s own work, where the user is still a coder."""
        return self.filter(coder__in=Member.objects.acting(user, Role.CODER))

    def visible_to(self, user: User) -> AssignmentQuerySet:
        """One's own work; for admins everybody's, but in batches they are blind to."""
        own = Q(pk__in=Assignment.objects.of(user))
        run = Q(
            task__batch__project__in=Project.objects.where(user, Role.ADMIN),
            task__batch__in=Batch.objects.published().open_book_for(user),
        )
        return self.filter(own | run)


class Assignment(models.Model):
    """One coder's copy of a task. ``doc_rev`` counts the ops applied to it.

    ``active_at`` is when the work was last given, begun, saved or handed in, by the
    database's own clock.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="assignments")
    coder = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="assignments")
    codebook = models.ForeignKey(
        CodebookVersion, on_delete=models.PROTECT, related_name="assignments"
    )
    state = models.CharField(
        max_length=10, choices=AssignmentState.choices, default=AssignmentState.ASSIGNED
    )
    position = models.PositiveIntegerField(default=0)
    doc_rev = models.PositiveIntegerField(default=0)
    span_count = models.PositiveIntegerField(default=0)
    flag = models.TextField(blank=True)
    #: The suggestions that the coder does not want, by their ids.
    refused = ArrayField(models.UUIDField(), default=list, db_default=[], blank=True)
    return_note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    active_at = models.DateTimeField(db_default=Now(), editable=False)
    #: Whether it was taken away only because its lease ran out.
    has_expired = models.BooleanField(default=False, db_default=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "coder"], name="coder_has_one_assignment_per_task"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=False) | ~Q(state=AssignmentState.SUBMITTED),
                name="submitted_assignment_knows_when",
            ),
            models.CheckConstraint(
                condition=Q(has_expired=False) | Q(state=AssignmentState.RELEASED),
                name="only_work_taken_away_has_expired",
            ),
        ]
        indexes = [
            models.Index(fields=["coder", "state", "position"], name="worklist_of_a_coder"),
            models.Index(fields=["coder", "started_at"], name="work_that_a_coder_began"),
            models.Index(
                fields=["coder", "-submitted_at", "id"],
                condition=Q(state=AssignmentState.SUBMITTED),
                name="work_that_a_coder_handed_in",
            ),
        ]
        triggers = [
            *WORK_IS_TALLIED,
            pgtrigger.FSM(
                name="assignment_takes_legal_steps",
                field="state",
                condition=pgtrigger.AnyChange("state"),
                transitions=[
                    ("assigned", "coding"),
                    ("assigned", "submitted"),
                    ("coding", "submitted"),
                    ("submitted", "returned"),
                    ("returned", "coding"),
                    ("assigned", "released"),
                    ("coding", "released"),
                    ("returned", "released"),
                    ("released", "assigned"),
                    ("released", "coding"),
                ],
            ),
            outdates_agreement(
                "work_taken_or_given_outdates_agreement", AssignmentState.RELEASED, task="task_id"
            ),
            pgtrigger.Trigger(
                name="database_tells_when_work_was_active",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "saved_at"),
                when=pgtrigger.Before,
                func="""
                    NEW.active_at = statement_timestamp();
                    NEW.has_expired = NEW.has_expired AND NEW.state = 'released';
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="task_counts_assignments_given_to_it",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="given"),
                declare=[("counted", "record")],
                func="""
                    -- In one order everywhere, so that two who give work never block each other.
                    FOR counted IN
                        SELECT task_id, count(*) AS number FROM given
                        WHERE state <> 'released' GROUP BY task_id ORDER BY task_id
                    LOOP
                        UPDATE annotations_task
                        SET coders_live = coders_live + counted.number
                        WHERE id = counted.task_id;
                    END LOOP;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="task_counts_its_live_assignments",
                operation=pgtrigger.UpdateOf("state", "task_id") | pgtrigger.Delete,
                when=pgtrigger.After,
                declare=[("freed", "bigint"), ("taken", "bigint")],
                func="""
                    IF OLD.state <> 'released' THEN
                        freed = OLD.task_id;
                    END IF;
                    IF TG_OP = 'UPDATE' AND NEW.state <> 'released' THEN
                        taken = NEW.task_id;
                    END IF;
                    IF freed IS DISTINCT FROM taken THEN
                        UPDATE annotations_task
                        SET coders_live = coders_live
                            + (id IS NOT DISTINCT FROM taken)::int
                            - (id IS NOT DISTINCT FROM freed)::int
                        WHERE id IN (freed, taken);
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} for {self.coder}"
