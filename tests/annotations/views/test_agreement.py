import pytest

from annotations.actions import agreement
from annotations.enums import AssignmentState, Role
from tests.factories import (
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

pytestmark = pytest.mark.django_db

ADA = {"start": 6, "end": 16, "label": "actor"}


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/agreement/"


def coded(project):
    task = TaskFactory(batch__project=project)
    for name in ("ann", "ben"):
        coder = MemberFactory(project=project, user__username=name)
        work = AssignmentFactory(task=task, coder=coder, state=AssignmentState.CODING)
        submitted(work, [ADA])
    return task.batch


def test_the_page_waits_for_figures_and_then_shows_the_ladder(signed_in, address, admin):
    batch = coded(admin.project)

    waiting = signed_in.get(address).content.decode()
    agreement.measure(batch=batch, at=TUESDAY)
    for report in agreement.unfinished():
        agreement.compute(report_id=report.pk, at=TUESDAY)
    done = signed_in.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "The figures are being computed." in waiting
    assert "every 2s" in waiting
    assert "every 2s" not in done
    assert '<dd class="rung-value">1.000</dd>' in done
    assert "<html" not in done


def test_an_empty_project_says_what_the_page_will_show(signed_in, address):
    assert "Nothing to compare yet" in signed_in.get(address).content.decode()


def test_a_batch_that_one_codes_in_is_not_offered_and_not_shown(signed_in, address, admin):
    own = AssignmentFactory(task__batch__project=admin.project, coder=admin)
    BatchFactory(project=admin.project, name="Open to me")

    page = signed_in.get(address).content.decode()

    assert "1 batch is left out" in page
    assert ("Open to me" in page, own.task.batch.name in page) == (True, False)
    assert signed_in.get(address, {"batch": own.task.batch.uuid}).status_code == 403


def test_coders_have_no_such_page(client, admin, address):
    client.force_login(MemberFactory(project=admin.project, roles=[Role.CODER]).user)
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_one_batch_and_three(
    signed_in, address, admin, rows, django_assert_num_queries
):
    BatchFactory.create_batch(rows, project=admin.project)

    with django_assert_num_queries(11):
        signed_in.get(address)
