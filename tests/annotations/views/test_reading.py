"""The reading and print view of a coder's own work."""

import re
import uuid
from html import unescape

import pytest

from annotations.enums import Role
from tests.coder import MAYOR, VELMORA, save, step
from tests.factories import ArticleFactory, AssignmentFactory, MemberFactory

pytestmark = pytest.mark.django_db


def page_of(client, assignment):
    client.force_login(assignment.coder.user)
    answer = client.get(f"/assignments/{assignment.uuid}/reading/")
    assert answer.status_code == 200
    return answer.content.decode()


def assignment_on(text, **details):
    article = ArticleFactory(text=text, **details)
    return AssignmentFactory(task__article=article, task__batch__project=article.project)


def text_of(page):
    """Return the text as it stands on the page, without brackets and numbers."""
    shown = re.search(r'<article class="marked-text".*?</article>', page, re.S)[0]
    shown = re.sub(r'<bdi class="bracket".*?</(?:sup|i)></bdi>', "", shown, flags=re.S)
    lines = re.findall(r"<p [^>]*>(.*?)</p>", shown, re.S)
    return unescape("\n".join(re.sub(r"<[^>]+>", "", line) for line in lines))


def test_every_span_is_in_the_text_and_in_the_table(client):
    assignment = assignment_on(
        "Mayor Ada Brandt said in Velmora <that> talks & all 😀 failed.\n\nEnd."
    )
    extents = [MAYOR, (6, 9), (6, 9), VELMORA, (10, 32), (49, 53), (0, 67)]
    labels = ["actor", "actor", "event", "location", "claim", "event", "claim"]
    save(
        assignment,
        *[
            step(extent=e, label=name, note=f"note {e}")
            for e, name in zip(extents, labels, strict=True)
        ],
    )

    page = page_of(client, assignment)

    assert text_of(page) == assignment.task.article.text
    rows = re.findall(r'<tr id="([0-9a-f-]+)">', page)
    assert rows == [
        str(span.uuid) for span in assignment.spans.order_by("start", "-end", "label__key")
    ]
    for number, span in enumerate(assignment.spans.order_by("start", "-end", "label__key"), 1):
        assert page.count(f'id="mark-{number}"') == 1
        assert f"note ({span.start}, {span.end})" in page
    assert "<mark><mark" not in page
    assert 'aria-description="Event in Actor in Actor in Claim"' in page


def test_links_lead_to_the_spans_they_name(client):
    assignment = assignment_on("Mayor Ada Brandt said in Velmora that talks failed.")
    speaker = uuid.uuid4()
    save(assignment, step(extent=MAYOR, span_id=speaker))
    assignment.spans.create(
        uuid=uuid.uuid4(),
        label=assignment.codebook.definitions.get(label__key="claim").label,
        start=33,
        end=50,
        quote=assignment.task.article.text[33:50],
        links=[
            {"name": "speaker", "target": str(speaker)},
            {"name": "lost", "target": str(uuid.uuid4())},
        ],
        attributes=[{"name": "stance", "value": "doubts"}],
        rev=1,
    )

    page = page_of(client, assignment)

    assert f'speaker: <a href="#{speaker}">1</a>' in page
    assert "stance: <bdi>doubts</bdi>" in page
    assert "lost:" not in page


@pytest.mark.parametrize("role", list(Role))
def test_the_reading_view_is_for_its_coder_alone(client, role):
    assignment = AssignmentFactory()
    other = MemberFactory(project=assignment.task.batch.project, roles=[role])
    client.force_login(other.user)

    assert client.get(f"/assignments/{assignment.uuid}/reading/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_reading_view_takes_the_same_queries_for_one_span_and_three(
    rows, client, django_assert_num_queries
):
    assignment = assignment_on("Mayor Ada Brandt said in Velmora that talks failed.")
    save(assignment, *[step(extent=(0, end)) for end in (5, 9, 16)[:rows]])
    client.force_login(assignment.coder.user)

    with django_assert_num_queries(5):
        client.get(f"/assignments/{assignment.uuid}/reading/")
