import threading

import pytest
from django.db import connection, connections, transaction

from annotations.actions.jobs import claim
from annotations.algorithms import tokens
from annotations.enums import JobState, ReleaseState, TaskState
from annotations.models import AgreementReport, Batch
from annotations.queries.agreement import Scope, version_of
from exports.actions import freezing
from exports.models import Release
from tests.exports import reading
from tests.exports.worlds import (
    adjudicate,
    adjudicated_article,
    built,
    coded,
    coder,
    corpus,
    gold_span,
    requested,
)
from tests.factories import (
    MONDAY,
    TEXT,
    TUESDAY,
    ArticleFactory,
    BatchFactory,
    ImportJobFactory,
    ProjectFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def ids(release):
    assert release.failure == ""
    return [record["id"] for record in reading.records(release)]


@pytest.fixture
def project():
    return ProjectFactory()


def test_lines_are_sorted_by_id_in_code_point_order(project):
    batch = BatchFactory(project=project)
    keys = ["b", "B", "a-10", "a-9", "ä", "é", "😀", "\uffff", "Z", "a"]
    for key in keys:
        adjudicated_article(batch, key=key)

    assert ids(built(project)) == sorted(keys)


def test_only_adjudicated_articles_are_gold(project):
    batch = corpus(project, 1)
    open_task = TaskFactory(batch=batch)
    reopened = adjudicated_article(batch)
    reopened.state = TaskState.ADJUDICATING
    reopened.save(update_fields=["state"])

    found = ids(built(project))

    assert open_task.article.key not in found
    assert reopened.article.key not in found
    assert len(found) == 1


def test_a_withdrawn_article_is_in_no_later_release(project):
    corpus(project, 1)
    adjudicated_article(
        Batch.objects.get(), key="gone", withdrawn_at=TUESDAY, withdrawn_reason="rights"
    )

    assert "gone" not in ids(built(project))


def test_what_an_unfinished_import_has_staged_stays_out(project):
    staged = ImportJobFactory(project=project, state=JobState.RUNNING)
    adjudicated_article(BatchFactory(project=project, import_job=staged), import_job=staged)

    assert ids(built(project)) == []


def test_an_article_of_several_batches_counts_with_its_latest_decision(project):
    article = ArticleFactory(project=project, key="twice")
    early, late = BatchFactory(project=project, name="Early"), BatchFactory(project=project)
    adjudicate(
        TaskFactory(batch=late, article=article),
        [gold_span(TEXT, "Velmora", "location")],
        at=TUESDAY,
    )
    adjudicate(
        TaskFactory(batch=early, article=article),
        [gold_span(TEXT, "Ada Brandt", "actor")],
        at=MONDAY,
    )

    release = built(project)

    (record,) = reading.records(release)
    assert [span["quote"] for span in record["spans"]] == ["Velmora"]
    assert release.manifest["left_out"] == [{"id": "twice", "batch": "Early"}]


def test_of_an_article_adjudicated_twice_the_last_gold_counts(project):
    task = adjudicated_article(BatchFactory(project=project))
    task.golds.create(
        number=2,
        spans=[gold_span(TEXT, "Velmora", "location")],
        codebook_version=2,
        made_at=TUESDAY,
    )

    (record,) = reading.records(built(project))

    assert record["codebook_version"] == 2
    assert [span["quote"] for span in record["spans"]] == ["Velmora"]


def test_only_the_chosen_batches_are_in_it(project):
    chosen = corpus(project, 2)
    corpus(project, 3)

    assert len(ids(built(project, batches=[str(chosen.uuid)]))) == 2


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"outlet": "Lantern"}, ["lantern"]),
        ({"language": "en"}, ["lantern", "post"]),
        ({"from": "2024-02-01"}, ["post"]),
        ({"to": "2024-02-01"}, ["lantern"]),
        ({"from": "2024-01-15", "to": "2024-01-15"}, ["lantern"]),
        ({"outlet": "Lantern", "from": "2024-02-01"}, []),
    ],
)
def test_a_filter_keeps_what_meta_says(project, wanted, found):
    batch = BatchFactory(project=project)
    for key, meta in (
        ("lantern", {"outlet": "Lantern", "language": "en", "published_at": "2024-01-15"}),
        ("post", {"outlet": "Post", "language": "en", "published_at": "2024-03-01T10:00:00Z"}),
        ("undated", {"outlet": "Gazette", "published_at": "05 March 2024 / 17:07 RU"}),
    ):
        adjudicated_article(batch, key=key, meta=meta)

    assert ids(built(project, filter=wanted)) == found


def test_codings_are_those_handed_in_last_and_only_of_adjudicated_articles(project):
    batch = BatchFactory(project=project)
    anna = coder(project, "anna")
    task = TaskFactory(batch=batch)
    assignment = coded(task, anna, [{"label": "actor", "start": 0, "end": 5}])
    assignment.submissions.create(
        uuid="0190c6a0-0000-7000-8000-000000000001",
        doc_rev=9,
        spans=[],
        codebook_version=1,
        submitted_at=TUESDAY,
    )
    adjudicate(task, [])
    coded(TaskFactory(batch=batch), anna, [])

    release = built(project, include=["gold", "codings"], real_names=True)

    (record,) = reading.records(release)
    assert record["codings"] == [{"coder": "anna", "spans": []}]


