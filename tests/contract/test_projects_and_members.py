import pytest

from annotations.models import User
from tests.contract.people import ADMINS, MEMBERS, TOKENS, only
from tests.contract.shapes import assert_fits, is_address, is_moment, is_uuid, maybe, page_of

SETTINGS = {
    "auto_decide": str,
    "auto_finish": bool,
    "show_names": bool,
    "adjudicate_own": bool,
    "reasons": [str],
    "feedback": bool,
}
PROJECT = {
    "slug": str,
    "name": str,
    "description": str,
    "settings": SETTINGS,
    "created_at": is_moment,
    "archived_at": maybe(is_moment),
}
MEMBER = {
    "id": is_uuid,
    "username": str,
    "roles": [str],
    "is_external": bool,
    "joined_at": is_moment,
}


INVITATION = {
    "id": is_uuid,
    "roles": [str],
    "uses": int,
    "email": str,
    "note": str,
    "state": str,
    "used_by": [str],
    "created_at": is_moment,
    "expires_at": is_moment,
    "revoked_at": maybe(is_moment),
}


def test_everybody_who_is_signed_in_lists_the_own_projects(study):
    assert study.everybody("GET", "projects/") == only(*study.clients) | {"anonymous": 401}
    seen = {
        name: [row["slug"] for row in study.ask(name, "GET", "projects/").json()["results"]]
        for name in (*MEMBERS, *TOKENS, "operator")
    }
    assert seen == {name: ["study"] for name in (*MEMBERS, *TOKENS)} | {"operator": []}
    assert_fits(study.ask("coder", "GET", "projects/").json(), page_of(PROJECT))


def test_anybody_but_a_narrow_token_begins_a_project_and_is_its_first_admin(study):
    body = {"slug": "floods", "name": "Floods", "description": "", "settings": {}}
    answers = study.everybody("POST", "projects/", body)

    refused = {f"{scope} token": 403 for scope in ("coding", "adjudication", "releases")}
    assert answers == dict.fromkeys(study.clients, 201) | {"anonymous": 401} | refused

    made = study.ask("coder", "POST", "projects/", body).json()
    (first,) = study.ask("coder", "GET", "projects/floods/members/").json()["results"]
    assert_fits(made, PROJECT)
    assert made["settings"] == {
        "auto_decide": "unanimous",
        "auto_finish": True,
        "show_names": False,
        "adjudicate_own": False,
        "reasons": [],
        "feedback": True,
    }
    assert (first["username"], first["roles"]) == (study.coder.user.username, ["admin"])


def test_every_member_reads_a_project_and_admins_change_it(study):
    change = {"name": "Study of floods", "settings": {"auto_decide": "majority"}}

    assert study.everybody("GET", "projects/study/") == only(*MEMBERS, *TOKENS)
    assert study.everybody("PATCH", "projects/study/", change) == only(*ADMINS)

    before = study.ask("admin", "GET", "projects/study/").json()
    after = study.ask("admin", "PATCH", "projects/study/", change).json()
    assert_fits(before, PROJECT)
    assert after == before | {
        "name": "Study of floods",
        "settings": before["settings"] | {"auto_decide": "majority"},
    }


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"settings": {"auto_decide": "always"}}, 422, "settings.auto_decide"),
        ({"settings": {"reasons": "spite"}}, 422, "settings.reasons"),
        ({"settings": {"theme": "dark"}}, 400, "theme"),
        ({"slug": "other"}, 422, "slug"),
        ({"archived_at": None}, 400, "archived_at"),
    ],
)
def test_a_change_that_makes_no_sense_names_its_field(study, change, status, field):
    refused = study.ask("admin", "PATCH", "projects/study/", change)

    assert refused.status_code == status
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_admins_archive_a_project_which_is_then_only_read(study):
    assert study.everybody("POST", "projects/study/archive/") == only(*ADMINS)

    assert_fits(
        study.ask("admin", "POST", "projects/study/archive/").json(),
        PROJECT | {"archived_at": is_moment},
    )
    assert study.ask("admin", "GET", "projects/study/").status_code == 200
    refused = study.ask("admin", "PATCH", "projects/study/", {"name": "More"})
    assert (refused.status_code, refused.json()["code"]) == (409, "archived")


