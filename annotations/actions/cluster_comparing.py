"""Stories that nobody has compared yet, compared with all others of their project.

Called by ``actions.clusters`` only.

A block of stories is compared with itself and with *runs*: stories that came before, by the keys
of their bands, sorted. A run is written once, so that an import only reads what is there, and of
that only the parts in which its own keys could be. Small runs are merged into larger ones as more
come, so that there are few of them.
"""

import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection, transaction

from annotations.actions.cluster_stories import COMPARABLE, lock, lock_stories
from annotations.algorithms import near_duplicates
from annotations.algorithms.groups import Groups
from annotations.algorithms.near_duplicates import BANDS, SIGNATURE_BYTES, Keys, Slots
from annotations.algorithms.stories import story_text
from annotations.enums import StoryState
from annotations.models import StoryRun

BLOCK = 2**14
_KEYS_IN_A_PART = 512
_PAIRS_AT_ONCE = 2**14
_CHECKED_AT_ONCE = 256
_STORIES_AT_HAND = 2**12

Places = npt.NDArray[np.int64]


class Overtaken(Exception):
    """A story has changed while it was compared: it is to be compared again."""


@transaction.atomic
def compare(project_id: int) -> bool:
    """Compare a block of stories that wait; say whether there was any."""
    lock(project_id)
    block = _waiting(project_id)
    if not len(block.seen):
        return False
    versions = _Versions(project_id, block)
    keys, places = _sorted_keys(block.slots)
    versions.find_within(keys, places)
    runs = StoryRun.objects.filter(project=project_id).order_by("pk") if len(keys) else []
    for run in runs:
        versions.find_in(*_run(run, keys), keys, places)
    versions.save()
    _append(project_id, block)
    return True


@dataclass
class _Stories:
    """Rows of stories as they were read: keys, names of their groups, signatures, versions."""

    stories: Places
    groups: Places
    slots: Slots
    #: What changes in a row whenever something else does.
    seen: Places

    def row_of(self, story: int) -> int:
        return int(np.searchsorted(self.stories, story))


@dataclass
class _Block(_Stories):
    """Stories that wait, by key. ``short`` ones can't be like others and have no slots."""

    short: Places
    #: Those that are not in a run yet.
    is_new: npt.NDArray[np.bool_]
    #: Those told by several articles, or by one that was in a cluster; short ones follow.
    is_placeable: npt.NDArray[np.bool_]


def _waiting(project_id: int) -> _Block:
    rows = _fetch(
        f"""
        SELECT story.id, story.signature, story.xmin::text::bigint, story.state = 'new',
               told.articles > 1 OR told.clustered
        FROM annotations_story story, LATERAL (
            SELECT count(*) articles, coalesce(bool_or(a.cluster_id IS NOT NULL), false) clustered
            FROM annotations_article a
            WHERE a.project_id = story.project_id AND a.story_sha256 = story.sha256
              AND {COMPARABLE}
        ) told
        WHERE story.project_id = %s AND story.state <> 'placed' AND story.state <> 'compared'
          AND told.articles > 0
        ORDER BY story.signature = '', story.id
        LIMIT %s
        """,  # noqa: S608 -- a constant
        [project_id, BLOCK],
    )
    signed = [row for row in rows if row[1]]
    stories = np.array([row[0] for row in signed], np.int64)
    return _Block(
        stories=stories,
        groups=stories.copy(),
        slots=_slots(row[1] for row in signed),
        seen=np.array([row[2] for row in rows], np.int64),
        short=np.array([row[0] for row in rows[len(signed) :]], np.int64),
        is_new=np.array([row[3] for row in signed], bool),
        is_placeable=np.array([row[4] for row in rows], bool),
    )


