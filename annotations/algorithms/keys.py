"""The single letters of the annotation page, and how a person may move them."""

from collections.abc import Mapping

#: Which letter each command has, unless its coder chose another. No label may take one.
LETTERS = {
    "grow": "s",
    "tag-all": "t",
    "delete": "x",
    "undo": "u",
    "note": "m",
    "details": "v",
    "next-span": "n",
    "previous-span": "p",
    "switch-edge": "o",
    "codebook": "h",
    "flag": "f",
}


def letters_of(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the letter of every command, with those that a person chose instead."""
    return {command: chosen.get(command) or letter for command, letter in LETTERS.items()}


def aliases(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return what each letter that was moved now stands for: the usual one, or nothing."""
    letters = letters_of(chosen)
    meant = {letter: LETTERS[command] for command, letter in letters.items()}
    left = {LETTERS[command]: "" for command in LETTERS if LETTERS[command] not in meant}
    return left | {letter: usual for letter, usual in meant.items() if letter != usual}
