"""A small corpus with the traps, whose every id is given: what it exports to is on file."""

import uuid
from pathlib import Path

from annotations.models import Cluster, Project
from tests.exports.worlds import adjudicate, coded, gold_span
from tests.factories import (
    TUESDAY,
    ArticleFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
)

FOLDER = Path(__file__).with_name("golden")
TALKS = (
    "Talks resume in Velmora 🕊️\n\n"
    "“We believe,” said Mayor Ada Brandt, “that Ilvek will sign.”\n"
    "\u202bقال المتحدث: لا تعليق\u202c said the spokesman.\n"
)
REWRITE = "Talks in Velmora resume: Mayor Ada Brandt believes that Ilvek is going to sign.\n"


def corpus() -> Project:
    """Return a project with three articles, two of them versions of one story."""
    project = ProjectFactory(slug="golden", name="Golden")
    CodebookFactory(project=project)
    anna = MemberFactory(project=project, uuid=uuid.UUID(int=1), user__username="anna.quill")
    ben = MemberFactory(
        project=project,
        uuid=uuid.UUID(int=2),
        user=None,
        external_name="benno vast",
        roles=["coder"],
    )
    story = Cluster.objects.create(project=project, name="c-0001")
    batch = BatchFactory(project=project, name="First", uuid=uuid.UUID(int=3))

    talks = TaskFactory(
        batch=batch,
        article=ArticleFactory(
            project=project,
            key="ädesh-2",
            text=TALKS,
            meta={"title": "Talks resume", "outlet": "Lantern", "published_at": "2024-03-28",
                  "words": 23, "share": 0.1},
            zones=[{"start": 0, "end": 25, "kind": "title"}],
            cluster=story,
        ),
    )  # fmt: skip
    claim = gold_span(TALKS, "Ilvek will sign", "claim", note="reported belief")
    speaker = gold_span(
        TALKS,
        "Mayor Ada Brandt",
        "actor",
        source="unanimous",
        coders=[str(ben.uuid), str(anna.uuid)],
        attributes=[{"name": "role", "value": "mayor"}],
    )
    claim["links"] = [{"name": "speaker", "target": speaker["id"]}]
    dove = gold_span(TALKS, "🕊️", "event", source="majority", coders=[str(anna.uuid)])
    spokesman = gold_span(TALKS, "المتحدث", "actor")
    for coder, quotes in ((anna, ["🕊️", "Mayor Ada Brandt"]), (ben, ["Mayor Ada Brandt"])):
        assignment = coded(talks, coder, [])
        assignment.submissions.create(
            uuid=uuid.uuid4(),
            doc_rev=len(quotes),
            spans=[gold_span(TALKS, quote, "actor") for quote in quotes],
            codebook_version=1,
            submitted_at=TUESDAY,
        )
    adjudicate(talks, [claim, speaker, dove, spokesman])

    rewrite = TaskFactory(
        batch=batch,
        article=ArticleFactory(
            project=project, key="Zharan-1", text=REWRITE, cluster=story, meta={"outlet": "Post"}
        ),
    )
    adjudicate(rewrite, [gold_span(REWRITE, "Velmora", "location", source="single")])
    nothing = TaskFactory(
        batch=batch,
        article=ArticleFactory(project=project, key="a-3", text="No news today.", split="test"),
    )
    adjudicate(nothing, [], version=None)
    return project
