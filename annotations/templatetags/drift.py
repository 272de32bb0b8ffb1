"""How a coder's agreement goes over time, drawn; the page has the same as a table beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Any

from django import template
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

Window = Mapping[str, Any]

WIDTH, HEIGHT = 340, 148
LEFT, RIGHT, TOP, BOTTOM = 6, 46, 8, 22

#: Lines to read a value by: the customary bounds of α, and the most there can be.
GUIDES = (0.667, 0.8, 1.0)


@dataclass(frozen=True)
class _Scale:
    """Where a moment and a value lie in a drawing; the same for all coders."""

    since: datetime
    until: datetime
    floor: float

    @classmethod
    def of(cls, windows: Sequence[Window]) -> "_Scale":
        known = [value for window in windows for value in _values(window) if value is not None]
        # Nobody compares values with a line that is far away.
        lowest = min([0.6, *(floor(10 * value) / 10 for value in known)])
        moments = [_middle(window) for window in windows]
        return cls(min(moments), max(moments), lowest)

    def x(self, at: datetime) -> float:
        whole = (self.until - self.since).total_seconds()
        share = (at - self.since).total_seconds() / whole if whole else 0.5
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        share = (value - self.floor) / (1 - self.floor)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


@register.filter
def moment_of(iso: str) -> datetime:
    """Return the time that a report has as text, in the reader's zone."""
    return timezone.localtime(datetime.fromisoformat(iso))


@register.simple_tag
def drift_charts(drift: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a drawing for each coder, and how far α went from the first window to the last."""
    windows = [window for row in drift for window in row["windows"]]
    scale = _Scale.of(windows) if windows else None
    return [_chart(row, scale) for row in drift if scale and row["windows"]]


@register.filter
def go_on(charts: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether any coder has more than one window, so that something can have changed."""
    return any(len(chart["windows"]) > 1 for chart in charts)


def _chart(row: Mapping[str, Any], scale: _Scale) -> dict[str, Any]:
    windows = row["windows"]
    alphas, golds = zip(*(_values(window) for window in windows), strict=True)
    known = [value for value in alphas if value is not None]
    return {
        "coder": row["coder"],
        "windows": windows,
        "last": known[-1] if known else None,
        "change": known[-1] - known[0] if len(known) > 1 else None,
        "drawing": format_html(
            '<svg class="drift" viewBox="0 0 {} {}" aria-hidden="true">{}{}{}{}</svg>',
            WIDTH,
            HEIGHT,
            _guides(scale),
            _days(scale),
            _line("gold", zip(windows, golds, strict=True), scale),
            _line("alpha", zip(windows, alphas, strict=True), scale),
        ),
    }


def _values(window: Window) -> tuple[float | None, float | None]:
    return window["alpha"]["value"], window["gold"]["strict_f1"]["value"]


def _middle(window: Window) -> datetime:
    first, last = moment_of(window["from"]), moment_of(window["to"])
    return first + (last - first) / 2


def _guides(scale: _Scale) -> SafeString:
    end = WIDTH - RIGHT
    return format_html_join(
        "",
        '<line class="drift-guide" x1="{}" x2="{}" y1="{}" y2="{}"></line>'
        '<text x="{}" y="{}">{}</text>',
        (
            (LEFT, end, y, y, end + 10, y + 4, floatformat(at, 3))
            for at, y in ((at, scale.y(at)) for at in GUIDES)
        ),
    )


def _days(scale: _Scale) -> SafeString:
    """Write the first and the last day below the drawing; one day alone in the middle."""
    ends = {scale.x(at): date_format(at, "j M") for at in (scale.since, scale.until)}
    anchors = ("start", "end") if len(ends) > 1 else ("middle",)
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (x, HEIGHT - 5, anchor, day)
            for anchor, (x, day) in zip(anchors, ends.items(), strict=True)
        ),
    )


def _line(name: str, values: Iterable[tuple[Window, float | None]], scale: _Scale) -> SafeString:
    """Draw a line that breaks where a window has no value, and a mark for each that has one."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for window, value in values:
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((scale.x(_middle(window)), scale.y(value)))
    lines = format_html_join(
        "",
        '<polyline points="{}"></polyline>',
        ((" ".join(f"{x},{y}" for x, y in piece),) for piece in pieces if len(piece) > 1),
    )
    points = [point for piece in pieces for point in piece]
    marks = format_html_join("", '<circle cx="{}" cy="{}" r="3"></circle>', points)
    return format_html('<g class="drift-{}">{}{}</g>', name, lines, marks)
