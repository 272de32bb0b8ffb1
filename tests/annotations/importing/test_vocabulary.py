import pytest

from annotations.importing import records, vocabulary
from annotations.importing.problems import Problem
from annotations.importing.vocabulary import Vocabulary


def record(number: int, **span) -> records.Record:
    found = {"start": 0, "end": 4, "label": "actor"} | span
    return records.check(
        {"text": "Anna", "codings": [{"coder": f"coder {number}", "spans": [found]}]}
    )


@pytest.mark.parametrize(
    ("bound", "made", "code"),
    [
        ("MOST_LABELS", lambda n: {"label": f"label {n}"}, "too_many_labels"),
        (
            "MOST_NAMES",
            lambda n: {"attributes": [{"name": f"name {n}", "value": "x"}]},
            "too_many_labels",
        ),
        ("MOST_CODERS", lambda n: {}, "too_many_coders"),
    ],
)
def test_an_import_brings_so_many_names_and_no_more(monkeypatch, bound, made, code):
    monkeypatch.setattr(vocabulary, bound, 2)
    known = Vocabulary()
    for number in (1, 2, 1):
        known.add(record(number, **made(number)))
    before = {label: names.attributes.copy() for label, names in known.items()}

    with pytest.raises(Problem) as refused:
        known.add(record(3, **made(3)))

    assert refused.value.code == code
    assert {label: names.attributes for label, names in known.items()} == before
    known.add(record(2, **made(2)))
