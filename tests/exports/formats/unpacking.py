"""MessagePack read by its definition: what the writer is held against."""

import struct
from typing import Any

_FIXED = {0xC0: None, 0xC2: False, 0xC3: True}
_NUMBERS = {0xCC: ">B", 0xCD: ">H", 0xCE: ">L", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">l"}
_NUMBERS |= {0xD3: ">q", 0xCA: ">f", 0xCB: ">d"}
_SIZES = {0xC4: ">B", 0xC5: ">H", 0xC6: ">L", 0xD9: ">B", 0xDA: ">H", 0xDB: ">L"}
_SIZES |= {0xDC: ">H", 0xDD: ">L", 0xDE: ">H", 0xDF: ">L"}


def msgpack(data: bytes) -> Any:
    """Return the one value that ``data`` is."""
    value, end = _value(data, 0)
    assert end == len(data)
    return value


def _value(data: bytes, at: int) -> tuple[Any, int]:
    kind = data[at]
    at += 1
    if kind < 0x80 or kind >= 0xE0:
        return (kind if kind < 0x80 else kind - 256), at
    if kind in _FIXED:
        return _FIXED[kind], at
    if kind in _NUMBERS:
        width = struct.calcsize(_NUMBERS[kind])
        return struct.unpack_from(_NUMBERS[kind], data, at)[0], at + width
    if kind < 0xC0:
        size = kind & (0x1F if kind >= 0xA0 else 0x0F)
    else:
        (size,) = struct.unpack_from(_SIZES[kind], data, at)
        at += struct.calcsize(_SIZES[kind])
    if 0xA0 <= kind < 0xC0 or 0xD9 <= kind <= 0xDB:
        return data[at : at + size].decode(), at + size
    if 0xC4 <= kind <= 0xC6:
        return data[at : at + size], at + size
    is_mapping = 0x80 <= kind < 0x90 or kind in (0xDE, 0xDF)
    items = []
    for _ in range(size * 2 if is_mapping else size):
        item, at = _value(data, at)
        items.append(item)
    return (dict(zip(items[::2], items[1::2], strict=True)) if is_mapping else items), at
