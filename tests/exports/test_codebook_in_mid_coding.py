"""A rename, a retirement and a change of meaning while people code: nothing is lost or moved."""

import hashlib

import pytest

from annotations.actions import adjudication, codebook, codebook_review
from annotations.enums import AssignmentState, CardKind, Change, Role, TaskState
from annotations.models import CodebookVersion, Gold, Span, SpanOp, Submission
from annotations.queries import codebook as versions
from exports.invariants import CHECKS
from tests.coder import VELMORA, hand_in, save, statuses, step
from tests.exports import reading
from tests.exports.worlds import built
from tests.factories import (
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = {"include": ["gold", "codings"]}


class Study:
    """Three articles of two coders: one finished, one handed in by one of them, one begun."""

    def __init__(self):
        self.project = ProjectFactory()
        CodebookFactory(project=self.project)
        self.admin = MemberFactory(project=self.project, roles=[Role.ADMIN]).user
        self.adjudicator = MemberFactory(project=self.project, roles=[Role.ADJUDICATOR]).user
        self.coders = [MemberFactory(project=self.project) for _ in range(2)]
        batch = BatchFactory(project=self.project)
        self.done, self.half, self.begun = (self.give(batch) for _ in range(3))
        for task in (self.done, self.half, self.begun):
            for work in task.assignments.order_by("pk"):
                place = step(label="location", extent=VELMORA, seq=2)
                assert statuses(save(work, step(), place)) == ["applied", "applied"]
        for work in (*self.done.assignments.all(), self.first_of(self.half)):
            hand_in(work)
        self.done.refresh_from_db()
        assert self.done.state == TaskState.ADJUDICATED

    def give(self, batch):
        article = ArticleFactory(project=self.project)
        task = TaskFactory(batch=batch, article=article, coders_wanted=2)
        for coder in self.coders:
            AssignmentFactory(task=task, coder=coder)
        return task

    def first_of(self, task):
        return task.assignments.order_by("pk").first()

    def publish(self, change, key, **fields):
        labels = versions.as_contract(versions.current(self.project))["labels"]
        changed = [{**one, **fields} if one["key"] == key else one for one in labels]
        return codebook.publish(
            project=self.project, labels=changed, by=self.admin, at=TUESDAY, change=change
        )

    def pinned(self):
        """The version of each piece of work, article by article."""
        return [
            list(task.assignments.order_by("pk").values_list("codebook__number", flat=True))
            for task in (self.done, self.half, self.begun)
        ]

    def all_of_it(self):
        """Everything that was coded and made of it, to the last value."""
        return [
            list(model.objects.order_by("pk").values())
            for model in (Span, SpanOp, Submission, Gold)
        ]


@pytest.fixture
def study():
    return Study()


def hash_of(release):
    """What the bytes that can be downloaded come to."""
    return hashlib.sha256(reading.content(release)).hexdigest()


def test_no_span_is_lost_no_version_moves_unasked_and_the_old_release_stays_the_same(study):
    before = built(study.project, **BOTH)
    coded = study.all_of_it()
    codebooks = list(CodebookVersion.objects.values())

    study.publish(Change.MINOR, "actor", name="Person", hotkey="q")
    # Whoever is at work has the new name at once; what is handed in keeps its version.
    assert study.pinned() == [[1, 1], [1, 2], [2, 2]]
    study.publish(Change.MEANING, "location", retired=True)
    study.publish(Change.MEANING, "actor", definition="Whoever decides.")

    assert study.pinned() == [[1, 1], [1, 2], [2, 2]]
    assert study.all_of_it() == coded
    assert list(CodebookVersion.objects.filter(number=1).values()) == codebooks
    again = built(study.project, **BOTH)
    assert again.content_hash == before.content_hash == hash_of(before) == hash_of(again)
    assert again.manifest["codebooks"] == before.manifest["codebooks"]
    assert [found for check in CHECKS for found in check()] == []


def test_who_is_in_the_middle_goes_on_by_the_version_that_was_there(study):
    study.publish(Change.MEANING, "location", retired=True)
    study.publish(Change.MEANING, "actor", definition="Whoever decides.")
    work = study.first_of(study.begun)

    # By this coder's version, places are still coded.
    more = step(label="location", extent=(42, 47), seq=3)
    assert statuses(save(work, more)) == ["applied"]
    hand_in(work)

    submission = work.submissions.get()
    assert submission.codebook_version == 1
    assert [span["label"] for span in submission.spans] == ["actor", "location", "location"]


def test_what_is_reviewed_goes_by_the_new_meaning_and_the_release_from_before_stays(study):
    before = built(study.project)
    kept = reading.content(before)
    study.publish(Change.MEANING, "actor", definition="Whoever decides.")
    latest = versions.current(study.project)
    everything = codebook_review.Choice()
    given = {
        "project": study.project,
        "choice": everything,
        "by": study.admin,
        "at": TUESDAY,
    }

    codebook_review.go_on(**given)
    codebook_review.give_back(**given, note="Titles count.")
    codebook_review.rule_again(**given)

    assert study.pinned() == [[1, 1], [2, 2], [2, 2]]
    back = study.first_of(study.half)
    assert (back.state, back.spans.count()) == (AssignmentState.RETURNED, 2)
    assert Span.objects.count() == 12
    task = study.done
    task.refresh_from_db()
    stale = task.cards.get(is_stale=True)
    assert stale.kind == CardKind.AGREED
    adjudication.rule(
        task=task,
        card_id=stale.card_id,
        by=study.adjudicator,
        at=TUESDAY,
        base_version=task.version,
        outcome="reject",
        note="Mayors decide nothing.",
    )
    adjudication.finish(task=task, by=study.adjudicator, at=TUESDAY)

    after = built(study.project)
    (record,) = reading.records(after)
    assert record["codebook_version"] == latest.number
    assert [span["label"] for span in record["spans"]] == ["location"]
    assert reading.content(before) == kept
    assert hash_of(before) == before.content_hash != after.content_hash
    (old,) = reading.records(before)
    assert old["codebook_version"] == 1
    assert [span["label"] for span in old["spans"]] == ["actor", "location"]
    assert [found for check in CHECKS for found in check()] == []
