"""Tasks, cards, rulings and gold: is each what the one before it comes to?"""

from collections.abc import Iterator

from annotations.algorithms import cards as algorithm
from annotations.enums import CardKind, TaskState
from annotations.models import Submission, Task
from annotations.queries import disputes
from annotations.queries.gold import RECORD_KEYS
from annotations.queries.invariants.asking import found, misquotes


def tasks_are_as_far_as_their_work() -> Iterator[str]:
    """A task is open until as many coders as it wants have handed in; gold may come alone.

    What nobody had handed in when its batch was closed is dropped; what has its gold from
    before stays open.
    """
    return found("""
        SELECT 'task ' || task.uuid
        FROM annotations_task task
        LEFT JOIN annotations_assignment work ON work.task_id = task.id
        WHERE task.known_gold_id IS NULL
        GROUP BY task.id
        HAVING (count(*) FILTER (WHERE work.state = 'submitted') >= task.coders_wanted)
               <> (task.state NOT IN ('open', 'dropped'))
           AND NOT (
               task.state IN ('adjudicating', 'adjudicated')
               AND count(work.id) = 0
               AND EXISTS (SELECT FROM annotations_gold WHERE task_id = task.id)
           )
        ORDER BY task.id
    """)


def cards_are_what_the_submissions_come_to() -> Iterator[str]:
    """A task has the cards that its coders' last submissions make.

    Besides those it may keep the ruling of a person on a place where nobody has anything now.
    """
    tasks = Task.objects.filter(
        state__in=[TaskState.CODED, TaskState.ADJUDICATING], assignments__isnull=False
    )
    for task in tasks.distinct().order_by("pk").iterator(chunk_size=500):
        submissions = (
            Submission.objects.filter(assignment__in=task.assignments.live())
            .order_by("assignment_id", "-pk")
            .distinct("assignment_id")
            .select_related("assignment")
        )
        codings = {
            str(row.assignment.uuid): algorithm.coded_spans(row.spans) for row in submissions
        }
        wanted = {card.id for card in algorithm.make_cards(codings)}
        stored = {
            card.card_id
            for card in task.cards.exclude(kind=CardKind.ADDED)
            if any(card.candidates.values()) or card.card_id in wanted
        }
        if stored != wanted:
            yield f"task {task.uuid}"


def cards_are_counted_right() -> Iterator[str]:
    """A task's counters say how many cards wait and how many are disputed."""
    return found("""
        SELECT 'task ' || task.uuid
        FROM annotations_task task
        LEFT JOIN annotations_card card ON card.task_id = task.id
        WHERE task.state NOT IN ('open', 'dropped')
        GROUP BY task.id
        HAVING task.cards_open
               <> count(card.id) FILTER (WHERE card.decision_id IS NULL OR card.is_stale)
            OR task.cards_disputed
               <> count(card.id) FILTER (WHERE card.kind NOT IN ('agreed', 'added'))
        ORDER BY task.id
    """)


def rulings_supersede_in_one_line() -> Iterator[str]:
    """A ruling supersedes an earlier one of its own task."""
    return found("""
        SELECT 'decision ' || later.uuid
        FROM annotations_decision later
        JOIN annotations_decision earlier ON earlier.id = later.supersedes_id
        WHERE earlier.task_id <> later.task_id OR earlier.id >= later.id
        ORDER BY later.id
    """)


def cards_hold_rulings_in_force() -> Iterator[str]:
    """The ruling on a card is one of its task that nothing has superseded."""
    return found("""
        SELECT 'card ' || card.card_id || ' of task ' || task.uuid
        FROM annotations_card card
        JOIN annotations_task task ON task.id = card.task_id
        JOIN annotations_decision decision ON decision.id = card.decision_id
        WHERE decision.task_id <> card.task_id
           OR EXISTS (SELECT FROM annotations_decision WHERE supersedes_id = decision.id)
        ORDER BY card.id
    """)


def adjudicated_tasks_have_gold() -> Iterator[str]:
    """An adjudicated task has gold, and a task's golds are numbered without a gap."""
    return found("""
        SELECT 'task ' || task.uuid
        FROM annotations_task task
        LEFT JOIN annotations_gold gold ON gold.task_id = task.id
        GROUP BY task.id
        HAVING task.state = 'adjudicated' AND count(gold.id) = 0
            OR coalesce(max(gold.number), 0) <> count(gold.id)
        ORDER BY task.id
    """)


def gold_is_what_the_rulings_come_to() -> Iterator[str]:
    """The last gold of an adjudicated task is what its rulings give; imported gold has none."""
    tasks = Task.objects.filter(state=TaskState.ADJUDICATED, decisions__isnull=False)
    for task in tasks.distinct().order_by("pk").iterator(chunk_size=500):
        given = [{key: row[key] for key in RECORD_KEYS} for row in disputes.gold_of(task)]
        last = task.golds.order_by("-number").first()
        if last is None or last.spans != given:
            yield f"task {task.uuid}"


def gold_quotes_its_article() -> Iterator[str]:
    """A gold span is what the text says there."""
    return misquotes(
        "annotations_gold",
        """
        JOIN annotations_task task ON task.id = frozen.task_id
        JOIN annotations_article article ON article.id = task.article_id
        """,
    )
