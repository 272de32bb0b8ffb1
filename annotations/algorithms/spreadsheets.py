"""Text that goes into a spreadsheet is to stay text there."""

#: Signs that begin a formula; a spreadsheet takes the full-width forms for the narrow ones.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def guarded(text: str) -> str:
    """Return ``text`` so that no spreadsheet computes it: with an apostrophe where it might."""
    bare = text.lstrip(" \u00a0\u3000\ufeff")
    return f"'{text}" if text.startswith("'") or bare.startswith(_FORMULA) else text
