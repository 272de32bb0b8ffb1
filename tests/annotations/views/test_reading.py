"""The reading and print views: of a coder's own work, and of gold."""

import re
import uuid
from html import unescape

import pytest

from annotations.actions import adjudication, batch_changes
from annotations.enums import Role
from annotations.queries import disputes
from tests.annotations.actions.disputes import BRANDT, actor, name_of, only_card, rule, shown
from tests.coder import MAYOR, VELMORA, save, step
from tests.factories import (
    LABELS,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
)
from tests.stories import adjudicator_of, coded_task

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


PLACE = {"label": "location", "start": VELMORA[0], "end": VELMORA[1]}


@pytest.fixture
def batch():
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project, rules=[{"id": "R4", "text": "Titles belong to the name."}])
    return BatchFactory(project=project)


def finished(task, judge=None):
    adjudication.finish(task=task, by=judge or adjudicator_of(task), at=TUESDAY)
    task.refresh_from_db()
    return task


def gold_page(client, task, judge=None):
    client.force_login(judge or adjudicator_of(task))
    return client.get(f"/tasks/{task.uuid}/gold/")


def test_every_gold_span_is_in_the_text_and_in_the_table_with_why_it_is_gold(client, batch):
    task = coded_task([actor(MAYOR), PLACE], [actor(BRANDT), PLACE], batch=batch)
    judge, card = adjudicator_of(task), only_card(task, "boundary")
    letter = name_of(card, MAYOR)
    said = {"reason": "Title missing", "note": "See the list.", "rule": "R4", "confidence": 80}
    rule(task, card, "accept", by=judge, coder=letter, **said)
    finished(task, judge)

    page = gold_page(client, task, judge).content.decode()

    assert text_of(page) == task.article.text
    mayor, velmora = re.findall(r'<tr id="[0-9a-f-]+">.*?</tr>', page, re.S)
    assert "<bdi>Mayor Ada Brandt</bdi>" in mayor
    assert f"adjudicated · marked by {letter}<" in mayor
    assert "Title missing" in mayor
    assert "“<bdi>See the list.</bdi>”" in mayor
    assert '<a href="#rule-R4">Rule R4</a>' in mayor
    assert f"ruled by {judge.username}" in mayor
    assert "80% sure" in mayor
    assert re.search(r'<dt id="rule-R4">.*?<dd dir="auto">Titles belong to the name.</dd>', page)
    assert "<bdi>Velmora</bdi>" in velmora
    assert "all coders · marked by A, B<" in velmora
    assert "ruled by" not in velmora
    for assignment in task.assignments.all():
        assert assignment.coder.user.username not in page
        assert str(assignment.coder.uuid) not in page


def test_a_rule_that_came_after_the_work_is_read_too(client, batch):
    task = coded_task([PLACE], [], batch=batch)
    later = [{"id": "R4", "text": "Titles too."}, {"id": "R9", "text": "Towns are places."}]
    CodebookFactory(project=batch.project, number=2, rules=later)
    judge, (card,) = adjudicator_of(task), shown(task)["cards"]
    rule(task, card, "accept", by=judge, coder=name_of(card, VELMORA), rule="R9")
    finished(task, judge)

    page = gold_page(client, task, judge).content.decode()

    assert re.search(r'<dt id="rule-R9">.*?<dd dir="auto">Towns are places.</dd>', page)


def test_a_rule_that_was_reworded_meanwhile_is_read_in_both_its_words_and_once_by_name(
    client, batch
):
    task = coded_task([PLACE, actor(MAYOR)], [], batch=batch)
    judge, cards = adjudicator_of(task), shown(task)["cards"]
    rule(task, cards[0], "accept", by=judge, coder=name_of(cards[0], MAYOR), rule="R4")
    later = [{"id": "R4", "text": "Titles too."}]
    task.assignments.update(codebook=CodebookFactory(project=batch.project, number=2, rules=later))
    rule(task, cards[1], "accept", by=judge, coder=name_of(cards[1], VELMORA), rule="R4")
    finished(task, judge)

    page = gold_page(client, task, judge).content.decode()

    assert page.count('id="rule-R4"') == 1
    assert re.search(
        r'<dt id="rule-R4">.*?<dd dir="auto">Titles belong to the name.</dd>'
        r'<dd dir="auto">Titles too.</dd>',
        page,
    )


