"""Small files that would unpack, multiply or nest without end, each a function of its size."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyarrow
from pyarrow import parquet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PIECE = 2**20


@dataclass(frozen=True)
class Bomb:
    """``make`` gives the bytes of a file called ``file``, in pieces, at a ``size``.

    It is refused as ``code``, at ``small`` already. ``large`` is what a worker must stand.
    """

    file: str
    code: str
    make: Callable[[int], Iterable[bytes]]
    small: int
    large: int

    @property
    def name(self) -> str:
        return f"{self.make.__name__}-{self.file}"


def repeated(piece: bytes, size: int) -> Iterable[bytes]:
    """Give ``piece`` again and again until it is about ``size`` bytes."""
    several = piece * max(1, PIECE // len(piece))
    for _ in range(size // len(several)):
        yield several
    yield piece * (size % len(several) // len(piece))


# Archives


def deflated(pieces: Iterable[bytes]) -> tuple[bytes, int, int]:
    """Return raw deflate, how much it unpacks to, and its checksum."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed, size, crc = [], 0, 0
    for piece in pieces:
        packed.append(packer.compress(piece))
        size += len(piece)
        crc = zlib.crc32(piece, crc)
    return b"".join([*packed, packer.flush()]), size, crc


def local(name: bytes, packed: bytes, size: int, crc: int, method: int = 8) -> bytes:
    head = (b"PK\3\4", 20, 0, method, 0, 0, crc, len(packed), size, len(name), 0)
    return struct.pack("<4s5H3L2H", *head) + name + packed


def listed(
    name: bytes, packed: int, size: int, crc: int, offset: int, *, method: int = 8, flags: int = 0
) -> bytes:
    line = (b"PK\1\2", 20, 20, flags, method, 0, 0, crc, packed, size, len(name))
    return struct.pack("<4s6H3L5H2L", *line, 0, 0, 0, 0, 0, offset) + name


def ended(listing: bytes, count: int, at: int) -> bytes:
    count = min(count, 0xFFFF)
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listing), at, 0)


def large_ended(listing: bytes, count: int, at: int) -> bytes:
    end = at + len(listing)
    record = (b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(listing), at)
    return (
        struct.pack("<4sQ2H2L4Q", *record)
        + struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
        + ended(listing, 0xFFFF, at)
    )


def one_that_unpacks_to_much(size: int) -> Iterable[bytes]:
    packed, size, crc = deflated(repeated(b"\0", size))
    body = local(b"a.txt", packed, size, crc)
    listing = listed(b"a.txt", len(packed), size, crc, 0)
    return [body, listing, ended(listing, 1, len(body))]


def one_that_says_it_is_small(size: int) -> Iterable[bytes]:
    packed, _, crc = deflated(repeated(b"a\n", size))
    body = local(b"a.txt", packed, 10, crc)
    listing = listed(b"a.txt", len(packed), 10, crc, 0)
    return [body, listing, ended(listing, 1, len(body))]


def many_that_are_just_small_enough(count: int) -> Iterable[bytes]:
    packed, size, crc = deflated(repeated(b"a", 2**20 - 1))
    body = listing = b""
    for number in range(count):
        name = b"%d.txt" % number
        listing += listed(name, len(packed), size, crc, len(body))
        body += local(name, packed, size, crc)
    return [body, listing, ended(listing, count, len(body))]


def all_of_them_in_the_same_place(count: int) -> Iterable[bytes]:
    packed, size, crc = deflated(repeated(b"a", 2**20 - 1))
    body = local(b"0.txt", packed, size, crc)
    names = [b"%d.txt" % number for number in range(count)]
    listing = b"".join(listed(name, len(packed), size, crc, 0) for name in names)
    return [body, listing, ended(listing, count, len(body))]


def empty_ones(count: int) -> Iterable[bytes]:
    names = [b"%x.txt" % number for number in range(count)]
    bodies = [local(name, b"", 0, 0, method=0) for name in names]
    at = 0
    listing = []
    for name, body in zip(names, bodies, strict=True):
        listing.append(listed(name, 0, 0, 0, at, method=0))
        at += len(body)
    joined = b"".join(listing)
    return [*bodies, joined, large_ended(joined, count, at)]


def more_listed_than_counted(count: int) -> Iterable[bytes]:
    listing = listed(b"a.txt", 0, 0, 0, 0, method=0) * count
    body = local(b"a.txt", b"", 0, 0, method=0)
    return [body, listing, ended(listing, 1, len(body))]


def names_without_end(count: int) -> Iterable[bytes]:
    listing = listed(b"a/" * 32_000 + b"a.txt", 0, 0, 0, 0, method=0) * count
    return [listing, ended(listing, count, 0)]


