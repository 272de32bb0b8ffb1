import re

import pytest

from annotations.enums import AssignmentState, Role
from annotations.models import Assignment, Task
from annotations.queries import matrix
from tests.coder import save, step
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    ImportJobFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)
from tests.stories import coded_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/batches/"


def test_without_articles_or_batches_the_page_says_what_comes_first(signed_in, address, admin):
    assert "Bring in articles first" in signed_in.get(address).content.decode()
    ArticleFactory(project=admin.project)
    assert "Nobody has work yet" in signed_in.get(address).content.decode()


def test_coverage_says_who_has_what_and_what_is_missing(signed_in, admin, coders):
    first = AssignmentFactory(
        task__batch__project=admin.project, coder=coders[0], state=AssignmentState.CODING
    )
    AssignmentFactory(task=first.task, coder=coders[1])
    submitted(first, [])

    html = signed_in.get(f"/batches/{first.task.batch.uuid}/").content.decode()

    assert html.count('data-state="submitted"') == 1
    assert html.count('data-state="assigned"') == 1
    assert f'href="/assignments/{first.uuid}/record/"' in html
    assert "<td data-need>1</td>" in html
    partial = signed_in.get(f"/batches/{first.task.batch.uuid}/progress/").content.decode()
    assert partial.strip() in html


def test_what_is_to_be_ruled_on_leads_there_for_who_may_rule(signed_in, admin, coders):
    batch = BatchFactory(project=admin.project)
    task = coded_task([{"label": "actor", "start": 0, "end": 5}], [], batch=batch)
    page = f"/batches/{batch.uuid}/"
    queue = f"/projects/{admin.project.slug}/adjudication/?batch={batch.uuid}"

    assert queue not in signed_in.get(page).content.decode()
    admin.roles = [Role.ADMIN, Role.ADJUDICATOR]
    admin.save(update_fields=["roles"])

    for address in (page, f"{page}progress/"):
        html = signed_in.get(address).content.decode()
        assert f'<a id="to-rule" href="{queue}">1</a>' in html
    assert f'href="/tasks/{task.uuid}/' in signed_in.get(queue).content.decode()


def test_a_flag_stands_in_its_cell_until_it_is_answered(signed_in, admin, coders):
    work = AssignmentFactory(
        task__batch__project=admin.project, coder=coders[0], flag="discuss: <b>?"
    )
    address = f"/batches/{work.task.batch.uuid}/"

    html = signed_in.get(address).content.decode()
    signed_in.post(f"/assignments/{work.uuid}/answer/", {"note": "Both."})
    answered = signed_in.get(address).content.decode()

    assert 'data-state="flagged"' in html
    assert "discuss: &lt;b&gt;?" in html
    assert 'data-state="flagged"' not in answered
    assert "discuss" not in answered


@pytest.fixture
def wide(admin, coders):
    """A batch of two windows of columns, with one article flagged and one handed in."""
    batch = BatchFactory(project=admin.project)
    for position in range(matrix.COLUMNS + 2):
        AssignmentFactory(
            task=TaskFactory(batch=batch, position=position, coders_wanted=1), coder=coders[0]
        )
    Assignment.objects.filter(task__position=3).update(flag="unsure")
    submitted(Assignment.objects.get(task__position=1), [])
    Task.objects.filter(position=1).update(state="coded")
    return batch


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", range(1, matrix.COLUMNS + 1)),
        ("page=2", [matrix.COLUMNS + 1, matrix.COLUMNS + 2]),
        ("show=flagged", [4]),
        ("show=lacking&page=2", [matrix.COLUMNS + 2]),
        ("show=nonsense&coder=nobody&page=0", range(1, matrix.COLUMNS + 1)),
        ("page=99", range(1, matrix.COLUMNS + 1)),
    ],
)
def test_the_matrix_shows_a_window_of_the_articles_asked_for(signed_in, wide, query, shown):
    for address in (f"/batches/{wide.uuid}/", f"/batches/{wide.uuid}/matrix/"):
        answer = signed_in.get(f"{address}?{query}")
        assert [column.number for column in answer.context["columns"]] == list(shown)


def test_one_coders_articles_are_shown_with_those_who_share_them(signed_in, wide, admin, coders):
    ben = coders[1]
    first = wide.tasks.get(position=0)
    Task.objects.update(coders_wanted=3)
    AssignmentFactory(task=first, coder=ben)
    alone = AssignmentFactory(task__batch=wide)

    answer = signed_in.get(f"/batches/{wide.uuid}/?coder={ben.uuid}")

    assert [column.task for column in answer.context["columns"]] == [first.uuid]
    assert [coder.name for coder, _minutes, _row in answer.context["rows"]] == ["ben", "ann"]
    assert alone.coder.name not in [row[0].name for row in answer.context["rows"]]


def test_of_a_crowd_only_those_are_rows_who_have_an_article_that_is_shown(
    signed_in, wide, coders, monkeypatch
):
    monkeypatch.setattr(matrix, "ROWS", 1)
    later = wide.tasks.get(position=matrix.COLUMNS)
    Task.objects.filter(pk=later.pk).update(coders_wanted=2)
    AssignmentFactory(task=later, coder=coders[1])

    pages = [signed_in.get(f"/batches/{wide.uuid}/?page={number}") for number in (1, 2)]

    shown = [[row[0].name for row in page.context["rows"]] for page in pages]
    assert shown == [["ann"], ["ann", "ben"]]
    assert "The 1 of 2 coders who have one of these articles." in pages[0].content.decode()


