"""What each verb may do to the states of work and of tasks; whatever else happens is a fault."""

Move = tuple[str, str, str]

UNFINISHED = ("assigned", "coding", "returned")
#: Work that is not there yet.
NEW = ""


def _work(*pairs: tuple[str, str]) -> set[Move]:
    return {("work", before, after) for before, after in pairs}


def _task(*pairs: tuple[str, str]) -> set[Move]:
    return {("task", before, after) for before, after in pairs}


_TAKEN = _work(*((state, "released") for state in UNFINISHED))
_GIVEN = _work((NEW, "assigned"), ("released", "assigned"))
#: Whoever is last has the cards opened; what leaves nothing open is finished at once.
_COMPLETE = _task(("open", "coded"), ("open", "adjudicated"))

MOVES: dict[str, set[Move]] = {
    "draw": _work(*((state, "coding") for state in (NEW, "assigned", "returned", "released"))),
    "code": _work(("assigned", "coding"), ("returned", "coding")),
    "submit": _work(*((state, "submitted") for state in UNFINISHED)) | _COMPLETE,
    "release": _TAKEN,
    "give back": _work(("released", "assigned")),
    "reassign": _TAKEN | _GIVEN,
    "expire": _TAKEN,
    "close": _TAKEN | _COMPLETE | _task(("open", "dropped")),
    "ask another": _GIVEN | _task(("coded", "open"), ("adjudicating", "open")),
    "ask no more": _TAKEN | _COMPLETE,
    "return": _work(("submitted", "returned"))
    | _task(("coded", "open"), ("adjudicating", "open")),
    "rule": _task(("coded", "adjudicating")),
    "finish": _task(("coded", "adjudicated"), ("adjudicating", "adjudicated")),
    "reopen": _task(("adjudicated", "adjudicating")),
    # Neither questions, nor codebooks, nor releases move anything.
    "other": set(),
}
