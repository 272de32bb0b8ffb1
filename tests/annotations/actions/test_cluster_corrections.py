from random import Random

import pytest

from annotations.actions import cluster_corrections, clusters
from annotations.algorithms import synthetic
from annotations.enums import JobState, Role
from annotations.exceptions import Forbidden, Invalid
from annotations.models import Article, AuditEvent, Cluster, ImportJob
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    ImportJobFactory,
    MemberFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db

STORY = synthetic.story(Random("story"), 8).text
OTHER = synthetic.story(Random("other"), 8).text


@pytest.fixture
def project():
    """Return a project with versions a, b, c of one story and x, y of another, and z alone."""
    project = ProjectFactory()
    texts = {"a": STORY, "b": f"{STORY} So.", "c": f"{STORY} No.", "x": OTHER, "y": f"{OTHER} Oh."}
    bring(project, **texts, z="Something else.")
    return project


@pytest.fixture
def by(project):
    return MemberFactory(project=project, roles=[Role.ADJUDICATOR]).user


def bring(project, **texts):
    job = ImportJobFactory(project=project, clusters_state=JobState.QUEUED)
    for key, text in texts.items():
        ArticleFactory(project=project, import_job=job, key=key, text=text)
    clusters.find(job_id=job.pk)


def find_all(project):
    for job in ImportJob.objects.filter(project=project):
        clusters.find(job_id=job.pk)


def together(project):
    found = Cluster.objects.filter(project=project, articles__isnull=False).distinct()
    return sorted("".join(sorted(c.articles.values_list("key", flat=True))) for c in found)


def cluster_of(project, key):
    return Article.objects.get(project=project, key=key).cluster


def uuids(project, keys):
    return list(
        Article.objects.filter(project=project, key__in=keys).values_list("uuid", flat=True)
    )


def correct(project, by, do, of, keys="", **other):
    given = {"articles": uuids(project, keys)} if keys else other
    verb = getattr(cluster_corrections, do)
    return verb(cluster=cluster_of(project, of), by=by, at=MONDAY, **given)


@pytest.mark.parametrize(
    ("do", "of", "given", "expected"),
    [
        ("take_out", "a", {"keys": "c"}, ["ab", "xy"]),
        ("take_out", "x", {"keys": "y"}, ["abc"]),
        ("put_in", "a", {"keys": "z"}, ["abcz", "xy"]),
        ("put_in", "a", {"keys": "x"}, ["abcx"]),
        ("split", "a", {"keys": "bc"}, ["bc", "xy"]),
        ("merge", "a", {"other": "x"}, ["abcxy"]),
    ],
)
def test_a_correction_holds_against_later_searches_and_is_taken_back(
    project, by, do, of, given, expected
):
    if "other" in given:
        given = {"other": cluster_of(project, given["other"]).name}
    cluster = cluster_of(project, of)
    names = dict(Article.objects.values_list("key", "cluster__name"))

    correct(project, by, do, of, **given)
    assert together(project) == expected
    find_all(project)
    bring(project, n="Nothing like it.")
    assert together(project) == expected

    cluster_corrections.undo(cluster=cluster, by=by, at=TUESDAY)
    assert {
        k: v for k, v in Article.objects.values_list("key", "cluster__name") if k != "n"
    } == names
    find_all(project)
    assert together(project) == ["abc", "xy"]
    assert not Article.objects.filter(is_clustered_by_hand=True).exists()
    told = AuditEvent.objects.filter(kind=AuditEvent.Kind.CLUSTER_CORRECTED)
    assert list(told.order_by("pk").values_list("detail__did", flat=True)) == [do, "undo"]


def test_a_version_that_comes_later_does_not_join_what_a_person_has_corrected(project, by):
    correct(project, by, "take_out", "a", "c")
    bring(project, d=f"{STORY} Yes.", e=f"{STORY} Yes, yes.")
    assert together(project) == ["ab", "de", "xy"]

    cluster_corrections.undo(cluster=cluster_of(project, "a"), by=by, at=TUESDAY)
    find_all(project)
    assert together(project) == ["abcde", "xy"]


def test_corrections_are_taken_back_one_by_one(project, by):
    cluster = cluster_of(project, "a")
    correct(project, by, "put_in", "a", "z")
    correct(project, by, "take_out", "a", "b")
    for expected in (["abcz", "xy"], ["abc", "xy"]):
        cluster_corrections.undo(cluster=cluster, by=by, at=TUESDAY)
        assert together(project) == expected
    with pytest.raises(cluster_corrections.NothingToUndo):
        cluster_corrections.undo(cluster=cluster, by=by, at=TUESDAY)


def test_what_was_moved_again_since_is_not_taken_back(project, by):
    cluster = cluster_of(project, "a")
    correct(project, by, "take_out", "a", "c")
    correct(project, by, "put_in", "x", "c")
    with pytest.raises(cluster_corrections.ChangedSince):
        cluster_corrections.undo(cluster=cluster, by=by, at=TUESDAY)
    assert together(project) == ["ab", "cxy"]


@pytest.mark.parametrize(
    ("do", "given"),
    [
        ("take_out", {"keys": "x"}),
        ("take_out", {"keys": "ax"}),
        ("put_in", {"keys": "b"}),
        ("split", {"keys": "a"}),
        ("split", {"keys": "abc"}),
        ("merge", {"other": "nobody"}),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(project, by, do, given):
    with pytest.raises(Invalid):
        correct(project, by, do, "a", **given)
    assert together(project) == ["abc", "xy"]
    assert not AuditEvent.objects.exists()


def test_articles_of_other_projects_and_by_other_people_are_out_of_reach(project, by):
    elsewhere = ArticleFactory()
    cluster = cluster_of(project, "a")
    with pytest.raises(Invalid):
        cluster_corrections.put_in(cluster=cluster, articles=[elsewhere.uuid], by=by, at=MONDAY)
    coder = MemberFactory(project=project, roles=[Role.CODER]).user
    with pytest.raises(Invalid):
        correct(project, coder, "take_out", "a", "b")
    with pytest.raises(Forbidden):
        cluster_corrections.undo(cluster=cluster, by=coder, at=MONDAY)
