"""A coder draws from a pool. Called by ``actions.coding``, in its transaction."""

from datetime import datetime

from django.db import IntegrityError, connection, transaction

from annotations.enums import AssignmentState
from annotations.models import Assignment, Member
from annotations.queries import codebook
from annotations.queries.pool import drawable

FULL = "live_assignments_never_exceed_those_wanted"


def hold_project(member: Member) -> None:
    """Let no codebook be published and no batch be closed until the draw is over.

    Those who draw do not wait for each other: a lock that they can share.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM annotations_project WHERE id = %s FOR SHARE", [member.project_id]
        )


def draw(member: Member, at: datetime) -> Assignment | None:
    """Start the next article that a pool has for ``member``; ``None`` if there is none.

    Articles that others are drawing or handing in at this moment are passed
    over, and waited for only if there is nothing else.
    """
    version = codebook.current(member.project)
    waits = False
    while True:
        try:
            # Undone, this lets go of the task: two who draw can't wait for each other in a ring.
            with transaction.atomic():
                open_tasks = drawable(member).select_for_update(
                    of=("self",), skip_locked=not waits
                )
                task = open_tasks.first()
                if task is not None:
                    return Assignment.objects.create(
                        task=task,
                        coder=member,
                        codebook=version,
                        position=task.position,
                        state=AssignmentState.CODING,
                        created_at=at,
                        started_at=at,
                    )
        except IntegrityError as error:
            # Somebody took the last place after we had looked; the next look sees that.
            if error.__cause__.diag.constraint_name != FULL:  # type: ignore[union-attr]
                raise
            continue
        if waits:
            return None
        waits = True
