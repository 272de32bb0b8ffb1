"""What checks come to is the admins' to read; to coders they are articles like any other."""

import re
import uuid

import pytest
from django.db import transaction

from annotations.actions import agreement
from annotations.enums import Role
from annotations.models import Assignment, Task
from tests.annotations.actions.disputes import BRANDT, MAYOR, VELMORA, actor, place
from tests.coder import hand_in, save, step
from tests.factories import (
    TUESDAY,
    ArticleFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
)
from tests.stories import article_with_gold, opened

pytestmark = pytest.mark.django_db

GOLD = [actor(MAYOR), place(VELMORA)]
GOOD, BAD = ("actor", MAYOR), ("actor", BRANDT)


@pytest.fixture
def project():
    project = ProjectFactory(slug="lake", settings={"auto_finish": True})
    CodebookFactory(project=project)
    return project


@pytest.fixture
def admin(project):
    return MemberFactory(project=project, roles=[Role.ADMIN])


@pytest.fixture
def coders(project):
    return [MemberFactory(project=project, user__username=name) for name in ("ann", "ben")]


def code(work, *marks):
    save(work, *[step(label=label, extent=extent) for label, extent in marks])
    return hand_in(work, submission_id=uuid.UUID(int=work.pk))


def round_of(project, coders, count, **wish):
    for _ in range(count):
        article_with_gold(project, *GOLD)
    articles = ArticleFactory.create_batch(2, project=project)
    return opened(project, *coders, articles=articles, **{"checks": count, **wish})


def hand_in_checks(batch, member, *marks):
    """Hand in the checks of ``member``, each with one of ``marks``."""
    work = Assignment.objects.filter(
        task__batch=batch, coder=member, task__known_gold__isnull=False
    )
    for one, mark in zip(work.order_by("position"), marks, strict=False):
        code(one, mark)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def test_the_batch_page_says_what_checks_came_to(client, project, admin, coders):
    batch = round_of(project, coders, 2)
    hand_in_checks(batch, coders[0], GOOD, BAD)
    client.force_login(admin.user)

    page = words(client.get(f"/batches/{batch.uuid}/"))

    assert "4 articles, of which 2 checks" in page
    assert "ann 2 of 2 0.333 Too few to say: 2 checks so far, of the 10" in page
    assert "ben 0 of 2 –" in page
    assert "of which 2 checks" in words(client.get("/projects/lake/batches/"))
    answer = client.get(f"/api/v1/batches/{batch.uuid}/").json()
    assert answer["progress"]["checks"] == 2


def test_a_fall_is_told_on_both_pages_with_what_it_means(client, project, admin, coders):
    batch = round_of(project, coders, 10)
    hand_in_checks(batch, coders[0], *[GOOD] * 5, *[BAD] * 5)
    hand_in_checks(batch, coders[1], *[GOOD, BAD] * 5)
    client.force_login(admin.user)

    fallen = (
        "The last 5 come to 0.000, the 5 before to 0.667. By chance a fall as deep comes "
        "in at most 1 of 100 orders of these checks. Look at the last ones with the coder."
    )
    page = words(client.get(f"/batches/{batch.uuid}/"))
    assert f"fallen {fallen}" in page
    assert "Nothing to act on: the last 5 come to 0.267, the 5 before to 0.400, but" in page
    own = words(client.get(f"/projects/lake/people/{coders[0].uuid}/"))
    assert f"Fallen. {fallen}" in own
    assert "10 hidden checks handed in, strict F1 with gold 0.333." in own


def test_what_does_not_fall_is_said_so(client, project, admin, coders):
    batch = round_of(project, coders, 10)
    hand_in_checks(batch, coders[0], *[BAD] * 5, *[GOOD] * 5)
    client.force_login(admin.user)

    page = words(client.get(f"/projects/lake/people/{coders[0].uuid}/"))

    assert "No fall: the last 5 come to 0.667, the 5 before to 0.000." in page


def test_who_codes_in_the_batch_reads_nothing_of_checks(client, project, admin, coders):
    ann, _ben = coders
    admin.roles = [Role.ADMIN, Role.CODER]
    admin.save()
    batch = round_of(project, [ann, admin], 2)
    hand_in_checks(batch, ann, GOOD, BAD)
    hand_in_checks(batch, admin, GOOD, BAD)
    client.force_login(admin.user)

    for page in (
        f"/batches/{batch.uuid}/",
        "/projects/lake/batches/",
        f"/projects/lake/people/{ann.uuid}/",
        f"/projects/lake/people/{admin.uuid}/",
    ):
        shown = words(client.get(page))
        assert "check" not in shown.lower().replace("checked", ""), page
    assert client.get(f"/api/v1/batches/{batch.uuid}/").json()["progress"] is None


