"""The page of spans of an earlier meaning: shown, narrowed, asked, given to review."""

import pytest

from annotations.actions import codebook, codebook_draft
from annotations.enums import AssignmentState, TaskState
from annotations.queries import codebook as versions
from annotations.queries import codebook_draft as drafts
from tests.annotations.views.test_codebook_draft import filled
from tests.factories import TUESDAY, AssignmentFactory, BatchFactory, TaskFactory, submitted
from tests.stories import coded_task, with_rows

pytestmark = pytest.mark.django_db

MAYOR = {"label": "actor", "start": 0, "end": 16}
VELMORA = {"label": "location", "start": 25, "end": 32}


@pytest.fixture
def batch(admin):
    admin.project.settings = {"auto_finish": True}
    admin.project.save()
    return BatchFactory(project=admin.project)


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/codebook/review/"


def labels(project, **fields):
    said = versions.as_contract(versions.current(project))["labels"]
    return [{**one, **fields} if one["key"] == "actor" else one for one in said]


def change_meaning(project, definition="Who acts."):
    changed = labels(project, definition=definition)
    codebook.publish(project=project, labels=changed, by=None, at=TUESDAY)


def begun(batch):
    work = submitted(AssignmentFactory(task=TaskFactory(batch=batch)), [MAYOR, VELMORA])
    with_rows(work)
    for state in (AssignmentState.RETURNED, AssignmentState.CODING):
        work.state = state
        work.save()
    return work


def done(batch):
    task = coded_task([MAYOR, VELMORA], [MAYOR, VELMORA], batch=batch)
    task.refresh_from_db()
    assert task.state == TaskState.ADJUDICATED
    return task


def test_each_standing_shows_its_articles_with_the_spans_that_changed(signed_in, batch, address):
    work, task = begun(batch), done(batch)
    change_meaning(batch.project)

    page = signed_in.get(address)
    gold = signed_in.get(f"{address}?standing=gold")

    assert page.context["rows"] == [work]
    assert gold.context["rows"] == [task]
    for shown in (page, gold):
        text = shown.content.decode()
        assert "Mayor Ada Brandt" in text
        assert "<bdi>Velmora</bdi>" not in text
    assert [count for _one, _name, count in page.context["standings"]] == [1, 0, 1]


def test_the_list_is_narrowed_and_goes_on_after_its_last_row(
    signed_in, admin, batch, address, monkeypatch
):
    monkeypatch.setattr("annotations.views.codebook_review.PER_PAGE", 1)
    first, second = begun(batch), begun(batch)
    elsewhere = begun(BatchFactory(project=admin.project))
    change_meaning(admin.project)

    def rows(query):
        return signed_in.get(address + query).context["rows"]

    assert rows("") == [first]
    assert rows(f"?after={first.uuid}") == [second]
    assert rows(f"?batch={elsewhere.task.batch.uuid}") == [elsewhere]
    assert rows("?label=location&batch=none") == rows("?standing=odd") == [first]


def test_nothing_happens_before_it_is_confirmed(signed_in, batch, address):
    work = begun(batch)
    other = begun(batch)
    change_meaning(batch.project)
    ticked = {"scope": "ticked", "chosen": [str(work.uuid), "odd"]}

    asked = signed_in.post(address, ticked)

    work.refresh_from_db()
    assert work.codebook.number == 1
    assert "Have 1 article go on by today’s codebook?" in asked.content.decode()

    signed_in.post(address, {**ticked, "is_confirmed": "on"})

    work.refresh_from_db()
    other.refresh_from_db()
    assert (work.codebook.number, other.codebook.number) == (2, 1)


def test_all_that_the_filters_leave_go_back_with_the_note(signed_in, admin, batch, address):
    task = coded_task([MAYOR], [], batch=batch)
    with_rows(*task.assignments.all())
    far = coded_task([MAYOR], [], batch=BatchFactory(project=admin.project))
    with_rows(*far.assignments.all())
    change_meaning(admin.project)
    narrowed = f"{address}?standing=submitted&batch={batch.uuid}"
    assert (
        "Return 1 article to its coder?"
        in signed_in.post(narrowed, {"scope": "all"}).content.decode()
    )

    answer = signed_in.post(
        narrowed, {"scope": "all", "is_confirmed": "on", "note": "Titles count."}, follow=True
    )

    assert "1 article went back to its coder." in answer.content.decode()
    back = task.assignments.get(state=AssignmentState.RETURNED)
    assert back.return_note == "Titles count."
    assert not far.assignments.filter(state=AssignmentState.RETURNED).exists()


def test_gold_is_opened_to_rulings_again(signed_in, batch, address):
    task = done(batch)
    change_meaning(batch.project)

    answer = signed_in.post(
        f"{address}?standing=gold", {"scope": "all", "is_confirmed": "on"}, follow=True
    )

    task.refresh_from_db()
    assert (task.state, task.cards_open) == (TaskState.ADJUDICATING, 1)
    assert "1 article is open to rulings again." in answer.content.decode()


def test_where_nothing_is_ticked_nothing_is_asked(signed_in, batch, address):
    begun(batch)
    change_meaning(batch.project)

    answer = signed_in.post(address, {"scope": "ticked"})

    assert "Tick what is to be reviewed." in answer.content.decode()


def test_what_is_reviewed_meanwhile_is_refused_in_words(signed_in, batch, address):
    answer = signed_in.post(address, {"scope": "all", "is_confirmed": "on"}, follow=True)

    assert "Nothing of what you chose" in answer.content.decode()
    assert "means what its label means today" in answer.content.decode()


def test_the_draft_counts_what_it_would_touch(signed_in, admin, batch):
    begun(batch)
    done(batch)
    edition = drafts.latest(admin.project)
    codebook_draft.save(
        project=admin.project,
        seen=edition,
        labels=labels(admin.project, definition="Who acts."),
        rules=[],
        change="meaning",
        note="",
        by=admin.user,
        at=TUESDAY,
    )

    page = signed_in.get(f"/projects/{admin.project.slug}/codebook/draft/")

    (touched,) = page.context["counts"]
    assert touched.spans == {"progress": 1, "submitted": 0, "gold": 1}
    assert "Spans that a change of meaning would touch" in page.content.decode()


@pytest.mark.parametrize(
    ("change", "way_on"), [("minor", "codebook/"), ("meaning", "codebook/review/")]
)
def test_who_publishes_another_meaning_is_led_to_the_spans(
    signed_in, admin, batch, change, way_on
):
    begun(batch)
    address = f"/projects/{admin.project.slug}/codebook/edit/"
    form = signed_in.get(address)
    data = filled(form) | {"labels-0-definition": "Who acts.", "change": change}
    answer = signed_in.post(address, data)

    assert answer["Location"] == f"/projects/{admin.project.slug}/{way_on}"


def test_the_page_asks_no_more_for_more_rows(signed_in, batch, address, django_assert_num_queries):
    begun(batch)
    done(batch)
    change_meaning(batch.project)
    signed_in.get(address)
    for _ in range(2):
        for standing in ("progress", "gold"):
            with django_assert_num_queries(15 + 2 * (standing == "progress")):
                signed_in.get(f"{address}?standing={standing}")
        begun(batch)
        done(batch)
