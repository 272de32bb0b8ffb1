"""Which files are read together, as what, and what their articles are called."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath

from annotations.importing import formats
from annotations.importing.problems import Problem
from annotations.importing.sources import Source, Unit

#: The folders in which INCEpTION keeps a folder a document, with a file for each coder.
_OF_DOCUMENTS = {"annotation", "curation"}
_NAMED_BY_FILE = ("txt", "html", *formats.CODED, "conll")
_SUFFIXES_OF_TEXTS = {".txt", ".html", ".htm", ".xml", ".xmi", ".pdf", ".tsv"}


def recognised(sources: Iterable[Source | Problem]) -> Iterator[tuple[Source, str] | Problem]:
    """Say of each file what it is in; a file that no reader takes is a ``Problem``."""
    for source in sources:
        if isinstance(source, Problem):
            yield source
            continue
        try:
            with source.open() as file:
                head = file.read(formats.HEAD)
        except Problem as problem:
            yield problem.at(source.name, 1)
            continue
        found = formats.recognise(source.name, head)
        if found:
            yield source, found
        else:
            detail = "No reader takes a file of this kind."
            yield Problem("unknown_format", detail).at(source.name, 1)


def plan(files: Sequence[tuple[Source, str]]) -> Iterator[Unit | Problem]:
    """Yield what is to be read, in the order of the files, from those that came together."""
    root = _common_folder([source.path for source, _ in files])
    texts = {source.path: source for source, format in files if format == "txt"}
    annotated = {
        source.path.with_suffix(".txt")
        for source, format in files
        if format == "brat" and source.path.with_suffix(".txt") in texts
    }
    systems = _by_folder(
        s for s, format in files if format == formats.BESIDE and s.path.suffix == ".xml"
    )
    groups: dict[str, dict[str, list[tuple[str, Source]]]] = {name: {} for name in formats.CODED}
    for source, format in files:
        if format in formats.CODED:
            document, coder = _document_and_coder(source.path, root, format)
            groups[format].setdefault(document, []).append((coder, source))
    begun: set[tuple[str, str]] = set()
    is_brat = bool(annotated)
    for source, format in files:
        if format == formats.BESIDE or source.path in annotated:
            continue
        if format not in formats.CODED:
            if is_brat and format == "txt" and source.path.suffix == "":
                continue  # the README of brat's folder
            key = _key(source.path, root) if format in _NAMED_BY_FILE else ""
            yield Unit(format, (source,), key)
            continue
        document, _ = _document_and_coder(source.path, root, format)
        if (format, document) not in begun:
            begun.add((format, document))
            yield _coded(format, document, groups[format][document], texts, systems)


def _coded(
    format: str,
    document: str,
    coded: list[tuple[str, Source]],
    texts: dict[PurePosixPath, Source],
    systems: dict[PurePosixPath, Source],
) -> Unit | Problem:
    coders = tuple(coder for coder, _ in coded)
    files = tuple(source for _, source in coded)
    if format == "xmi":
        near = (systems[folder] for folder in files[0].path.parents if folder in systems)
        return Unit(format, files, document, coders, tuple(islice(near, 1)))
    if format == "brat":
        for source in files:
            if source.path.with_suffix(".txt") not in texts:
                detail = "There is no text beside these annotations."
                return Problem("no_text", detail).at(source.name, 1)
        beside = tuple(texts[source.path.with_suffix(".txt")] for source in files)
        return Unit(format, beside, document, coders, files)
    return Unit(format, files, document, coders)


def _document_and_coder(path: PurePosixPath, root: PurePosixPath, format: str) -> tuple[str, str]:
    """Return what an annotated file is about and whose it is, as its folders tell."""
    if len(path.parts) > 2 and path.parts[-3] in _OF_DOCUMENTS:
        return _without_suffix(PurePosixPath(path.parts[-2])), path.stem
    inner = path.relative_to(root)
    if len(inner.parts) > 1:
        return _without_suffix(PurePosixPath(*inner.parts[1:])), inner.parts[0]
    return _without_suffix(inner), root.name.removesuffix(".zip") or format


def _key(path: PurePosixPath, root: PurePosixPath) -> str:
    return str(path.relative_to(root).with_suffix(""))


def _without_suffix(path: PurePosixPath) -> str:
    if path.suffix == ".ann" or path.suffix in _SUFFIXES_OF_TEXTS:
        path = path.with_suffix("")
    return str(path.with_suffix("") if path.suffix in _SUFFIXES_OF_TEXTS else path)


def _common_folder(paths: Sequence[PurePosixPath]) -> PurePosixPath:
    if not paths:
        return PurePosixPath()
    common = paths[0].parent
    for path in paths:
        while common not in path.parents and common != common.parent:
            common = common.parent
    return common


def _by_folder(systems: Iterable[Source]) -> dict[PurePosixPath, Source]:
    """Return the first type system in or below each folder."""
    found: dict[PurePosixPath, Source] = {}
    for system in systems:
        for folder in system.path.parents:
            found.setdefault(folder, system)
    return found
