"""Everybody works on a study in whatever order Hypothesis thinks of, and nothing may break."""

import json
from datetime import timedelta

from django.db.models.functions import Now
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from annotations.actions import leases
from annotations.models import (
    Assignment,
    Question,
)
from exports.actions import building
from exports.models import Release
from tests.factories import LABELS, TUESDAY
from tests.machine.moves import MOVES, UNFINISHED
from tests.machine.study import BATCHES, CODERS, TEXTS
from tests.machine.watched import Watched

ARTICLES = sorted(TEXTS)
#: The last one lies outside every text.
PLACES = ((0, 16), (6, 16), (25, 32), (2, 59), (33, 58), (50, 999))
WORDS = ("Sure?", "Twice.")

coders = st.sampled_from(CODERS)
articles = st.sampled_from(ARTICLES)
batches = st.sampled_from(sorted(BATCHES))
labels = st.sampled_from(LABELS)
places = st.sampled_from(PLACES)
words = st.sampled_from(WORDS)
numbers = st.integers(0, 3)
#: Now and then somebody acts on what was there a while ago.
lags = st.sampled_from([0, 0, 0, 1])
#: Work that there is, by its coder and its article.
works = st.runner().flatmap(lambda machine: st.sampled_from(machine.existing))
tags = st.tuples(st.just("tag"), labels, places)
steps = st.lists(
    st.one_of(
        tags,
        tags,
        st.tuples(st.just("move"), numbers, places),
        st.tuples(st.just("relabel"), numbers, labels),
        st.tuples(st.just("note"), numbers, words),
        st.tuples(st.just("link"), numbers, numbers),
        st.tuples(st.just("remove"), numbers),
        st.tuples(st.just("undo")),
        st.tuples(st.just("flag"), words),
    ),
    min_size=1,
    max_size=4,
)


def where(spans):
    """Return what spans are but for their ids, which are others in every run."""
    return sorted((span["start"], span["end"], span["label"]) for span in spans)


def once(*states: str):
    """Wait until something is in one of ``states``: before, the step would say little."""
    return precondition(lambda machine: not machine.states_at_hand.isdisjoint(states))


