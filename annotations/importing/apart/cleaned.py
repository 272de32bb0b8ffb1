"""Articles with the zones and metadata that are found in them."""

import gc
import json
import sys
from functools import lru_cache
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3]))

from annotations.algorithms.cleaning import Book, Uncleaned, clean

# What is made once, patterns and the model of languages, is made before there is a request.
_SENTENCE = "The harbour of the town was closed, and nobody knew for how long it would be. "
clean([Uncleaned(20 * _SENTENCE, {}, {}, "", True)] * 20, Book())
gc.freeze()


def answer(request: bytes) -> bytes:
    """Return what becomes of the articles, given the rules that stand in the line above them."""
    book, articles = request.split(b"\n", 1)
    wanted = [Uncleaned(*one) for one in json.loads(articles)]
    return json.dumps(clean(wanted, _book(book))).encode()


@lru_cache(1)
def _book(written: bytes) -> Book:
    return Book.of_plain(json.loads(written))
