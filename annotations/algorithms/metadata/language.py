"""Which language a text is in."""

from collections.abc import Sequence
from functools import cache
from itertools import islice
from typing import Any

_LEAST = 40
#: So many texts are walked through side by side; with fewer, one after another is as quick.
_ABREAST = 256
_FEW = 16


def of(text: str) -> str | None:
    """Return the ISO 639-1 code of the text's language, or ``None`` for too little of it."""
    if not _is_enough(text):
        return None
    # Loading the model takes a second, and most processes never need it.
    import py3langid

    return str(py3langid.classify(text)[0])


def of_each(texts: Sequence[str]) -> list[str | None]:
    """Return what ``of`` says of each text, many times as fast for many of them."""
    found: list[str | None] = [None] * len(texts)
    # Texts of like length side by side: the walk is as long as the longest.
    told = sorted(
        (n for n, text in enumerate(texts) if _is_enough(text)), key=lambda n: len(texts[n])
    )
    for start in range(0, len(told), _ABREAST):
        some = told[start : start + _ABREAST]
        codes = (
            [of(texts[n]) for n in some]
            if len(some) < _FEW
            else _model().classify([texts[n] for n in some])
        )
        for number, code in zip(some, codes, strict=True):
            found[number] = code
    return found


def _is_enough(text: str) -> bool:
    letters = map(str.isalpha, text)
    return sum(islice(filter(None, letters), _LEAST)) == _LEAST


class _Model:
    """py3langid's model, its walk done for many texts at once.

    The walk goes through the bytes of a text, from state to state of an automaton; states that
    stand for a feature count. One step of Python for each byte of each text is what costs.
    """

    def __init__(self) -> None:
        import numpy
        from py3langid import langid

        self._np: Any = numpy
        self._identifier: Any = langid._get_identifier()
        rows = numpy.asarray(self._identifier.tk_row, dtype=numpy.intp)
        self._base = rows << 8
        self._next = numpy.asarray(self._identifier.tk_nextmove, dtype=numpy.intp)
        self._feature = numpy.asarray(self._identifier.tk_output, dtype=numpy.int32)

    def classify(self, texts: Sequence[str]) -> list[str]:
        np = self._np
        encoded = [self._identifier._encode(text) for text in texts]
        longest = max(map(len, encoded))
        letters = np.zeros((longest, len(encoded)), dtype=np.uint8)
        for column, data in enumerate(encoded):
            letters[: len(data), column] = np.frombuffer(data, dtype=np.uint8)
        state = np.zeros(len(encoded), dtype=np.intp)
        states = np.empty((longest, len(encoded)), dtype=np.int32)
        cell = np.empty_like(state)
        for step in range(longest):
            # "clip" changes nothing here, but spares numpy a copy.
            self._base.take(state, out=cell, mode="clip")
            cell += letters[step]
            self._next.take(cell, out=state, mode="clip")
            states[step] = state
        # Text by text: what is done with a text's own features then lies side by side.
        features = self._feature[states.T.copy()]
        met = np.flatnonzero(np.bincount(features.ravel() + 1)[1:])
        # In half precision, as the model keeps them, numpy multiplies at a tenth of the speed.
        table = self._identifier.nb_ptc[met].astype(np.float32)
        row_of = np.zeros(len(self._identifier.nb_ptc), dtype=np.intp)
        row_of[met] = np.arange(len(met))
        scores = np.empty((len(encoded), table.shape[1]), dtype=np.float32)
        for row, data in enumerate(encoded):
            own = features[row, : len(data)]
            scores[row] = self._score(row_of[own[own >= 0]], table)
        for first, again in self._identifier._alias_pairs:
            np.maximum(scores[:, first], scores[:, again], out=scores[:, first])
            scores[:, again] = -np.inf
        return [str(self._identifier.nb_classes[best]) for best in scores.argmax(axis=1)]

    def _score(self, features: Any, table: Any) -> Any:
        """Return how well each language fits a text with these features."""
        np = self._np
        counts = np.bincount(features)
        own = np.flatnonzero(counts)
        scores = np.log1p(counts[own].astype(np.float32)) @ table[own]
        return scores + self._identifier.nb_pc if len(own) else scores


@cache
def _model() -> _Model:
    return _Model()
