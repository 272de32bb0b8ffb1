"""The figures, each with the floor that it is held against."""

import json
from collections.abc import Callable
from random import Random
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from annotations.actions import batches, imports, people, tokens
from annotations.algorithms import synthetic
from annotations.queries.batch_plan import Wish
from bench import imports as imports_
from bench.projects import make_project
from bench.rows import Row, medians
from bench.stage import Client, Stage


def save(stage: Stage) -> Row:
    """One span saved over HTTP, against a call that does nothing and one committed INSERT."""
    client = coder(stage, "save", articles=1)
    work = client.call("POST", "projects/save/next/")
    words = work["tokens"]
    text = work["article"]["text"]
    state = {"rev": work["doc_rev"], "seq": 0}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_insert (id bigserial PRIMARY KEY, body text)")

    def save_one() -> None:
        state["seq"] += 1
        start, end = words[state["seq"] % len(words)]
        op = {
            "op_id": str(uuid4()),
            "seq": state["seq"],
            "type": "create",
            "span_id": str(uuid4()),
            "label": "actor",
            "start": start,
            "end": end,
            "quote": text[start:end],
        }
        answer = client.call(
            "POST",
            f"assignments/{work['id']}/ops/",
            {
                "client_id": "bench",
                "since": state["rev"],
                "text_sha256": work["article"]["text_sha256"],
                "codebook_version": work["codebook"]["version"],
                "ops": [op],
            },
        )
        if answer["results"][0]["status"] != "applied":
            raise SystemExit(f"A span was not saved: {answer}")
        state["rev"] = answer["doc_rev"]

    def insert_one() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_insert (body) VALUES (repeat('x', 500))")

    saved, nothing, inserted = medians(
        save_one, lambda: client.call("GET", "session/"), insert_one, times=stage.times(400)
    )
    return Row("one span saved over HTTP", saved, nothing + inserted, target=3, unit="s")


def next_assignment(stage: Stage) -> Row:
    """The coder's next article, text and tokens included, against a call that does nothing."""
    client = coder(stage, "next", articles=stage.times(200))
    asked, nothing = medians(
        lambda: client.call("POST", "projects/next/next/"),
        lambda: client.call("GET", "session/"),
        times=stage.times(200),
    )
    return Row("the next assignment over HTTP", asked, nothing, target=5, unit="s")


FIGURES: dict[str, Callable[[Stage], Row]] = {
    "save": save,
    "next": next_assignment,
    **imports_.FIGURES,
}


def coder(
    stage: Stage, slug: str, *, articles: int, sentences: int = synthetic.SENTENCES
) -> Client:
    """Return a coder's client, with ``articles`` to code in a project of that name."""
    project = make_project(slug)
    owner = project.created_by
    user = people.create_account(username=f"{slug}-coder")
    now = timezone.now()
    people.add_member(project=project, username=user.username, roles=["coder"], by=owner, at=now)
    lines = [
        json.dumps(
            {"id": f"a-{n}", "text": synthetic.story(Random(f"{slug}:{n}"), sentences).text}
        )
        for n in range(articles)
    ]
    file = ContentFile("\n".join(lines).encode(), name="articles.jsonl")
    job = imports.request_import(project=project, by=owner, at=now, files=[file])
    imports.run_import(job_id=job.pk, at=now)
    wish = Wish(name="Bench", articles={"all": True}, coders=[user.username], coders_per_article=1)
    batches.open_batch(project=project, wish=wish, by=owner, at=now)
    _, key = tokens.create(user=user, name="bench", scopes=[], project=None, at=now)
    return stage.client(key)
