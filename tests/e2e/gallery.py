"""Pictures of pages, and one file to look through them side by side."""

import re
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from pathlib import Path
from shutil import rmtree

from tests.e2e.barriers import COLOURS

SHEET = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Every page</title>
<style>
  body {{ margin: 2rem; font: 14px/1.5 system-ui, sans-serif; background: #8a8a86; }}
  h2 {{ margin-block: 2rem 0.5rem; font-size: 1rem; }}
  div {{ display: flex; gap: 1rem; align-items: start; overflow-x: auto; }}
  img {{ block-size: 36rem; max-inline-size: none; object-fit: cover; object-position: top; }}
</style>
{rows}
</html>
"""


@dataclass(frozen=True)
class Look:
    """How a page is looked at: on which medium, and by which rules of axe there."""

    name: str
    width: int
    height: int = 900
    media: dict = field(default_factory=dict)
    rules: dict | None = None

    def put_on(self, page) -> None:
        page.emulate_media(
            **{"media": "screen", "color_scheme": "light", "forced_colors": "none"} | self.media
        )
        page.set_viewport_size({"width": self.width, "height": self.height})


# Of paper and of a system's colours axe knows nothing.
SIZES = {"runOnly": ["scrollable-region-focusable", "target-size"]}
LOOKS = [
    Look("1280-light", 1280, rules={}),
    Look("1280-dark", 1280, media={"color_scheme": "dark"}, rules=COLOURS),
    Look("390-light", 390, 844, rules=SIZES),
    Look("390-dark", 390, 844, media={"color_scheme": "dark"}),
    Look("1600-light", 1600, 1000),
    Look("forced-colours", 1280, media={"forced_colors": "active", "color_scheme": "dark"}),
    Look("print", 794, 1123, media={"media": "print"}),
]


class Gallery:
    """A folder with a folder of pictures for each person, and ``index.html`` to see them all."""

    def __init__(self, folder: Path, person: str):
        self.folder = folder
        self.own = folder / person
        rmtree(self.own, ignore_errors=True)
        self.own.mkdir(parents=True)
        self.count = 0

    def page(self, route: str) -> str:
        """Return the name of the next page, by which its pictures are put side by side."""
        self.count += 1
        name = re.sub(r"<(?:\w+:)?(\w+)>", r"\1", route).strip("/").replace("/", "-")
        return f"{self.count:02} {name or 'home'}"

    def take(self, page, name: str, look: Look) -> None:
        path = self.own / f"{name} {LOOKS.index(look)} {look.name}.png"
        page.screenshot(path=path, full_page=True)

    def write(self) -> None:
        """List what is in the folder by now, so that whoever comes last lists everybody's."""
        names = sorted(str(path.relative_to(self.folder)) for path in self.folder.glob("*/*.png"))
        rows = "\n".join(
            f"<h2>{escape(title)}</h2><div>"
            + "".join(f'<img src="{escape(n)}" loading="lazy" alt="{escape(n)}">' for n in row)
            + "</div>"
            for title, row in groupby(names, key=lambda name: name.rsplit(" ", 2)[0])
        )
        (self.folder / "index.html").write_text(SHEET.format(rows=rows))
