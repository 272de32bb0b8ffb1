"""What the browser gets in place of a page's modules does the same, and is small."""

import gzip

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.test import override_settings

from tests.node import node
from workbench.modules import CannotJoin, joined
from workbench.static import PAGE

MODULES = {
    "shop-page.js": """
import { Basket } from "./basket.js";
import "./bell.js";
import * as prices from "./prices.js";
import {
  say as tell,
} from "./voice.js";

/** Not for the browser. */
const basket = new Basket();
basket.add(`a ${"pear"} // not a comment`);
tell(basket.total(prices.of));
""",
    "bell.js": 'import { say } from "./voice.js";\nsay("ding");\n',
    "basket.js": """
import { say } from "./voice.js";
export {};

export class Basket {
  #held = [];
  add(what) { this.#held.push(what); say(`in: ${what}`); }
  total(of) { return this.#held.map(of).reduce((a, b) => a + b, 0); }
}
""",
    "prices.js": """
import { say } from "./voice.js";
const held = 2.5; // the same name as elsewhere
export const of = () => held;
export async function later() {}
say("prices");
""",
    "voice.js": """
const held = [];
export function say(what) {
  held.push(what);
  console.log(held.length, what);
}
""",
}


def pages():
    """Return every page's own module by its path."""
    storage = FileSystemStorage(finders.find("annotations/js"))
    names = storage.listdir("")[1]
    return sorted(name for name in names if PAGE.fullmatch(f"annotations/js/{name}"))


def source(name):
    with open(finders.find(f"annotations/js/{name}"), encoding="utf-8") as file:
        return file.read()


def test_joined_modules_do_what_they_do_apart(tmp_path):
    for name, text in MODULES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "package.json").write_text('{"type": "module"}')

    whole = joined("shop-page.js", MODULES.get)

    assert node("--input-type=module", input=whole) == node(tmp_path / "shop-page.js")
    assert "comment" not in whole.replace("// not a comment", "")


@pytest.mark.parametrize(
    "text",
    [
        'import { a } from "./b.js";',
        'import b from "./voice.js";',
        "export default 1;",
        "export let late = 1;",
        'export { a } from "./voice.js";',
        'const b = await import("./voice.js");',
        "const here = import.meta.url;",
    ],
)
def test_what_joining_would_change_is_refused(text):
    ring = 'import { c } from "./a.js";'

    with pytest.raises(CannotJoin):
        joined("a.js", {"a.js": text, "b.js": ring, "voice.js": ""}.get)


@pytest.mark.parametrize("name", pages())
def test_the_modules_of_every_page_can_be_joined(name):
    node("--check", "--input-type=module", "-", input=joined(name, source))


def test_the_annotation_page_has_at_most_30_kb_of_javascript():
    assert len(gzip.compress(joined("coding-page.js", source).encode())) <= 30_000


def test_collected_pages_import_nothing(tmp_path):
    storages = {"staticfiles": {"BACKEND": "workbench.static.ModuleStorage"}}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storages):
        call_command("collectstatic", "--no-input", verbosity=0)

    (page,) = tmp_path.glob("annotations/js/coding-page.*.js")
    assert "./" not in page.read_text()
    assert page.with_suffix(".js.gz").exists()
    assert not list(tmp_path.glob("annotations/js/outbox.*.js"))
