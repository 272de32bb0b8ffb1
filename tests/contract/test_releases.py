import hashlib
import json
import re

import pytest

from exports import difference_document
from exports.models import Release
from tests.contract.people import ADMINS, RESEARCHERS, only, problems
from tests.contract.shapes import (
    assert_fits,
    is_address,
    is_anything,
    is_moment,
    is_sha256,
    is_uuid,
    maybe,
    page_of,
)
from tests.exports.formats.awkward import gold, record
from tests.exports.worlds import compared, published
from tests.factories import AssignmentFactory

LIST = "projects/study/releases/"
CONTENT = b'{"id": "a"}\n{"id": "b"}\n'
ROW = {
    "id": is_uuid,
    "number": int,
    "name": str,
    "state": str,
    "progress": {"done": int, "total": int, "step": str},
    "content_hash": (is_sha256, ""),
    "has_real_names": bool,
    "has_unadjudicated": bool,
    "created_at": is_moment,
    "finished_at": maybe(is_moment),
    "failure": str,
    "is_retryable": bool,
    "retracted_reason": str,
    "purged_at": maybe(is_moment),
    "files": [
        {"name": str, "bytes": int, "rows": maybe(int), "sha256": is_sha256, "url": is_address}
    ],
}
RELEASE = ROW | {"request": dict, "manifest": maybe(is_anything)}
WISH = {
    "name": "Spring",
    "filter": {"outlet": "Lantern", "language": "en", "from": "2024-01-01", "to": "2024-12-31"},
    "formats": ["jsonl", "csv"],
    "include": ["gold", "codings"],
    "splits": {"train": 0.8, "dev": 0.1, "test": 0.1},
    "stratify": "outlet",
    "seed": 42,
    "text": False,
    "real_names": True,
}


@pytest.fixture
def release(study):
    """Return a ready release whose bytes lie in this test's own folder."""
    return published(study.project, CONTENT)


def test_admins_ask_for_releases_and_researchers_read_them(study, release):
    readers = (*ADMINS, *RESEARCHERS)

    assert study.everybody("POST", LIST, WISH) == only(*ADMINS, status=202)
    assert study.everybody("GET", LIST) == only(*readers)
    assert study.everybody("GET", f"releases/{release.uuid}/") == only(*readers, others=404)
    assert_fits(study.ask("researcher", "GET", LIST).json(), page_of(ROW))
    seen = study.ask("researcher", "GET", f"releases/{release.uuid}/").json()
    assert_fits(seen, RELEASE | {"state": "ready", "manifest": dict})
    assert [file["name"] for file in seen["files"]] == ["articles.jsonl"]


def test_a_release_is_taken_at_once_with_every_default_said(study):
    taken = study.ask("admin", "POST", LIST, {"name": "Gold"})
    number = taken.json()["id"]
    seen = study.ask("admin", "GET", f"releases/{number}/").json()

    assert taken.status_code == 202
    assert taken.json() == {"id": number}
    assert taken["Location"] == f"http://testserver/api/v1/releases/{number}/"
    assert_fits(seen, RELEASE | {"state": "queued", "manifest": None, "files": []})
    assert seen["request"] == {
        "batches": None,
        "filter": {},
        "formats": ["jsonl"],
        "include": ["gold"],
        "splits": None,
        "stratify": None,
        "seed": 0,
        "text": True,
        "real_names": False,
    }


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"name": ""}, 422, "name"),
        ({"formats": ["stone"]}, 422, "formats"),
        ({"include": ["gossip"]}, 422, "include.0"),
        ({"splits": {"train": 0.8, "test": 0.1}}, 422, "splits"),
        ({"stratify": "mood"}, 422, "stratify"),
        ({"seed": "seven"}, 422, "seed"),
        ({"batches": ["6f2a0c0e-8f43-4f5e-9d0b-3a3df1d5a0a7"]}, 422, "batches"),
        ({"filter": {"from": "2025-01-01", "to": "2024-01-01"}}, 422, "filter.from"),
        ({"filter": {"colour": "red"}}, 400, "colour"),
        ({"colour": "red"}, 400, "colour"),
    ],
)
def test_a_release_that_can_not_be_names_its_field(study, change, status, field):
    refused = study.ask("admin", "POST", LIST, WISH | change)

    assert refused.status_code == status
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_admins_call_a_release_off_while_it_is_made(study):
    number = study.ask("admin", "POST", LIST, {"name": "Gold"}).json()["id"]
    address = f"releases/{number}/cancel/"

    assert study.everybody("POST", address) == only(*ADMINS, others=404) | {
        "researcher": 403,
        "releases token": 403,
    }
    assert_fits(study.ask("admin", "POST", address).json(), RELEASE | {"state": "cancelled"})


