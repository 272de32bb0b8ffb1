"""What a coder sends while coding, for tests of everything that follows from it."""

import uuid

from annotations.actions import coding
from tests.factories import TUESDAY

MAYOR = (0, 16)  # "Mayor Ada Brandt"
VELMORA = (25, 32)


def step(type="create", extent=None, **details):
    op = {"op_id": uuid.uuid4(), "seq": 1, "type": type, **details}
    if type != "flag":
        op.setdefault("span_id", uuid.uuid4())
    if type == "create":
        op.setdefault("label", "actor")
        extent = extent or MAYOR
    if extent:
        op["start"], op["end"] = extent
    return op


def save(assignment, *ops, **details):
    """Send ``ops`` as the assignment's coder does."""
    given = {
        "by": assignment.coder.user,
        "at": TUESDAY,
        "client_id": "desk",
        "since": 0,
        "text_sha256": assignment.task.article.text_sha256,
    }
    return coding.apply_ops(work=assignment.uuid, ops=list(ops), **{**given, **details})


def statuses(answer):
    return [result["status"] for result in answer["results"]]


def hand_in(assignment, **details):
    assignment.refresh_from_db()
    given = {
        "by": assignment.coder.user,
        "at": TUESDAY,
        "submission_id": uuid.uuid4(),
        "doc_rev": assignment.doc_rev,
    }
    return coding.submit(assignment=assignment, **{**given, **details})


def written(assignment):
    rows = assignment.spans.select_related("label").in_reading_order()
    return [(row.label.key, row.quote, row.rev) for row in rows]
