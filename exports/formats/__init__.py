"""What a release can be written as. JSONL is canonical; the rest is made from its records.

A derived format is a module with ``NAME``, ``header()`` and ``lines(record)``.
"""

from types import ModuleType

from exports.formats import csv

DERIVED: dict[str, ModuleType] = {"csv": csv}
