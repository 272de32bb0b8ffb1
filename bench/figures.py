"""What one coder meets, step by step, each beside the floor that it is held against."""

from collections.abc import Callable

from django.db import connection

from bench import coders
from bench.rows import Row, medians
from bench.stage import Stage

MANY_SAVES = 10_000
STEPS_PER_CALL = 200


def save(stage: Stage) -> Row:
    """One span saved over HTTP, against a call that does nothing and one committed INSERT."""
    desk = coders.one(stage, "save", articles=1)
    desk.next()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_insert (id bigserial PRIMARY KEY, body text)")

    def insert_one() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_insert (body) VALUES (repeat('x', 500))")

    saved, nothing, inserted = medians(
        desk.save, desk.do_nothing, insert_one, times=stage.times(400)
    )
    return Row("one span saved over HTTP", saved, nothing + inserted, target=3, unit="s")


def late_save(stage: Stage) -> Row:
    """A span saved after ten thousand steps on the same article, against the first ones."""
    fresh, tired = (coders.one(stage, slug, articles=1) for slug in ("fresh", "tired"))
    for desk in (fresh, tired):
        desk.next()
    while tired.saved < stage.times(MANY_SAVES):
        tired.send(_to_and_fro(tired))
    late, early = medians(tired.save, fresh.save, times=stage.times(400))
    return Row("a span saved after 10,000 steps", late, early, target=1.2, unit="s")


def next_assignment(stage: Stage) -> Row:
    """The coder's next article, text and tokens included, against a call that does nothing."""
    desk = coders.one(stage, "next", articles=stage.times(200))
    asked, nothing = medians(desk.next, desk.do_nothing, times=stage.times(200))
    return Row("the next assignment over HTTP", asked, nothing, target=5, unit="s")


FIGURES: dict[str, Callable[[Stage], Row]] = {
    "save": save,
    "late-save": late_save,
    "next": next_assignment,
}


def _to_and_fro(desk: coders.Desk) -> list[dict]:
    """Return steps that tag words and take the tags away again."""
    steps = []
    for start, end in desk.work["tokens"][: STEPS_PER_CALL // 2]:
        tag = desk.tag(start, end)
        steps += [tag, {"type": "delete", "span_id": tag["span_id"]}]
    return steps
