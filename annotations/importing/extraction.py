"""Pages handed to the process that takes their story out, and what becomes of bad ones."""

import json
from typing import Any

from annotations.importing.child import Child, Ended, Kept
from annotations.importing.problems import Problem

MEGABYTES = 96
#: What a page may cost of the processor: more for a larger one, and for one of many tags.
SECONDS = 0.8
SECONDS_A_MEGABYTE = 2.5
SECONDS_A_TAG = 0.0004


class Extractor(Kept):
    """A process for pages, started with the first one."""

    def __init__(self) -> None:
        super().__init__(Child("story", megabytes=MEGABYTES))

    def extract(self, page: str) -> dict[str, Any]:
        """Return ``text`` and ``meta`` of a page. Raises ``Problem`` if it costs too much."""
        data = page.encode("utf-8", "replace")
        try:
            seconds = SECONDS + SECONDS_A_MEGABYTE * len(data) / 2**20
            seconds += SECONDS_A_TAG * data.count(b"<")
            return json.loads(self._child.ask(data, seconds=seconds))
        except Ended as error:
            detail = "Taking the story out of this page takes too long, or too much memory."
            raise Problem("page_too_costly", detail) from error
