"""What templates say in one word: an icon, a label, a state, the project's navigation."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.template.defaulttags import url
from django.templatetags.i18n import do_translate
from django.templatetags.static import StaticNode, static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from annotations.algorithms.palette import shape_at
from annotations.enums import AssignmentState, InvitationState, JobState, Role, TaskState
from annotations.models import Invitation, LabelDefinition, Project
from annotations.permissions import member_of

register = template.Library()

SIGNS = {
    AssignmentState.ASSIGNED: ("neutral", "todo"),
    AssignmentState.CODING: ("progress", "started"),
    AssignmentState.SUBMITTED: ("ok", "done"),
    AssignmentState.RETURNED: ("warn", "return"),
    AssignmentState.RELEASED: ("neutral", "stopped"),
    TaskState.OPEN: ("neutral", "todo"),
    TaskState.CODED: ("warn", "scales"),
    TaskState.ADJUDICATING: ("progress", "started"),
    TaskState.ADJUDICATED: ("ok", "done"),
    TaskState.DROPPED: ("neutral", "stopped"),
    JobState.QUEUED: ("neutral", "waiting"),
    JobState.RUNNING: ("progress", "started"),
    JobState.READY: ("ok", "done"),
    JobState.FAILED: ("danger", "alert"),
    JobState.CANCELLED: ("neutral", "stopped"),
    InvitationState.OPEN: ("progress", "key"),
    InvitationState.USED: ("ok", "done"),
    InvitationState.EXPIRED: ("neutral", "clock"),
    InvitationState.REVOKED: ("neutral", "stopped"),
    "freezing": ("progress", "started"),
    "rendering": ("progress", "started"),
    "finalizing": ("progress", "started"),
    "retracted": ("danger", "stopped"),
}

#: The pages of a project: name, what the link says, who finds it in the navigation.
PROJECT_PAGES = (
    ("annotations:project", _("Overview"), set(Role)),
    ("annotations:articles", _("Articles"), {Role.ADMIN, Role.ADJUDICATOR}),
    ("annotations:batches", _("Batches"), {Role.ADMIN}),
    ("annotations:tasks", _("Adjudication"), {Role.ADJUDICATOR}),
    ("annotations:agreement", _("Agreement"), {Role.ADMIN, Role.ADJUDICATOR}),
    ("exports:releases", _("Releases"), {Role.ADMIN, Role.RESEARCHER}),
    ("annotations:codebook", _("Codebook"), set(Role)),
    ("annotations:people", _("People"), {Role.ADMIN}),
    ("annotations:history", _("History"), {Role.ADMIN}),
)


#: Icons that mean forward or back.
_POINTING = {"arrow-left", "arrow-right", "chevron-right"}


@register.simple_tag
@cache
def icon(name: str):
    """Draw an icon of the sprite. It is decoration: the text beside it says what it means."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        " points" if name in _POINTING else "",
        static("annotations/img/icons.svg"),
        name,
    )


class SameForAll(template.Node):
    """What a language's readers are all shown alike, rendered once."""

    def __init__(self, *nodes: template.Node):
        self.nodelist = template.NodeList(nodes)
        self.rendered: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = get_language()
        if language not in self.rendered:
            # Of nothing but this: what the request holds, others must not be shown.
            self.rendered[language] = self.nodelist.render(template.Context())
        return self.rendered[language]


@register.tag
def same_for_all(parser: Parser, token: Token) -> SameForAll:
    """Render up to ``{% end_same_for_all %}`` once a language; a variable there is an error."""
    nodelist = parser.parse(["end_same_for_all"])
    parser.delete_first_token()
    return SameForAll(*nodelist)


# What names no variable is worked out once. Templates load this library after Django's.


@register.tag("translate")
def translated(parser: Parser, token: Token) -> template.Node:
    node = do_translate(parser, token)
    is_same = not node.asvar and _is_constant(node.filter_expression) and not node.message_context
    return SameForAll(node) if is_same else node


@register.tag("static")
def address_of_file(parser: Parser, token: Token) -> template.Node:
    node = StaticNode.handle_token(parser, token)
    return SameForAll(node) if not node.varname and _is_constant(node.path) else node


@register.tag("url")
def address_of_page(parser: Parser, token: Token) -> template.Node:
    node = url(parser, token)
    is_same = not (node.args or node.kwargs or node.asvar) and _is_constant(node.view_name)
    return SameForAll(node) if is_same else node


def _is_constant(expression: FilterExpression) -> bool:
    var = expression.var
    return not expression.filters and getattr(var, "literal", var) is not None


@register.simple_tag
def label_chip(label: LabelDefinition, *, key: bool = False):
    """Name a label by colour, line pattern, shape and, with ``key=True``, its hotkey."""
    shape = shape_at(label.position)
    hotkey = format_html("<kbd>{}</kbd>", label.hotkey.upper()) if key and label.hotkey else ""
    return format_html(
        '<span class="label" data-colour="{}" data-shape="{}">'
        '<svg aria-hidden="true"><use href="{}#shape-{}"></use></svg>{}{}</span>',
        label.colour,
        shape,
        static("annotations/img/icons.svg"),
        shape,
        label.name,
        hotkey,
    )


