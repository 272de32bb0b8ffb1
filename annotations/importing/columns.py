"""What the columns of a table mean: by their headers, or as somebody said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotations.importing.problems import Problem
from annotations.importing.shapes import shown

TEXT = "text"
#: The fields of a record that a column can fill; ``meta.`` and a name is another.
TARGETS = (TEXT, "id", "cluster", "split")
META = "meta."
KNOWN_META = ("title", "outlet", "author", "published_at", "url", "language")
MOST = 500

_HEADERS = {
    TEXT: "text body content article article_text full_text fulltext story main_text maintext "
    "article_body articlebody texto contenu inhalt",
    "id": "id key doc_id docid document_id article_id uid guid uuid",
    "cluster": "cluster cluster_id",
    "split": "split fold",
    "meta.title": "title headline heading titel titre titulo",
    "meta.outlet": "outlet source publication newspaper publisher site sitename site_name medium",
    "meta.author": "author authors byline writer autor auteur",
    "meta.published_at": "published_at published date pubdate pub_date publish_date "
    "publication_date date_published datum fecha",
    "meta.url": "url link canonical_url href web_url",
    "meta.language": "language lang",
}
_BY_HEADER = {header: target for target, all_ in _HEADERS.items() for header in all_.split()}
_BETWEEN_WORDS = re.compile(r"[\s\-.]+")


def guess(header: Sequence[str]) -> dict[str, str]:
    """Return which column fills what, by their headers; an unknown one goes under ``meta``.

    The first of two that mean the same is taken, and the other kept under its own name.
    """
    columns: dict[str, str] = {}
    left = []
    for name in header:
        target = _BY_HEADER.get(_BETWEEN_WORDS.sub("_", name.strip().lower()))
        if target and target not in columns:
            columns[target] = name
        elif name.strip():
            left.append(name)
    for name in left:
        columns.setdefault(f"{META}{name.strip()}", name)
    return columns


def is_target(name: str) -> bool:
    """Say whether a column can fill that."""
    return name in TARGETS or (name.startswith(META) and len(name) > len(META))


def places(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Return in which column each target is. Raises ``Problem`` if one is not there."""
    chosen = columns or guess(header)
    if TEXT not in chosen:
        detail = f"None of its columns is the text: {shown(', '.join(header), 200)}."
        raise Problem("no_text_column", detail)
    for name in chosen.values():
        if name not in header:
            raise Problem("unknown_column", f"It has no column “{shown(name)}”.")
    return {target: header.index(name) for target, name in chosen.items()}


def records(
    header: Sequence[str],
    rows: Iterator[tuple[int, Sequence[str] | Problem]],
    columns: Mapping[str, str],
) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    """Turn rows of texts into records; empty cells are left out, empty rows passed over."""
    where = places(header, columns)
    for line, row in rows:
        if isinstance(row, Problem):
            yield line, row
        elif any(row):
            yield line, _record(row, where)


def _record(row: Sequence[str], where: Mapping[str, int]) -> dict[str, Any]:
    record: dict[str, Any] = {TEXT: ""}
    meta = {}
    for target, position in where.items():
        value = row[position] if position < len(row) else ""
        if target.startswith(META) and value:
            meta[target.removeprefix(META)] = value
        elif value:
            record[target] = value
    return record | {"meta": meta} if meta else record
