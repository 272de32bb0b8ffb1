"""Fetch the newest gold release of a project, verify it, and load it into pandas.

    pip install httpx pandas
    export WORKBENCH=https://workbench.example.org TOKEN=wbt_…
    python fetch_release.py demo gold

The token needs the scope “releases” only. Run again after a break, it fetches what is missing.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import httpx
import pandas


class File(TypedDict):
    name: str
    bytes: int
    sha256: str
    url: str


class Release(TypedDict):
    """What the API says of a release; there is more, see /api/v1/docs/."""

    id: str
    number: int
    name: str
    state: str
    files: list[File]


def connected() -> httpx.Client:
    """Return a client that shows its token to the workbench alone, not to where that sends it."""
    return httpx.Client(
        base_url=os.environ["WORKBENCH"].rstrip("/") + "/api/v1/",
        headers={"Authorization": f"Bearer {os.environ['TOKEN']}"},
        follow_redirects=True,
        timeout=60,
    )


def releases(client: httpx.Client, project: str) -> Iterator[Release]:
    """Yield the releases of a project, newest first."""
    address: str | None = f"projects/{project}/releases/"
    while address:
        page = client.get(address).raise_for_status().json()
        yield from page["results"]
        address = page["next"]


def fetch(client: httpx.Client, file: File, folder: Path) -> None:
    """Bring a file's missing rest into the folder. A release never changes, so parts fit."""
    with (folder / file["name"]).open("ab") as out:
        if out.tell() >= file["bytes"]:
            return
        rest = {"Range": f"bytes={out.tell()}-"}
        with client.stream("GET", file["url"], headers=rest) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                out.write(piece)


def damaged(folder: Path) -> list[str]:
    """Return the files that differ from what the manifest, or SHA256SUMS, says of them."""
    files = json.loads((folder / "manifest.json").read_bytes())["files"]
    expected = {file["name"]: file["sha256"] for file in files}
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ", 1)
        if expected.setdefault(name, digest) != digest:
            return ["manifest.json", "SHA256SUMS"]
    return [name for name, digest in expected.items() if sha256(folder / name) != digest]


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def spans(folder: Path) -> pandas.DataFrame:
    """Return a row for each gold span. Offsets count code points: text[start:end] == quote."""
    with (folder / "articles.jsonl").open(encoding="utf-8") as lines:
        rows = [
            {"article": article["id"], "split": article.get("split"), **span}
            for article in map(json.loads, lines)
            for span in article["spans"]
        ]
    columns = ["article", "split", "start", "end", "label", "quote", "source"]
    return pandas.DataFrame(rows, columns=columns)


def main(project: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with connected() as client:
        ready = (one for one in releases(client, project) if one["state"] == "ready")
        release = next(ready, None)
        if release is None:
            sys.exit(f"{project} has no release yet.")
        print(f"Release {release['number']}, {release['name']}")
        for file in release["files"]:
            fetch(client, file, folder)
    if names := damaged(folder):
        sys.exit(f"Damaged: {', '.join(names)}. Delete that and run this again.")
    table = spans(folder)
    print(table.groupby(["label", "source"]).size().to_string())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
