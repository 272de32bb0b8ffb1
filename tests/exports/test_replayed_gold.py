"""A known gold is ruled card by card through the API, and comes out as it was known."""

import json
import os
from pathlib import Path
from random import Random

import pytest
from rest_framework.test import APIClient

from annotations.enums import Role
from annotations.models import Task
from tests.exports import reading
from tests.exports.test_round_trip import brought_in
from tests.exports.worlds import built
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db(transaction=True)

CODED = Path(__file__).parents[3] / "shared" / "corpora" / "polnear_train" / "articles.jsonl"
#: An article with every kind of dispute, and a short one.
DISPUTED, PLAIN = 1, 2
#: What the rulings on them come to, besides others.
EVERYTHING = {
    *(("agreed", "reject"), ("missing", "accept"), ("missing", "reject"), "add"),
    *(("boundary", "accept"), ("boundary", "edit")),
}


def known_gold(record, random):
    """Make gold of what coders marked: some of all agreed on, some disputed, some that nobody has.

    Spans of one coder only are kept, unanimous ones are dropped, some labels are exchanged.
    """
    marked = sorted(
        {(s["start"], s["end"], s["label"]) for c in record["codings"] for s in c["spans"]}
    )
    labels = sorted({label for _, _, label in marked})
    gold = {extent for extent in marked if random.random() < 0.6}
    for start, end, label in random.sample(marked, 5):
        gold.add((start, end, random.choice([other for other in labels if other != label])))
    for start in random.sample(range(len(record["text"]) - 40), 5):
        gold.add((start, start + random.randint(3, 30), random.choice(labels)))
    return gold


def extents(spans):
    return {(span["start"], span["end"], span["label"]) for span in spans}


class Adjudicator:
    """Rules on every card of a task so that ``gold`` comes of it, as a program would."""

    def __init__(self, task, gold):
        self.client = APIClient()
        member = MemberFactory(project=task.batch.project, roles=[Role.ADJUDICATOR])
        self.client.force_login(member.user)
        self.url = f"/api/v1/tasks/{task.uuid}/adjudication/"
        self.left = set(gold)
        self.outcomes = []
        self.version = None

    def replay(self):
        document = self.client.get(self.url).json()
        self.version = document["version"]
        for card in document["cards"]:
            self.rule(card)
        for start, end, label in sorted(self.left):
            self.send("post", "spans/", label=label, start=start, end=end)
            self.outcomes.append("add")
        self.send("post", "finish/", is_ruling=False)

    def rule(self, card):
        versions = {c["coder"]: extents(c["spans"]) for c in card["candidates"]}
        wanted = self.left & set().union(*versions.values())
        self.left -= wanted
        if card["decision"] and extents(card["decision"]["spans"]) == wanted:
            return
        said = {"outcome": "edit", "spans": [self.span(extent) for extent in sorted(wanted)]}
        if not wanted:
            said = {"outcome": "reject"}
        elif wanted in versions.values():
            coder = next(name for name, version in versions.items() if version == wanted)
            said = {"outcome": "accept", "coder": coder}
        self.outcomes.append((card["kind"], said["outcome"]))
        self.send("put", f"cards/{card['id']}/", **said)

    def span(self, extent):
        return dict(zip(("start", "end", "label"), extent, strict=True))

    def send(self, method, path, *, is_ruling=True, **body):
        if is_ruling:
            body["base_version"] = self.version
        answer = getattr(self.client, method)(self.url + path, body, format="json")
        assert answer.status_code in {200, 201}, answer.content
        self.version = answer.json()["version"]


@pytest.mark.parametrize(
    ("lines", "met"),
    [
        pytest.param([PLAIN], {("missing", "reject"), "add"}, id="short"),
        pytest.param([DISPUTED, PLAIN], EVERYTHING, id="long", marks=pytest.mark.slow),
    ],
)
def test_a_known_gold_is_ruled_through_the_api_and_released_as_it_was(lines, met):
    if not CODED.exists():
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain("The corpus polnear_train is not beside the repository (../shared).")
    coded = CODED.read_bytes().splitlines()
    chosen = [coded[at] for at in lines]
    records = {record["id"]: record for record in map(json.loads, chosen)}
    project = brought_in(b"\n".join(chosen))
    random = Random(7)
    gold = {key: known_gold(record, random) for key, record in records.items()}

    outcomes = []
    for task in Task.objects.filter(batch__project=project).select_related("article"):
        adjudicator = Adjudicator(task, gold[task.article.key])
        adjudicator.replay()
        outcomes += adjudicator.outcomes

    released = {r["id"]: extents(r["spans"]) for r in reading.records(built(project))}
    assert released == gold
    assert met <= set(outcomes)
