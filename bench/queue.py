"""Coders who draw from a pool: many at once, and from a large one."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction
from django.db.models import Value
from django.utils import timezone

from annotations.actions import coding, people
from annotations.actions import pool as actions
from annotations.enums import AssignmentState, JobState, Strategy
from annotations.models import Assignment, Batch, ImportJob, Member
from annotations.queries import codebook, pool
from bench.projects import make_project
from bench.rows import Row, medians, timed
from bench.stage import Stage

CODERS = 24
IN_FRONT = 1_000

Claim = Callable[[Member], object]


def claims(stage: Stage) -> Row:
    """Two thousand articles claimed by 24 coders at once, against a plain ``FOR UPDATE``.

    The plain one looks for the same article, waits for its row, and writes the same
    assignment; it is only that it passes over nothing and takes two statements.
    """
    articles = stage.times(2_000)
    now = timezone.now()

    def skipping(member: Member) -> object:
        with transaction.atomic():
            return actions.claim(member, now, above=0, spent=[], waits=False)

    def waiting(member: Member) -> object:
        with transaction.atomic():
            batch, version = member.pools.get(), codebook.current(member.project)
            tasks = pool.drawable(Value(batch.pk), Value(member.pk))
            task = tasks.select_for_update(of=("self",)).first()
            return task and Assignment.objects.create(
                task=task,
                coder=member,
                codebook=version,
                position=task.position,
                state=AssignmentState.CODING,
                created_at=now,
                started_at=now,
            )

    rates = []
    for name, claim in (("skipping", skipping), ("waiting", waiting)):
        members = _pool(f"claims-{name}", articles=articles, coders=CODERS)
        seconds = timed(lambda claim=claim, members=members: _empty(members, claim))
        taken = Assignment.objects.filter(coder__in=members)
        if not taken.count() == taken.values("task").distinct().count() == articles:
            raise SystemExit(f"{articles} articles were claimed {taken.count()} times.")
        rates.append(articles / seconds)
    return Row("articles claimed by 24 at once", *rates, target=5, unit="/s", is_rate=True)


def large_pool(stage: Stage) -> Row:
    """The next article of 100,000, a thousand of which somebody holds, against one of 1,000."""
    small, *_ = _pool("small", articles=1_000, coders=2)
    large, absent = _pool("large", articles=stage.times(100_000), coders=2)
    _hold_first(absent, IN_FRONT)
    now = timezone.now()
    asked, floor = medians(
        *[lambda member=member: _go_on(member, now) for member in (large, small)],
        times=stage.times(200),
    )
    return Row("the next article of 100,000", asked, floor, target=1.5, unit="s")


FIGURES: dict[str, Callable[[Stage], Row]] = {"claims": claims, "large_pool": large_pool}


def _empty(members: list[Member], claim: Claim) -> None:
    """Have all ``members`` claim at once until nothing comes."""
    together = threading.Barrier(len(members))

    def run(member: Member) -> None:
        connection.ensure_connection()
        together.wait()
        try:
            while claim(member):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(len(members)) as threads:
        list(threads.map(run, members))


def _go_on(member: Member, now: object) -> None:
    work = coding.next_assignment(member=member, at=now)
    Assignment.objects.filter(pk=work.pk).update(state=AssignmentState.SUBMITTED, submitted_at=now)


def _pool(slug: str, *, articles: int, coders: int) -> list[Member]:
    """Make a pool of so many articles for one coder each, and return those who may draw."""
    project = make_project(slug)
    owner, now = project.created_by, timezone.now()
    members = []
    for number in range(coders):
        user = people.create_account(username=f"{slug}-{number}")
        added = {"project": project, "username": user.username, "roles": ["coder"]}
        members.append(people.add_member(**added, by=owner, at=now))
    job = ImportJob.objects.create(project=project, state=JobState.READY, created_at=now)
    batch = Batch.objects.create(
        project=project,
        name="Pool",
        strategy=Strategy.POOL,
        coders_per_article=1,
        created_at=now,
    )
    batch.drawers.set(members)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH article AS (
                INSERT INTO annotations_article (
                    uuid, project_id, import_job_id, source_line, key, text, text_sha256,
                    text_length, story_sha256, meta, zones, version, is_clustered_by_hand,
                    created_at, withdrawn_reason
                )
                SELECT gen_random_uuid(), %s, %s, n, 'a-' || n, 'Text ' || n,
                       encode(sha256(convert_to('Text ' || n, 'UTF8')), 'hex'),
                       length('Text ' || n), '', '{}', '[]', 1, false, now(), ''
                FROM generate_series(1, %s) n
                RETURNING id, source_line
            )
            INSERT INTO annotations_task (
                uuid, batch_id, article_id, state, coders_wanted, position, version,
                cards_open, cards_disputed
            )
            SELECT gen_random_uuid(), %s, id, 'open', 1, source_line, 0, 0, 0 FROM article
            """,
            [project.pk, job.pk, articles, batch.pk],
        )
        cursor.execute("VACUUM ANALYZE annotations_article, annotations_task")
    return members


def _hold_first(member: Member, number: int) -> None:
    """Have ``member`` hold the first articles of the pool, and not come back."""
    batch, version = member.pools.get(), codebook.current(member.project)
    Assignment.objects.bulk_create(
        Assignment(
            task=task,
            coder=member,
            codebook=version,
            position=task.position,
            state=AssignmentState.CODING,
            created_at=timezone.now(),
            started_at=timezone.now(),
        )
        for task in batch.tasks.order_by("position")[:number]
    )
