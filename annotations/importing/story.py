"""The story of a web page, taken out in a process of its own.

Run by ``extraction.Extractor`` and by nothing else: a page can be made to cost any amount of time
or memory, and here neither is the worker's. Reads pages from standard input and answers on
standard output, each behind its length in four bytes. Imports nothing of ours, and has neither
our environment nor our files.
"""

import json
import resource
import signal
import struct
import sys
from typing import Any

LENGTH = struct.Struct(">L")
MEMORY = 1536 * 2**20
SECONDS_OF_CPU = 10


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    while header := sys.stdin.buffer.read(LENGTH.size):
        page = sys.stdin.buffer.read(LENGTH.unpack(header)[0]).decode()
        # One that takes longer is ended by the signal, whatever code it is in.
        signal.setitimer(signal.ITIMER_PROF, SECONDS_OF_CPU)
        answer = json.dumps(story(page)).encode()
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.buffer.write(LENGTH.pack(len(answer)) + answer)
        sys.stdout.buffer.flush()


def story(page: str) -> dict[str, Any]:
    """Return a page's main text, and what it says of itself; the text is empty if it has none."""
    from trafilatura import bare_extraction, load_html

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


if __name__ == "__main__":
    main()
