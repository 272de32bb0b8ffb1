import pytest

from annotations.enums import JobState
from annotations.models import Assignment, Batch, Cluster
from tests.contract.people import ADMINS, only
from tests.contract.shapes import assert_fits, is_day, is_moment, is_uuid, maybe, page_of
from tests.factories import ArticleFactory, AssignmentFactory, ImportJobFactory, submitted

LIST = "projects/study/batches/"
BATCH = {
    "id": is_uuid,
    "name": str,
    "strategy": str,
    "coders_per_article": int,
    "overlap": float,
    "order": str,
    "selection": dict,
    "one_per_cluster": bool,
    "suggestions": bool,
    "training": bool,
    "requires": maybe({"strict_f1": float, "articles": int}),
    "seed": int,
    "due": maybe(is_day),
    "priority": str,
    "daily_quota": maybe(int),
    "lease_days": maybe(int),
    "created_at": is_moment,
    "closed_at": maybe(is_moment),
    "articles": int,
    "progress": {"wanted": int, "submitted": int, "adjudicated": int, "checks": int},
}


@pytest.fixture
def wish(study):
    """Return a body with every field; both coders get all three articles."""
    articles = [ArticleFactory(project=study.project) for _ in range(3)]
    return {
        "name": "Spring",
        "articles": {"ids": [str(article.uuid) for article in articles]},
        "coders": [study.coder.user.username, study.other.user.username],
        "coders_per_article": 2,
        "strategy": "balanced",
        "one_per_cluster": False,
        "due": "2026-05-01",
        "seed": 7,
    }


def test_batches_are_the_admins(study, wish):
    assert study.everybody("GET", LIST) == only(*ADMINS)
    assert study.everybody("POST", LIST, wish) == only(*ADMINS, status=201)
    assert study.everybody("GET", "batches/{batch}/") == only(*ADMINS, others=404)
    assert_fits(study.ask("admin", "GET", LIST).json(), page_of(BATCH))
    assert_fits(study.ask("admin", "GET", "batches/{batch}/").json(), BATCH)


def test_a_batch_is_as_it_was_asked_for(study, wish):
    made = study.ask("admin", "POST", LIST, wish)

    assert made.status_code == 201
    assert_fits(
        made.json(),
        BATCH
        | {name: wish[name] for name in wish.keys() - {"articles", "coders"}}
        | {
            "articles": 3,
            "progress": {"wanted": 6, "submitted": 0, "adjudicated": 0, "checks": 0},
        },
    )
    batch = Batch.objects.get(uuid=made.json()["id"])
    assert Assignment.objects.filter(task__batch=batch).count() == 6


def test_the_settings_of_a_batch_can_be_changed_under_way(study):
    wanted = {
        "name": "Summer",
        "due": "2026-06-01",
        "priority": "high",
        "daily_quota": 20,
        "lease_days": 7,
    }
    assert study.everybody("PATCH", "batches/{batch}/", {}) == only(*ADMINS, others=404)

    answer = study.ask("admin", "PATCH", "batches/{batch}/", wanted)

    assert_fits(answer.json(), BATCH | wanted)
    cleared = study.ask("admin", "PATCH", "batches/{batch}/", {"daily_quota": None}).json()
    assert (cleared["daily_quota"], cleared["lease_days"]) == (None, 7)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("due", "soon"),
        ("priority", 3),
        ("priority", "urgent"),
        ("daily_quota", 0),
        ("daily_quota", "5"),
        ("lease_days", 366),
    ],
)
def test_settings_that_make_no_sense_are_refused(study, field, value):
    answer = study.ask("admin", "PATCH", "batches/{batch}/", {field: value})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_preview_says_who_would_get_what_and_writes_nothing(study, wish):
    before = Batch.objects.count()
    coders = sorted(wish["coders"])

    shown = study.ask("admin", "POST", f"{LIST}?preview=true", wish)

    assert shown.status_code == 200
    assert_fits(
        shown.json(),
        {
            "assignments": [{"article": is_uuid, "coders": [str]}],
            "loads": dict.fromkeys(coders, 3),
            "pairs": [{"a": coders[0], "b": coders[1], "articles": 3}],
            "checks": 0,
            "unplaced": [],
            "reasons": [],
            "shared": 3,
            "balance": {"loads": 0, "pairs": 0, "reason": None},
            "hours": {
                "total": float,
                "coders": [
                    {
                        "coder": str,
                        "hours": float,
                        "pace": "default",
                        "minutes_per_1000_characters": 2.0,
                    }
                ],
            },
        },
    )
    named = [row["article"] for row in shown.json()["assignments"]]
    assert sorted(named) == sorted(wish["articles"]["ids"])
    assert Batch.objects.count() == before


