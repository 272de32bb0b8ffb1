"""What stands in the way of people who read by ear, by keyboard or with weak eyes."""

from pathlib import Path

#: Colours on their way from one theme to the other are neither's.
CHANGED_OVER = """() => Promise.allSettled(
    document.getAnimations()
        .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
        .map((one) => one.finished)
).then(() => {})"""
#: A theme changes colours and nothing else, so that a second look at a page is a short one.
COLOURS = {"runOnly": ["color-contrast"]}
#: Of what is out of sight a browser may still tell the colours of the theme before.
ALL_IN_SIGHT = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { content-visibility: visible !important }");
    document.adoptedStyleSheets.push(sheet);
}"""
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"


def barriers(page, **options):
    """Return the rules of axe that the page breaks as it is, each with an element that does."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
        page.evaluate(ALL_IN_SIGHT)
    page.evaluate(CHANGED_OVER)
    found = page.evaluate(
        "(options) => axe.run({...options, resultTypes: ['violations']})", options
    )
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]]
