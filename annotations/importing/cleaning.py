"""Articles handed to a process that cleans them, so that two processors are at an import."""

import json
from collections.abc import Sequence

from annotations.algorithms.cleaning import Book, Cleaned, Uncleaned
from annotations.importing.child import Child, Kept

MEGABYTES = 1024
#: Of the processor, for a chunk; patterns of a project's own may take half a second each.
SECONDS = 120.0


class CleaningProcess(Kept):
    """A process for cleaning, there once it was started."""

    def __init__(self) -> None:
        super().__init__(Child("cleaned", megabytes=MEGABYTES))
        self._book = b""

    def start(self, book: Book) -> None:
        """Start it with the rules that it goes by, without waiting for it."""
        self._book = json.dumps(book.as_plain()).encode() + b"\n"
        self._child.start()

    @property
    def is_ready(self) -> bool:
        """Whether it was started, and has got so far that it can clean."""
        return self._child.is_ready

    def clean(self, articles: Sequence[Uncleaned]) -> list[Cleaned]:
        """Do what ``algorithms.cleaning.clean`` does. Raises ``Ended`` if it can't."""
        request = self._book + json.dumps(articles, ensure_ascii=False).encode()
        return [Cleaned(*one) for one in json.loads(self._child.ask(request, seconds=SECONDS))]
