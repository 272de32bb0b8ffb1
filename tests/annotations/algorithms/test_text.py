import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.text import (
    OffsetMap,
    TextRefused,
    canonical,
    decode,
    paragraphs,
    sha256_hex,
)

characters = st.one_of(
    st.sampled_from("\r\n\t\x00\x0b\x85\u2028\u2029\ufeff😀é\u200d "),
    st.characters(exclude_categories=["Cs"]),
)
texts = st.text(characters, max_size=60)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("a\r\r\nb", "a\n\nb"),
        ("a\n\rb", "a\n\nb"),
        ("a\u2028b\u2029c\x85d", "a\nb\nc\nd"),
        ("a\x00b\x0b\x0c\x1fc\x80\x9f", "a\ufffdb\ufffd\ufffd\ufffdc\ufffd\ufffd"),
        ("a\tb\n", "a\tb\n"),
    ],
)
def test_line_ends_become_lf_and_controls_become_replacement_characters(sent, kept):
    assert canonical(sent)[0] == kept


@pytest.mark.parametrize(
    "text",
    [
        "  two  spaces\u00a0and a no-break space  ",
        "\ufeffa mark inside the text",
        unicodedata.normalize("NFD", "café"),
        "soft\u00adhyphen, zero\u200bwidth, \u202bbidi\u202c, 👨‍👩‍👧 and 🇦🇲",
        "\x7f",
        "",
    ],
)
def test_nothing_else_changes(text):
    assert canonical(text)[0] == text


def test_one_such_character_alone_is_enough_and_no_other_is():
    line_ends = {"\r", "\u2028", "\u2029", "\x85"}
    controls = {chr(code) for code in (*range(0x20), *range(0x80, 0xA0))} - {"\n", "\t"}

    for char in map(chr, (*range(0x3000), *range(0xFDD0, 0x11000))):
        kept = "\n" if char in line_ends else "\ufffd" if char in controls else char
        assert canonical(f"é{char} ") == (f"é{kept} ", OffsetMap())


@pytest.mark.parametrize("text", ["\ud83d", "a\udc00b", "\udc00\ud800"])
def test_a_lone_surrogate_is_refused(text):
    with pytest.raises(TextRefused) as refusal:
        canonical(text)

    assert refusal.value.code == "lone_surrogate"


@given(texts)
def test_canonical_text_is_a_fixed_point(raw):
    text, _ = canonical(raw)

    assert canonical(text)[0] == text


@given(texts, st.data())
def test_a_moved_span_covers_the_canonical_form_of_what_it_covered(raw, data):
    end = data.draw(st.integers(0, len(raw)))
    start = data.draw(st.integers(0, end))
    # A span that cuts a CRLF in two is widened to the whole of it.
    if raw[end - 1 : end + 1] == "\r\n" and end > start:
        end += 1
    if raw[start - 1 : start + 1] == "\r\n" and end > start:
        start -= 1

    text, offsets = canonical(raw)
    moved = slice(*offsets.span(start, end))

    if start < end:
        assert text[moved] == canonical(raw[start:end])[0]
    assert offsets.span(0, len(raw)) == (0, len(text))


def test_a_span_that_cuts_a_crlf_keeps_the_line_end():
    text, offsets = canonical("a\r\nb")

    assert text[slice(*offsets.span(0, 2))] == "a\n"
    assert text[slice(*offsets.span(2, 4))] == "\nb"
    assert text[slice(*offsets.span(3, 4))] == "b"


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        ("café 😀".encode(), "utf-8", "café 😀"),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "utf-8", "café"),
        (b"\xff\xfea\x00=\xd8\x00\xde", "utf-16-le", "a😀"),
        (b"\xfe\xff\x00a", "utf-16-be", "a"),
        (b"\xefquote\x93s\x94", "cp1252", "ïquote“s”"),
        (b"caf\xe9 \x81", "latin-1", "café \x81"),
        (b"", "utf-8", ""),
    ],
)
def test_encodings_are_found_by_mark_then_by_what_fits(data, encoding, text):
    decoded = decode(data)

    assert (decoded.text, decoded.encoding) == (text, encoding)


def test_only_one_byte_order_mark_is_dropped():
    assert decode(b"\xef\xbb\xbf\xef\xbb\xbfa").text == "\ufeffa"


@pytest.mark.parametrize("encoding", ["utf-16", "UTF_16", "U16", "utf-16-le"])
def test_a_named_encoding_also_drops_its_byte_order_mark(encoding):
    assert decode("\ufeffab".encode("utf-16-le"), encoding).text == "ab"


def test_a_named_encoding_wins_over_a_mark_of_another():
    assert decode(b"\xef\xbb\xbfa", "cp1252").text == "ï»¿a"


@pytest.mark.parametrize(
    ("data", "encoding", "code"),
    [
        (b"\xff\xfea", None, "undecodable"),
        (b"\xe9", "utf-8", "undecodable"),
        (b"a", "klingon", "unknown_encoding"),
        (b"a", "not\0one", "unknown_encoding"),
        (b"61", "hex", "unknown_encoding"),
    ],
)
def test_bytes_that_do_not_fit_are_refused(data, encoding, code):
    with pytest.raises(TextRefused) as refusal:
        decode(data, encoding)

    assert refusal.value.code == code


def test_the_hash_is_over_utf_8_bytes():
    assert sha256_hex("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"


@given(texts)
def test_paragraphs_are_the_lines(raw):
    text, _ = canonical(raw)

    assert [text[start:end] for start, end in paragraphs(text)] == text.split("\n")
