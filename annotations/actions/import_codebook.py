"""The labels, attributes and links that an import brings, declared in the codebook.

Called by ``actions.imports`` only, in the transaction of the import.
"""

from datetime import datetime
from string import ascii_lowercase
from typing import Any

from annotations.actions import codebook
from annotations.enums import Change
from annotations.importing.vocabulary import Names, Vocabulary
from annotations.models import Project, User
from annotations.queries import codebook as book


def declare(vocabulary: Vocabulary, *, project: Project, by: User | None, at: datetime) -> None:
    """Publish a minor version with all of ``vocabulary``, if the latest one lacks any of it."""
    latest = book.current(project)
    known = Vocabulary.of(book.definitions(latest))
    wanted = Vocabulary(known)
    for key, names in vocabulary.items():
        before = known.get(key, Names())
        wanted[key] = Names(before.attributes | names.attributes, before.links | names.links)
    if wanted == known:
        return
    labels = book.as_contract(latest)["labels"]
    for label in labels:
        label["attributes"] = _with(label["attributes"], wanted[label["key"]].attributes)
        label["links"] = _with(label["links"], wanted[label["key"]].links)
    in_use = [label for label in labels if not label["retired"]]
    taken = {*codebook.RESERVED_HOTKEYS, *(label["hotkey"] for label in in_use)}
    for number, key in enumerate((key for key in wanted if key not in known), len(in_use)):
        # Digits stand for the first nine; whatever comes after them takes any letter.
        letters = key.lower() if number < 9 else key.lower() + ascii_lowercase
        hotkey = next((x for x in letters if x in ascii_lowercase and x not in taken), "")
        taken.add(hotkey)
        labels.append(
            {
                "key": key,
                "name": key,
                "hotkey": hotkey,
                "attributes": _with([], wanted[key].attributes),
                "links": _with([], wanted[key].links),
            }
        )
    codebook.publish(
        project=project,
        labels=labels,
        change=Change.MINOR,
        note="Declared by an import",
        by=by,
        at=at,
    )


def _with(declared: list[dict[str, Any]], names: set[str]) -> list[dict[str, Any]]:
    known = {item["name"] for item in declared}
    return [*declared, *({"name": name} for name in sorted(names - known))]
