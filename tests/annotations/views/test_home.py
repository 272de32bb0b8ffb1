from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.enums import AssignmentState, Role, TaskState
from annotations.models import CodebookVersion, FlagAnswer, Reminder
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    TaskFactory,
    UserFactory,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def coder():
    return MemberFactory(roles=[Role.CODER])


@pytest.fixture
def signed_in(client, coder):
    client.force_login(coder.user)
    return client


def give(coder, title="The talks", batch=None, **fields):
    batch = batch or BatchFactory(project=coder.project)
    article = ArticleFactory(project=coder.project, meta={"title": title})
    return AssignmentFactory(task=TaskFactory(batch=batch, article=article), coder=coder, **fields)


def titles(rows):
    return [row.task.article.title for row in rows]


def test_a_visitor_is_led_to_the_sign_in_page_and_back(client):
    answer = client.get("/")

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/")


def test_somebody_in_no_project_is_told_what_to_do(client):
    client.force_login(UserFactory(username="amina"))

    page = client.get("/").content.decode()

    assert "You are in no project yet" in page
    assert "amina" in page
    assert 'href="/projects/new/"' in page


def test_work_in_progress_comes_before_what_was_returned_and_what_is_new(signed_in, coder):
    batch = BatchFactory(project=coder.project)
    give(coder, "New", batch)
    give(coder, "Back", batch, state=AssignmentState.RETURNED)
    give(coder, "Older", batch, state=AssignmentState.CODING, saved_at=MONDAY)
    give(coder, "Open", batch, state=AssignmentState.CODING, saved_at=TUESDAY)

    context = signed_in.get("/").context

    assert context["next_article"].task.article.title == "Open"
    (own,) = context["own_batches"]
    assert titles(own.rows)[2:] == ["Back", "New"]
    assert (own.total, own.submitted) == (4, 0)


def test_work_that_was_taken_away_or_handed_in_is_not_to_be_done(signed_in, coder):
    batch = BatchFactory(project=coder.project)
    give(coder, "Gone", batch, state=AssignmentState.RELEASED)
    submitted(give(coder, "Done", batch), [])

    context = signed_in.get("/").context

    assert context["next_article"] is None
    (own,) = context["own_batches"]
    assert (own.total, own.submitted, own.rows) == (1, 1, [])


def test_only_the_first_few_articles_of_a_batch_are_listed_and_the_rest_counted(signed_in, coder):
    batch = BatchFactory(project=coder.project)
    for number in range(11):
        give(coder, f"Article {number}", batch, position=number)

    (own,) = signed_in.get("/").context["own_batches"]

    assert titles(own.rows) == [f"Article {number}" for number in range(8)]
    assert own.unseen == 3


def test_the_words_of_an_article_are_counted(signed_in, coder):
    give(coder)

    (own,) = signed_in.get("/").context["own_batches"]

    assert own.rows[0].words == 11


def test_the_page_of_a_coder_says_the_same_whatever_the_other_coders_do(signed_in, coder):
    mine = give(coder, "Ours")
    other = MemberFactory(project=coder.project)
    before = signed_in.get("/").content

    theirs = AssignmentFactory(task=mine.task, coder=other, state=AssignmentState.CODING)
    submitted(theirs, [{"label": "actor", "start": 0, "end": 5}])

    csrf = slice(0, None)
    assert strip_csrf(signed_in.get("/").content[csrf]) == strip_csrf(before)


def strip_csrf(page):
    return [line for line in page.splitlines() if b"csrf" not in line.lower()]


def test_articles_handed_in_this_week_are_counted(signed_in, coder):
    now = timezone.now()
    for days, spans in ((1, 3), (6, 4), (8, 50)):
        done = submitted(give(coder), [])
        done.submitted_at = now - timedelta(days=days)
        done.span_count = spans
        done.save()

    week = signed_in.get("/").context["week"]
    assert week == {"articles": 2, "spans": 7, "time": timedelta(0)}


def test_who_runs_one_project_is_told_what_to_do_next_in_it(client):
    admin = MemberFactory(roles=[Role.ADMIN])
    client.force_login(admin.user)

    assert "Bring in the articles" in client.get("/").content.decode()
    MemberFactory(user=admin.user, roles=[Role.ADMIN])
    assert "Bring in the articles" not in client.get("/").content.decode()


def test_an_adjudicator_is_told_how_many_articles_wait(client):
    adjudicator = MemberFactory(roles=[Role.ADJUDICATOR])
    batch = BatchFactory(project=adjudicator.project)
    for state in (TaskState.CODED, TaskState.ADJUDICATING, TaskState.OPEN):
        TaskFactory(batch=batch, state=state)
    client.force_login(adjudicator.user)

    (membership,) = client.get("/").context["memberships"]

    assert membership.awaiting == 2