def test_admins_run_the_list_of_members(study):
    stranger = User.objects.create(username="newcomer")
    body = {"username": stranger.username, "roles": ["researcher", "coder"]}

    assert study.everybody("GET", "projects/study/members/") == only(*ADMINS)
    assert study.everybody("POST", "projects/study/members/", body) == only(*ADMINS, status=201)
    assert study.everybody("PATCH", "projects/study/members/{member}/", {"roles": ["coder"]}) == (
        only(*ADMINS)
    )
    assert study.everybody("DELETE", "projects/study/members/{member}/") == (
        only(*ADMINS, status=204)
    )
    assert_fits(study.ask("admin", "GET", "projects/study/members/").json(), page_of(MEMBER))
    made = study.ask("admin", "POST", "projects/study/members/", body).json()
    assert_fits(made, MEMBER)
    assert (made["username"], made["roles"]) == ("newcomer", ["coder", "researcher"])


def test_adding_somebody_who_is_there_sets_the_roles(study):
    body = {"username": study.coder.user.username, "roles": ["researcher"]}

    answer = study.ask("admin", "POST", "projects/study/members/", body)

    assert answer.status_code == 201
    assert answer.json()["id"] == str(study.coder.uuid)
    assert answer.json()["roles"] == ["researcher"]


def test_an_account_is_made_if_asked_for_and_a_taken_name_answers_alike(study):
    taken = User.objects.create(username="somebody").username
    answers = [
        study.ask(
            "admin",
            "POST",
            "projects/study/members/",
            {"username": name, "roles": ["coder"], "create": True, "password": "river mud 77"},
        )
        for name in ("nobody-yet", taken)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    for answer in answers:
        assert_fits(answer.json(), MEMBER)
    assert User.objects.get(username="nobody-yet").check_password("river mud 77")
    assert not User.objects.get(username=taken).check_password("river mud 77")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"username": "nobody-yet", "roles": ["coder"]}, 422, "username"),
        ({"username": "x", "roles": []}, 422, "roles"),
        ({"username": "x", "roles": ["king"]}, 422, "roles.0"),
        ({"username": "x", "roles": ["coder"], "is_external": True}, 400, "is_external"),
    ],
)
def test_a_member_that_can_not_be_names_its_field(study, body, status, field):
    refused = study.ask("admin", "POST", "projects/study/members/", body)

    assert refused.status_code == status
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_admins_invite_by_link_and_see_the_secret_once(study):
    body = {
        "roles": ["researcher", "coder"],
        "uses": 2,
        "expires_in_days": 7,
        "email": "",
        "note": "Welcome",
    }
    assert study.everybody("GET", "projects/study/invitations/") == only(*ADMINS)
    assert study.everybody("POST", "projects/study/invitations/", body) == (
        only(*ADMINS, status=201)
    )
    assert study.everybody("DELETE", "projects/study/invitations/{invitation}/") == (
        only(*ADMINS, status=204)
    )

    key = {"HTTP_IDEMPOTENCY_KEY": "one"}
    made = study.ask("admin", "POST", "projects/study/invitations/", body, **key).json()
    again = study.ask("admin", "POST", "projects/study/invitations/", body, **key).json()
    listed = study.ask("admin", "GET", "projects/study/invitations/").json()

    assert_fits(made, INVITATION | {"link": is_address, "mailed": False})
    assert_fits(listed, page_of(INVITATION))
    assert again == {name: value for name, value in made.items() if name != "link"}
    assert made["roles"] == ["coder", "researcher"]
    assert listed["results"][0]["id"] == made["id"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"roles": []}, 422, "roles"),
        ({"roles": ["coder"], "uses": 0}, 422, "uses"),
        ({"roles": ["coder"], "expires_in_days": 366}, 422, "expires_in_days"),
        ({"roles": ["coder"], "email": "amina"}, 422, "email"),
        ({"roles": ["coder"], "link": "https://example.org"}, 400, "link"),
    ],
)
def test_an_invitation_that_can_not_be_names_its_field(study, body, status, field):
    refused = study.ask("admin", "POST", "projects/study/invitations/", body)

    assert refused.status_code == status
    assert [error["field"] for error in refused.json()["errors"]] == [field]
