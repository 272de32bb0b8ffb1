"""What an admin does with a batch under way, beyond what the contract names."""

import pytest

from annotations.enums import AssignmentState
from annotations.models import Assignment
from tests.contract.people import ADMINS, only
from tests.contract.shapes import assert_fits, is_moment
from tests.stories import coded_task
from tests.world import ACTOR, NAME_ONLY


@pytest.fixture(autouse=True)
def _instance_without_mail(settings):
    settings.HAS_MAIL = False


@pytest.fixture
def disputed(study):
    """A task of the study's batch on which its coders disagree, beside the open one."""
    return coded_task([ACTOR], [NAME_ONLY], batch=study.batch, article=study.make_article())


@pytest.mark.parametrize(
    ("what", "body", "answer"),
    [
        ("release", {"coder": "{coder}"}, {"articles": 1}),
        ("release", {"assignments": ["{assignment}"]}, {"articles": 1}),
        ("remind", {"coders": ["{coder}"], "text": "Please."}, {"reminded": ["{coder}"]}),
    ],
)
def test_work_is_taken_away_and_coders_are_reminded_by_admins_alone(study, what, body, answer):
    def filled(value):
        if isinstance(value, list):
            return [filled(one) for one in value]
        if isinstance(value, str):
            names = {"coder": study.coder.name, "assignment": study.assignment.uuid}
            return value.format(**names)
        return value

    body = {name: filled(value) for name, value in body.items()}
    address = f"batches/{{batch}}/{what}/"

    assert study.everybody("POST", address, body) == only(*ADMINS, others=404)
    assert study.ask("admin", "POST", address, body).json() == {
        name: filled(value) for name, value in answer.items()
    }


@pytest.mark.parametrize(
    ("what", "body", "status", "code"),
    [
        ("release", {"coder": "nobody"}, 422, "invalid"),
        ("release", {"coder": "a", "assignments": []}, 422, "invalid"),
        ("release", {"assignments": ["00000000-0000-4000-8000-000000000000"]}, 409, None),
        ("another", {"coders": ["nobody"]}, 422, "invalid"),
        ("another", {"coders": ["a"], "at_least": 0}, 422, "invalid"),
        ("remind", {"coders": ["nobody"]}, 422, "invalid"),
        ("remind", {}, 409, "nobody_to_remind"),
        ("another/stop", {}, 409, "nothing_asked"),
        ("another/stop", {"now": True}, 400, None),
    ],
)
def test_what_makes_no_sense_is_refused(study, what, body, status, code):
    answer = study.ask("admin", "POST", f"batches/{{batch}}/{what}/", body)
    assert answer.status_code == status
    assert code in {None, answer.json()["code"]}


def test_another_coder_is_asked_as_the_preview_says_and_let_go_again(study, disputed):
    body = {"coders": [study.other.name]}
    address = "batches/{batch}/another/"
    expected = {
        "assignments": [{"article": str(disputed.article.uuid), "coders": [study.other.name]}],
        "loads": {study.other.name: 1},
        "unplaced": [],
    }

    shown = study.ask("admin", "POST", f"{address}?preview=true", body)
    assert not Assignment.objects.filter(coder=study.other).exists()
    asked = study.ask("admin", "POST", address, body)
    again = study.ask("admin", "POST", address, body)
    stopped = study.ask("admin", "POST", f"{address}stop/")

    assert (shown.status_code, shown.json()) == (200, expected)
    assert (asked.status_code, asked.json()) == (200, expected)
    assert (again.status_code, again.json()["code"]) == (409, "nobody_to_ask")
    assert (stopped.status_code, stopped.json()) == (200, {"articles": 1})


def test_asking_is_the_admins(study, disputed):
    body = {"coders": [study.other.name]}
    for query in ("?preview=true", ""):
        answers = study.everybody("POST", f"batches/{{batch}}/another/{query}", body)
        assert answers == only(*ADMINS, others=404)


def test_work_is_given_back_by_admins_alone(study):
    study.assignment.state = AssignmentState.RELEASED
    study.assignment.save()
    address = "assignments/{assignment}/give-back/"

    answers = study.everybody("POST", address)

    assert answers == only(*ADMINS, others=404) | {"coder": 403}
    assert study.ask("admin", "POST", address).json() == {
        "id": str(study.assignment.uuid),
        "state": "assigned",
    }


def test_a_flag_is_answered_by_admins_alone(study):
    study.assignment.flag = "discuss: which side?"
    study.assignment.save()
    address = "assignments/{assignment}/answer/"

    answers = study.everybody("POST", address, {"note": "Both."})

    assert answers == only(*ADMINS, status=201, others=404) | {"coder": 403}
    assert_fits(
        study.ask("admin", "POST", address, {}).json(),
        {
            "flag": "discuss: which side?",
            "note": "",
            "by": study.admin.user.username,
            "at": is_moment,
        },
    )