def pool_for(coder, articles=1):
    batch = BatchFactory(project=coder.project, strategy="pool")
    batch.drawers.add(coder)
    for _ in range(articles):
        TaskFactory(batch=batch, coders_wanted=1)
    return batch


@pytest.mark.parametrize("page", ["/", "/projects/{slug}/"])
def test_who_has_nothing_to_do_is_offered_the_next_article_of_a_pool(signed_in, coder, page):
    CodebookFactory(project=coder.project)
    pool_for(coder)
    address = page.format(slug=coder.project.slug)
    assert "Draw the next article" in signed_in.get(address).content.decode()

    drawn = signed_in.post(f"/projects/{coder.project.slug}/next/")

    assignment = coder.assignments.get()
    assert (drawn.status_code, drawn["Location"]) == (302, f"/assignments/{assignment.uuid}/")
    assert "Draw the next article" not in signed_in.get(address).content.decode()
    submitted(assignment, [])
    assert "Draw the next article" not in signed_in.get(address).content.decode()


def test_who_comes_too_late_for_the_last_article_is_told(signed_in, coder):
    CodebookFactory(project=coder.project)
    batch = pool_for(coder)
    AssignmentFactory(task=batch.tasks.get())

    page = signed_in.post(f"/projects/{coder.project.slug}/next/", follow=True)

    assert "There is nothing left to draw today." in page.content.decode()
    assert not coder.assignments.exists()


def test_what_came_back_stands_first_with_its_note(signed_in, coder):
    give(coder, "Open", state=AssignmentState.CODING, saved_at=MONDAY)
    give(coder, "Back", state=AssignmentState.RETURNED, return_note="Titles belong to the name.")

    page = signed_in.get("/")

    text = page.content.decode()
    assert titles(page.context["returned"]) == ["Back"]
    assert text.index("1 article came back to you") < text.index("batch-head")
    assert text.index("Titles belong to the name.") < text.index(">Back</a>")


def test_what_came_back_is_not_told_twice_where_it_is_next(signed_in, coder):
    give(coder, "Back", state=AssignmentState.RETURNED, return_note="Look again.")

    assert signed_in.get("/").context["returned"] == []


def test_a_batch_past_its_due_date_is_called_overdue_until_it_is_done(signed_in, coder):
    batch = BatchFactory(project=coder.project, due=MONDAY.date())
    work = give(coder, batch=batch)
    assert "overdue since Mon 2 Mar" in signed_in.get("/").content.decode()

    submitted(work, [])
    page = signed_in.get("/").content.decode()
    assert "overdue" not in page
    assert "due Mon 2 Mar" in page


def test_a_codebook_that_is_newer_than_ones_last_work_is_told_with_its_note(signed_in, coder):
    CodebookFactory(project=coder.project)
    give(coder, state=AssignmentState.CODING, saved_at=MONDAY)
    fields = {"project": coder.project, "number": 2, "change": "minor", "note": "Titles count."}
    CodebookVersion.objects.create(**fields, published_at=MONDAY)
    assert "since you last coded there" not in signed_in.get("/").content.decode()

    CodebookVersion.objects.create(**fields | {"number": 3}, published_at=TUESDAY)
    page = signed_in.get("/").content.decode()
    assert "has a version 3 since you last coded there" in page
    assert "/codebook/3/changes/?since=2" in page
    assert "Titles count." in page


def test_a_coder_without_work_is_told_where_it_will_appear(signed_in):
    assert "Nothing was given to you yet" in signed_in.get("/").content.decode()


def test_a_coder_who_is_done_is_told_so(signed_in, coder):
    submitted(give(coder), [])

    page = signed_in.get("/").content.decode()

    assert "You have coded everything that was given to you." in page
    assert "Nothing was given to you yet" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_home_takes_the_same_queries_for_one_row_and_for_three(
    signed_in, coder, rows, django_assert_num_queries
):
    for number in range(rows):
        batch = BatchFactory(project=coder.project)
        work = give(coder, f"Article {number}", batch, state=AssignmentState.RETURNED)
        Reminder.objects.create(member=coder, batch=batch, sent_at=timezone.now())
        FlagAnswer.objects.create(
            assignment=work,
            rev=0,
            flag="Hm",
            answered_by=coder.user,
            answered_at=timezone.now(),
        )
        MemberFactory(user=coder.user)

    with django_assert_num_queries(13):
        page = signed_in.get("/")

    assert len(page.context["own_batches"]) == rows
    assert len(page.context["memberships"]) == 1 + rows