def sizes_beyond_any_disk(count: int) -> Iterable[bytes]:
    body = local(b"a.txt", b"", 0, 0)
    listing = b"".join(
        listed(b"%d.txt" % number, 0, 0xFFFFFFFE, 0, number * len(body)) for number in range(count)
    )
    return [body * count, listing, ended(listing, count, len(body) * count)]


def an_archive_in_an_archive(depth: int) -> Iterable[bytes]:
    data = b"x"
    for _ in range(depth):
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            archive.writestr("inner.zip", data)
        data = written.getvalue()
    return [data]


def one_with_a_password(size: int) -> Iterable[bytes]:
    body = local(b"a.txt", b"x" * size, size, 0, method=0)
    listing = listed(b"a.txt", size, size, 0, 0, method=0, flags=1)
    return [body, listing, ended(listing, 1, len(body))]


def one_packed_by_another_method(size: int) -> Iterable[bytes]:
    body = local(b"a.txt", b"x" * size, size, 0, method=14)
    listing = listed(b"a.txt", size, size, 0, 0, method=14)
    return [body, listing, ended(listing, 1, len(body))]


# Workbooks


def workbook(sheet: Iterable[bytes], shared: Iterable[bytes] = ()) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{MAIN}"/>')
        for name, tag, pieces in (
            ("xl/sharedStrings.xml", "sst", shared),
            ("xl/worksheets/sheet1.xml", "sheetData", sheet),
        ):
            with archive.open(name, "w") as file:
                file.write(f'<{tag} xmlns="{MAIN}">'.encode())
                for piece in pieces:
                    file.write(piece)
                file.write(f"</{tag}>".encode())
    return data.getvalue()


def texts_of_cells(size: int) -> Iterable[bytes]:
    return [workbook([], repeated(b"<si><t>ab</t></si>", size))]


def cells_without_a_place(count: int) -> Iterable[bytes]:
    return [workbook([b"<row>", *repeated(b"<c/>", count * 4), b"</row>"])]


def a_cell_far_to_the_right(rows: int) -> Iterable[bytes]:
    return [workbook(repeated(b'<row><c r="XFD1"><v>1</v></c></row>', rows * 35))]


def a_cell_of_many_pieces(size: int) -> Iterable[bytes]:
    values = repeated(b"<v>%s</v>" % bytes(range(97, 123)), size)
    return [workbook([b'<row><c t="str">', *values, b"</c></row>"])]


def one_text_in_every_row(rows: int) -> Iterable[bytes]:
    header = b'<row><c t="inlineStr"><is><t>text</t></is></c></row>'
    row = b'<row><c t="s"><v>0</v></c></row>'
    text = (b"<si><t>%s</t></si>" % (b"Anna spoke. " * 80_000),)
    return [workbook([header, row * rows], text)]


def entities_of_entities(depth: int) -> Iterable[bytes]:
    lines = ['<!ENTITY e0 "ha">']
    lines += [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, depth)]
    return [f"<!DOCTYPE xmi [{''.join(lines)}]><xmi:XMI>&e{depth - 1};</xmi:XMI>".encode()]


def defaults_of_attributes(count: int) -> Iterable[bytes]:
    doctype = b'<!DOCTYPE XMI [<!ATTLIST a b CDATA "%s">]>' % (b"x" * 500_000)
    return [doctype, b"<XMI>", b"<a/>" * count, b"</XMI>"]


# Parquet


def written(table: pyarrow.Table, **options: str) -> Iterable[bytes]:
    data = io.BytesIO()
    parquet.write_table(table, data, **options)
    return [data.getvalue()]


def one_row_again_and_again(rows: int) -> Iterable[bytes]:
    text = pyarrow.DictionaryArray.from_arrays(
        pyarrow.Array.from_buffers(
            pyarrow.int32(), rows, [None, pyarrow.py_buffer(bytes(4 * rows))]
        ),
        ["Anna spoke."],
    )
    return written(pyarrow.table({"text": text}))


def a_page_that_unpacks_to_much(size: int) -> Iterable[bytes]:
    return written(pyarrow.table({"text": ["x" * size]}), compression="zstd")


# JSON


def lists_in_lists(depth: int) -> Iterable[bytes]:
    return [b'{"text":"Anna","meta":', b"[" * depth, b"]" * depth, b"}\n"]


def digits(count: int) -> Iterable[bytes]:
    return [b'{"text":"Anna","codebook_version":', b"9" * count, b"}\n"]


