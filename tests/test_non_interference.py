"""Whatever another coder does, who is blind to it is answered byte by byte the same.

Two runs differ in what a colleague does alone, as Hypothesis draws it. What a coder can reach is
read in both: pages, the API, headers, orders, errors and what comes next. And so it is for
somebody who codes and holds every other role too.
"""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from annotations.actions import adjudication, batch_changes, coding, flags, memos
from annotations.exceptions import Refused
from annotations.queries import disputes
from tests.coder import hand_in, save, step
from tests.factories import TUESDAY, AssignmentFactory, TaskFactory
from tests.guards import ANYWHERE, Guards
from tests.permission_table import Answer, Everybody, rows

EXTENTS = [(0, 5), (0, 16), (6, 16), (25, 32), (40, 45)]
LABELS = ["actor", "location", "event", "claim"]
#: New words each time and none of anybody's coding: one's own account, what visitors are told,
#: when an invitation ends, the address of an import that is begun, a link for a password,
#: the moment of archiving.
OF_NO_CODING = (
    *("/livez", "/readyz", "/metrics", "/api/v1/schema/", "/api/v1/docs/", "/api/v1/tokens/"),
    *("/sign-in/", "/sign-out/", "/profile/", "/reset/", "/join/"),
    *("/projects/{project}/people/invitations/", "/projects/{project}/people/{member}/password/"),
    "/projects/{project}/imports/{import}/run/",
    "/projects/{project}/imports/{import}/declare/",
    "/api/v1/projects/{project}/archive/",
)
LISTED = "/api/v1/projects/{project}/assignments/"
#: In an order in which each of them can be done.
KINDS = (
    *("mark", "ask", "answer", "flag", "unflag", "unmark", "take away", "give back", "submit"),
    *("rule", "return"),
)
#: ``(what, which article, where, as what)``: what is not to be done then is refused, as it is.
DEEDS = st.tuples(
    st.sampled_from(KINDS),
    st.integers(0, 2),
    st.sampled_from(EXTENTS),
    st.sampled_from(LABELS),
)


class Blind(Everybody):
    """Three articles of one batch with three coders each, two of whom are blind to the third.

    The two have begun the first, handed the second in, and have not opened the third.
    """

    def __init__(self):
        super().__init__()
        tasks = [self.open, *(self.another_task() for _ in range(2))]
        self.tasks = [type(task).objects.get(pk=task.pk) for task in tasks]
        for task in self.tasks[1:]:
            for member in (self.coder, self.all, self.colleague.coder):
                AssignmentFactory(task=task, coder=member, codebook=self.codebook)
        for member in (self.coder, self.all):
            begun, handed_in = (task.assignments.get(coder=member) for task in self.tasks[:2])
            save(begun, step(), step(extent=(25, 32), label="location"))
            save(handed_in, step())
            hand_in(handed_in)

    def another_task(self):
        return TaskFactory(batch=self.batch, article=self.make_article(), coders_wanted=3)

    def said(self, who, chosen):
        """Return all that ``who`` is answered on the ``chosen`` rows."""
        return {line(row): self.ask(who, row) for row in chosen}

    def does(self, deed):
        """Have the colleague do something, or somebody do something about it."""
        what, number, (start, end), label = deed
        task = self.tasks[number]
        work = task.assignments.get(coder=self.colleague.coder)
        by = {"by": work.coder.user, "at": TUESDAY}
        task.refresh_from_db()
        match what:
            case "mark":
                save(work, step(extent=(start, end), label=label, note=f"{label} {end}"))
            case "unmark":
                if span := work.spans.order_by("start", "pk").first():
                    save(work, step("delete", span_id=span.uuid, base_rev=span.rev))
            case "flag":
                save(work, step("flag", reason="unsure", note=f"{label}?"))
            case "ask":
                memos.ask(assignment=work, start=start, end=end, text=f"Is this {label}?", **by)
            case "submit":
                hand_in(work)
            case "return":
                names = disputes.names(task, disputes.coders_of(task))
                chair = {"by": self.adjudicator.user, "at": TUESDAY}
                shown = names.get(str(work.uuid), "taken away")
                adjudication.return_work(task=task, coder=shown, note="Look again.", **chair)
            case "rule":
                if card := task.cards.order_by("pk").first():
                    chair = {"by": self.adjudicator.user, "at": TUESDAY}
                    said = {"outcome": "reject", "note": f"No {label}."}
                    version = {"base_version": task.version}
                    adjudication.rule(task=task, card_id=card.card_id, **chair, **said, **version)
            case "answer":
                if question := work.questions.waiting().first():
                    said = {"asked": "Is it?", "answer": "No.", "is_for_all": False}
                    memos.answer(question=question, by=self.admin.user, at=TUESDAY, **said)
            case "unflag":
                flags.answer(assignment=work, by=self.admin.user, at=TUESDAY, note="Go on.")
            case "take away":
                coding.release(assignment=work, by=self.admin.user, at=TUESDAY)
            case "give back":
                batch_changes.give_back(assignment=work, by=self.admin.user, at=TUESDAY)
            case _:
                raise AssertionError(what)


