"""A coder at work on the annotation page."""

from playwright.sync_api import expect

TEXT = """Harbour strike ends

Mayor Ada Brandt said in Velmora that the talks had failed. Brandt left for Velmora.

The dockers’ union said it believes the mayor.
"""

KEPT = """() => new Promise((resolve) => {
    indexedDB.open("workbench").onsuccess = ({ target }) => {
        const ops = target.result.transaction("ops").objectStore("ops").getAll();
        ops.onsuccess = () => resolve(ops.result);
    };
})"""


class Desk:
    def __init__(self, page, url, assignment):
        self.page = page
        self.assignment = assignment
        self.address = f"{url}/assignments/{assignment.uuid}/"
        self.badge = page.locator("#save-badge")
        self.message = page.locator("[data-part=message]")
        self.mode = page.locator("[data-part=mode]")
        self.rows = page.locator("#span-list li")
        self.surface = page.locator("#doc")

    def open(self):
        self.page.goto(self.address)
        self.wait_until_ready()

    def wait_until_ready(self):
        ready = self.page.locator("#coding[data-ready]")
        expect(ready).to_be_visible(timeout=20_000)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def jump(self, letters):
        """Go to the next word that begins with ``letters``."""
        self.press("/")
        self.page.keyboard.type(letters)
        self.press("Enter")

    def tag(self, letters, key, words=1):
        """Tag ``words`` words from the one that begins with ``letters`` on."""
        self.jump(letters)
        self.press(*["Shift+ArrowRight"] * (words - 1), key)

    def wait_until_saved(self):
        expect(self.badge).to_have_text("All changes saved")

    def kept(self):
        """Return the steps that the device keeps until they are sent, oldest first."""
        return self.page.evaluate(KEPT)

    def stored(self):
        """Return what the database holds, once all is saved."""
        self.wait_until_saved()
        rows = self.assignment.spans.select_related("label").in_reading_order()
        return [(row.label.key, row.quote) for row in rows]

    def shown(self):
        """Return the list beside the text, as somebody hears it."""
        return [words.strip() for words in self.rows.locator("button").all_inner_texts()]

    def box(self, start, end):
        """Return where the letters ``start`` to ``end`` of the text stand on the screen."""
        return self.page.evaluate(
            """([start, end]) => {
                for (const p of document.querySelectorAll("#doc > p")) {
                    const from = start - Number(p.dataset.start);
                    if (!p.firstChild || from < 0 || from >= p.firstChild.data.length) continue;
                    const range = document.createRange();
                    range.setStart(p.firstChild, from);
                    range.setEnd(p.firstChild, end - Number(p.dataset.start));
                    p.scrollIntoView({block: "center"});
                    return range.getBoundingClientRect().toJSON();
                }
            }""",
            [start, end],
        )

    def drag(self, start, end):
        """Drag the mouse from just inside the first letter to just inside the last.

        In the middle of a letter it is for the fonts of the machine to say which side is meant.
        """
        first, last = self.box(start, start + 1), self.box(end - 1, end)
        mouse = self.page.mouse
        mouse.move(first["x"] + first["width"] / 4, first["y"] + first["height"] / 2)
        mouse.down()
        mouse.move(last["x"] + last["width"] * 3 / 4, last["y"] + last["height"] / 2, steps=5)
        mouse.up()

    def click(self, offset, **details):
        place = self.box(offset, offset + 1)
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        self.page.mouse.click(x, y, **details)
