"""Coders at their desks: each with a session and a connection of their own."""

import json
from collections.abc import Iterator
from random import Random
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from annotations.actions import batches, imports, people, tokens
from annotations.algorithms import synthetic
from annotations.enums import Strategy
from annotations.models import User
from annotations.queries.batch_plan import Wish
from bench.projects import make_project
from bench.stage import Client, Stage


class Desk:
    """One coder, who has articles to code and codes them through the API."""

    def __init__(self, client: Client, slug: str):
        self.client = client
        self.slug = slug
        self.saved = 0

    def next(self) -> dict:
        """Open the next article."""
        self.work = self.client.call("POST", f"projects/{self.slug}/next/")
        self.rev = self.work["doc_rev"]
        return self.work

    def save(self) -> None:
        """Tag a word of the article, another one each time."""
        start, end = self.work["tokens"][self.saved % len(self.work["tokens"])]
        self.send([self.tag(start, end)])

    def tag(self, start: int, end: int, label: str = "actor") -> dict:
        """Return the step that tags so much of the article."""
        quote = self.work["article"]["text"][start:end]
        place = {"start": start, "end": end, "quote": quote}
        return {"type": "create", "span_id": str(uuid4()), "label": label, **place}

    def send(self, ops: list[dict]) -> None:
        """Save the steps, as the page's outbox does; one that isn't applied ends the run."""
        numbered = [
            {"op_id": str(uuid4()), "seq": self.saved + place, **op}
            for place, op in enumerate(ops, start=1)
        ]
        body = {
            "client_id": "bench",
            "since": self.rev,
            "text_sha256": self.work["article"]["text_sha256"],
            "codebook_version": self.work["codebook"]["version"],
            "ops": numbered,
        }
        answer = self.client.call("POST", f"assignments/{self.work['id']}/ops/", body)
        if any(result["status"] != "applied" for result in answer["results"]):
            raise SystemExit(f"Steps were not applied: {answer}")
        self.rev = answer["doc_rev"]
        self.saved += len(ops)

    def hand_in(self) -> None:
        body = {"submission_id": str(uuid4()), "doc_rev": self.rev}
        self.client.call("POST", f"assignments/{self.work['id']}/submit/", body)

    def set_aside(self) -> None:
        """Have the article be done without handing it in, past the server: one UPDATE."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE annotations_assignment SET state = 'submitted', submitted_at = now()
                WHERE uuid = %s
                """,
                [self.work["id"]],
            )

    def do_nothing(self) -> None:
        """Ask for what costs the server a session and nothing else."""
        self.client.call("GET", "session/")


def one(stage: Stage, slug: str, *, articles: int, sentences: int = synthetic.SENTENCES) -> Desk:
    """Seat one coder, who has a token and ``articles`` to code in a project of that name."""
    (user,) = _employ(slug, coders=1, articles=articles, sentences=sentences)
    _, key = tokens.create(user=user, name="bench", scopes=[], project=None, at=timezone.now())
    return Desk(stage.client(key), slug)


def many(
    stage: Stage,
    slug: str,
    *,
    coders: int,
    articles: int,
    strategy: Strategy = Strategy.BALANCED,
) -> list[Desk]:
    """Seat coders who have signed in in a browser, with ``articles`` for each of them."""
    users = _employ(slug, coders=coders, articles=articles * coders, strategy=strategy)
    return [Desk(stage.browser(user), slug) for user in users]


def _employ(
    slug: str,
    *,
    coders: int,
    articles: int,
    sentences: int = synthetic.SENTENCES,
    strategy: Strategy = Strategy.BALANCED,
) -> list[User]:
    project = make_project(slug)
    owner, now = project.created_by, timezone.now()
    users = [people.create_account(username=f"{slug}-{number}") for number in range(coders)]
    for user in users:
        people.add_member(
            project=project, username=user.username, roles=["coder"], by=owner, at=now
        )
    file = ContentFile("\n".join(_lines(slug, articles, sentences)).encode(), name="all.jsonl")
    job = imports.request_import(project=project, by=owner, at=now, files=[file])
    imports.run_import(job_id=job.pk, at=now)
    names = [user.username for user in users]
    wish = Wish(
        name="Bench",
        articles={"all": True},
        coders=names,
        coders_per_article=1,
        strategy=strategy,
    )
    batches.open_batch(project=project, wish=wish, by=owner, at=now)
    return users


def _lines(slug: str, articles: int, sentences: int) -> Iterator[str]:
    for number in range(articles):
        story = synthetic.story(Random(f"{slug}:{number}"), sentences)
        yield json.dumps({"id": f"a-{number}", "text": story.text})