class StudyMachine(Watched):
    """What people do, one step at a time."""

    # Coders

    @initialize(codings=st.lists(steps, min_size=4, max_size=4))
    def begin(self, codings):
        """Something is saved on all that was given, and one article is handed in by both."""
        for work, begun in zip(self.existing, codings, strict=True):
            self.save(work, begun)
        self.submit_all("north")

    @rule(coder=coders)
    def draw(self, coder):
        begun = {
            work for work in self.existing if work[0] == coder and self.states[work] == "coding"
        }
        answer = self.act("draw", coder, "post", "projects/study/next/")
        assert answer.status_code in {200, 204}
        if answer.status_code == 200:
            drawn = (coder, answer.json()["article"]["key"])
            assert answer.json()["state"] == "coding"
            assert drawn in begun or not begun
            assert answer.json()["id"] == str(self.study.work(*drawn).uuid)

    @rule(work=works, steps=steps)
    def code(self, work, steps):
        self.save(work, steps)

    @rule(work=works, steps=steps, bystander=coders)
    def code_and_submit_unseen(self, work, steps, bystander):
        """Whoever has not settled an article learns nothing of what another one does."""
        if bystander == work[0]:
            return
        before = self.study.seen_by(bystander)
        self.save(work, steps)
        self.hand_in(work)
        if self.study.states()[work[1:]] != "adjudicated":
            assert self.study.seen_by(bystander) == before

    def save(self, work, steps):
        copy, held = self.copy(work), self.study.work(*work)
        page = self.study.call(work[0], "get", f"assignments/{held.uuid}/").json()
        assert {span["id"]: span for span in page["spans"]} == copy.spans
        retired = {one["key"] for one in page["codebook"]["labels"] if one["retired"]}
        ops = [copy.op(step) for step in steps]
        answer = self.send(work, ops)
        if held.state in UNFINISHED:
            assert answer.status_code == 200, answer.content
            copy.take(ops, answer.json(), retired=retired)
        else:
            assert answer.status_code == 409
            copy.late |= {op["op_id"] for op in ops}

    def send(self, work, ops):
        article, copy = self.study.articles[work[1]], self.copy(work)
        known = {"text_sha256": article.text_sha256, "codebook_version": 1}
        body = {"client_id": "desk", "since": copy.doc_rev, "ops": ops, **known}
        return self.on_work("code", work[0], work, "ops", body)

    @precondition(lambda self: any(copy.sent for copy in self.copies.values()))
    @rule(work=works)
    def send_again(self, work):
        """An op that is known is answered as before, in any state of the work."""
        copy = self.copy(work)
        again = list(copy.sent.values())[-3:]
        answer = self.send(work, again)
        assert answer.status_code == 200
        for op, result in zip(again, answer.json()["results"], strict=True):
            first = copy.answers[op["op_id"]]
            assert result == {**first, "status": "duplicate", "first": first["status"]}

    @rule(work=works, lag=lags)
    def submit(self, work, lag):
        self.hand_in(work, lag)

    @rule(article=articles)
    def submit_what_all_have(self, article):
        self.submit_all(article)

    def submit_all(self, article):
        for work in self.existing:
            if work[1] == article:
                self.hand_in(work)

    def hand_in(self, work, lag=0):
        copy, was_open = self.copy(work), self.study.work(*work).state in UNFINISHED
        name = next(self.ids)
        body = {"submission_id": name, "doc_rev": copy.doc_rev + lag}
        answer = self.on_work("submit", work[0], work, "submit", body)
        assert answer.status_code == (200 if was_open and not lag else 409), answer.content
        if answer.status_code == 200:
            copy.submissions[name] = [*copy.spans]

    @precondition(lambda self: any(copy.submissions for copy in self.copies.values()))
    @rule(work=works)
    def submit_again(self, work):
        for name in self.copy(work).submissions:
            body = {"submission_id": name, "doc_rev": 0}
            assert self.on_work("other", work[0], work, "submit", body).status_code == 200

    @rule(work=works, is_admin=st.booleans())
    def release(self, work, is_admin):
        answer = self.on_work("release", "head" if is_admin else work[0], work, "release")
        assert answer.status_code == (200 if self.states[work] in UNFINISHED else 409)

    @rule(work=works, intruder=coders)
    def meddle(self, work, intruder):
        if intruder == work[0]:
            return
        for path in ("ops", "submit", "release", "give-back", "answer"):
            assert self.on_work("other", intruder, work, path, {}).status_code in {403, 404}

    @rule(work=works, about=words)
    def ask_and_answer(self, work, about):
        held = self.study.work(*work)
        form = {"words": "Ada Brandt", "text": about}
        assert self.study.submit(work[0], f"/assignments/{held.uuid}/ask/", form) == 302
        self.questions += 1
        question = Question.objects.latest("pk")
        form = {"asked": about, "answer": "Yes.", "readers": "one"}
        assert self.study.submit("head", f"/questions/{question.uuid}/answer/", form) == 302

    # The admin

    @once("released")
    @rule(work=works)
    def give_back(self, work):
        answer = self.on_work("give back", "head", work, "give-back")
        assert answer.status_code in {200, 409}

    @rule(work=works)
    def answer_flag(self, work):
        answer = self.on_work("other", "head", work, "answer", {"note": "Seen."})
        assert answer.status_code == (201 if self.copy(work).flag else 409)

    @rule(batch=batches, giver=coders, taker=coders)
    def reassign(self, batch, giver, taker):
        body = {"from": giver, "to": taker}
        assert self.on_batch("reassign", batch, "reassign", body).status_code in {200, 409, 422}

    @once("coded", "adjudicating")
    @rule(batch=batches, coder=coders)
    def ask_another(self, batch, coder):
        answer = self.on_batch("ask another", batch, "another", {"coders": [coder]})
        assert answer.status_code in {200, 409, 422}

    @once("coded", "adjudicating", "adjudicated")
    @rule(batch=batches)
    def ask_no_more(self, batch):
        answer = self.on_batch("ask no more", batch, "another/stop")
        assert answer.status_code in {200, 409}

    @once("submitted")
    @rule(batch=batches)
    def close(self, batch):
        assert self.on_batch("close", batch, "close").status_code in {200, 409}

    @rule(label=labels, change=st.sampled_from(["minor", "meaning"]))
    def publish_codebook(self, label, change):
        """Retire a label, or bring it back."""
        codebook = self.study.call("head", "get", "projects/study/codebook/").json()
        for one in codebook["labels"]:
            one["retired"] = one["retired"] != (one["key"] == label)
        answer = self.act(
            "other", "head", "put", "projects/study/codebook/", codebook | {"change": change}
        )
        assert answer.status_code == 200, answer.content

    @rule()
    def leases_run_out(self):
        self.allowed |= MOVES["expire"]
        pool = Assignment.objects.filter(task__batch__name="pool")
        pool.update(active_at=Now() - timedelta(days=2))
        leases.expire(at=TUESDAY)

    # The adjudicator

    @once("coded", "adjudicating", "adjudicated")
    @rule(article=articles, coder=coders)
    def return_work(self, article, coder):
        body = {"coder": self.study.letter(coder, article), "note": "Look again."}
        answer = self.on_task("return", article, "post", "return/", body)
        assert answer.status_code in {200, 404, 409, 422}

    @once("coded", "adjudicating", "adjudicated")
    @rule(
        article=articles,
        number=numbers,
        outcome=st.sampled_from(["accept", "edit", "reject", "unclear"]),
        coder=coders,
        lag=lags,
    )
    def rule_on_card(self, article, number, outcome, coder, lag):
        version, cards = self.cards(article)
        if not cards:
            return
        body = {"base_version": version - lag, "outcome": outcome}
        if outcome == "accept":
            body["coder"] = self.study.letter(coder, article)
        elif outcome == "edit":
            body["spans"] = [{"label": "actor", "start": 0, "end": 16}]
        path = f"cards/{cards[number % len(cards)]['id']}/"
        self.took_ruling(self.on_task("rule", article, "put", path, body))

    @once("coded", "adjudicating", "adjudicated")
    @rule(article=articles)
    def settle(self, article):
        """Accept somebody's version of whatever is open, and finish."""
        version, cards = self.cards(article)
        for card in cards:
            if card["decision"] is None or card["decision"]["stale"]:
                coder = max(card["candidates"], key=lambda one: where(one["spans"]))["coder"]
                body = {"base_version": version, "outcome": "accept", "coder": coder}
                answer = self.on_task("rule", article, "put", f"cards/{card['id']}/", body)
                self.took_ruling(answer)
                version = answer.json().get("version", version)
        self.finish(article)

    @once("coded", "adjudicating", "adjudicated")
    @rule(article=articles, number=numbers)
    def reopen_card(self, article, number):
        version, cards = self.cards(article)
        if not cards:
            return
        path = f"cards/{cards[number % len(cards)]['id']}/?base_version={version}"
        self.took_ruling(self.on_task("rule", article, "delete", path))

    @once("coded", "adjudicating", "adjudicated")
    @rule(article=articles, label=labels, place=places, lag=lags)
    def add_span(self, article, label, place, lag):
        version, _cards = self.cards(article)
        body = {"base_version": version - lag, "label": label, "start": place[0], "end": place[1]}
        answer = self.on_task("rule", article, "post", "spans/", body)
        self.took_ruling(answer)

    @once("coded", "adjudicating", "adjudicated")
    @rule(article=articles)
    def finish(self, article):
        answer = self.on_task("finish", article, "post", "finish/")
        assert answer.status_code in {200, 404, 409}

    @once("adjudicated")
    @rule(article=articles)
    def reopen(self, article):
        answer = self.on_task("reopen", article, "post", "reopen/")
        assert answer.status_code in {200, 404, 409}

    def cards(self, article):
        """Return the version of a task and its cards, in the same order in every run."""
        address = f"tasks/{self.study.task(article).uuid}/adjudication/"
        page = self.study.call("judge", "get", address).json()

        def place(card):
            return where(span for one in card["candidates"] for span in one["spans"])

        return page.get("version", 1), sorted(page.get("cards", []), key=place)

    def took_ruling(self, answer):
        """Keep what is acknowledged; what came too late is kept by the server."""
        assert answer.status_code in {200, 201, 404, 409, 422}, answer.content
        self.late_rulings += answer.json().get("code") in {"stale", "not_open"}
        card = answer.json().get("card") or {}
        if card.get("decision"):
            self.decisions.add(card["decision"]["id"])

    # The researcher

    @once("adjudicated")
    @rule(seed=numbers)
    def publish_gold(self, seed):
        body = {"name": "Gold", "seed": seed, "include": ["gold", "codings"]}
        asked = self.act("other", "head", "post", "projects/study/releases/", body)
        assert asked.status_code == 202, asked.content
        address = f"releases/{asked.json()['id']}/"
        building.see_through(release=Release.objects.get(uuid=asked.json()["id"]))
        ready = self.study.call("head", "get", address).json()
        assert ready["state"] == "ready", ready["failure"]
        self.hashes[ready["id"]] = ready["content_hash"]
        file = self.study.call("head", "get", f"{address}files/articles.jsonl")
        records = [json.loads(line) for line in b"".join(file.streaming_content).splitlines()]
        done = {key for (key, *coder), state in self.states.items() if state == "adjudicated"}
        assert {record["id"] for record in records} == done
        for record in records:
            for span in record["spans"]:
                assert record["text"][span["start"] : span["end"]] == span["quote"]