@register.filter
def shape(label: LabelDefinition) -> str:
    """Return the name of a label's shape, for ``data-shape``."""
    return shape_at(label.position)


@register.filter
def role_name(role: str) -> str:
    """Say a role in the reader's language."""
    return Role(role).label


@register.filter
def role_names(roles: list[str]) -> str:
    """Say several roles in one breath."""
    return get_text_list([Role(role).label for role in roles], _("and"))


@register.filter
def as_hours(time: timedelta) -> str:
    """Say how long something took, to the minute."""
    hours, minutes = divmod(round(time.total_seconds() / 60), 60)
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s min") % {"minutes": minutes}


@register.simple_tag
def example_text(example: dict | str, label: LabelDefinition):
    """Write an example of the codebook, with what stands in square brackets marked."""
    text = example["text"] if isinstance(example, dict) else example
    mark = '<mark class="label-quote" data-colour="{}" data-shape="{}">{}</mark>'
    parts = (
        format_html(mark, label.colour, shape_at(label.position), part[1:-1])
        if part.startswith("[") and part.endswith("]")
        else part
        for part in re.split(r"(\[[^\[\]]*\])", text)
    )
    return format_html_join("", "{}", ((part,) for part in parts))


#: How gold differs from a coder's version, by the kind of the place.
DIFFERENCES = {
    "rejected": _("Gold has nothing here"),
    "missed": _("You left this out"),
    "attribute": _("The same span, with other details"),
    "label": _("The same words, another label"),
    "boundary": _("Gold begins or ends elsewhere"),
    "split": _("Gold parts it otherwise"),
    "mixed": _("Several spans are otherwise"),
}


@register.simple_tag
def difference_kind(difference):
    """Say in a few words how gold differs in one place."""
    return DIFFERENCES[difference.place.kind]


@register.simple_tag
def state_chip(row):
    """Show the state of an assignment, task, import or release: a sign and the word."""
    tone, sign = SIGNS[row.state]
    return format_html(
        '<span class="state" data-tone="{}">{}{}</span>', tone, icon(sign), row.get_state_display()
    )


@register.simple_tag
def invitation_chip(invitation: Invitation):
    """Show whether a link still lets people in."""
    tone, sign = SIGNS[invitation.state]
    word = InvitationState(invitation.state).label
    return format_html('<span class="state" data-tone="{}">{}{}</span>', tone, icon(sign), word)


@register.filter
def number(value: int) -> str:
    """Write a number with its thousands apart; not for attributes that programs read."""
    return number_format(value, force_grouping=True)


@register.simple_tag
def moment(value: datetime, pattern: str = "j M Y"):
    """Tell a time in the reader's zone, and to machines in UTC."""
    return format_html(
        '<time datetime="{}">{}</time>',
        value.astimezone(UTC).isoformat(timespec="seconds"),
        date_format(timezone.localtime(value), pattern),
    )


@register.simple_tag
def day_bars(days: list[tuple[date, int]]):
    """Draw a bar for each day, as high as its count; a day without anything keeps its place."""
    most = max(count for _day, count in days) or 1
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="8" height="{}" class="{}"><title>{}</title></rect>',
        (
            (
                place * 10 + 1,
                40 - (height := max(1, round(40 * count / most))),
                height,
                "" if count else "is-none",
                f"{date_format(day, 'j M')}: {count}",
            )
            for place, (day, count) in enumerate(days)
        ),
    )
    said = _("Articles handed in on each of the last %(days)s days, at most %(most)s.")
    return format_html(
        '<svg class="day-bars" viewBox="0 0 {} 40" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}</svg>',
        len(days) * 10,
        said % {"days": len(days), "most": most},
        bars,
    )


@register.inclusion_tag("_meter.html")
def meter(done: int, total: int, name: str):
    """Draw a bar with its figures; ``name`` says what is counted."""
    return {"done": done, "total": total, "name": name, "is_complete": total and done >= total}


@register.inclusion_tag("annotations/projects/_project_nav.html", takes_context=True)
def project_nav(context, project: Project, current: str = ""):
    """List the project's pages that the person's roles open.

    The current one is found by its address, or named as in ``current="batches"``
    by pages whose address lies elsewhere.
    """
    request = context["request"]
    member = member_of(request.user, project)
    roles = set(member.roles) if member else set()
    pages = []
    for name, text, readers in PROJECT_PAGES:
        if not roles & readers:
            continue
        address = reverse(name, args=[project.slug])
        is_current = name.endswith(f":{current}") if current else request.path == address
        pages.append({"address": address, "text": text, "is_current": is_current})
    return {"pages": pages}
