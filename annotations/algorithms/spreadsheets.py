"""Text that goes into a spreadsheet is to stay text there."""

import unicodedata

_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\ufeff"


def guarded(text: str) -> str:
    """Return ``text`` so that no spreadsheet computes it: with an apostrophe where it might.

    Text that begins with an apostrophe gets one more, so that one can be taken away again.
    """
    return f"'{text}" if text.startswith(("'", "\t", "\r", "\n")) or _computes(text) else text


def _computes(text: str) -> bool:
    """Say whether a formula's sign comes first, in any width, with or without space before it."""
    first = text.lstrip(_SPACES)[:1]
    return unicodedata.normalize("NFKC", first) in {"=", "+", "-", "@"}
