"""What a server has acknowledged of one coder's work, kept by somebody who trusts it in nothing.

The rules of saving are written here a second time, from the contract and not from the code.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Op = dict[str, Any]
Span = dict[str, Any]

#: What an op may name of a span, and what stays as it was where it names nothing.
FIELDS = ("label", "start", "end", "note")


def numbered() -> Iterator[str]:
    """Yield ids that are the same in every run, so that a failure can be made again."""
    return (str(uuid.UUID(int=number, version=4)) for number in count(1))


@dataclass
class Copy:
    """One coder's copy of an article: its spans, and the first answer to each op."""

    text: str
    ids: Iterator[str]
    doc_rev: int = 0
    flag: str = ""
    spans: dict[str, Span] = field(default_factory=dict)
    removed: dict[str, Span] = field(default_factory=dict)
    sent: dict[str, Op] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    submissions: dict[str, list[Span]] = field(default_factory=dict)
    undoable: list[Op] = field(default_factory=list)

    # What the coder does

    def op(self, step: tuple[Any, ...]) -> Op:
        """Return what the page sends for a step, as ``(verb, …)``; spans are named by place."""
        verb, *said = step
        op = {"op_id": next(self.ids), "seq": len(self.sent) + 1}
        if verb == "tag":
            label, (start, end) = said
            quote = {"quote": self.text[start:end]}
            place = {"label": label, "start": start, "end": end, **quote}
            return op | {"type": "create", "span_id": next(self.ids), **place}
        if verb == "flag":
            return op | {"type": "flag", "reason": said[0]}
        if verb == "undo":
            return op | self._undone()
        span = self._span(said[0])
        op |= {"type": "update", "span_id": span["id"], "base_rev": span["rev"]}
        if verb == "move":
            op["start"], op["end"] = said[1]
        elif verb == "relabel":
            op["label"] = said[1]
        elif verb == "link":
            op["links"] = [{"name": "participants", "target": self._span(said[1])["id"]}]
        else:
            op["type"] = {"note": "note", "remove": "delete"}[verb]
            op |= {"note": said[1]} if verb == "note" else {}
        return op

    def _span(self, number: int) -> Span:
        """Return a span by its number; also one that is gone, or that never was."""
        known = [*self.spans.values(), *self.removed.values()]
        return known[number % len(known)] if known else {"id": next(self.ids), "rev": 1}

    def _undone(self) -> Op:
        """Return what takes the last step back: a span that was removed comes back as another."""
        if not self.undoable:
            return {"type": "delete", "span_id": next(self.ids)}
        op = self.undoable.pop()
        if op["type"] == "create":
            return op | {"span_id": next(self.ids)}
        return op | {"base_rev": self.spans.get(op["span_id"], {"rev": 1})["rev"]}

    def parts(self, names: tuple[str, ...]) -> dict[str, tuple[Any, ...]]:
        """Return of each span what ``names`` name."""
        return {name: tuple(span[part] for part in names) for name, span in self.spans.items()}

    # What the server says

    def take(self, ops: list[Op], answer: dict[str, Any], *, retired: set[str]) -> None:
        """Hold an answer to what it must be, and keep what it promises."""
        assert [result["op_id"] for result in answer["results"]] == [op["op_id"] for op in ops]
        disputed: set[str] = set()
        for op, result in zip(ops, answer["results"], strict=True):
            self._judge(op, result, disputed, retired)
            self.sent[op["op_id"]] = op
            self.answers[op["op_id"]] = result
        for change in answer["changes"]:
            if change["span"] is None:
                self.spans.pop(change["span_id"], None)
            else:
                self.spans[change["span_id"]] = change["span"]
        self.doc_rev = answer["doc_rev"]

    def _judge(self, op: Op, result: Op, disputed: set[str], retired: set[str]) -> None:
        status, name = result["status"], op.get("span_id", "")
        before = self.spans.get(name)
        if op["type"] == "flag":
            assert status == "applied"
            self.flag = op["reason"]
        elif op["type"] != "create" and before is None:
            assert status == "gone", f"{name} was not there, but the op is {status}"
        elif op["type"] in {"update", "note"} and (
            name in disputed or op["base_rev"] != before["rev"]
        ):
            assert status == "conflict", f"{name} had changed, but the op is {status}"
            disputed.add(name)
        elif status != "invalid":
            assert status == "applied", result
            self._apply(op, before, result["span"])
        else:
            assert not self._is_sound(op, retired), f"a sound op was refused: {result}"

    def _is_sound(self, op: Op, retired: set[str]) -> bool:
        start, end = op.get("start", 0), op.get("end", 1)
        return (
            0 <= start < end <= len(self.text)
            and op.get("label") not in retired
            and "links" not in op
        )

    def _apply(self, op: Op, before: Span | None, after: Span | None) -> None:
        name = op["span_id"]
        if op["type"] == "delete":
            assert after is None
            self.removed[name] = self.spans.pop(name)
            place = {key: self.removed[name][key] for key in ("label", "start", "end")}
            self.undoable.append({"type": "create", **place})
            return
        wanted = (before or {"note": ""}) | {key: op[key] for key in FIELDS if key in op}
        assert {key: after[key] for key in FIELDS} == {key: wanted[key] for key in FIELDS}
        assert after["quote"] == self.text[after["start"] : after["end"]]
        assert after["rev"] == (before["rev"] + 1 if before else 1)
        self.spans[name] = after
        if before is None:
            self.undoable.append({"type": "delete", "span_id": name})
        else:
            place = {key: before[key] for key in ("label", "start", "end")}
            self.undoable.append({"type": "update", "span_id": name, **place})
