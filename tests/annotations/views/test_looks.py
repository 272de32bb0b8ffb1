"""Whoever looks at another's codings leaves an event, by whatever way."""

import pytest

from annotations.actions import codebook
from annotations.enums import AssignmentState
from annotations.models import AuditEvent
from annotations.queries import codebook as versions
from tests.factories import (
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)
from tests.stories import with_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(admin):
    batch = BatchFactory(project=admin.project)
    return AssignmentFactory(task=TaskFactory(batch=batch), state=AssignmentState.CODING)


WAYS = {
    "page": "/assignments/{work}/record/",
    "history": "/api/v1/assignments/{work}/history/",
    "drafts": "/api/v1/assignments/{work}/drafts/",
}


def looks():
    return list(
        AuditEvent.objects.filter(kind="codings.read").values_list("actor", "batch", "detail")
    )


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("way", WAYS)
def test_an_admins_look_at_a_coders_work_is_recorded(signed_in, admin, work, way, method):
    """HEAD too is a look: it shows nothing, but tells how much there is."""
    answer = signed_in.generic(method, WAYS[way].format(work=work.uuid))

    assert (answer.status_code, bool(answer.content)) == (200, method == "GET")
    assert looks() == [(admin.user_id, work.task.batch_id, {"work": [str(work.uuid)]})]


@pytest.mark.parametrize("way", ["history", "drafts"])
def test_a_look_at_the_own_work_is_not(client, work, way):
    client.force_login(work.coder.user)

    assert client.get(WAYS[way].format(work=work.uuid)).status_code == 200
    assert looks() == []


@pytest.mark.parametrize("way", WAYS)
def test_who_is_refused_leaves_none(client, work, way):
    client.force_login(MemberFactory(project=work.coder.project).user)

    assert client.get(WAYS[way].format(work=work.uuid)).status_code == 404
    assert looks() == []


def test_the_review_of_a_codebook_tells_whose_spans_it_showed(signed_in, admin, work):
    other = submitted(
        AssignmentFactory(task=TaskFactory(batch=work.task.batch)),
        [{"label": "actor", "start": 0, "end": 16}],
    )
    with_rows(other)
    labels = versions.as_contract(versions.current(admin.project))["labels"]
    changed = [{**one, "definition": "Who acts."} for one in labels if one["key"] == "actor"]
    codebook.publish(project=admin.project, labels=changed, by=None, at=TUESDAY)
    address = f"/projects/{admin.project.slug}/codebook/review/"

    assert signed_in.get(f"{address}?standing=submitted").status_code == 200

    assert looks() == [(admin.user_id, work.task.batch_id, {"work": [str(other.uuid)]})]
