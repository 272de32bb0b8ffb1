import re
from datetime import date
from html import unescape

import pytest

from annotations.actions import agreement
from annotations.enums import AssignmentState, JobState, Role, TaskState
from annotations.models import AgreementReport
from annotations.queries import agreement_files
from annotations.queries.agreement import Scope
from tests.factories import (
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

pytestmark = pytest.mark.django_db

ADA = {"start": 6, "end": 16, "label": "actor"}
PLACE = {**ADA, "label": "location"}


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/agreement/"


def text(response):
    return response.content.decode()


def first_article(batch):
    return batch.tasks.earliest("pk").article


def coded(batch, title, *codings):
    """Add an article to ``batch`` that each of the coders has handed in with these spans."""
    article = ArticleFactory(project=batch.project, meta={"title": title})
    task = TaskFactory(
        batch=batch, article=article, coders_wanted=len(codings), state=TaskState.CODED
    )
    for coder, spans in codings:
        work = AssignmentFactory(task=task, coder=coder, state=AssignmentState.CODING)
        submitted(work, spans)
    return task


def compute(*scopes):
    """Do what a worker does: measure, and compute every report that was asked for."""
    for scope in scopes:
        agreement.ask(scope=scope, at=TUESDAY)
    for report in agreement.unfinished():
        agreement.compute(report_id=report.pk, at=TUESDAY)


def everything(project):
    return Scope(project, list(project.batches.all()))


@pytest.fixture
def batch(admin, coders):
    """A batch of two articles: ann and ben agree on the second one only."""
    ann, ben = coders
    batch = BatchFactory(project=admin.project, name="Harbour")
    coded(batch, "The first", (ann, [ADA]), (ben, [PLACE]))
    coded(batch, "The second", (ann, [ADA]), (ben, [ADA]))
    agreement.measure(batch=batch, at=TUESDAY)
    compute()
    return batch


@pytest.fixture
def adjudicator(client, admin):
    """A client of somebody who rules and does not run the project."""
    client.force_login(MemberFactory(project=admin.project, roles=[Role.ADJUDICATOR]).user)
    return client


def links(html, fragment):
    found = [unescape(address) for address in re.findall(r'href="([^"]*)"', html)]
    return [address for address in found if fragment in address]


def titles(html):
    return re.findall(r"<th scope=\"row\"><a [^>]*><bdi>([^<]*)</bdi></a></th>", html)


def test_the_page_waits_for_figures_and_then_shows_them(signed_in, address, admin, coders):
    ann, ben = coders
    task = coded(BatchFactory(project=admin.project), "One", (ann, [ADA]), (ben, [ADA]))

    waiting = signed_in.get(address).content.decode()
    agreement.measure(batch=task.batch, at=TUESDAY)
    compute()
    done = signed_in.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "The figures are being computed. They appear here by themselves." in waiting
    assert "every 2s" in waiting
    assert "every 2s" not in done
    assert "As of " in done
    assert '<dd class="rung-value">1.000</dd>' in done
    assert "<html" not in done


def test_who_waits_is_answered_nothing_until_there_are_other_figures(
    signed_in, address, batch, coders
):
    (before,) = re.findall(r"As of <time datetime=\"([^\"]*)\"", text(signed_in.get(address)))
    coded(batch, "The third", *((coder, [ADA]) for coder in coders))
    waiting = text(signed_in.get(address))
    (asks,) = re.findall(r'hx-get="(\?[^"]*seen=[^"]*)"', waiting)

    same = signed_in.get(address + unescape(asks), headers={"HX-Request": "true"})
    compute(everything(batch.project))
    other = signed_in.get(address + unescape(asks), headers={"HX-Request": "true"})

    assert "Coding went on since these figures were computed" in waiting
    assert f'<time datetime="{before}"' in waiting
    assert (same.status_code, same.content) == (204, b"")
    assert "3 articles that two people or more handed in" in text(other)


def test_figures_that_could_not_be_computed_are_not_waited_for(signed_in, address, batch, coders):
    coded(batch, "The third", *((coder, [ADA]) for coder in coders))
    for state in (JobState.QUEUED, JobState.RUNNING, JobState.FAILED):
        AgreementReport.objects.update(state=state)

    html = text(signed_in.get(address))

    assert "The figures could not be computed." in html
    assert "every 2s" not in html


def test_without_a_batch_the_page_says_what_it_will_show_and_who_begins(signed_in, address):
    html = text(signed_in.get(address))

    assert "Nothing to compare yet" in html
    assert links(html, "batches/new/")


@pytest.mark.parametrize(
    ("codings", "query", "title"),
    [
        ([], {}, "Nobody has handed anything in yet"),
        ([(0,), (0,)], {}, "One coder only"),
        ([(0,), (1,)], {}, "No article has two codings"),
        ([(0, 1)], {"from": "2030-01-01"}, "Nothing to compare in this time"),
    ],
)
def test_where_nothing_can_be_compared_the_page_says_why(
    signed_in, address, admin, coders, codings, query, title
):
    batch = BatchFactory(project=admin.project)
    for number, who in enumerate(codings):
        coded(batch, str(number), *((coders[at], [ADA]) for at in who))
    agreement.measure(batch=batch, at=TUESDAY)
    since = date(2030, 1, 1) if query else None
    compute(Scope(admin.project, [batch], since=since))

    html = text(signed_in.get(address, query))

    assert re.findall(r"<h2>([^<]*)</h2>", html) == [title]
    assert 'id="alpha-title"' not in html


def test_a_batch_that_one_codes_in_is_left_out_and_said_to_be(signed_in, address, admin):
    own = AssignmentFactory(task__batch__project=admin.project, coder=admin)
    closed = own.task.batch
    BatchFactory(project=admin.project, name="Open to me")

    html = text(signed_in.get(address))

    assert "1 batch is left out" in html
    assert ("Open to me" in html, closed.name in html) == (True, False)
    for page in (address, f"{address}articles/"):
        refused = signed_in.get(page, {"batch": closed.uuid})
        assert refused.status_code == 403
        assert "You code in this batch yourself" in text(refused)


def test_who_codes_in_every_batch_is_told_why_there_is_nothing(signed_in, address, admin):
    AssignmentFactory(task__batch__project=admin.project, coder=admin)
    assert "You code in every batch yourself" in text(signed_in.get(address))


def test_figures_of_a_batch_that_one_codes_in_are_in_none_of_the_others(
    signed_in, address, admin, batch, coders
):
    closed = BatchFactory(project=admin.project)
    coded(closed, "Secret", *((coder, [ADA]) for coder in coders))
    AssignmentFactory(task__batch=closed, coder=admin)
    compute(everything(admin.project), Scope(admin.project, [batch]))

    assert "2 articles that two people or more handed in" in text(signed_in.get(address))
    assert "Secret" not in text(signed_in.get(f"{address}articles/"))


def test_coders_have_no_such_pages(client, admin, address):
    client.force_login(MemberFactory(project=admin.project, roles=[Role.CODER]).user)
    assert client.get(address).status_code == 403
    assert client.get(f"{address}articles/").status_code == 403


def test_adjudicators_see_pseudonyms_and_links_that_hold_them(adjudicator, address, batch):
    html = text(adjudicator.get(address))
    (link, _same) = links(html, "a=coder-")

    behind = text(adjudicator.get(link))

    assert not re.search(r"\b(ann|ben)\b", html + behind)
    assert len(titles(behind)) == 2


def test_a_cell_of_the_heat_map_leads_to_the_articles_of_the_two_the_worst_first(
    signed_in, address, batch
):
    html = text(signed_in.get(address))
    link, _other_way = links(html, "a=")

    behind = text(signed_in.get(link))

    assert 'aria-label="ann and ben: α ' in html
    assert "<h1>Coded by ann and ben</h1>" in behind
    assert titles(behind) == ["The first", "The second"]
    assert f"/articles/{first_article(batch).uuid}/" in links(behind, "/articles/")


def test_a_cell_of_the_confusion_table_leads_to_where_it_happened(signed_in, address, batch):
    (link,) = links(text(signed_in.get(address)), "one=actor&other=location")

    behind = text(signed_in.get(link))

    assert "<h1>One chose “Actor”, the other “Location”</h1>" in behind
    assert titles(behind) == ["The first"]


def test_a_word_leads_to_the_articles_in_which_it_is_disputed(signed_in, address, batch):
    link = links(text(signed_in.get(address)), "word=")[0]
    assert titles(text(signed_in.get(link))) == ["The first"]


def test_a_stretch_of_somebodys_work_leads_to_its_articles(signed_in, address, batch):
    link = links(text(signed_in.get(address)), "coder=ann&start=")[0]
    assert sorted(titles(text(signed_in.get(link)))) == ["The first", "The second"]


@pytest.mark.parametrize(
    "query",
    [
        "a=ann&b=nobody",
        "one=nonsense&other=actor",
        "word=nowhere",
        "coder=nobody&gold=1",
        "from=2030-01-01",
    ],
)
def test_behind_what_is_not_there_the_page_leads_back(signed_in, address, batch, query):
    html = text(signed_in.get(f"{address}articles/?{query}"))

    assert "No such article" in html
    assert titles(html) == []


@pytest.mark.parametrize(
    "query", ["a=ann", "start=yesterday", "word=" + "x" * 300, "gold=1", "page=-3", "page=x"]
)
def test_what_makes_no_sense_is_passed_over(signed_in, address, batch, query):
    assert len(titles(text(signed_in.get(f"{address}articles/?{query}")))) == 2


def test_the_page_asks_for_its_worst_articles_alone(signed_in, address, batch):
    html = text(signed_in.get(f"{address}articles/", headers={"HX-Request": "true"}))

    assert html.lstrip().startswith('<section id="worst"')
    assert titles(html) == ["The first", "The second"]


def test_who_may_rule_is_led_to_the_adjudication_and_the_queue(adjudicator, address, batch):
    html = text(adjudicator.get(f"{address}articles/?one=actor&other=location"))

    task = batch.tasks.earliest("pk")
    assert links(html, "/tasks/") == [f"/tasks/{task.uuid}/"]
    assert links(html, "/adjudication/")[-1].endswith("?label=actor&kind=label")


def test_every_table_can_be_taken_along_as_it_is_narrowed(signed_in, address, admin, batch):
    compute(everything(admin.project), Scope(admin.project, [batch]))

    files = links(text(signed_in.get(address, {"batch": batch.uuid})), "/files/")

    answers = [signed_in.get(file) for file in files]
    assert {answer.status_code for answer in answers} == {200}
    names = {re.search(r"/files/([\w.]+)\?batch=", file)[1] for file in files}
    assert names == {"report.json", *(f"{name}.csv" for name in agreement_files.TABLES)}


def test_a_filter_holds_for_the_cells_too(signed_in, address, admin, batch):
    other = BatchFactory(project=admin.project, name="Other")
    compute(everything(admin.project), Scope(admin.project, [batch], label="actor"))
    query = {"batch": batch.uuid, "label": "actor"}

    html = text(signed_in.get(address, query))

    assert f"batch={batch.uuid}&label=actor&a=ann&b=ben" in unescape(html)
    assert f'<option value="{other.uuid}">Other</option>' in html
    assert f'<option value="{batch.uuid}" selected>Harbour</option>' in html


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ({"from": "soon"}, "Enter a valid date."),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "This day comes before the first one."),
        ({"label": "nonsense"}, "Select a valid choice."),
        ({"batch": "x"}, "Enter a valid UUID."),
    ],
)
def test_a_filter_that_makes_no_sense_is_passed_over_and_said(
    signed_in, address, batch, query, complaint
):
    response = signed_in.get(address, query)

    assert response.status_code == 200
    assert complaint in text(response)