def test_what_was_previewed_is_what_is_given_out(study, wish):
    wish["coders_per_article"] = 1
    shown = study.ask("admin", "POST", f"{LIST}?preview=true", wish).json()
    made = study.ask("admin", "POST", LIST, wish).json()

    given = Assignment.objects.filter(task__batch__uuid=made["id"])
    assert {
        (str(row.task.article.uuid), row.coder.user.username)
        for row in given.select_related("task__article", "coder__user")
    } == {(row["article"], coder) for row in shown["assignments"] for coder in row["coders"]}


@pytest.mark.parametrize("choice", ["ids", "import", "all", "sample"])
def test_articles_are_chosen_in_four_ways(study, wish, choice):
    job = ImportJobFactory(project=study.project)
    ArticleFactory.create_batch(2, project=study.project, import_job=job)
    every = study.project.articles.count()
    choices = {
        "ids": (wish["articles"], 3),
        "import": ({"import": str(job.uuid)}, 2),
        "all": ({"all": True}, every),
        "sample": ({"sample": 4}, 4),
    }
    wish["articles"], count = choices[choice]

    assert study.ask("admin", "POST", LIST, wish).json()["articles"] == count


def test_articles_are_chosen_by_a_search_too(study, wish):
    wish["articles"] = {
        "search": {"q": "talks", "unbatched": True},
        "sample": 2,
        "clusters": "one",
    }

    made = study.ask("admin", "POST", LIST, wish).json()

    assert (made["articles"], made["selection"]) == (2, wish["articles"])


def test_a_share_of_the_articles_has_several_coders_and_the_rest_one(study, wish):
    wish |= {"overlap": 0.34, "order": "shuffled"}
    shown = study.ask("admin", "POST", f"{LIST}?preview=true", wish).json()
    made = study.ask("admin", "POST", LIST, wish).json()

    assert (shown["shared"], sum(shown["loads"].values())) == (1, 4)
    assert (made["overlap"], made["order"]) == (0.34, "shuffled")
    assert made["progress"]["wanted"] == 4
    tasks = Batch.objects.get(uuid=made["id"]).tasks.order_by("position")
    assert [str(task.article.uuid) for task in tasks] == [
        row["article"] for row in shown["assignments"]
    ]


def test_a_pool_gives_nothing_out_beforehand(study, wish):
    made = study.ask("admin", "POST", LIST, wish | {"strategy": "pool"}).json()

    assert (made["strategy"], made["articles"]) == ("pool", 3)
    assert not Assignment.objects.filter(task__batch__uuid=made["id"]).exists()
    drawn = study.ask("other", "POST", "projects/study/next/").json()
    assert drawn["batch"]["id"] == made["id"]


def test_what_can_not_be_placed_is_shown_in_the_preview_and_refused_by_the_post(study, wish):
    cluster = Cluster.objects.create(project=study.project, name="one story")
    study.project.articles.filter(uuid__in=wish["articles"]["ids"]).update(cluster=cluster)
    wish["one_per_cluster"] = True

    shown = study.ask("admin", "POST", f"{LIST}?preview=true", wish)
    refused = study.ask("admin", "POST", LIST, wish)

    assert (shown.status_code, len(shown.json()["unplaced"])) == (200, 2)
    assert shown.json()["reasons"] == [
        "2 of the 3 versions of “one story” find too few of the 2 coders without another one."
    ]
    assert (refused.status_code, refused.json()["code"]) == (422, "unplaced")


