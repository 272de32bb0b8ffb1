import re
import uuid

import pytest

from annotations.enums import AssignmentState, Role
from annotations.models import Span
from tests.factories import TUESDAY, ArticleFactory, AssignmentFactory, MemberFactory

pytestmark = pytest.mark.django_db


def address(assignment):
    return f"/assignments/{assignment.uuid}/"


def test_the_page_shows_the_text_line_by_line_and_escaped(client):
    article = ArticleFactory(
        text="<script>alert(1)</script>\n\n  Ada & Co.\n", meta={"title": "A&B"}
    )
    assignment = AssignmentFactory(task__article=article, task__batch__project=article.project)
    client.force_login(assignment.coder.user)

    answer = client.get(address(assignment))

    assert answer.status_code == 200
    assert (
        '<p dir="auto" data-start="0">&lt;script&gt;alert(1)&lt;/script&gt;</p>'
        '<p dir="auto" data-start="26"></p>'
        '<p dir="auto" data-start="27">  Ada &amp; Co.</p>'
        '<p dir="auto" data-start="39"></p></div>'
    ) in answer.content.decode()


def test_looking_at_the_page_changes_nothing(client):
    assignment = AssignmentFactory()
    client.force_login(assignment.coder.user)

    client.get(address(assignment))

    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.ASSIGNED


@pytest.mark.parametrize("role", list(Role))
def test_the_page_is_for_its_coder_alone(client, role):
    assignment = AssignmentFactory()
    other = MemberFactory(project=assignment.task.batch.project, roles=[role])
    client.force_login(other.user)

    assert client.get(address(assignment)).status_code == 404


def test_nobody_sees_the_page_without_signing_in(client):
    answer = client.get(address(AssignmentFactory()))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_returned_work_shows_the_adjudicators_note(client):
    assignment = AssignmentFactory(
        state=AssignmentState.RETURNED, return_note="Titles belong to names."
    )
    client.force_login(assignment.coder.user)

    assert "Titles belong to names." in client.get(address(assignment)).content.decode()


def test_a_label_without_a_letter_shows_its_digit_as_long_as_there_is_one(client):
    work = AssignmentFactory()
    project = work.task.batch.project
    for position in range(4, 11):
        label = project.labels.create(key=f"more-{position}")
        work.codebook.definitions.create(label=label, position=position, name=label.key)
    client.force_login(work.coder.user)

    page = client.get(f"/assignments/{work.uuid}/").content.decode()

    bar = page[page.index('id="label-bar"') : page.index('class="coding-tools"')]
    assert re.findall("<kbd>(.)</kbd>", bar) == ["A", "L", "E", "C", "5", "6", "7", "8", "9"]


def test_the_page_tells_where_the_article_is_from_and_when_it_is_due(client):
    article = ArticleFactory(meta={"title": "Talks fail", "outlet": "Velmora Post"})
    assignment = AssignmentFactory(
        task__article=article,
        task__batch__project=article.project,
        task__batch__due=TUESDAY.date(),
    )
    client.force_login(assignment.coder.user)

    answer = client.get(address(assignment))

    assert answer.context["facts"] == ["Velmora Post", "codebook v1", "due Tue 3 Mar"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_one_span_and_three(
    rows, client, django_assert_num_queries
):
    assignment = AssignmentFactory()
    label = assignment.codebook.definitions.first().label
    for start in range(rows):
        Span.objects.create(
            uuid=uuid.uuid4(),
            assignment=assignment,
            label=label,
            start=start,
            end=start + 5,
            quote=assignment.task.article.text[start : start + 5],
            rev=1,
        )
    client.force_login(assignment.coder.user)

    with django_assert_num_queries(8):
        client.get(address(assignment))
