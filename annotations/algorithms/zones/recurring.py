"""Lines that come again in the articles of one outlet, whatever the story."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from annotations.algorithms import dates
from annotations.algorithms.zones import bylines
from annotations.algorithms.zones.page import Page
from annotations.algorithms.zones.units import Unit, split

#: An outlet's habits are learnt from so many of its articles at most.
MOST_ARTICLES = 300
LEAST_STORIES = 3
LEAST_SHARE = 0.1
#: A whole sentence can be in three reports on one affair; furniture is in many more.
LEAST_STORIES_OF_A_SENTENCE = 5
LEAST_SHARE_OF_A_SENTENCE = 0.3
MOST_LINES = 200
_LONGEST = 300
_LONG_LINE = 60
_SAME_STORY = 0.5
_ENDS_LOOKED_AT = 150


@dataclass(frozen=True)
class Line:
    """A line that recurs, and in how many different stories."""

    text: str
    stories: int


def learn(texts: Iterable[str]) -> list[Line]:
    """Return the lines that recur in ``texts``, articles of one outlet, most frequent first.

    Versions of one story count as one, so that what they share is not taken for furniture.
    """
    stories: list[set[str]] = []
    stories_with: dict[str, set[int]] = defaultdict(set)
    sentences: set[str] = set()
    for number, text in enumerate(texts):
        if number >= MOST_ARTICLES:
            break
        units = _ends(split(text))
        story = _story_of({u.text for u in units if len(u.text) >= _LONG_LINE}, stories)
        for unit in units:
            if len(unit.text) <= _LONGEST and not _is_the_articles_own(unit):
                stories_with[unit.text].add(story)
                if unit.is_prose or unit.has_full_stop:
                    sentences.add(unit.text)
    found = [
        Line(line, len(where))
        for line, where in stories_with.items()
        if _is_enough(len(where), len(stories), is_sentence=line in sentences)
    ]
    return sorted(found, key=lambda line: (-line.stories, line.text))[:MOST_LINES]


def mark(page: Page, known_lines: Collection[str]) -> None:
    """Mark the units that are known to recur."""
    for index, unit in enumerate(page.units if known_lines else ()):
        if unit.text in known_lines:
            page.take(index, "recurring")


def _is_the_articles_own(unit: Unit) -> bool:
    """Authors, dates and speakers come again too, and are no furniture for that."""
    text = unit.text
    return (
        bylines.is_byline(text)
        or bylines.is_person(text)
        or bylines.is_credit(text)
        or bylines.is_caption(text)
        or dates.is_stamp(text)
        or dates.is_place_and_day(text)
        or (text.endswith(":") and unit.words <= 3)
    )


def _is_enough(stories: int, of: int, *, is_sentence: bool) -> bool:
    if is_sentence:
        return stories >= LEAST_STORIES_OF_A_SENTENCE and stories >= LEAST_SHARE_OF_A_SENTENCE * of
    return stories >= LEAST_STORIES and stories >= LEAST_SHARE * of


def _ends(units: list[Unit]) -> list[Unit]:
    if len(units) <= 2 * _ENDS_LOOKED_AT:
        return units
    return units[:_ENDS_LOOKED_AT] + units[-_ENDS_LOOKED_AT:]


def _story_of(lines: set[str], stories: list[set[str]]) -> int:
    """Return the number of the story that ``lines`` tell, adding it if it is new."""
    for number, known in enumerate(stories):
        smaller = min(len(lines), len(known))
        if smaller and len(lines & known) > _SAME_STORY * smaller:
            return number
    stories.append(lines)
    return len(stories) - 1