def test_a_batch_that_is_over_its_date_says_so_and_who_is_behind(signed_in, admin, coders):
    batch = BatchFactory(project=admin.project, due=MONDAY.date())
    AssignmentFactory(task__batch=batch, coder=coders[0])

    page = signed_in.get(f"/batches/{batch.uuid}/").content.decode()
    listed = signed_in.get(f"/projects/{admin.project.slug}/batches/").content.decode()

    for html in (page, listed):
        assert "overdue since" in html
        assert "<bdi" in html[html.index("ehind") :]
    assert "Overdue: <bdi>ann</bdi>." in page


def test_what_is_open_and_due_comes_first_in_the_list(signed_in, address, admin, coders):
    done = BatchFactory(project=admin.project, name="done", due=MONDAY.date())
    submitted(AssignmentFactory(task__batch=done, task__coders_wanted=1), [])
    for name, due in (("never", None), ("late", TUESDAY.date()), ("soon", MONDAY.date())):
        batch = BatchFactory(project=admin.project, name=name, due=due)
        AssignmentFactory(task__batch=batch)

    names = [batch.name for batch in signed_in.get(address).context["page"]]

    assert names == ["soon", "late", "never", "done"]


def test_what_an_import_brought_tells_from_which_file(signed_in, address, admin):
    job = ImportJobFactory(project=admin.project, state="ready")
    job.files.create(name="brat.zip", path="x", size=1, sha256="0" * 64, position=0)
    batch = BatchFactory(project=admin.project, import_job=job)

    listed = signed_in.get(address).content.decode()
    page = signed_in.get(f"/batches/{batch.uuid}/").content.decode()

    assert "imported from <bdi>brat.zip</bdi>" in listed
    assert f'<a href="/projects/{admin.project.slug}/imports/{job.uuid}/">an import</a>' in page


def test_a_batch_that_is_called_after_its_import_is_to_be_given_a_name(signed_in, admin):
    job = ImportJobFactory(project=admin.project, state="ready")
    batch = BatchFactory(project=admin.project, import_job=job, name=f"import:{job.uuid}")
    page = f"/batches/{batch.uuid}/"
    way = f'<a href="{page}settings/">Give it a name</a>'

    assert way in signed_in.get(page).content.decode()
    batch.name = "Newswire of 2019"
    batch.save(update_fields=["name"])
    assert way not in signed_in.get(page).content.decode()


def test_the_page_of_one_work_tells_what_happened_to_it(signed_in, admin, coders):
    work = AssignmentFactory(
        task__batch__project=admin.project, coder=coders[0], return_note="Look again."
    )
    page = signed_in.get(f"/assignments/{work.uuid}/record/").content.decode()
    assert "ann" in page
    assert "Look again." in page


def test_the_page_of_one_work_tells_each_step_with_the_words_that_it_has(signed_in, admin, coders):
    work = AssignmentFactory(task__batch__project=admin.project, coder=coders[0])
    tag = step(quote="Mayor Ada Brandt")
    span = tag["span_id"]
    save(
        work,
        tag,
        step("note", span_id=span, base_rev=1, note="Why so?"),
        step("delete", span_id=span, base_rev=2),
        step("flag", reason="Half of it is missing."),
    )

    page = signed_in.get(f"/assignments/{work.uuid}/record/").content.decode()

    told = re.findall(r'<td data-label="Words"><bdi>(.*)</bdi>', page)
    assert told == ["Half of it is missing.", "–", "Why so?", "Mayor Ada Brandt"]


def test_an_admins_own_work_and_that_of_a_blind_batch_have_no_such_page(signed_in, admin, coders):
    own = AssignmentFactory(task__batch__project=admin.project, coder=admin)
    other = AssignmentFactory(task=own.task, coder=coders[0])
    for work in (own, other):
        assert signed_in.get(f"/assignments/{work.uuid}/record/").status_code == 404
    assert signed_in.get(f"/batches/{own.task.batch.uuid}/matrix/").status_code == 404


def test_an_admin_who_codes_sees_the_same_page_whatever_the_others_do(signed_in, admin, coders):
    own = AssignmentFactory(task__batch__project=admin.project, coder=admin)
    other = AssignmentFactory(task=own.task, coder=coders[0], state=AssignmentState.CODING)
    pages = [
        f"/batches/{own.task.batch.uuid}/",
        f"/batches/{own.task.batch.uuid}/progress/",
        f"/projects/{admin.project.slug}/batches/",
    ]

    def seen():
        return [main_of(signed_in.get(page)) for page in pages]

    before = seen()
    submitted(other, [])
    assert seen() == before
    assert "You code in this batch yourself" in before[0]


def main_of(answer):
    """The page but for what differs by request: the CSRF tokens of the frame."""
    html = answer.content.decode()
    return html[html.find("<main") :] if "<main" in html else html


def test_batches_are_the_admins(client, admin, address):
    batch = BatchFactory(project=admin.project)
    client.force_login(MemberFactory(project=admin.project, roles=[Role.CODER]).user)
    assert client.get(address).status_code == 403
    assert client.get(f"/batches/{batch.uuid}/").status_code == 404
    assert client.get(f"/batches/{batch.uuid}/progress/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(
    signed_in, address, admin, rows, django_assert_num_queries
):
    for batch in BatchFactory.create_batch(rows, project=admin.project):
        AssignmentFactory(task__batch=batch)
    with django_assert_num_queries(10):
        signed_in.get(address)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_batch_takes_the_same_queries_for_one_article_and_three(
    signed_in, admin, rows, django_assert_num_queries
):
    batch = BatchFactory(project=admin.project)
    for _ in range(rows):
        AssignmentFactory(task__batch=batch)
    with django_assert_num_queries(15):
        signed_in.get(f"/batches/{batch.uuid}/?show=lacking")
    with django_assert_num_queries(9):
        signed_in.get(f"/batches/{batch.uuid}/matrix/")
    with django_assert_num_queries(8):
        signed_in.get(f"/batches/{batch.uuid}/progress/")
