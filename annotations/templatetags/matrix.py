"""The cells of the coverage matrix: thousands on a page, so written as text, not by a template."""

from collections.abc import Sequence
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotations.enums import AssignmentState
from annotations.queries.matrix import FLAGGED

register = template.Library()

#: What stands in a cell, and what it means.
SIGNS = {
    AssignmentState.SUBMITTED: ("✓", _("done")),
    AssignmentState.CODING: ("◐", _("started")),
    AssignmentState.ASSIGNED: ("·", _("to do")),
    AssignmentState.RETURNED: ("↩", _("returned")),
    FLAGGED: ("⚑", _("flag")),
}
NOT_ASSIGNED = ("–", _("not assigned"))

_NOBODY = UUID(int=0)


@register.simple_tag
def matrix_cells(row: Sequence[tuple[str, UUID] | None]) -> SafeString:
    """Write the cells of one coder: a sign that leads to the work, or a dash."""
    address = reverse("annotations:work", args=[_NOBODY])
    before, after = address.split(str(_NOBODY))
    linked = {
        state: (
            f'<td data-state="{escape(state)}"><a href="{before}',
            f'{after}" aria-label="{escape(word)}">{sign}</a></td>',
        )
        for state, (sign, word) in SIGNS.items()
    }
    empty = f"<td>{NOT_ASSIGNED[0]}</td>"
    written = []
    for cell in row:
        if cell is None:
            written.append(empty)
        else:
            opening, closing = linked[cell[0]]
            written.append(f"{opening}{cell[1]}{closing}")
    # Made of constants, escaped words and UUIDs alone.
    return mark_safe("".join(written))  # noqa: S308


@register.simple_tag
def matrix_legend() -> SafeString:
    """Say what each sign means."""
    signs = [*SIGNS.values(), NOT_ASSIGNED]
    return mark_safe(  # noqa: S308 -- joined from escaped pieces
        "".join(format_html("<span>{} {}</span>", sign, gettext(word)) for sign, word in signs)
    )