class _Versions:
    """Finds pairs that are versions of one story, and remembers whom they join."""

    def __init__(self, project_id: int, block: _Block):
        self._project = project_id
        self._block = block
        self._groups = Groups()
        self._refused: set[tuple[int, int]] = set()
        self._texts: OrderedDict[int, near_duplicates.Hashes] = OrderedDict()
        #: Stories from elsewhere that were found alike, as they were then.
        self._met: dict[int, tuple[int, int]] = {}

    def find_within(self, keys: Keys, owners: Places) -> None:
        """Compare the block's stories with each other."""
        at = np.flatnonzero(keys[1:] == keys[:-1])
        step = 1
        while len(at):
            self._look(owners[at], owners[at + step], self._block)
            step += 1
            at = at[at + step < len(keys)]
            at = at[keys[at] == keys[at + step]]

    def find_in(
        self, members: Places, their_keys: Keys, places: Places, keys: Keys, owners: Places
    ) -> None:
        """Compare the block's stories, by their sorted keys, with those of a run."""
        first = np.searchsorted(their_keys, keys, side="left")
        count = np.searchsorted(their_keys, keys, side="right") - first
        at = np.flatnonzero(count)
        if not len(at):
            return
        others, row_of_place = self._others(members, their_keys, places, keys[at])
        step = 0
        while len(at):
            row = row_of_place[places[first[at] + step]]
            self._look(owners[at][row >= 0], row[row >= 0], others)
            step += 1
            at = at[count[at] > step]

    def save(self) -> None:
        """Write who belongs together, and that the block is compared."""
        lock_stories(self._project)
        self._stop_if_overtaken()
        names = self._groups.names()
        block = self._block
        stories = np.concatenate([block.stories, block.short])
        groups = [names.get(story) for story in stories.tolist()]
        states = [
            StoryState.COMPARED if group is not None or is_placeable else StoryState.PLACED
            for group, is_placeable in zip(groups, block.is_placeable.tolist(), strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE annotations_story story SET state = now.state, "group" = now.name
                FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) now (story, state, name)
                WHERE story.id = now.story
                """,
                [stories.tolist(), [str(state) for state in states], groups],
            )
            # What was there before: stories that were alone, and groups that became larger.
            met = {group for group, _ in self._met.values()}
            renamed = [(group, name) for group, name in names.items() if group in met]
            for was in ('story.id = now.was AND story."group" IS NULL', 'story."group" = now.was'):
                cursor.execute(
                    f"""
                    UPDATE annotations_story story SET "group" = now.name
                    FROM unnest(%s::bigint[], %s::bigint[]) now (was, name)
                    WHERE {was}
                    """,  # noqa: S608 -- one of two
                    [[group for group, _ in renamed], [name for _, name in renamed]],
                )

    def _stop_if_overtaken(self) -> None:
        block = self._block
        expected = dict(
            zip([*block.stories.tolist(), *block.short.tolist()], block.seen.tolist(), strict=True)
        )
        expected |= {story: seen for story, (_, seen) in self._met.items()}
        now = _fetch(
            "SELECT id, xmin::text::bigint FROM annotations_story WHERE id = ANY(%s::bigint[])",
            [list(expected)],
        )
        if dict(now) != expected:
            raise Overtaken

    def _others(
        self, members: Places, their_keys: Keys, places: Places, keys: Keys
    ) -> tuple[_Stories, Places]:
        """Read the stories of a run that have one of ``keys``, and where each place's row is."""
        shared = np.unique(places[np.isin(their_keys, keys)])
        rows = _fetch(
            """
            SELECT id, coalesce("group", id), signature, xmin::text::bigint
            FROM annotations_story
            WHERE id = ANY(%s::bigint[]) AND state IN ('compared', 'placed')
            ORDER BY id
            """,
            [members[shared].tolist()],
        )
        others = _Stories(
            stories=np.array([row[0] for row in rows], np.int64),
            groups=np.array([row[1] for row in rows], np.int64),
            slots=_slots(row[2] for row in rows),
            seen=np.array([row[3] for row in rows], np.int64),
        )
        row_of_place = np.full(len(members), -1, np.int64)
        row_of_place[np.isin(members, others.stories)] = 0
        there = np.flatnonzero(row_of_place == 0)
        row_of_place[there] = np.searchsorted(others.stories, members[there])
        return others, row_of_place

    def _look(self, ones: Places, rows: Places, others: _Stories) -> None:
        """Join the stories of the block in ``ones`` with those of ``others`` that are close."""
        for start in range(0, len(ones), _PAIRS_AT_ONCE):
            one, row = ones[start : start + _PAIRS_AT_ONCE], rows[start : start + _PAIRS_AT_ONCE]
            apart = self._block.groups[one] != others.groups[row]
            one, row = one[apart], row[apart]
            alike = near_duplicates.look_alike(self._block.slots[one], others.slots[row])
            pairs = zip(one[alike].tolist(), row[alike].tolist(), strict=True)
            self._check(list(dict.fromkeys(pairs)), others)

    def _check(self, pairs: list[tuple[int, int]], others: _Stories) -> None:
        """Count what each pair shares, unless others have joined the two before."""
        block = self._block
        while pairs:
            chosen: list[tuple[int, int]] = []
            while pairs and len(chosen) < _CHECKED_AT_ONCE:
                one, row = pairs.pop()
                apart = not self._groups.are_joined(
                    int(block.groups[one]), int(others.groups[row])
                )
                names = int(block.stories[one]), int(others.stories[row])
                if apart and names not in self._refused:
                    chosen.append((one, row))
            texts = self._runs_of(
                {int(block.stories[one]) for one, _ in chosen}
                | {int(others.stories[row]) for _, row in chosen}
            )
            for one, row in chosen:
                names = int(block.stories[one]), int(others.stories[row])
                if names[0] not in texts or names[1] not in texts:
                    raise Overtaken  # nobody tells it any more
                if near_duplicates.are_close(texts[names[0]], texts[names[1]]):
                    self._groups.join(int(block.groups[one]), int(others.groups[row]))
                    if others is not block:
                        self._met[names[1]] = int(others.groups[row]), int(others.seen[row])
                else:
                    self._refused.add(names)
            if chosen:
                _rename(block.groups, self._groups)
                if others is not block:
                    _rename(others.groups, self._groups)

    def _runs_of(self, stories: set[int]) -> dict[int, near_duplicates.Hashes]:
        missing = stories - self._texts.keys()
        rows = _fetch(
            f"""
            SELECT DISTINCT ON (story.id) story.id, a.text, a.zones::text
            FROM annotations_story story
            JOIN annotations_article a
              ON a.project_id = story.project_id AND a.story_sha256 = story.sha256
             AND {COMPARABLE}
            WHERE story.id = ANY(%s::bigint[])
            ORDER BY story.id
            """,  # noqa: S608 -- a constant
            [list(missing)],
        )
        found = near_duplicates.runs([story_text(text, json.loads(z)) for _, text, z in rows])
        for (story, *_), runs in zip(rows, found, strict=True):
            self._texts[story] = near_duplicates.distinct(runs)
        at_hand = {story: self._texts[story] for story in stories if story in self._texts}
        while len(self._texts) > _STORIES_AT_HAND:
            self._texts.popitem(last=False)
        return at_hand


def _rename(names: Places, groups: Groups) -> None:
    """Give each story the name that its group has now."""
    joined = groups.names()
    changed = np.isin(names, np.fromiter(joined, np.int64, len(joined)))
    names[changed] = [joined[name] for name in names[changed].tolist()]


def _run(run: StoryRun, keys: Keys) -> tuple[Places, Keys, Places]:
    """Return a run's stories and its keys as far as ``keys`` can be among them."""
    parts = np.unique(keys >> np.uint32(32 - run.bits)) if run.bits else np.zeros(1, np.int64)
    rows = _fetch(
        """
        SELECT keys, places FROM annotations_storyrunpart
        WHERE run_id = %s AND part = ANY(%s::int[]) ORDER BY part
        """,
        [run.pk, parts.tolist()],
    )
    return (
        np.frombuffer(bytes(run.stories), "<i8").astype(np.int64),
        np.frombuffer(b"".join(row[0] for row in rows), "<u4").astype(np.uint32),
        np.frombuffer(b"".join(row[1] for row in rows), "<u2").astype(np.int64),
    )


def _append(project_id: int, block: _Block) -> None:
    """Put the block's new stories into a run, together with smaller ones that came before."""
    stories = block.stories[block.is_new]
    if not len(stories):
        return
    slots = block.slots[block.is_new]
    for run in StoryRun.objects.filter(project=project_id).order_by("-pk"):
        if run.size > len(stories) or run.size + len(stories) > BLOCK:
            break
        members = np.frombuffer(bytes(run.stories), "<i8").tolist()
        rows = _fetch(
            "SELECT id, signature FROM annotations_story WHERE id = ANY(%s::bigint[]) ORDER BY id",
            [members],
        )
        stories = np.concatenate([np.array([row[0] for row in rows], np.int64), stories])
        slots = np.concatenate([_slots(row[1] for row in rows), slots])
        run.delete()
    keys, places = _sorted_keys(slots)
    bits = max(0, (len(keys) // _KEYS_IN_A_PART).bit_length() - 1)
    run = StoryRun.objects.create(
        project_id=project_id,
        stories=stories.astype("<i8").tobytes(),
        size=len(stories),
        bits=bits,
    )
    begins = np.arange(2**bits, dtype=np.uint64) << np.uint64(32 - bits)
    cuts = np.searchsorted(keys, begins)[1:]
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY annotations_storyrunpart (run_id, part, keys, places) FROM STDIN (FORMAT binary)"
        ) as copy,
    ):
        copy.set_types(["int8", "int4", "bytea", "bytea"])
        for part, (some_keys, some_places) in enumerate(
            zip(np.split(keys, cuts), np.split(places, cuts), strict=True)
        ):
            copy.write_row(
                (
                    run.pk,
                    part,
                    some_keys.astype("<u4").tobytes(),
                    some_places.astype("<u2").tobytes(),
                )
            )


def _sorted_keys(slots: Slots) -> tuple[Keys, Places]:
    """Return the keys of all bands in order, and the row that each one is of."""
    keys = near_duplicates.bands(slots).ravel().astype(np.uint64) << np.uint64(32)
    keys |= np.repeat(np.arange(len(slots), dtype=np.uint64), BANDS)
    keys.sort()  # which is many times as fast as finding the order
    return (keys >> np.uint64(32)).astype(np.uint32), keys.astype(np.uint32).astype(np.int64)


def _slots(signatures: Iterable[bytes]) -> Slots:
    slots = np.frombuffer(b"".join(signatures), "<u2").astype(np.uint16)
    return slots.reshape(-1, SIGNATURE_BYTES // 2)


def _fetch(query: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """Read rows in binary: most of what is read here is bytes."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(query, parameters, binary=True).fetchall()
