"""Versions of a story: what finds them, and what must make no difference."""

import json
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.actions import articles, cluster_comparing, cluster_stories, clusters
from annotations.actions.jobs import check_in, claim
from annotations.algorithms import synthetic
from annotations.algorithms.stories import story_sha256
from annotations.enums import JobState, Role, StoryState
from annotations.models import Article, Cluster, ImportJob, Story, StoryRun
from tests.factories import MONDAY, ArticleFactory, ImportJobFactory, MemberFactory, ProjectFactory

pytestmark = pytest.mark.django_db

SHARED = Path(__file__).parents[4] / "shared"


def told(seed, sentences=8):
    return synthetic.story(Random(seed), sentences).text


A, B, C, D, E = (told(letter) for letter in "ABCDE")
#: Each has half of its words from another: A ~ AB ~ BC ~ C, but A is nothing like C.
TEXTS = {
    "a": A + B,
    "b": B + C,
    "c": C + D,
    "copy": f"  {A}\n{B}",
    "alone": E,
    "short": "Photo: the harbour",
    "short copy": "Photo:\nthe harbour",
}
TOGETHER = [["a", "b", "c", "copy"], ["short", "short copy"]]


def bring(project, texts, **fields):
    """Put ``texts``, by their keys, into the project as one import brings them."""
    job = ImportJobFactory(
        project=project, clusters_state=JobState.QUEUED, clusters_total=len(texts)
    )
    for key, text in texts:
        ArticleFactory(project=project, import_job=job, key=key, text=text, **fields)
    return job


def find(job):
    clusters.find(job_id=job.pk)
    job.refresh_from_db()
    assert job.clusters_state == JobState.READY
    told_now = Article.objects.filter(is_clustered_by_hand=False).values("story_sha256")
    assert not Story.objects.filter(sha256__in=told_now).exclude(state=StoryState.PLACED).exists()


def together(project):
    found = Cluster.objects.filter(project=project, articles__isnull=False).distinct()
    return sorted(sorted(cluster.articles.values_list("key", flat=True)) for cluster in found)


def names(project):
    found = Article.objects.filter(project=project).exclude(cluster=None)
    return dict(found.values_list("key", "cluster__name"))


@pytest.fixture
def project(db):
    return ProjectFactory()


def test_versions_are_put_together_and_chains_with_them(project):
    find(bring(project, TEXTS.items()))
    assert together(project) == TOGETHER


def test_real_reports_and_agency_texts_are_put_together_as_they_should(project):
    folder = SHARED / "corpora" / "near_duplicates"
    records = map(json.loads, (folder / "articles_100.jsonl").read_text().splitlines())
    texts = [(record["id"], record["text"]) for record in records]
    texts += [(path.name[:3], path.read_text()) for path in (SHARED / "articles").glob("*.txt")]

    find(bring(project, texts))

    pairs = (folder / "articles_100.truth").read_text().splitlines()
    assert together(project) == sorted([["002", "004"], *(sorted(p.split()) for p in pairs)])


@given(st.permutations(list(TEXTS)), st.sets(st.integers(1, len(TEXTS) - 1)), st.integers(1, 9))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_order_and_imports_and_blocks_make_no_difference(monkeypatch, order, cuts, block):
    monkeypatch.setattr(cluster_comparing, "BLOCK", block)
    project = ProjectFactory()
    bounds = [0, *sorted(cuts), len(order)]
    for start, end in pairwise(bounds):
        find(bring(project, [(key, TEXTS[key]) for key in order[start:end]]))
    assert together(project) == TOGETHER


def test_the_name_of_a_cluster_stays_when_versions_join(project):
    find(bring(project, [("b", TEXTS["b"]), ("c", TEXTS["c"])]))
    before = names(project)
    find(bring(project, [("a", TEXTS["a"]), ("x", E), ("y", f"{E} {A[:80]}")]))

    after = names(project)
    assert {key: after[key] for key in before} == before
    assert after["a"] == before["b"]
    assert after["x"] == after["y"] != after["a"]


def test_two_clusters_that_turn_out_to_be_one_take_the_older_name(project):
    find(bring(project, [("a", A), ("a2", f"{A} {E[:60]}")]))
    find(bring(project, [("c", C), ("c2", f"{C} {E[:60]}")]))
    older = names(project)["a"]
    assert len(set(names(project).values())) == 2

    find(bring(project, [("bridge", A + C)]))

    assert names(project) == dict.fromkeys(["a", "a2", "bridge", "c", "c2"], older)


