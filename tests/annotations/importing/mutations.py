"""Good files of every format, damaged in ways that nobody would think of."""

import io
import random
import re
import zipfile
from collections.abc import Callable

from tests.annotations.importing.files import zipped
from tests.annotations.importing.pathological import TABLE, Files

_PAGE = """<html lang="es"><head><meta charset="utf-8"><title>Vuelve la caravana</title></head>
<body><article><h1>Vuelve la caravana</h1><p>La caravana de ayuda volvió el martes después de
tres días en el paso de montaña.</p></article></body></html>"""
_RECORD = (
    '{"id":"a","text":"Anna spoke.\\r\\nBerta 😀 left.","meta":{"title":"x","url":null},'
    '"zones":[{"start":0,"end":4,"kind":"title"}],"cluster":"c-1","split":"train",'
    '"codebook_version":1,"spans":[{"id":"s","start":0,"end":4,"label":"actor","quote":"Anna",'
    '"attributes":[{"name":"side","value":"x"}],"links":[{"name":"of","target":"s"}],'
    '"source":"adjudicated","coders":["a"],"decision":null}],'
    '"suggestions":[{"origin":"m","spans":[{"start":0,"end":4,"label":"actor"}]}]}\n'
)
SEEDS: list[Files] = [
    *(make(3) for make in TABLE),
    {"a.html": _PAGE.encode()},
    {"a.jsonl": _RECORD.encode() * 2},
    {"a.txt": "Anna spoke.\nBerta left – “at once”.".encode()},
    {"a.zip": zipped(("a.jsonl", _RECORD.encode()), ("b/b.txt", b"Anna"), ("c.html", b"<p>x"))},
]
_EXTREMES = [
    *(b"-1", b"0", b"1.5", b"1e999", b"-0", b"2147483648", b"99999999999999999999", b"9" * 5000),
    *(b"true", b"null", b'""', b"[]", b"{}", b"NaN", b"\xc2\xb2"),
]
_ODD = [
    *(
        b"\0",
        b"\xff",
        b"\r",
        b"\n",
        b"\xe2\x80\xa8",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b'"',
        b"\t",
    ),
    *(
        b"\\ud800",
        b"\\u0000",
        b"\xf0\x9f\x98\x80",
        b"[" * 200,
        b"<" * 50,
        b"&#0;",
        b"&x;",
        b"|",
        b"]",
    ),
    b"A" * 70_000,
]
_ENCODINGS = ["utf-16", "utf-16-be", "utf-32", "utf-8-sig", "cp1251", "latin-1", "utf-7"]
_NUMBER = re.compile(rb"\d+")
_WORD = re.compile(rb"[A-Za-z_]{3,}")


def mutated(seed: int) -> Files:
    """Return the files of one damaged seed: the same for the same number."""
    chance = random.Random(seed)
    files = dict(chance.choice(SEEDS))
    name = chance.choice(sorted(files))
    files[name] = _damaged(files[name], chance)
    return files


def _damaged(data: bytes, chance: random.Random) -> bytes:
    if data.startswith(b"PK") and chance.random() < 0.6:
        return _damaged_inside(data, chance)
    for _ in range(chance.choice([1, 1, 2, 5])):
        data = chance.choice(_MUTATIONS)(data, chance)
    return data


def _damaged_inside(data: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    at = chance.randrange(len(members))
    name, content = members[at]
    members[at] = (name, _damaged(content, chance))
    return zipped(*members)


def _place(data: bytes, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def _flip(data: bytes, chance: random.Random) -> bytes:
    flipped = bytearray(data)
    for _ in range(chance.choice([1, 3, 20])):
        if flipped:
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _cut(data: bytes, chance: random.Random) -> bytes:
    begin, end = sorted((_place(data, chance), _place(data, chance)))
    return chance.choice([data[:begin], data[begin:], data[:begin] + data[end:]])


def _repeat(data: bytes, chance: random.Random) -> bytes:
    begin = _place(data, chance)
    piece = data[begin : begin + chance.choice([1, 10, 100])]
    return data[:begin] + piece * chance.choice([2, 50]) + data[begin:]


def _splice(data: bytes, chance: random.Random) -> bytes:
    other = chance.choice(list(chance.choice(SEEDS).values()))
    return data[: _place(data, chance)] + other[_place(other, chance) :]


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + chance.choice(_ODD) + data[at:]


def _swap(pattern: re.Pattern[bytes], by: Callable[[random.Random], bytes]):
    def swap(data: bytes, chance: random.Random) -> bytes:
        found = list(pattern.finditer(data))
        if not found:
            return data
        one = chance.choice(found)
        return data[: one.start()] + by(chance) + data[one.end() :]

    return swap


def _encode(data: bytes, chance: random.Random) -> bytes:
    return data.decode("utf-8", "replace").encode(chance.choice(_ENCODINGS), "replace")


_MUTATIONS = [
    *(_flip, _cut, _repeat, _splice, _insert, _encode),
    _swap(_NUMBER, lambda chance: chance.choice(_EXTREMES)),
    _swap(_NUMBER, lambda chance: chance.choice(_EXTREMES)),
    _swap(_WORD, lambda chance: chance.choice([*_EXTREMES, *_ODD, b"text", b"id", b"charset"])),
]
