import json
from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from annotations.actions import agreement
from annotations.enums import AssignmentState, Role, TaskState
from annotations.models import AgreementReport, Task
from annotations.queries.agreement import Scope
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

pytestmark = pytest.mark.django_db

ADA = {"start": 6, "end": 16, "label": "actor"}
VELMORA = {"start": 25, "end": 32, "label": "location"}


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


@pytest.fixture
def batch(admin):
    return BatchFactory(project=admin.project)


def coded(batch, **works):
    task = TaskFactory(batch=batch, coders_wanted=max(2, len(works)))
    for name, spans in works.items():
        coder = MemberFactory(project=batch.project, user__username=name)
        submitted(AssignmentFactory(task=task, coder=coder, state=AssignmentState.CODING), spans)
    return task


def computed(*batches, label="", at=TUESDAY):
    for batch in batches:
        agreement.measure(batch=batch, at=at)
    agreement.ask(scope=Scope(batches[0].project, list(batches), label), at=at)
    for report in agreement.unfinished():
        agreement.compute(report_id=report.pk, at=at)


def signed_in(member):
    client = APIClient()
    client.force_login(member.user)
    return client


def asked(member, client=None, **query):
    address = f"/api/v1/projects/{member.project.slug}/agreement/"
    return (client or signed_in(member)).get(address, query)


def test_figures_are_served_as_they_were_computed(admin, batch):
    coded(batch, ann=[ADA, VELMORA], ben=[ADA])
    computed(batch)

    answer = asked(admin).json()

    assert (answer["stale"], answer["articles"]) == (False, 1)
    assert answer["coders"] == ["ann", "ben"]
    [pair] = answer["pairs"]
    assert (pair["a"], pair["b"], pair["spans_a"], pair["spans_b"]) == ("ann", "ben", 2, 1)
    assert pair["strict_f1"] == pytest.approx(2 / 3)
    assert answer["bootstrap"] == {"resamples": 2000, "seed": 1}
    assert answer["computed_at"].startswith("2026-03-03")


def test_what_is_not_computed_yet_is_pending_and_asking_writes_nothing(admin, batch):
    coded(batch, ann=[ADA], ben=[ADA])

    answer = asked(admin).json()

    assert (answer["stale"], answer["computed_at"]) == (True, None)
    assert answer["alpha"]["na"] == answer["mean_pair"]["strict_f1"]["na"] == "pending"
    assert not AgreementReport.objects.exists()


def test_a_later_submission_makes_the_answer_stale_but_keeps_its_figures(admin, batch):
    coded(batch, ann=[ADA], ben=[ADA])
    computed(batch)
    coded(batch, cy=[ADA], dee=[])

    answer = asked(admin).json()
    assert (answer["stale"], answer["articles"]) == (True, 1)


def test_a_batch_and_a_label_are_scopes_of_their_own(admin, batch):
    other = BatchFactory(project=admin.project)
    coded(batch, ann=[ADA], ben=[ADA])
    coded(other, cy=[VELMORA], dee=[])
    computed(batch)
    computed(other, label="location")

    assert asked(admin, batch=batch.uuid).json()["coders"] == ["ann", "ben"]
    located = asked(admin, batch=other.uuid, label="location").json()
    assert located["mean_pair"]["strict_f1"]["value"] == 0


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"batch": "x"}, 422),
        ({"label": "mood"}, 422),
        ({"seed": 1}, 400),
        ({"batch": "6f8f5d1e-7c33-4f0e-8d2f-0d6c1c2a9c11"}, 404),
    ],
)
def test_scopes_that_are_none_are_refused(admin, batch, query, status):
    assert asked(admin, **query).status_code == status


def test_adjudicators_see_pseudonyms_unless_names_are_shown(admin, batch):
    coded(batch, ann=[ADA, VELMORA], ben=[ADA])
    computed(batch)
    adjudicator = MemberFactory(project=admin.project, roles=[Role.ADJUDICATOR])

    hidden = asked(adjudicator).json()
    assert all(name.startswith("coder-") for name in hidden["coders"])
    assert ("ann" in json.dumps(hidden), "ben" in json.dumps(hidden)) == (False, False)

    admin.project.settings = {"show_names": True}
    admin.project.save()
    assert asked(adjudicator).json()["coders"] == ["ann", "ben"]


def test_a_batch_that_one_codes_in_is_left_out_and_forbidden_when_named(admin, batch):
    task = coded(batch, ann=[ADA], ben=[ADA])
    Task.objects.filter(pk=task.pk).update(coders_wanted=3)
    AssignmentFactory(task=task, coder=admin)
    computed(batch)

    before = asked(admin).json()
    assert (before["articles"], before["coders"]) == (0, [])
    assert asked(admin, batch=batch.uuid).status_code == 403

    coded(batch, cy=[VELMORA], dee=[])
    computed(batch, at=TUESDAY + timedelta(hours=1))
    assert asked(admin).json() == before

    for state in (TaskState.CODED, TaskState.ADJUDICATING, TaskState.ADJUDICATED):
        Task.objects.filter(pk=task.pk).update(state=state, adjudicated_at=MONDAY)
    assert asked(admin, batch=batch.uuid).json()["articles"] == 2


@pytest.mark.parametrize(("role", "status"), [(Role.CODER, 403), (Role.RESEARCHER, 403)])
def test_agreement_is_for_admins_and_adjudicators(admin, role, status):
    assert asked(MemberFactory(project=admin.project, roles=[role])).status_code == status


@pytest.mark.parametrize("rows", [1, 3])
def test_the_answer_takes_the_same_queries_for_one_article_and_three(
    admin, batch, rows, django_assert_num_queries
):
    for row in range(rows):
        coded(batch, **{f"ann{row}": [ADA], f"ben{row}": [ADA]})
    computed(batch)
    client = signed_in(admin)
    with django_assert_num_queries(9):
        asked(admin, client)
