"""What is known of a study while people work on it, and what must hold after every step."""

from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from annotations.models import (
    Assignment,
    Decision,
    Gold,
    Question,
    RecoveredDraft,
    RulingDraft,
    SpanOp,
    Submission,
)
from exports.models import Release
from tests import databases
from tests.machine.ledger import Copy, numbered
from tests.machine.moves import MOVES, NEW, Move
from tests.machine.study import CHECKS, PARTS, TEXTS, Study


class Watched(RuleBasedStateMachine):
    """A study, what its server has acknowledged, and how all of it is looked at."""

    #: How many steps were made, by all machines since it was set.
    made = 0

    def __init__(self):
        super().__init__()
        databases.empty()
        self.study = Study()
        self.ids = numbered()
        self.copies: dict[tuple[str, str], Copy] = {}
        self.states = self.study.states()
        self.allowed: set[Move] = set()
        self.adjudicated: set[str] = set()
        self.decisions: set[str] = set()
        self.hashes: dict[str, str] = {}
        self.late_rulings = self.questions = 0

    @property
    def existing(self):
        return sorted(key for key in self.states if len(key) == 2)

    @property
    def states_at_hand(self):
        return set(self.states.values())

    def copy(self, work) -> Copy:
        return self.copies.setdefault(work, Copy(TEXTS[work[1]], self.ids))

    def act(self, verb: str, who: str, method: str, path: str, body: Any = None):
        """Do what may move things as ``verb`` does, and nothing where it is refused."""
        answer = self.study.call(who, method, path, body)
        if answer.status_code < 400:
            self.allowed |= MOVES[verb]
        return answer

    def on_work(self, verb: str, who: str, work, path: str, body: Any = None):
        return self.act(
            verb, who, "post", f"assignments/{self.study.work(*work).uuid}/{path}/", body
        )

    def on_task(self, verb: str, article: str, method: str, path: str, body: Any = None):
        address = f"tasks/{self.study.task(article).uuid}/adjudication/{path}"
        return self.act(verb, "judge", method, address, body)

    def on_batch(self, verb: str, batch: str, path: str, body: Any = None):
        return self.act(verb, "head", "post", f"batches/{self.study.batches[batch]}/{path}/", body)

    # What must hold

    @invariant()
    def all_is_well(self):
        self.states_move_as_they_may()
        self.nothing_acknowledged_is_lost()
        self.gold_is_of_adjudicated_articles_only()
        self.what_was_published_stays()
        assert self.study.broken(CHECKS) == {}
        Watched.made += 1

    def states_move_as_they_may(self):
        after = self.study.states()
        moved = {
            ("task" if len(key) == 1 else "work", self.states.get(key, NEW), state)
            for key, state in after.items()
            if self.states.get(key, NEW) != state
        }
        assert self.states.keys() <= after.keys()
        assert moved <= self.allowed, moved - self.allowed
        self.states, self.allowed = after, set()

    def nothing_acknowledged_is_lost(self):
        log = {str(name): status for name, status in SpanOp.objects.values_list("op_id", "status")}
        drafts = {
            op["op_id"] for ops in RecoveredDraft.objects.values_list("ops") for op in ops[0]
        }
        handed_in = set(map(str, Submission.objects.values_list("uuid", flat=True)))
        names = ("coder__user__username", "task__article__key", "doc_rev", "flag")
        held = {
            (coder, article): rest
            for coder, article, *rest in Assignment.objects.values_list(*names)
        }
        spans = self.study.spans()
        for work, copy in self.copies.items():
            assert spans.get(work, {}) == copy.parts(PARTS), work
            assert held[work] == [copy.doc_rev, copy.flag]
            assert {name: log.get(name) for name in copy.answers} == {
                name: answer["status"] for name, answer in copy.answers.items()
            }
            assert copy.late <= drafts
            assert copy.submissions.keys() <= handed_in
        assert self.decisions <= set(map(str, Decision.objects.values_list("uuid", flat=True)))
        assert RulingDraft.objects.count() == self.late_rulings
        assert Question.objects.count() == self.questions

    def gold_is_of_adjudicated_articles_only(self):
        done = {key[0] for key, state in self.states.items() if state == "adjudicated"}
        self.adjudicated |= done
        assert set(Gold.objects.values_list("task__article__key", flat=True)) == self.adjudicated

    def what_was_published_stays(self):
        rows = Release.objects.values_list("uuid", "content_hash")
        assert {str(uuid): digest for uuid, digest in rows} == self.hashes