def test_gold_that_came_with_an_import_is_read_with_its_links(client, batch):
    task = finished(coded_task([], batch=batch))
    speaker, claim = (
        {
            "id": str(uuid.uuid4()),
            "label": label,
            "start": start,
            "end": end,
            "quote": task.article.text[start:end],
            "attributes": [],
            "links": [],
            "source": "adjudicated",
            "coders": [],
            "decision": "ruling 7 of another tool",
        }
        for label, (start, end) in (("actor", MAYOR), ("claim", (0, 32)))
    )
    claim["links"] = [{"name": "speaker", "target": speaker["id"]}]
    task.golds.create(number=2, spans=[speaker, claim], made_at=TUESDAY)

    page = gold_page(client, task).content.decode()

    assert f'speaker: <a href="#{speaker["id"]}">2</a>' in page
    assert page.count("<div>adjudicated</div>") == 2


def test_gold_is_read_though_nobody_left_has_the_codebook_of_its_label(client, batch):
    task = coded_task([PLACE], [], batch=batch)
    judge = adjudicator_of(task)
    _, newcomer = task.assignments.order_by("pk")
    newcomer.codebook = CodebookFactory(
        project=batch.project, number=2, labels=[*LABELS, "quarrel"]
    )
    newcomer.save(update_fields=["codebook"])
    failed = {"label": "quarrel", "start": 33, "end": 37}
    adjudication.add_span(task=task, by=judge, at=TUESDAY, base_version=task.version, **failed)
    letter = disputes.names(task, list(task.assignments.all()))[str(newcomer.uuid)]
    adjudication.return_work(task=task, coder=letter, note="Look again.", by=judge, at=TUESDAY)
    admin = MemberFactory(project=batch.project, roles=[Role.ADMIN]).user
    batch_changes.close(batch=batch, by=admin, at=TUESDAY)
    finished(task, judge)

    assert "Quarrel" in gold_page(client, task, judge).content.decode()


def test_there_is_no_gold_to_read_before_the_article_is_adjudicated_or_once_it_is_reopened(
    client, batch
):
    task = coded_task([PLACE], [PLACE], batch=batch)
    judge = adjudicator_of(task)
    assert gold_page(client, task, judge).status_code == 404

    finished(task, judge)
    assert gold_page(client, task, judge).status_code == 200

    adjudication.reopen(task=task, by=judge, at=TUESDAY)
    assert gold_page(client, task, judge).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CODER, 404), (Role.ADMIN, 403), (Role.RESEARCHER, 404)],
)
def test_gold_is_read_by_those_who_may_rule_on_it(role, status, client, batch):
    task = finished(coded_task([PLACE], batch=batch))
    other = MemberFactory(project=batch.project, roles=[role])

    assert gold_page(client, task, other.user).status_code == status


def test_who_coded_an_article_and_rules_on_others_does_not_read_its_gold(client, batch):
    task = finished(coded_task([PLACE], batch=batch))
    both = task.assignments.get().coder
    both.roles = [Role.CODER, Role.ADJUDICATOR]
    both.save(update_fields=["roles"])

    assert gold_page(client, task, both.user).status_code == 403


def test_gold_is_a_link_away_from_where_a_finished_article_is_shown(client, batch):
    task = coded_task([PLACE], [PLACE], batch=batch)
    person = MemberFactory(project=batch.project, roles=[Role.ADMIN, Role.ADJUDICATOR]).user
    client.force_login(person)
    link = f'href="/tasks/{task.uuid}/gold/"'
    queue = f"/projects/{batch.project.slug}/adjudication/"
    pages = [f"/tasks/{task.uuid}/", f"/assignments/{task.assignments.first().uuid}/record/"]

    assert not any(link in client.get(at).content.decode() for at in [queue, *pages])

    finished(task, person)
    for at in [f"{queue}?show=finished", *pages]:
        assert link in client.get(at).content.decode(), at


@pytest.mark.parametrize("rows", [1, 3])
def test_gold_takes_the_same_queries_for_one_span_and_three(
    rows, client, batch, django_assert_num_queries
):
    extents = [MAYOR, VELMORA, (33, 37)][:rows]
    task = coded_task([actor(extent) for extent in extents], [], batch=batch)
    judge = adjudicator_of(task)
    for card, extent in zip(shown(task)["cards"], extents, strict=True):
        rule(task, card, "accept", by=judge, coder=name_of(card, extent), rule="R4")
    finished(task, judge)
    client.force_login(judge)

    with django_assert_num_queries(13):
        client.get(f"/tasks/{task.uuid}/gold/")
