"""Codebooks as YAML files: what is written is read back, and faults name their line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.importing.codebook_file import CannotRead, read, write
from exports.demo.seeds import SEEDS

texts = st.text("ab1é😀 :-#'\"[]{}\n\t&*!|>%@", max_size=12)
names = texts.filter(str.strip)
labels = st.fixed_dictionaries(
    {
        "key": names,
        "name": names,
        "hotkey": st.sampled_from(["", "y", "n", "a"]),
        "definition": texts,
        "include": st.lists(texts, max_size=3),
        "examples": st.lists(
            st.one_of(texts, st.fixed_dictionaries({"text": texts, "note": texts})), max_size=2
        ),
        "attributes": st.lists(
            st.fixed_dictionaries(
                {"name": names},
                optional={
                    "values": st.lists(texts, max_size=3),
                    "required": st.booleans(),
                    "weight": st.integers(-9, 99),
                    "said": texts,
                },
            ),
            max_size=2,
        ),
        "retired": st.booleans(),
    }
)
rules = st.fixed_dictionaries(
    {"id": st.sampled_from(["R1.10", "1.10", "no", "2020-01-01"]), "text": texts}
)


@given(
    st.fixed_dictionaries(
        {"labels": st.lists(labels, max_size=3), "rules": st.lists(rules, max_size=2)}
    )
)
def test_what_is_written_is_read_back(content):
    assert read(write(content).encode()) == content


def test_the_demo_codebook_is_such_a_file():
    book = read((SEEDS / "codebook.yaml").read_bytes())

    assert [label["key"] for label in book["labels"]] == ["actor", "location", "event", "claim"]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("", "The file is empty."),
        ("labels: [\n", "Line 2: This is no YAML."),
        ("just words", "Line 1: Names with values are expected here."),
        ("rules: []", "Line 1: A codebook has “labels”."),
        ("labels:\n- name: x", "Line 2: A label has a “key”."),
        ("labels:\n- key: ' '", "Line 2: A label has a “key”."),
        ("labels:\n- key: a\n  color: red", "Line 3: “color” means nothing here."),
        ("labels:\n- key: a\n  key: b", "Line 3: “key” is here twice."),
        ("labels:\n- key: a\n  include: one", "Line 3: A list is expected here."),
        ("labels:\n- key: a\n  retired: maybe", "Line 3: true or false is expected here."),
        ("labels:\n- key: a\n  name: [x]", "Line 3: A text is expected here."),
        ("labels:\n- key: a\n  hotkey: ab", "Line 3: The text has more than 1 characters."),
        ('labels:\n- key: "a\\0"', "Line 2: The text has characters that can’t be kept."),
        ("labels:\n- key: a\n  links: [{to: b}]", "Line 3: An attribute or a link has a “name”."),
        ("labels:\n- key: a\n  examples: [{note: b}]", "Line 3: An example has a “text”."),
        ("labels: []\nrules:\n- id: R1", "Line 3: A rule has an “id” and a “text”."),
        ("labels: &x []\nrules: *x", "Line 2: Aliases (*) are not read: write it out."),
        ("labels: " + "[" * 5000, "Line 1: This is nested too deeply."),
        ("labels: [" + "{key: a}," * 201 + "]", "Line 1: A list has at most 200 entries."),
        ("x" * 1_000_001, "The file has more than 1 MB."),
        (b"\xff", "The file is not UTF-8 text."),
        ("!!python/object/apply:os.system [x]", "Line 1: Names with values are expected here."),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value)[:30],
)
def test_a_fault_is_named_with_its_line(raw, says):
    with pytest.raises(CannotRead) as refusal:
        read(raw if isinstance(raw, bytes) else raw.encode())

    assert says in str(refusal.value)