def test_a_batch_of_another_project_is_not_found(signed_in, address):
    assert signed_in.get(address, {"batch": BatchFactory().uuid}).status_code == 404


def test_the_batch_page_has_the_heat_map_of_the_batch(signed_in, admin, batch, coders):
    empty = BatchFactory(project=admin.project)
    closed = BatchFactory(project=admin.project)
    AssignmentFactory(task__batch=closed, coder=admin)

    html = text(signed_in.get(f"/batches/{batch.uuid}/"))

    assert f"batch={batch.uuid}&a=ann&b=ben" in links(html, "a=ann")[0]
    assert "As soon as two coders" in text(signed_in.get(f"/batches/{empty.uuid}/"))
    assert "batch-agreement" not in text(signed_in.get(f"/batches/{closed.uuid}/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_take_the_same_queries_for_few_rows_and_many(
    signed_in, address, admin, coders, rows, django_assert_num_queries
):
    for number in range(rows):
        batch = BatchFactory(project=admin.project)
        names = [*coders, *MemberFactory.create_batch(number, project=admin.project)]
        coded(batch, f"Article {number}", *((coder, [ADA]) for coder in names))
        agreement.measure(batch=batch, at=TUESDAY)
    compute()

    with django_assert_num_queries(12):
        assert "every 2s" not in text(signed_in.get(address))
    with django_assert_num_queries(12):
        assert len(titles(text(signed_in.get(f"{address}articles/")))) == rows
