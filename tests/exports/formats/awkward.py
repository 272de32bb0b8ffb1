"""Records with every trap at once, for all formats: some given, and any that may be."""

import hashlib
import uuid
from typing import Any

from hypothesis import strategies as st

LINES = (
    "BakuPolitics 🕊️ “We believe,” said Dr. Ada Brandt’s aide 👩‍👩‍👧‍👦.\n\n"
    "\u202bقال المتحدث: لا تعليق\u202c said שלום\u00a0עולם.\tA literal \\r\\n and e\u0301.\n"
    '-DOCSTART- <b>&amp;"it\'s"</b> #1 = 2 | 🇦🇲🇦🇿 \ufffd\ufffe\n'
)
#: What texts are made of, besides any other character.
PIECES = (
    *("Ada", "Brandt", "BakuPolitics", "said", "case", "DATE", "’s", "-", "_", ".", " ", "  "),
    *("\n", "\n\n", "\t", "\u00a0", "\u3000", "\u200b", "\ufffd", "\ufffe", "\\n", "\\r\\n", "\\"),
    *("👩‍👩‍👧", "🕊️", "🇦🇲", "𝔘", "e\u0301", "\u0301", "\u202b", "قال", "שלום", "。", "漢字"),
    *("“", "”", "<", "&", '"', "'", "#", "# ", "-DOCSTART-", "1:2", ";", "|", "=", "%"),
)
LABELS = ("actor", "claim", "two words", "größe", "B-x", "=1")
NAMES = ("role", "type", "value", "label", "two words", "a:b", "é", "begin", "_x")
VALUES = ("mayor", "of the town", "yes", "<&\"'>", "=1+1", "🕊️", "x\ty", " edge ", "x\nz")
NOTES = ("reported belief", "one\ntwo", "“quoted” & <b>")


def span(text: str, number: int, place: tuple[int, int], label: str, **more: Any):
    start, end = place
    return {
        "id": str(uuid.UUID(int=number)),
        "start": start,
        "end": end,
        "label": label,
        "quote": text[start:end],
        "attributes": [],
        "links": [],
        **more,
    }


def gold(text: str, number: int, place: tuple[int, int], label: str, **more: Any):
    said = {"source": "adjudicated", "coders": ["coder-1"], "decision": str(uuid.UUID(int=7))}
    return span(text, number, place, label, **said, **more)


def record(id: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "meta": {},
        "zones": [],
        "cluster": None,
        "split": None,
        "codebook_version": 1,
        **more,
    }


