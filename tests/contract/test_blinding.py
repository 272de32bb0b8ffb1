"""What a coder is answered rests on the coder's own work, the article and the codebook alone."""

import pytest

from annotations.enums import Role
from annotations.models import Submission
from tests.factories import AssignmentFactory, submitted
from tests.world import ACTOR, PLACE

READ_BY_A_CODER = [
    "session/",
    "projects/study/",
    "projects/study/codebook/",
    "projects/study/articles/",
    "articles/{article}/",
    "projects/study/assignments/",
    "assignments/{assignment}/",
    "assignments/{assignment}/history/",
    "assignments/{assignment}/drafts/",
    "projects/study/feedback/",
    "projects/study/feedback/agreement/",
]
READ_BY_ALL_ROLES = [
    *READ_BY_A_CODER,
    "projects/study/tasks/",
    "projects/study/batches/",
    "batches/{batch}/",
    "projects/study/agreement/",
    "projects/study/agreement/details/",
    "projects/study/agreement/articles/",
    "projects/study/agreement/files/report.json",
    "projects/study/history/",
    "projects/study/releases/",
    "tasks/{open}/adjudication/",
]


def answers(study, who, templates):
    """Return all that ``who`` is answered, but for what every answer has anew."""
    found = {}
    for template in templates:
        address = template.replace("{open}", str(study.open.uuid))
        answer = study.ask(who, "GET", address)
        body = answer.json()
        body.pop("csrf", None)
        body.pop("expires_in", None)
        found[template] = (answer.status_code, answer.get("ETag"), body)
    return found


@pytest.fixture
def second(study):
    """Give the same article to another coder."""
    return AssignmentFactory(task=study.open, coder=study.other, codebook=study.codebook)


@pytest.mark.parametrize("roles", [[Role.CODER], list(Role)], ids=["coder", "every role"])
def test_nothing_tells_a_coder_what_another_one_did(study, second, roles):
    study.coder.roles = roles
    study.coder.save(update_fields=["roles"])
    templates = READ_BY_A_CODER if roles == [Role.CODER] else READ_BY_ALL_ROLES
    before = answers(study, "coder", templates)

    submitted(second, [ACTOR, PLACE])
    second.flag = "Two stories in one."
    second.save(update_fields=["flag"])

    assert answers(study, "coder", templates) == before


def test_a_coder_with_every_role_is_refused_what_tells_of_others(study, second):
    study.coder.roles = list(Role)
    study.coder.save(update_fields=["roles"])
    batch = f"?batch={study.batch.uuid}"

    assert study.ask("coder", "GET", f"assignments/{second.uuid}/history/").status_code == 404
    assert study.ask("coder", "GET", f"tasks/{study.open.uuid}/adjudication/").status_code == 404
    for part in ("", "details/", "articles/", "files/report.json", "files/pairs.csv"):
        address = f"projects/study/agreement/{part}{batch}"
        assert study.ask("coder", "GET", address).status_code == 403
    assert study.ask("coder", "GET", "batches/{batch}/").json()["progress"] is None
    listed = study.ask("coder", "GET", "projects/study/assignments/" + batch).json()["results"]
    assert [row["id"] for row in listed] == [str(study.assignment.uuid)]


def test_an_admin_lists_the_work_of_all_and_reads_nobodys_spans(study, second):
    submitted(second, [ACTOR])

    listed = study.ask("admin", "GET", "projects/study/assignments/")

    assert str(second.uuid) in listed.content.decode()
    assert ACTOR["label"] not in listed.content.decode()
    assert study.ask("admin", "GET", f"assignments/{second.uuid}/").status_code == 403


def test_a_researcher_meets_no_coder(study):
    names = {
        name
        for pair in Submission.objects.filter(
            assignment__task__batch__project=study.project
        ).values_list("assignment__coder__user__username", "assignment__coder__uuid")
        for name in pair
    }
    read = [
        study.ask("researcher", "GET", address).content.decode()
        for address in ("projects/study/", "projects/study/releases/", "releases/{release}/")
    ]

    assert [name for name in names for page in read if f'"{name}"' in page] == []