def empty_lists(size: int) -> Iterable[bytes]:
    return [b'{"text":"Anna","spans":[', b"[]," * (size // 3), b"[]]}\n"]


def fields_of_which_the_last_is_there_twice(count: int) -> Iterable[bytes]:
    names = b",".join(b'"%d":0' % number for number in range(count))
    return [b'{"text":"Anna",', names, b',"%d":0}\n' % (count - 1)]


def a_line_without_end(size: int) -> Iterable[bytes]:
    yield b'{"text":"'
    yield from repeated(b"Anna spoke. ", size)


def an_array_of_one_text(size: int) -> Iterable[bytes]:
    yield b'[{"data":{"text":"'
    yield from repeated(b"Anna spoke. ", size)


def spans_on_one_character(count: int) -> Iterable[bytes]:
    span = b'{"start":0,"end":1,"label":"actor"}'
    spans = b",".join([span] * count)
    return [b'{"text":"Anna","codings":[{"coder":"a","spans":[', spans, b"]}]}\n"]


def spans_over_everything(count: int) -> Iterable[bytes]:
    size = 2_000_000
    span = b'{"start":0,"end":%d,"label":"actor"}' % size
    spans = b",".join([span] * count)
    return [b'{"text":"', b"a" * size, b'","spans":[', spans, b"]}\n"]


def triples_of_one_character(count: int) -> Iterable[bytes]:
    line = b'{"text":"Anna","label":['
    return [line, b"]}\n", line, b",".join([b'[0,1,"a"]'] * count), b"]}\n"]


# Tables


def a_row_without_end(size: int) -> Iterable[bytes]:
    yield b"text\n"
    yield from repeated(b"Anna spoke. ", size)


def a_quote_that_nobody_ends(size: int) -> Iterable[bytes]:
    yield b'text\n"'
    yield from repeated(b"Anna spoke.\n", size)


def a_row_of_broken_lines(size: int) -> Iterable[bytes]:
    yield b'text\n"Anna"'
    yield from repeated(b',"\n"', size)


def columns(count: int) -> Iterable[bytes]:
    return [b"text,", b"a," * count, b"\nAnna,", b"b," * count, b"\n"]


# Pages and plain text


def tags_in_tags(depth: int) -> Iterable[bytes]:
    return [b"<html><body>", b"<div>" * depth, b"Anna spoke."]


def tags_beside_tags(count: int) -> Iterable[bytes]:
    return [b"<html><body>", b"<b>a</b>" * count, b"Anna spoke."]


def a_text_as_long_as_a_library(size: int) -> Iterable[bytes]:
    return repeated("Anna spoke. 😀\n".encode(), size)


# Annotations


def lines_that_are_cut_in_many_ways(colons: int) -> Iterable[bytes]:
    return [b"T1\tactor 0 4\tAnna\nE1\tactor:T1", b" a:b:c" * colons, b" !\n"]


def spans_of_brat_on_one_character(count: int) -> Iterable[bytes]:
    return (b"T%d\tactor 0 1\tA\n" % number for number in range(count))


def targets_on_one_line(count: int) -> Iterable[bytes]:
    return [b"T1\tactor 0 4\tAnna\n*\talias T1", b" T1" * count, b"\n"]


def words(count: int) -> Iterable[bytes]:
    return [b"Anna B-actor\n" * count]


def a_token_after_a_gap(count: int) -> Iterable[bytes]:
    yield b"#FORMAT=WebAnno TSV 3.3\n\n"
    for number in range(count):
        at = (number + 1) * 10_000
        yield b"\n#Text=a\n%d-1\t%d-%d\ta\t_\t\n" % (number + 1, at, at + 1)


def layers(count: int) -> Iterable[bytes]:
    yield b"#FORMAT=WebAnno TSV 3.3\n"
    for number in range(count):
        yield b"#T_SP=layer%d|value\n" % number


def annotations_on_one_character(count: int) -> Iterable[bytes]:
    yield (
        b'<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" '
        b'xmlns:c="http:///custom.ecore">'
    )
    yield b'<cas:Sofa xmi:id="1" sofaNum="1" sofaID="a" mimeType="text" sofaString="Anna"/>'
    for number in range(count):
        yield b'<c:Span xmi:id="%d" sofa="1" begin="0" end="1" value="actor"/>' % (number + 9)
    yield b"</xmi:XMI>"


def an_attribute_without_end(size: int) -> Iterable[bytes]:
    yield b'<xmi:XMI xmlns:xmi="http://www.omg.org/XMI"><a b="'
    yield from repeated(b"Anna spoke. ", size)


def attributes(count: int) -> Iterable[bytes]:
    yield b'<xmi:XMI xmlns:xmi="http://www.omg.org/XMI"><a '
    for number in range(count):
        yield b' a%x=""' % number
    yield b"/></xmi:XMI>"


MB, GB = 10**6, 10**9

BOMBS = [
    Bomb("a.zip", "packed_too_tightly", one_that_unpacks_to_much, 2 * MB, GB),
    Bomb("a.zip", "bad_archive", one_that_says_it_is_small, 2 * MB, GB),
    Bomb("a.zip", "packed_too_tightly", many_that_are_just_small_enough, 20, 10_000),
    Bomb("a.zip", "bad_archive", all_of_them_in_the_same_place, 3, 60_000),
    Bomb("a.zip", "too_many_members", empty_ones, 100_001, MB),
    Bomb("a.zip", "bad_archive", more_listed_than_counted, 2, 200_000),
    Bomb("a.zip", "too_many_members", names_without_end, 300, 1000),
    Bomb("a.zip", "archive_too_large", sizes_beyond_any_disk, 5, 60_000),
    Bomb("a.zip", "nested_archive", an_archive_in_an_archive, 2, 50),
    Bomb("a.zip", "encrypted", one_with_a_password, 9, MB),
    Bomb("a.zip", "unknown_compression", one_packed_by_another_method, 9, MB),
    Bomb("a.xlsx", "packed_too_tightly", texts_of_cells, 2 * MB, 200 * MB),
    Bomb("a.xlsx", "too_many_columns", cells_without_a_place, 501, 250_000),
    Bomb("a.xlsx", "too_many_columns", a_cell_far_to_the_right, 1, 20_000),
    Bomb("a.xlsx", "packed_too_tightly", a_cell_of_many_pieces, 9 * MB, 100 * MB),
    Bomb("a.xlsx", "packed_too_tightly", one_text_in_every_row, 80, 20_000),
    Bomb("a.xmi", "bad_xml", entities_of_entities, 3, 12),
    Bomb("a.xmi", "bad_xml", defaults_of_attributes, 3, MB),
    Bomb("a.parquet", "packed_too_tightly", one_row_again_and_again, 100_001, 100 * MB),
    Bomb("a.parquet", "table_too_costly", a_page_that_unpacks_to_much, 200 * MB, GB),
    Bomb("a.jsonl", "bad_json", lists_in_lists, 51, 90_000),
    Bomb("a.jsonl", "bad_json", digits, 5000, 7 * MB),
    Bomb("a.jsonl", "too_many_values", empty_lists, MB, 7 * MB),
    Bomb("a.jsonl", "field_repeated", fields_of_which_the_last_is_there_twice, 2, 190_000),
    Bomb("a.jsonl", "line_too_long", a_line_without_end, 9 * MB, GB),
    Bomb("a.json", "line_too_long", an_array_of_one_text, 9 * MB, GB),
    Bomb("a.jsonl", "too_many_spans", spans_on_one_character, 20_001, 49_000),
    Bomb("a.jsonl", "too_many_spans", spans_over_everything, 3, 15_000),
    Bomb("a.jsonl", "too_many_spans", triples_of_one_character, 20_001, 49_000),
    Bomb("a.csv", "bad_csv", a_row_without_end, 5 * MB, GB),
    Bomb("a.csv", "bad_csv", a_quote_that_nobody_ends, 5 * MB, GB),
    Bomb("a.csv", "bad_csv", a_row_of_broken_lines, 5 * MB, GB),
    Bomb("a.csv", "too_many_columns", columns, 501, 150_000),
    Bomb("b.csv", "bad_csv", columns, 200_001, 2 * MB),
    Bomb("a.html", "page_too_costly", tags_in_tags, 300, MB),
    Bomb("a.html", "page_too_costly", tags_beside_tags, 30_000, 600_000),
    Bomb("a.html", "file_too_large", tags_beside_tags, 700_000, 100 * MB),
    Bomb("a.txt", "file_too_large", a_text_as_long_as_a_library, 5 * MB, GB),
    Bomb("a.ann", "bad_annotation", lines_that_are_cut_in_many_ways, 40, 150_000),
    Bomb("a.ann", "too_many_spans", spans_of_brat_on_one_character, 20_001, 700_000),
    Bomb("a.ann", "too_many_spans", targets_on_one_line, 100_001, 340_000),
    Bomb("a.conll", "too_many_spans", words, 20_001, MB),
    Bomb("a.tsv", "file_too_large", a_token_after_a_gap, 500, 400_000),
    Bomb("a.tsv", "too_many_columns", layers, 100, 500_000),
    Bomb("a.xmi", "too_many_spans", annotations_on_one_character, 20_001, 500_000),
    Bomb("a.xmi", "bad_xml", an_attribute_without_end, 13 * MB, 60 * MB),
    Bomb("a.xmi", "bad_xml", attributes, 1001, MB),
]