def test_admins_try_again_what_failed(study):
    number = study.ask("admin", "POST", LIST, {"name": "Gold"}).json()["id"]
    told = {"state": "failed", "failure": "The disk is full.", "is_retryable": True}
    Release.objects.filter(uuid=number).update(**told)
    address = f"releases/{number}/retry/"

    assert study.everybody("POST", address) == only(*ADMINS, others=404) | {
        "researcher": 403,
        "releases token": 403,
    }
    tried = study.ask("admin", "POST", address)
    again = study.ask("admin", "POST", address)

    queued = {"state": "queued", "failure": "", "is_retryable": False}
    assert_fits(tried.json(), RELEASE | queued)
    assert (again.status_code, again.json()["code"]) == (409, "not_retryable")


def test_a_release_that_is_ready_is_retracted_and_not_cancelled(study, release):
    address = f"releases/{release.uuid}/"
    body = {"reason": "Two articles are in it twice."}

    assert study.everybody("POST", address + "retract/", body) == (
        only(*ADMINS, others=404) | {"researcher": 403, "releases token": 403}
    )
    assert study.ask("admin", "POST", address + "cancel/").status_code == 409
    assert study.ask("admin", "POST", address + "retract/", {}).status_code == 422
    taken = study.ask("admin", "POST", address + "retract/", body).json()
    again = study.ask("admin", "POST", address + "retract/", body)
    bytes_kept = study.ask("researcher", "GET", address + "files/articles.jsonl")

    reason = {"state": "retracted", "retracted_reason": body["reason"], "manifest": dict}
    assert_fits(taken, RELEASE | reason)
    assert again.status_code == 409
    assert (bytes_kept.status_code, b"".join(bytes_kept)) == (200, CONTENT)