def test_stories_are_hashed_by_whoever_comes_first(project):
    job = ImportJobFactory(project=project, clusters_state=JobState.QUEUED, clusters_total=2)
    ArticleFactory(project=project, import_job=job, key="a", text=A, story_sha256="")
    ArticleFactory(
        project=project, import_job=job, key="b", text=A, story_sha256=story_sha256(A, [])
    )
    find(job)
    assert together(project) == [["a", "b"]]
    assert Article.objects.get(key="a").story_sha256 == story_sha256(A, [])


def test_what_a_killed_worker_has_done_is_gone_on_with(project):
    find(bring(project, [("b", TEXTS["b"])]))
    job = bring(project, [item for item in TEXTS.items() if item[0] != "b"])
    # One worker after another is killed, each a little later.
    for deed in (
        lambda: next(cluster_stories.write(job)),
        lambda: cluster_comparing.compare(project.pk),
    ):
        check_in(claim(ImportJob.objects.unclustered(), job.pk), clusters_state=JobState.RUNNING)
        deed()
        ImportJob.objects.filter(pk=job.pk).update(lease_until=None)

    find(job)

    assert together(project) == TOGETHER


def test_what_was_asked_for_meanwhile_is_done_too(project):
    """Zones change while a worker is nearly through: it must not say that all is done."""
    job = bring(project, TEXTS.items())
    ImportJob.objects.filter(pk=job.pk).update(clusters_state=JobState.RUNNING)
    held = claim(ImportJob.objects.unclustered(), job.pk)
    clusters.ring({job.pk})

    clusters._finish(held)

    job.refresh_from_db()
    assert (job.clusters_state, job.lease_until) == (JobState.QUEUED, None)


def test_a_chain_breaks_where_a_version_turns_out_to_be_another_story(project):
    admin = MemberFactory(project=project, roles=[Role.ADMIN])
    job = bring(project, [("a", A), ("a2", f"{A} {E[:60]}"), ("bridge", A + C), ("c", C)])
    find(job)
    name = names(project)["a"]
    bridge = Article.objects.get(project=project, key="bridge")

    zones = [{"start": 0, "end": len(A), "kind": "boilerplate"}]
    articles.correct(article=bridge, by=admin.user, at=MONDAY, zones=zones)

    job.refresh_from_db()
    assert job.clusters_state == JobState.QUEUED
    find(job)
    assert together(project) == [["a", "a2"], ["bridge", "c"]]
    assert names(project)["a"] == name


def test_a_cluster_of_the_same_name_that_a_record_gave_is_left_alone(project):
    name = f"copies-{story_sha256(A, [])[:12]}"
    given = Cluster.objects.create(project=project, name=name)
    ArticleFactory(project=project, cluster=given, is_clustered_by_hand=True, text=B)

    find(bring(project, [("a", A), ("b", A)]))

    assert given.articles.count() == 1
    assert names(project)["a"] == names(project)["b"] == f"copies-{story_sha256(A, [])[:20]}"


def test_who_was_placed_by_hand_is_nobodys_version(project):
    cluster = Cluster.objects.create(project=project, name="mine")
    bring(project, [("mine", A)], cluster=cluster, is_clustered_by_hand=True)

    find(bring(project, [("a", A), ("b", f"{A} {E[:60]}")]))

    assert together(project) == [["a", "b"], ["mine"]]


def test_runs_are_few_however_many_imports_there_were(project, monkeypatch):
    monkeypatch.setattr(cluster_comparing, "BLOCK", 8)
    for number in range(13):
        find(bring(project, [(f"{number}", told(number))]))
    assert sorted(StoryRun.objects.values_list("size", flat=True)) == [1, 4, 8]


def test_a_small_import_reads_few_parts_of_what_is_there(project):
    find(bring(project, [(f"{number}", told(number)) for number in range(40)]))
    run = StoryRun.objects.get()
    assert run.parts.count() == 2**run.bits == 4


def test_stories_compared_while_they_change_are_compared_again(project):
    job = bring(project, [("a", A), ("b", f"{A} {E[:60]}")])
    list(cluster_stories.write(job))
    block = cluster_comparing._waiting(project.pk)
    clusters.forget(project.pk, {story_sha256(A, [])})
    Story.objects.filter(project=project).update(state=StoryState.AGAIN)

    with pytest.raises(cluster_comparing.Overtaken):
        cluster_comparing._Versions(project.pk, block).save()
