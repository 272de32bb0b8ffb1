"""Each verb that changes something asks who does it, whoever calls it: page, API or command.

Pages and the API hide what a stranger may not see, so that the verbs' own guards never show there.
Here every verb is called past them. New ones are found by themselves: what takes ``by`` either
refuses an outsider or is listed with the reason why it asks nobody.
"""

import inspect
import pkgutil
from importlib import import_module

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

import annotations.actions
import exports.actions
from annotations.actions.guards import Blind
from annotations.exceptions import Forbidden, Refused
from tests.factories import TUESDAY

#: Verbs that ask nobody, and why.
UNGUARDED = {
    "articles.keep_revisions": "part of a correction",
    "audit.event": "part of every verb",
    "audit.record": "part of every verb",
    "cards.decide": "part of a ruling",
    "cards.drop_dangling_links": "part of finishing",
    "import_codebook.declare": "part of an import",
    "looks.note": "notes at whose work an admin looked",
    "people.take_out": "part of removing and of erasing",
    "people.admit": "who has an invitation lets themselves in",
    "projects.create": "its own rule, for who is signed in",
    "releases.hand_out": "notes what was fetched",
    "guards.lock_for_change": "is itself a guard",
    "guards.lock_for_proposal": "is itself a guard",
    "guards.refuse_blind": "is itself a guard",
    "releases.refuse_closed_batches": "is itself a guard",
    "rulings.held_for": "is itself a guard",
    "rulings.refuse_unless_allowed": "is itself a guard",
    "rulings.was_ruled": "part of a ruling",
    "tokens.revoke": "one's own tokens alone are found",
}
#: Verbs that tell of other coders, or do what does: refused to who codes in the batch too.
REFUSED_TO_THE_BLIND = {
    "batch_changes.ask_another",
    "batch_changes.ask_no_more",
    "batch_changes.close",
    "batch_changes.give_back",
    "batch_changes.reassign",
    "batch_changes.release",
    "flags.answer",
    "memos.answer",
    "memos.take_back",
    "reminders.remind",
}


def verbs():
    """Yield ``topic.verb`` and the function, for each action that somebody does."""
    for package in (annotations.actions, exports.actions):
        for found in pkgutil.iter_modules(package.__path__):
            module = import_module(f"{package.__name__}.{found.name}")
            for name, function in inspect.getmembers(module, inspect.isfunction):
                is_own = function.__module__ == module.__name__ and not name.startswith("_")
                if is_own and "by" in inspect.signature(function).parameters:
                    yield f"{found.name}.{name}", function


#: Verbs that find nothing of what they are asked to move, where the caller sees none of it.
HIDDEN = {f"cluster_corrections.{name}" for name in ("merge", "put_in", "split", "take_out")}
VERBS = dict(verbs())
GUARDED = sorted(set(VERBS) - set(UNGUARDED))


def refusal(world, verb, by):
    """Have ``by`` do it to what there is in the world, and return what comes of that.

    What is not a thing of the world is not given: the guard comes before anything else is read.
    """
    own = world.open.assignments.get(coder=world.coder)
    given = {
        "by": by,
        "at": TUESDAY,
        "origin": world.memo,
        "user": by,
        "job": world.import_job,
        "work": own.uuid,
        "card_id": world.card.card_id,
        "task": world.coded,
        "assignment": own,
        "member": world.coder,
        "person": world.coder.user,
        **{
            name: getattr(world, name)
            for name in ("project", "batch", "article", "cluster", "invitation", "question")
        },
        **{name: getattr(world, name) for name in ("memo", "release", "token")},
        "articles": [world.article.uuid],
        "files": [SimpleUploadedFile("a.jsonl", b'{"text": "A town."}')],
        "format": "",
        "other": "told-once",
        **dict.fromkeys(("labels", "rules", "ops", "paths"), ()),
    }
    parameters = inspect.signature(VERBS[verb]).parameters
    try:
        with transaction.atomic():
            VERBS[verb](**{name: given.get(name) for name in parameters})
    except Exception as error:
        return error
    return None


@pytest.mark.parametrize("verb", GUARDED)
@pytest.mark.parametrize("who", ["stranger", "researcher"])
def test_a_verb_refuses_who_may_not(everybody, verb, who):
    by = {"stranger": everybody.stranger, "researcher": everybody.researcher.user}[who]

    found = refusal(everybody, verb, by)

    assert isinstance(found, Refused), f"{found!r}"
    assert isinstance(found, Forbidden) or verb in HIDDEN


@pytest.mark.parametrize("verb", sorted(REFUSED_TO_THE_BLIND))
def test_a_verb_refuses_an_admin_who_codes_in_the_batch(everybody, verb):
    assert isinstance(refusal(everybody, verb, everybody.all.user), Blind)


def test_every_verb_is_there_that_is_said_to_ask_nobody():
    assert set(UNGUARDED) <= set(VERBS)


@pytest.mark.parametrize("verb", sorted(set(GUARDED) - HIDDEN))
def test_without_its_guard_a_verb_refuses_nobody(everybody, verb, guards):
    """The control: each guard that the verb has asked is taken out, and it goes on."""
    refused = refusal(everybody, verb, everybody.stranger)
    guards.out = frozenset(guards.asked)

    assert type(refusal(everybody, verb, everybody.stranger)) is not type(refused)
