"""How soon cards are made, and how soon the next one is there after a ruling in Chromium.

The floor of a ruling is one frame. At 60 frames a second, 50 ms are 3.
"""

import json
from collections.abc import Callable
from functools import partial
from random import Random

from django.core.files.base import ContentFile
from django.utils import timezone

from annotations.actions import cards as card_rows
from annotations.actions import imports, people
from annotations.algorithms import synthetic
from annotations.models import Task
from annotations.queries import disputes
from bench.keystrokes import FRAME, answered, beside_bare_text
from bench.projects import make_project
from bench.rows import Row, best
from bench.stage import Stage

SPANS, CODERS = 10_000, 12
LABELS = ("actor", "event")
WORDS_PER_CARD = 12
LONGEST = 4
BETWEEN_ARTICLES = 700  # milliseconds, in which the one after the next is fetched


def ruling(coders: int, cards: int, stage: Stage) -> Row:
    """A ruling, from its key to the next card drawn, against one frame."""
    slug = f"rule-{coders}-{cards}"
    task = disputed(slug, coders=coders, cards=cards)
    path = f"tasks/{task.uuid}/"
    with beside_bare_text(stage, f"{slug}-judge", path, task.article.text) as (desk, bare):
        delay = answered(desk, ["1"], stage.times(60))
        ruled = desk.evaluate("document.getElementById('progress').value")
        bare.bring_to_front()
        frame = bare.evaluate(FRAME) / 1000
    if ruled < stage.times(60):
        raise SystemExit(f"Only {ruled} rulings were made.")
    return Row(f"a ruling ({coders} coders, {cards:,} cards)", delay, frame, target=3, unit="s")


def next_article(stage: Stage) -> Row:
    """The last ruling on an article, from its key to the next one's card, against one frame."""
    slug, times = "rule-next", stage.times(30)
    task = disputed(slug, coders=2, cards=1, articles=times + 11, words=600)
    path = f"tasks/{task.uuid}/"
    with beside_bare_text(stage, f"{slug}-judge", path, task.article.text) as (desk, bare):
        delay = answered(desk, ["1"], times, pause=BETWEEN_ARTICLES)
        left = desk.evaluate("history.length")
        bare.bring_to_front()
        frame = bare.evaluate(FRAME) / 1000
    if left < times:
        raise SystemExit(f"Only {left} articles were gone through.")
    return Row("a ruling and the next article", delay, frame, target=3, unit="s")


def cards(stage: Stage) -> Row:
    """The cards of 10,000 spans by 12 coders made and stored, against reading the spans."""
    task = disputed("cards", coders=CODERS, cards=stage.times(SPANS) // CODERS)

    def read() -> None:
        for work in disputes.coders_of(task):
            list(work.submissions.values_list("spans"))

    made, reading = best(partial(card_rows.rebuild, task=task, at=timezone.now()), read, times=3)
    name = f"cards of {stage.times(SPANS):,} spans by {CODERS} coders"
    return Row(name, made, reading, target=1, unit="s", is_absolute=True)


def disputed(slug: str, *, coders: int, cards: int, articles: int = 1, words: int = 0) -> Task:
    """Make articles whose coders differ in every one of that many places; return one of them."""
    project = make_project(slug)
    owner, now = project.created_by, timezone.now()
    judge = people.create_account(username=f"{slug}-judge")
    people.add_member(
        project=project, username=judge.username, roles=["adjudicator"], by=owner, at=now
    )
    rng = Random(slug)
    sentences = max(words // 8, cards * WORDS_PER_CARD // 6)
    lines = [
        json.dumps(_record(f"{slug}-{number}", rng, sentences, coders, cards))
        for number in range(articles)
    ]
    file = ContentFile("\n".join(lines).encode(), name="disputed.jsonl")
    job = imports.request_import(project=project, by=owner, at=now, files=[file])
    imports.run_import(job_id=job.pk, at=now)
    tasks = Task.objects.select_related("article").filter(batch__project=project)
    return tasks.awaiting_ruling()[0]


def _record(key: str, rng: Random, sentences: int, coders: int, cards: int) -> dict:
    story = synthetic.story(rng, sentences=sentences)
    places = [story.words[number * WORDS_PER_CARD :][:LONGEST] for number in range(cards)]
    return {
        "id": key,
        "text": story.text,
        "codings": [
            {"coder": f"Coder {coder}", "spans": [_span(words, rng, coder) for words in places]}
            for coder in range(coders)
        ],
    }


def _span(words: tuple[tuple[int, int], ...], rng: Random, coder: int) -> dict:
    # The first two coders never agree.
    last = coder + 1 if coder < 2 else rng.randrange(1, len(words))
    return {"start": words[0][0], "end": words[last][1], "label": rng.choice(LABELS)}


FIGURES: dict[str, Callable[[Stage], Row]] = {
    "cards": cards,
    "rule-12": partial(ruling, 12, 1_000),
    "rule-2": partial(ruling, 2, 100),
    "rule-next": next_article,
}