def records() -> list[dict[str, Any]]:
    """Return three articles in order: an empty one, one with all that is awkward, a plain one."""

    def at(quote: str) -> tuple[int, int]:
        start = LINES.index(quote)
        return start, start + len(quote)

    def to(number: int) -> list[dict[str, str]]:
        return [{"name": "speaker", "target": str(uuid.UUID(int=number))}]

    role = [{"name": "role", "value": "aide\tof “her”"}, {"name": "two words", "value": "x"}]
    role += [{"name": name, "value": "yes"} for name in ("type", "side", "named", "rank")]
    spans = [
        gold(LINES, 1, at("Politics"), "location"),  # amid a glued word
        gold(LINES, 2, at("🕊️"), "event", note="a dove,\nor an emoji"),
        gold(LINES, 3, at("“We believe,” said Dr. Ada Brandt’s aide"), "claim", links=to(5)),
        gold(LINES, 4, at("Dr. Ada"), "actor"),  # crosses the next
        gold(LINES, 5, at("Ada Brandt’s"), "actor", attributes=role),
        gold(LINES, 6, at("Ada Brandt’s"), "actor"),  # the same again
        gold(LINES, 7, at("Ada Brandt’s"), "claim"),  # another label there
        gold(LINES, 8, at("👩‍👩‍👧‍👦"), "actor", links=[*to(8), *to(6)]),
        gold(LINES, 9, (at("👩")[0], at("عليق\u202c")[1]), "claim"),  # over lines
        gold(LINES, 10, at("المتحدث"), "actor", attributes=[{"name": "value", "value": "1"}]),
        gold(LINES, 11, at("שלום\u00a0עולם"), "two words"),
        gold(LINES, 12, at("e\u0301"), "event", attributes=[{"name": "a:b", "value": ""}]),
        gold(LINES, 13, at("e"), "event"),  # a letter without its accent
        gold(LINES, 14, at("\n\n"), "event"),
        gold(LINES, 15, at('<b>&amp;"it\'s"</b>'), "claim"),
        gold(LINES, 16, at("🇦🇲🇦🇿 \ufffd\ufffe"), "location"),
        gold(LINES, 17, (0, len(LINES)), "claim"),
    ]
    order = lambda s: (s["start"], s["end"], s["label"], s["id"])  # noqa: E731
    awkward = record(
        "b/../ä b.txt",
        LINES,
        meta={"title": "=1+1", "outlet": "Lantern", "text": "meta’s own", "words": 3, "x": None},
        zones=[{"start": 0, "end": 4, "kind": "byline"}],
        cluster="c-1",
        split="dev/1",
        spans=sorted(spans, key=order),
        codings=[
            {"coder": "coder-1", "spans": [span(LINES, 20, at("Ada"), "actor", note="sure")]},
            {"coder": "gold", "spans": []},
        ],
    )
    nothing = record("a", "\u00a0Nothing to find.", spans=[], split="train")
    plain = "Ada Brandt met Ilvek."
    plainly = [gold(plain, 30, (0, 10), "actor"), gold(plain, 31, (15, 20), "actor")]
    return [nothing, awkward, record("c", plain, spans=plainly, codebook_version=None)]


@st.composite
def any_records(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw a few articles with any spans on them."""
    ids = draw(st.lists(st.text(_CHARACTERS, min_size=1, max_size=6), unique=True, max_size=3))
    return [draw(_any_record(id)) for id in sorted(ids)]


_CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
_TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), _CHARACTERS), min_size=1, max_size=25).map(
    "".join
)


@st.composite
def _any_record(draw: st.DrawFn, id: str) -> dict[str, Any]:
    # A file that begins with a byte order mark has none to a reader.
    text = draw(_TEXTS).lstrip("\ufeff") or "x"
    coders = draw(st.lists(st.sampled_from(["coder-1", "gold", "Ö. b/c"]), unique=True))
    return record(
        id,
        text,
        meta=draw(st.dictionaries(st.sampled_from(["title", "id", "text", "x"]), _VALUE)),
        split=draw(st.sampled_from([None, "train", "a b"])),
        spans=draw(_any_spans(text, gold)),
        codings=[{"coder": c, "spans": draw(_any_spans(text, span))} for c in coders],
    )


_VALUE = st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.sampled_from(VALUES))


@st.composite
def _any_spans(draw: st.DrawFn, text: str, make: Any) -> list[dict[str, Any]]:
    offset = st.integers(0, len(text))
    places = draw(st.lists(st.tuples(offset, offset, st.sampled_from(LABELS)), max_size=6))
    places = sorted((*sorted((one, other)), label) for one, other, label in places)
    numbers = [number for number, (start, end, _) in enumerate(places, start=1) if start < end]
    targets = st.sampled_from([str(uuid.UUID(int=number)) for number in numbers] or [""])
    pairs = st.fixed_dictionaries(
        {"name": st.sampled_from(NAMES), "value": st.sampled_from(VALUES)}
    )
    links = st.fixed_dictionaries({"name": st.sampled_from(NAMES), "target": targets})
    found = []
    for number in numbers:
        start, end, label = places[number - 1]
        said = {
            "attributes": draw(st.lists(pairs, max_size=2)),
            "links": draw(st.lists(links, max_size=2)),
        }
        if note := draw(st.sampled_from([*NOTES, ""])):
            said["note"] = note
        found.append(make(text, number, (start, end), label, **said))
    return found
