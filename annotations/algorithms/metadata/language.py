"""Which language a text is in."""

_LEAST = 40


def of(text: str) -> str | None:
    """Return the ISO 639-1 code of the text's language, or ``None`` for too little of it."""
    if sum(char.isalpha() for char in text) < _LEAST:
        return None
    # Loading the model takes a second, and most processes never need it.
    import py3langid

    return str(py3langid.classify(text)[0])
