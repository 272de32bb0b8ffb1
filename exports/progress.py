"""How much longer a step of a release takes, by its pace since somebody began to watch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from exports.models import Release


@dataclass(frozen=True)
class Seen:
    """How far a release was when its page was first looked at, which the page says again."""

    step: str
    done: int
    at: int

    @classmethod
    def of(cls, release: Release, now: datetime) -> Seen:
        return cls(release.step, release.done, int(now.timestamp()))

    @classmethod
    def from_query(cls, query: QueryDict, release: Release) -> Seen | None:
        """Read what was seen of the step at hand; ``None`` if nothing there makes sense."""
        form = SeenForm(query)
        if not form.is_valid():
            return None
        seen = cls(**form.cleaned_data)
        return seen if seen.step == release.step and seen.done <= release.done else None

    @property
    def query(self) -> str:
        return urlencode({"step": self.step, "done": self.done, "at": self.at})

    def minutes_left(self, release: Release, now: datetime) -> int | None:
        """Return how long the step takes from here, in minutes; ``None`` if nothing moved yet."""
        moved = release.done - self.done
        passed = now.timestamp() - self.at
        if moved <= 0 or passed <= 0 or not release.total:
            return None
        return ceil((release.total - release.done) * passed / moved / 60)


class SeenForm(forms.Form):
    step = forms.CharField(required=False, max_length=100)
    done = forms.IntegerField(min_value=0, max_value=2**53)
    at = forms.IntegerField(min_value=0, max_value=2**53)
