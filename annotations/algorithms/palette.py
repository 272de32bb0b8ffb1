"""What makes labels tell apart: eight colours and eight shapes, tuned to go together.

A label's colour is stored as the hex value that it has on white; the style sheet
knows its partner for dark pages. Its shape, which brings the line pattern, follows
from its place in the codebook, so that no two of the first eight labels look alike
even where colours can't be seen, and no two of the first 64 where they can.
"""

COLOURS = {
    "blue": "#2256bb",
    "green": "#1e5a3c",
    "amber": "#ac5107",
    "plum": "#781c57",
    "teal": "#0c6b78",
    "red": "#b3261e",
    "violet": "#5b3fa8",
    "slate": "#4a5561",
}

SHAPES = ("circle", "square", "triangle", "diamond", "pentagon", "cross", "star", "hexagon")


def colour_at(position: int) -> str:
    """Return the colour of a label that was given none; ``position`` counts from 0."""
    values = list(COLOURS.values())
    return values[position % len(values)]


def shape_at(position: int) -> str:
    """Return the shape of the label at ``position``, counted from 0, of a codebook."""
    return SHAPES[(position + position // len(SHAPES)) % len(SHAPES)]