def test_clusters_that_are_still_computed_are_waited_for(study, wish):
    job = study.project.articles.get(uuid=wish["articles"]["ids"][0]).import_job
    job.clusters_state = JobState.QUEUED
    job.save(update_fields=["clusters_state"])

    refused = study.ask("admin", "POST", LIST, wish | {"one_per_cluster": True})

    assert (refused.status_code, refused.json()["code"]) == (409, "clusters_pending")
    assert study.ask("admin", "POST", LIST, wish).status_code == 201


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": ""}, 422),
        ({"name": None}, 422),
        ({"articles": {}}, 422),
        ({"articles": {"all": True, "sample": 1}}, 422),
        ({"articles": {"ids": ["7"]}}, 422),
        ({"articles": {"ids": ["6f2a0c0e-8f43-4f5e-9d0b-3a3df1d5a0a7"]}}, 422),
        ({"articles": {"first": 3}}, 400),
        ({"articles": {"search": {"first": 3}}}, 400),
        ({"articles": {"search": {}, "all": True}}, 422),
        ({"articles": {"all": True, "sample": 2, "clusters": "one"}}, 422),
        ({"articles": {"clusters": "one"}}, 422),
        ({"articles": {"all": True, "clusters": "two"}}, 422),
        ({"articles": {"search": {"from": "soon"}}}, 422),
        ({"articles": {"search": {"q": "nowhere"}}}, 422),
        ({"overlap": 1.5}, 422),
        ({"overlap": "half"}, 422),
        ({"order": "backwards"}, 422),
        ({"coders": ["nobody"]}, 422),
        ({"coders": []}, 422),
        ({"coders_per_article": 3}, 422),
        ({"coders_per_article": 0}, 422),
        ({"strategy": "chaos"}, 422),
        ({"due": "soon"}, 422),
        ({"priority": 1}, 400),
    ],
)
def test_a_batch_that_can_not_be_is_refused(study, wish, change, status):
    assert study.ask("admin", "POST", LIST, wish | change).status_code == status
    assert not Batch.objects.filter(project=study.project, name="Spring").exists()


def test_a_name_is_taken_once(study, wish):
    study.ask("admin", "POST", LIST, wish)

    refused = study.ask("admin", "POST", LIST, wish)

    assert (refused.status_code, refused.json()["code"]) == (422, "name_taken")


def test_work_is_given_to_somebody_else(study):
    body = {"from": study.coder.user.username, "to": study.other.user.username}

    assert study.everybody("POST", "batches/{batch}/reassign/", body) == only(*ADMINS, others=404)
    answer = study.ask("admin", "POST", "batches/{batch}/reassign/", body).json()
    assert answer == {"moved": 1, "refused": []}
    again = study.ask("admin", "POST", "batches/{batch}/reassign/", body)
    assert again.status_code == 409


def test_closing_a_batch_goes_on_with_what_is_there(study, wish):
    batch = study.ask("admin", "POST", LIST, wish).json()["id"]
    first = Assignment.objects.filter(task__batch__uuid=batch, coder=study.coder).first()
    submitted(first, [])

    assert study.everybody("POST", f"batches/{batch}/close/") == only(*ADMINS, others=404)
    closed = study.ask("admin", "POST", f"batches/{batch}/close/")

    assert closed.status_code == 200
    assert_fits(closed.json(), BATCH | {"closed_at": is_moment, "articles": 1})
    first.task.refresh_from_db()
    assert (first.task.state, first.task.coders_wanted) == ("coded", 1)
    assert study.ask("admin", "POST", f"batches/{batch}/close/").status_code == 409


def test_an_admin_who_codes_in_a_batch_is_told_no_progress(study):
    study.admin.roles = ["admin", "coder"]
    study.admin.save(update_fields=["roles"])
    AssignmentFactory(task=study.open, coder=study.admin)

    assert study.ask("admin", "GET", "batches/{batch}/").json()["progress"] is None
    assert study.ask("admin token", "GET", "batches/{batch}/").json()["progress"] == {
        "wanted": 2,
        "submitted": 0,
        "adjudicated": 0,
        "checks": 0,
    }
