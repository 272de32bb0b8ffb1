"""Texts cut into tokens, for the formats that can only speak of whole ones."""

from collections.abc import Iterator

import regex

from annotations.algorithms import tokens

_CLUSTER = regex.compile(r"\X")


def cut(text: str) -> list[tuple[int, int]]:
    """Return the words of a text and every sign between them, as ``[start, end)`` in order.

    Words are those that coders select by. All that is not white space is in some token.
    """
    found = []
    last = 0
    for start, end in tokens.tokenize(text):
        if text[last:start] != " ":
            found += _signs(text, last, start)
        found.append((start, end))
        last = end
    return [*found, *_signs(text, last, len(text))]


def _signs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for cluster in _CLUSTER.finditer(text, start, end):
        if sign := cluster[0].lstrip():
            yield cluster.end() - len(sign), cluster.end() - len(sign) + len(sign.rstrip())


def sentence_numbers(text: str, found: list[tuple[int, int]]) -> list[int]:
    """Return the number of the sentence that each token begins in."""
    sentences = tokens.sentences(text)
    numbers = []
    current = 0
    for start, _ in found:
        while current + 1 < len(sentences) and sentences[current + 1][0] <= start:
            current += 1
        numbers.append(current)
    return numbers
