"""MessagePack, as much of it as spaCy's files need. Mappings are written in their order."""

import struct
from typing import Any


def packed(value: Any) -> bytes:
    """Return a value of texts, bytes, numbers, truths, lists and mappings as MessagePack."""
    out = bytearray()
    _pack(value, out)
    return bytes(out)


def _pack(value: Any, out: bytearray) -> None:
    if value is None:
        out += b"\xc0"
    elif isinstance(value, bool):
        out += b"\xc3" if value else b"\xc2"
    elif isinstance(value, int):
        out += _number(value)
    elif isinstance(value, str):
        data = value.encode()
        out += _length(len(data), short=(0xA0, 32), long=(0xD9, 0xDA, 0xDB)) + data
    elif isinstance(value, bytes):
        out += _length(len(value), short=None, long=(0xC4, 0xC5, 0xC6)) + value
    elif isinstance(value, list):
        out += _length(len(value), short=(0x90, 16), long=(None, 0xDC, 0xDD))
        for item in value:
            _pack(item, out)
    elif isinstance(value, dict):
        out += _length(len(value), short=(0x80, 16), long=(None, 0xDE, 0xDF))
        for key, item in value.items():
            _pack(key, out)
            _pack(item, out)
    else:
        raise TypeError(f"{type(value).__name__} is none of MessagePack's here.")


def _number(value: int) -> bytes:
    if 0 <= value < 128:
        return bytes([value])
    return struct.pack(">Bq", 0xD3, value) if value < 2**63 else struct.pack(">BQ", 0xCF, value)


def _length(
    size: int, *, short: tuple[int, int] | None, long: tuple[int | None, int, int]
) -> bytes:
    if short and size < short[1]:
        return bytes([short[0] | size])
    if long[0] is not None and size < 2**8:
        return struct.pack(">BB", long[0], size)
    return struct.pack(">BH", long[1], size) if size < 2**16 else struct.pack(">BL", long[2], size)
