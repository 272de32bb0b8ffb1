import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.db.models.functions import Now

from annotations.actions.jobs import claim
from exports import comparison, difference_document, folders
from exports.actions import comparing, pace
from exports.models import Comparison, Release, ReleaseChange
from tests.exports.formats.awkward import gold, record
from tests.exports.worlds import compared, published
from tests.factories import TUESDAY, ProjectFactory

pytestmark = pytest.mark.django_db
TEXT = "Ada Brandt met Ilvek in Velmora."
ADA = gold(TEXT, 1, (0, 10), "actor", note="a mayor")


@pytest.fixture
def pair():
    """Return two releases: a article went, one came, and one says something else."""
    project = ProjectFactory()

    def article(id, *spans, **more):
        return record(id, TEXT, spans=list(spans), **more)

    before = [article("a", ADA), article("b", ADA), article("c", ADA, meta={"title": "Talks"})]
    after = [article("a", ADA), article("c", ADA | {"end": 3}, meta={"title": "News"}, split="x")]
    return published(project, records=before), published(project, records=[*after, article("d")])


def told(found):
    return json.loads(b"".join(difference_document.write(found)))


def test_what_differs_is_kept(pair):
    found = compared(*pair)

    assert [(row.number, row.kind, row.title) for row in found.changes.order_by("number")] == [
        (1, "removed", ""),
        (2, "changed", "News"),
        (3, "added", ""),
    ]
    assert found.counts["articles"] == {
        "before": 3,
        "after": 3,
        "added": 1,
        "removed": 1,
        "changed": 1,
        "same": 1,
    }
    assert told(found)["counts"] == found.counts
    assert (found.done, found.total, found.finished_at) == (3, 3, TUESDAY)


def test_a_change_that_was_kept_is_read_as_it_was_found(pair):
    before, after = pair
    fresh = comparing.Difference(before.manifest, after.manifest).changes(
        comparison.lines(before), comparison.lines(after)
    )

    kept = [difference_document.read(row) for row in compared(*pair).changes.order_by("number")]

    for old, new in zip(fresh, kept, strict=True):
        assert (new.kind, new.id, new.title, new.fields) == (
            old.kind,
            old.id,
            old.title,
            old.fields,
        )
        for was, now in zip(old.spans, new.spans, strict=True):
            assert (now.kind, now.parts) == (was.kind, was.parts)
            # Who coded is a number of the release's own, and not told.
            assert now.before == {
                name: was.before[name] for name in was.before if name != "coders"
            }


def test_two_releases_are_compared_once_however_often_it_is_rung(pair):
    before, after = pair
    first = compared(*pair)

    again = comparing.find(since_id=before.pk, release_id=after.pk)

    assert again is None
    assert Comparison.objects.get() == first


def test_what_can_not_be_is_refused(pair, as_application):
    before, after = pair

    with pytest.raises(IntegrityError, match="release_is_compared_with_another"), as_application():
        Comparison.objects.create(since=after, release=after)
    with pytest.raises(IntegrityError, match="counts_is_finished"), as_application():
        Comparison.objects.create(since=before, release=after, counts={})


def test_what_a_dead_worker_left_is_found_out_anew(pair):
    undisturbed = told(compared(*pair))
    ReleaseChange.objects.all().delete()
    Comparison.objects.all().delete()
    before, after = pair
    kept = Comparison.objects.create(since=before, release=after)
    claim(Comparison.objects.all(), kept.pk)
    kept.changes.create(number=1, kind="added", said="half")

    assert comparing.find(since_id=before.pk, release_id=after.pk) is None
    Comparison.objects.update(lease_until=Now() - timedelta(seconds=1))

    assert told(compared(*pair)) == undisturbed


def test_a_worker_that_wakes_up_late_adds_nothing(pair, monkeypatch):
    """Another takes the comparison over while this one is in the middle of the lines."""
    turns = iter(range(100))

    def clock():
        turn = next(turns)
        if turn == 2:
            Comparison.objects.update(epoch=7)
        return float(turn)

    monkeypatch.setattr(pace, "monotonic", clock)
    before, after = pair

    assert comparing.find(since_id=before.pk, release_id=after.pk) is None

    kept = Comparison.objects.get()
    assert (kept.counts, kept.finished_at, kept.changes.count()) == (None, None, 0)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_wakes_up_late_removes_nothing(pair):
    """It is paused before its first write, and another one finds out everything meanwhile."""
    was_paused = False

    def find():
        try:
            Comparison.objects.update(lease_until=None)
            return compared(*pair)
        finally:
            connection.close()

    def pause(execute, sql, values, many, context):
        nonlocal was_paused
        if not was_paused and ("exports_releasechange" in sql or 'SET "lease_until"' in sql):
            was_paused = True
            with ThreadPoolExecutor(1) as other:
                other.submit(find).result()
        return execute(sql, values, many, context)

    before, after = pair
    with connection.execute_wrapper(pause):
        assert comparing.find(since_id=before.pk, release_id=after.pk) is None

    assert was_paused
    assert len(told(Comparison.objects.get())["articles"]) == 3


def test_a_comparison_that_failed_is_tried_again_a_minute_later(pair):
    before, _after = pair
    path = before.files.get(name="articles.jsonl").path
    with folders.opened(path) as file:
        content = file.read()
    folders.storage().delete(path)

    assert compared(*pair).has_failed
    comparing.let_go(at=TUESDAY + timedelta(seconds=50))
    assert Comparison.objects.exists()
    comparing.let_go(at=TUESDAY + timedelta(seconds=70))
    folders.write(before, "articles.jsonl", [content])

    assert compared(*pair).counts["articles"]["changed"] == 1


def test_a_difference_is_kept_for_a_month(pair):
    compared(*pair)

    comparing.let_go(at=TUESDAY + comparing.KEPT - timedelta(days=1))
    assert ReleaseChange.objects.count() == 3
    comparing.let_go(at=TUESDAY + comparing.KEPT + timedelta(days=1))

    assert not Comparison.objects.exists()
    assert not ReleaseChange.objects.exists()


def test_nothing_is_kept_of_a_release_whose_files_are_gone():
    project = ProjectFactory()
    before = published(project, records=[], real_names=True)
    compared(before, published(project, records=[record("a", TEXT, spans=[])]))
    gone = {"state": "retracted", "retracted_reason": "erased", "purged_at": TUESDAY}

    comparing.let_go(at=TUESDAY)
    assert ReleaseChange.objects.exists()
    Release.objects.filter(pk=before.pk).update(**gone)
    comparing.let_go(at=TUESDAY)

    assert not ReleaseChange.objects.exists()


def test_many_changes_are_written_in_portions(monkeypatch):
    monkeypatch.setattr(comparing, "CHUNK", 2)
    project = ProjectFactory()
    many = [record(f"a{n}", TEXT, spans=[]) for n in range(5)]
    pair = published(project, records=[]), published(project, records=many)

    found = compared(*pair)

    assert [one["id"] for one in told(found)["articles"]] == ["a0", "a1", "a2", "a3", "a4"]