def test_raw_codings_alone_bring_unadjudicated_articles(project):
    batch = corpus(project, 1)
    half = TaskFactory(batch=batch, article__key="half")
    coded(half, coder(project), [{"label": "actor", "start": 0, "end": 5}])
    TaskFactory(batch=batch, article__key="untouched")

    release = built(project, include=["codings"])

    assert release.has_unadjudicated
    (record,) = reading.records(release)
    assert record["id"] == "half"
    assert "spans" not in record
    assert [span["quote"] for span in record["codings"][0]["spans"]] == ["Mayor"]


def test_work_that_was_returned_is_not_handed_in(project):
    assignment = coded(TaskFactory(batch=BatchFactory(project=project)), coder(project), [])
    assignment.state = "returned"
    assignment.save(update_fields=["state"])

    assert ids(built(project, include=["codings"])) == []


def test_an_imported_split_is_passed_on_unless_splits_are_asked_for(project):
    adjudicated_article(BatchFactory(project=project), split="holdout")

    passed_on = reading.records(built(project))
    cut = reading.records(built(project, splits={"train": 1.0}))

    assert [record["split"] for record in passed_on + cut] == ["holdout", "train"]


def test_stratified_splits_share_out_every_outlet(project):
    batch = BatchFactory(project=project)
    for outlet in ("Lantern", "Post"):
        for _ in range(10):
            adjudicated_article(batch, meta={"outlet": outlet})

    release = built(project, splits={"a": 0.5, "b": 0.5}, stratify="outlet")

    assert release.manifest["counts"]["articles_by_split"] == {"a": 10, "b": 10}
    in_a = [r["meta"]["outlet"] for r in reading.records(release) if r["split"] == "a"]
    assert 4 <= in_a.count("Post") <= 6


def test_the_manifest_tells_of_agreement_but_not_of_coders(project):
    batch = corpus(project, 1)
    alpha = {"value": 0.77, "low": 0.7, "high": 0.8, "articles": 1, "units": 59}
    AgreementReport.objects.create(
        project=project,
        scope=Scope(project, [batch]).name,
        state=JobState.READY,
        created_at=MONDAY,
        computed_at=MONDAY,
        version=version_of([batch]),
        figures={
            "articles": 1,
            "alpha": alpha,
            "alpha_by_label": {"actor": alpha},
            "mean_pair": {},
            "pairs": [{"a": "anna", "b": "ben"}],
        },
    )

    release = built(project)

    assert release.manifest["agreement"] == {
        "computed_at": "2026-03-02T09:00:00+00:00",
        "stale": False,
        "articles": 1,
        "alpha": alpha,
        "alpha_by_label": {"actor": alpha},
        "mean_pair": {},
    }
    assert "by character | 0.770 |" in reading.content(release, "README.md").decode()


def test_the_manifest_names_the_tokenizer_that_coders_selected_with(project):
    corpus(project, 1)

    assert built(project).manifest["tokenizer"] == tokens.VERSION


def test_a_release_of_nothing_is_ready_and_empty(project):
    release = built(project)

    assert ids(release) == []
    assert release.manifest["counts"]["articles"] == 0


def frozen_while_an_article_is_decided(project):
    """Return a release with splits: one more article was decided after the splits were cut."""
    release = requested(project, splits={"train": 0.5, "test": 0.5})
    mine = claim(Release.objects.to_freeze(), release.pk)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.FREEZING)
    decided = []

    def decide():
        decided.append(adjudicated_article(Batch.objects.get(project=project)))
        connections.close_all()

    def between(execute, sql, *rest):
        if "INSERT INTO exports_releaseitem" in sql:
            elsewhere = threading.Thread(target=decide)
            elsewhere.start()
            elsewhere.join()
        return execute(sql, *rest)

    with connection.execute_wrapper(between):
        freezing.freeze(mine)
    assert len(decided) == 1
    return release


def test_a_release_is_of_one_moment_whatever_is_done_while_it_is_frozen(
    project, monkeypatch, trust
):
    """What came between two looks is in no split; the control has it in the release."""
    corpus(project, 4)

    release = frozen_while_an_article_is_decided(project)
    monkeypatch.setattr(freezing, "one_moment", lambda: transaction.atomic(durable=True))
    control = frozen_while_an_article_is_decided(project)

    torn = release.items.filter(split=None).count()
    assert (release.items.count(), torn) == (4, 0)
    assert (control.items.count(), control.items.filter(split=None).count()) == (6, 1)
    trust(
        "Imports and releases",
        "An article is decided while a release is frozen",
        tried="1 article, between two looks of the worker",
        of="4 articles in splits",
        torn=torn,
        control="without one moment for all looks (READ COMMITTED), 1 article is in no split",
    )


def test_freezing_takes_as_many_queries_for_many_articles_as_for_few(
    project, django_assert_num_queries
):
    def queries_for_a_release():
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            built(project, include=["gold", "codings"])
        return len(queries)

    corpus(project, 1)
    once = queries_for_a_release()
    corpus(project, 5)

    assert queries_for_a_release() == once
    assert Release.objects.count() == 2


def test_numbers_leave_as_they_came(project):
    meta = {"long": 123456789012345678901234567890, "small": 0.0000001, "half": 0.5}
    adjudicated_article(BatchFactory(project=project), meta=meta)

    release = built(project)

    (record,) = reading.records(release)
    assert record["meta"] == meta
    assert b'"long":123456789012345678901234567890,"small":1e-07}' in reading.content(release)
