"""Import articles, see who would code what, and give the work out.

    pip install httpx
    export WORKBENCH=https://workbench.example.org TOKEN=wbt_…
    python plan_batch.py demo "Round 2" --coders coder1 coder2 --files a.txt b.txt
    python plan_batch.py demo "Round 2" --coders coder1 coder2 --open

The token needs the scope “admin”. The first command writes no batch, the second one does. Both
are about the articles that no batch has yet; an article that is there already comes in once.
"""

import argparse
import os
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypedDict

import httpx

UNDER_WAY = {"queued", "running"}


class Import(TypedDict):
    """What the API says of an import; there is more, see /api/v1/docs/."""

    id: str
    state: str
    created: int
    duplicates: int
    failure: str
    errors: list[dict[str, Any]]
    clusters: dict[str, Any]


class Plan(TypedDict):
    """Who would code what; ``loads`` counts each coder's articles, ``pairs`` what two share."""

    assignments: list[dict[str, Any]]
    loads: dict[str, int]
    pairs: list[dict[str, Any]]
    unplaced: list[str]
    hours: dict[str, Any]


def connected() -> httpx.Client:
    return httpx.Client(
        base_url=os.environ["WORKBENCH"].rstrip("/") + "/api/v1/",
        headers={"Authorization": f"Bearer {os.environ['TOKEN']}"},
        timeout=60,
    )


def checked(answer: httpx.Response) -> httpx.Response:
    """Return an answer that went well; otherwise end with the workbench's own sentence."""
    if answer.is_error:
        problem = answer.json()
        details = [f"{one['field']}: {one['detail']}" for one in problem.get("errors", [])]
        raise SystemExit("\n".join([problem["detail"], *details]))
    return answer


def bring_in(client: httpx.Client, project: str, paths: list[Path]) -> Import:
    """Import files and wait until their articles are there, and versions of a story are found."""
    with ExitStack() as open_files:
        files = [("files", (p.name, open_files.enter_context(p.open("rb")))) for p in paths]
        answer = checked(client.post(f"projects/{project}/imports/", files=files))
    address = answer.headers["Location"]
    job: Import = answer.json()
    while job["state"] in UNDER_WAY or job["clusters"]["state"] in UNDER_WAY:
        time.sleep(0.5)
        job = checked(client.get(address)).json()
    return job


def wish(name: str, coders: list[str]) -> dict[str, Any]:
    """Return what to ask for: two coders an article, and never two versions of a story for one."""
    return {
        "name": name,
        "articles": {"search": {"unbatched": True}},
        "coders": coders,
        "coders_per_article": 2,
        "one_per_cluster": True,
    }


def preview(client: httpx.Client, project: str, asked: dict[str, Any]) -> Plan:
    address = f"projects/{project}/batches/"
    return checked(client.post(address, params={"preview": "true"}, json=asked)).json()


def open_batch(client: httpx.Client, project: str, asked: dict[str, Any]) -> str:
    """Give the work out and return the batch's id; asked again within a day, it opens once."""
    key = uuid.uuid5(uuid.NAMESPACE_URL, f"{project}/{asked['name']}")
    headers = {"Idempotency-Key": str(key)}
    answer = checked(client.post(f"projects/{project}/batches/", json=asked, headers=headers))
    return answer.json()["id"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Import articles and give them to coders.")
    parser.add_argument("project")
    parser.add_argument("name")
    parser.add_argument("--coders", nargs="+", required=True)
    parser.add_argument("--files", nargs="+", type=Path, default=[])
    parser.add_argument("--open", action="store_true", help="write the batch")
    given = parser.parse_args()

    with connected() as client:
        if given.files:
            job = bring_in(client, given.project, given.files)
            print(f"{job['created']} new, {job['duplicates']} known: {job['state']}")
            for error in job["errors"]:
                print(f"{error['file']}, line {error['line']}: {error['detail']}")
        asked = wish(given.name, given.coders)
        if given.open:
            print(f"Batch {open_batch(client, given.project, asked)} is open.")
            return
        plan = preview(client, given.project, asked)
        for coder, articles in plan["loads"].items():
            print(f"{coder}: {articles} articles")
        for pair in plan["pairs"]:
            print(f"{pair['a']} and {pair['b']} share {pair['articles']}")
        print(f"{plan['hours']['total']:.1f} hours in all, {len(plan['unplaced'])} without coders")


if __name__ == "__main__":
    main()
