"""The story of a web page."""

import json
from typing import Any

from trafilatura import bare_extraction, load_html


def answer(page: bytes) -> bytes:
    """Return a page's main text, and what it says of itself; the text is empty if it has none."""
    return json.dumps(_story(page.decode())).encode()


def _story(page: str) -> dict[str, Any]:
    tree = load_html(page)
    if tree is None:
        return {"text": "", "meta": {}}
    language = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    found = bare_extraction(
        tree,
        include_comments=False,
        with_metadata=True,
        # The date that the page states, and not one that stands anywhere in it.
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if found is None:
        return {"text": "", "meta": {}}
    meta = {
        "title": found.title,
        "author": found.author,
        "published_at": found.date,
        "outlet": found.sitename or found.hostname,
        "url": found.url,
        "language": language.strip()[:35],
    }
    return {
        "text": found.text or "",
        "meta": {name: value for name, value in meta.items() if value},
    }
