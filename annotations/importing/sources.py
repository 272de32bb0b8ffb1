"""What the readers are given: files by name, and the few things that some of them need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from annotations.importing.problems import Problem


@dataclass(slots=True)
class Source:
    """A file, loose or in an archive, under the name by which a person knows it.

    ``upload`` is whatever the caller knows the uploaded file by. A reader that
    decodes the file says with what in ``encoding``.
    """

    name: str
    open: Callable[[], BinaryIO]
    size: int
    upload: Any = None
    encoding: str = ""

    def bytes(self, most: int) -> bytes:
        """Return all of it. Raises ``Problem`` if it has more than ``most`` bytes."""
        with self.open() as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise Problem("file_too_large", f"Such a file may have {most >> 20} MB.").at(self.name)
        return data

    @property
    def path(self) -> PurePosixPath:
        return PurePosixPath(self.name)


@dataclass(frozen=True)
class Unit:
    """What is read at once: mostly one file, or all that belong to one document.

    ``key`` is what the article is called if it does not say so itself, and
    ``coders`` are the names that the folders of ``files`` give, one each.
    """

    format: str
    files: tuple[Source, ...]
    key: str = ""
    coders: tuple[str, ...] = ()
    #: What explains the files: a brat text's annotations, the type system of an XMI.
    beside: tuple[Source, ...] = ()

    @property
    def source(self) -> Source:
        return self.files[0]


@dataclass(frozen=True)
class Tools:
    """What readers use beyond their files: the columns' meaning, and the story of a page."""

    extract: Callable[[str], dict[str, Any]]
    columns: Mapping[str, str] = field(default_factory=dict)