def line(row):
    return f"{row.method} {row.template}"


def readable(who):
    """Return the rows that ``who`` can reach, and those that tell by how they refuse."""
    known = {"200", "204", "302", "409", "422"}
    return [
        row
        for row in rows()
        if row.is_for(who)
        and row.expected(who).split("/")[0] in known
        and not row.template.startswith(OF_NO_CODING)
    ]


@pytest.fixture(scope="module")
def module_study(storages_of_the_module):
    return Blind()


@pytest.fixture
def study(module_study, db):
    return module_study


def told(study, deeds, before, chosen):
    """Return what tells ``coder`` and ``all`` that the colleague did ``deeds``."""
    found = []
    with transaction.atomic():
        done = 0
        for deed in deeds:
            try:
                with transaction.atomic():
                    study.does(deed)
                done += 1
            except Refused:
                pass
        for who in ("coder", "all"):
            after = study.said(who, chosen[who])
            found += [f"{who}: {name}" for name in after if after[name] != before[who][name]]
        transaction.set_rollback(True)
    return found, done


def whatever_happens(study, examples, width):
    """Draw ``examples`` histories and read ``width`` answers of each after them, in turn.

    Return how many there were, how much was done in the longest, and how many answers were read.
    """
    everything = {who: readable(who) for who in ("coder", "all")}
    before: dict[str, dict[str, Answer]] = {who: {} for who in everything}
    turn, most, read = 0, 0, 0

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(DEEDS, min_size=4, max_size=14))
    def histories(deeds):
        nonlocal turn, most, read
        chosen = {who: every_nth(found, turn, width) for who, found in everything.items()}
        for who, found in chosen.items():
            before[who] |= study.said(who, [row for row in found if line(row) not in before[who]])
        found, done = told(study, deeds, before, chosen)
        assert found == []
        turn, most = turn + 1, max(most, done)
        read += sum(map(len, chosen.values()))

    histories()
    return turn, most, read


def every_nth(found, turn, width):
    """Return some ``width`` of the rows, others in each turn."""
    apart = max(1, len(found) // width)
    return found[turn % apart :: apart]


@pytest.mark.parametrize(
    ("histories", "width"),
    [(4, 16), pytest.param(200, 40, marks=pytest.mark.slow)],
    ids=["short", "long"],
)
def test_nothing_tells_the_blind_what_a_colleague_did(study, histories, width, trust):
    drawn, most, read = whatever_happens(study, histories, width)

    assert drawn == histories
    assert most > 3
    trust(
        "Who sees what",
        "A colleague marks, asks, flags, hands in and gets work back; the blind read on",
        tried=f"{histories} histories",
        of=f"{read:,} pages and answers of two coders, of whom one holds every role",
        told=0,
        control="without blinding, and without the rule on own work, the colleague was seen",
    )


def test_each_deed_is_done_somewhere(study):
    """Or a history is empty of it: what is not to be done is passed over."""
    history = [(what, 1, (25, 32), "location") for what in KINDS]

    assert told(study, history, {}, {"coder": [], "all": []}) == ([], len(KINDS))


@pytest.mark.parametrize(
    ("guard", "who"),
    [("BatchQuerySet.blind_to", "all"), ("AssignmentQuerySet.of", "coder")],
    ids=["blinding", "own work"],
)
def test_a_leak_is_told(study, monkeypatch, guard, who):
    """Without one of the two, the colleague's work is in what the others read."""
    guards = Guards(monkeypatch)
    guards.out = frozenset({f"{guard} in {ANYWHERE}"})
    chosen = {"coder": [], "all": []}
    chosen[who] = [row for row in rows() if (row.method, row.template) == ("GET", LISTED)]
    before = {name: study.said(name, found) for name, found in chosen.items()}

    found, done = told(
        study, [("mark", 2, (0, 5), "actor"), ("submit", 2, (0, 5), "actor")], before, chosen
    )

    assert (found, done) == ([f"{who}: GET {LISTED}"], 2)