def test_the_plan_says_how_many_checks_and_not_which(client, project, admin, coders):
    known = [article_with_gold(project, *GOLD) for _ in range(2)]
    articles = ArticleFactory.create_batch(2, project=project)
    ids = [str(article.uuid) for article in articles]
    form = {
        "name": "Spring",
        "source": "ids",
        "ids": ids,
        "coders": ["ann", "ben"],
        "coders_per_article": 1,
        "checks": 2,
    }
    asked = {"articles": {"ids": ids}, "coders": ["ann", "ben"], "coders_per_article": 1}
    client.force_login(admin.user)

    shown = client.post("/projects/lake/batches/new/preview/", form)
    preview = client.post(
        "/api/v1/projects/lake/batches/?preview=true", asked | {"checks": 2}, "application/json"
    )
    made = client.post("/projects/lake/batches/new/", form)

    assert "2 checks are hidden among them, for every coder." in words(shown)
    assert preview.json()["checks"] == 2
    assert preview.json()["loads"] == {"ann": 3, "ben": 3}
    for article in known:
        assert article.title not in words(shown)
        assert str(article.uuid) not in preview.content.decode()
    assert made.status_code == 302
    assert Task.objects.checks().count() == 2


def test_who_knows_articles_with_gold_is_named_with_fewer_checks(client, project, admin, coders):
    first, _second = [article_with_gold(project, *GOLD) for _ in range(2)]
    opened(project, coders[0], articles=[first], training=True, name="Training")
    ArticleFactory(project=project)
    client.force_login(admin.user)

    shown = client.post(
        "/projects/lake/batches/new/preview/",
        {"coders": ["ann", "ben"], "coders_per_article": 1, "checks": 2, "batch": "none"},
    )

    assert "for every coder. Some know articles with gold already and get fewer: ann 1." in words(
        shown
    )


def test_a_coder_reads_the_same_of_a_check_as_of_any_article(client, project, coders):
    ann, ben = coders
    batch = round_of(project, coders, 1)
    # All of ann's is adjudicated but for the check; what ben has is not.
    for work in Assignment.objects.filter(task__batch=batch, coder=ann, task__known_gold=None):
        code(work, BAD)
    agreement.measure(batch=batch, at=TUESDAY)
    check = Assignment.objects.get(coder=ann, task__in=batch.tasks.checks())
    client.force_login(ann.user)

    as_check = _read(client, check, is_check=True)
    as_real = _read(client, check, is_check=False)

    for name, shown in as_real.items():
        assert as_check[name] == shown, name
    assert as_check["tried again", ""][0] == 409
    # It is no matter of there being nothing to read: once the others are adjudicated there is.
    code(check, BAD)
    week = "/api/v1/projects/lake/feedback/agreement/"
    assert client.get(week).json() == {"weeks": []}
    for work in Assignment.objects.filter(task__batch=batch, coder=ben, task__known_gold=None):
        code(work, GOOD)
    assert [one["articles"] for one in client.get(week).json()["weeks"]] == [1]


def _read(client, work, *, is_check):
    """Return all that a coder is answered before and after handing ``work`` in; then undo it."""
    with transaction.atomic():
        if not is_check:
            Task.objects.filter(pk=work.task_id).update(known_gold=None)
        found = {("before", page): _answer(client, page) for page in _pages(work)}
        op = step(label=BAD[0], extent=BAD[1], span_id=uuid.UUID(int=1))
        found["saved", ""] = repr(save(work, op | {"op_id": uuid.UUID(int=2)}))
        found["handed in", ""] = repr(hand_in(work, submission_id=uuid.UUID(int=3)))
        found |= {("after", page): _answer(client, page) for page in _pages(work)}
        drawn = client.post("/api/v1/projects/lake/next/", {}, "application/json")
        found["next", ""] = (drawn.status_code, drawn.content)
        address = f"/api/v1/assignments/{work.uuid}/try-again/"
        tried = client.post(address, {}, "application/json")
        found["tried again", ""] = (tried.status_code, tried.content)
        transaction.set_rollback(True)
    return found


def _pages(work):
    api = f"/api/v1/assignments/{work.uuid}/"
    return [
        "/",
        "/projects/lake/",
        "/projects/lake/feedback/",
        f"/projects/lake/people/{work.coder.uuid}/",
        f"/assignments/{work.uuid}/",
        f"/training/{work.task.uuid}/",
        f"/batches/{work.task.batch.uuid}/",
        api,
        f"{api}history/",
        f"{api}drafts/",
        f"{api}comparison/",
        f"/api/v1/articles/{work.task.article.uuid}/",
        "/api/v1/projects/lake/",
        "/api/v1/projects/lake/articles/",
        "/api/v1/projects/lake/assignments/",
        "/api/v1/projects/lake/feedback/",
        "/api/v1/projects/lake/feedback/agreement/",
        "/api/v1/projects/lake/batches/",
        "/api/v1/projects/lake/tasks/",
        "/api/v1/projects/lake/history/",
    ]


def _answer(client, page):
    answer = client.get(page)
    shown = answer.content.decode()
    body = re.sub(r'(X-CSRFToken": |csrfmiddlewaretoken" value=|data-csrf=)"\w+"', "", shown)
    return answer.status_code, answer.get("ETag"), body