def test_the_bytes_are_for_researchers_and_admins(study, release):
    address = f"releases/{release.uuid}/files/articles.jsonl"

    assert study.everybody("GET", address) == only(*ADMINS, *RESEARCHERS, others=404)

    answer = study.ask("releases token", "GET", address)
    assert b"".join(answer) == CONTENT
    assert answer["ETag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert answer["Content-Disposition"] == 'attachment; filename="articles.jsonl"'
    assert (answer["Accept-Ranges"], answer["Content-Length"]) == ("bytes", str(len(CONTENT)))


@pytest.mark.parametrize(
    ("headers", "status", "content"),
    [
        ({"Range": "bytes=4-7"}, 206, CONTENT[4:8]),
        ({"Range": "bytes=12-"}, 206, CONTENT[12:]),
        ({"Range": "bytes=-3"}, 206, CONTENT[-3:]),
        ({"Range": "bytes=4-7", "If-Range": '"another"'}, 200, CONTENT),
        ({"Range": "lines=1-2"}, 200, CONTENT),
    ],
)
def test_a_download_goes_on_where_it_broke_off(study, release, headers, status, content):
    address = f"releases/{release.uuid}/files/articles.jsonl"

    answer = study.ask("researcher", "GET", address, headers=headers)

    assert (answer.status_code, b"".join(answer)) == (status, content)
    if status == 206:
        start, end, size = map(int, re.findall(r"\d+", answer["Content-Range"]))
        assert (CONTENT[start : end + 1], size) == (content, len(CONTENT))


def test_a_range_behind_the_end_is_a_problem(study, release):
    answer = study.ask(
        "researcher",
        "GET",
        f"releases/{release.uuid}/files/articles.jsonl",
        headers={"Range": f"bytes={len(CONTENT)}-"},
    )

    assert answer.status_code == 416
    assert problems(answer) == []
    assert answer["Content-Range"] == f"bytes */{len(CONTENT)}"


def test_a_file_that_is_not_there_is_404(study, release):
    for name in ("gold.exe", "..", "%2e%2e%2fdemo.json"):
        answer = study.ask("admin", "GET", f"releases/{release.uuid}/files/{name}")
        assert answer.status_code == 404


COUNTS = dict.fromkeys(("before", "after", "added", "removed", "changed", "same"), int)
COMPARED = {"id": is_uuid, "number": int, "name": str, "state": str, "content_hash": is_sha256}
SPAN = {name: is_anything for name in difference_document.SPAN if name != "note"}
DIFFERENCE = {
    "since": COMPARED,
    "release": COMPARED,
    "codebooks": [{"version": int, "sha256": maybe(is_sha256), "before": bool, "after": bool}],
    "articles": [
        {
            "id": str,
            "change": str,
            "fields": is_anything,
            "spans": [
                {"change": str, "parts": [str], "before": maybe(SPAN), "after": maybe(SPAN)}
            ],
        }
    ],
    "counts": {
        "articles": COUNTS,
        "spans": maybe(COUNTS),
        "spans_by_label": {"actor": COUNTS, "event": COUNTS},
    },
}


def test_what_differs_from_another_release_is_told_as_json(study):
    text = "Ada Brandt spoke."
    ada, spoke = gold(text, 1, (0, 10), "actor"), gold(text, 2, (11, 16), "event")
    first = published(study.project, records=[record("a", text, spans=[ada, spoke])])
    book = [{"version": 2, "sha256": "a" * 64}]
    second = published(
        study.project,
        records=[
            record("a", text, split="dev", spans=[ada | {"end": 3}]),
            record("b", text, spans=[]),
        ],
        codebooks=book,
    )
    address = f"releases/{second.uuid}/difference/"

    readers = (*ADMINS, *RESEARCHERS)
    assert study.everybody("GET", address) == only(*readers, status=202, others=404)
    waiting = study.ask("researcher", "GET", address)
    assert waiting["Retry-After"] == "1"
    assert_fits(waiting.json(), {"done": int, "total": int})
    compared(first, second)
    assert study.everybody("GET", address) == only(*readers, others=404)
    before = study.ask("researcher", "GET", address)
    same = study.ask("researcher", "GET", f"{address}?since={first.uuid}")
    told = json.loads(b"".join(before))

    assert b"".join(same) == json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    assert_fits(told, DIFFERENCE)
    assert (told["since"]["number"], told["release"]["number"]) == (first.number, second.number)
    assert told["codebooks"] == [book[0] | {"before": False, "after": True}]
    changed, added = told["articles"]
    assert (added["id"], added["change"], added["spans"]) == ("b", "added", [])
    assert changed["fields"] == {"split": {"before": None, "after": "dev"}}
    assert [(one["change"], one["parts"]) for one in changed["spans"]] == [
        ("changed", ["extent"]),
        ("removed", []),
    ]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 409, "nothing_to_compare"),
        ("?since=nine", 422, "invalid"),
        ("?since=", 422, "invalid"),
        ("?since=6f2a0c0e-8f43-4f5e-9d0b-3a3df1d5a0a7", 404, "not_found"),
        ("?until=6f2a0c0e-8f43-4f5e-9d0b-3a3df1d5a0a7", 400, "unknown_input"),
    ],
)
def test_what_can_not_be_compared_is_a_problem(study, query, status, code):
    address = f"releases/{study.release.uuid}/difference/{query}"

    refused = study.ask("researcher", "GET", address)

    assert (refused.status_code, refused.json()["code"]) == (status, code)


@pytest.mark.parametrize("field", ["has_real_names", "has_unadjudicated"])
def test_names_and_unfinished_work_are_for_admins_only(study, field):
    number = study.ask("admin", "POST", LIST, {"name": "Gold"}).json()["id"]
    Release.objects.filter(uuid=number).update(**{field: True})

    assert study.everybody("GET", f"releases/{number}/") == only(*ADMINS, others=404)


def test_an_admin_with_open_work_makes_no_release_of_that_batch(study):
    AssignmentFactory(task=study.open, coder=study.admin)

    refused = study.ask(
        "admin",
        "POST",
        LIST,
        {"name": "Raw", "include": ["codings"], "batches": [str(study.batch.uuid)]},
    )

    assert (refused.status_code, refused.json()["code"]) == (403, "cannot_publish")
