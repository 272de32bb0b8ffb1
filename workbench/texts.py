"""The interface's texts, read out of templates and modules without any tool of GNU gettext.

The source texts are English, so the English catalogue translates nothing: it is the complete list
that a translator begins with. The other catalogues hold what is translated, and nothing else.
``manage.py catalogue`` brings all of them up to date; what they hold is compiled at set-up.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

#: A text and, where it counts something, its plural.
Text = tuple[str, str]

PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
COUNTED = {"ngettext", "ngettext_lazy"}
APPS = ("annotations", "exports", "workbench")

_STRING = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_IN_TEMPLATE = re.compile(rf"\b(n?gettext|_)\(u?{_STRING}(?:,\s*u?{_STRING})?", re.S)
HEAD = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: {language}\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


def catalogue() -> str:
    """Return the English catalogue: every text once, with the files that say it."""
    places = places_of_texts()
    return _written("en", {text: ("",) * _forms(text) for text in places}, places)


def translated(language: str) -> str:
    """Return a language's catalogue, without what it translates of texts that are gone."""
    places = places_of_texts()
    held = translations(language)
    return _written(language, {text: held[text] for text in held if text in places}, places)


def translations(language: str) -> dict[Text, tuple[str, ...]]:
    """Return what a language's catalogue says for each text: one form, or one for each number."""
    held: dict[Text, tuple[str, ...]] = {}
    with path_of_catalogue(language).open("rb") as file:
        for message in read_po(file):
            one, many = (message.id, "") if isinstance(message.id, str) else message.id
            if one:
                said = message.string or ""
                held[one, many] = (said,) if isinstance(said, str) else tuple(said)
    return held


def places_of_texts() -> dict[Text, set[str]]:
    """Return every text with the files that say it."""
    places: dict[Text, set[str]] = {}
    for path, text in _all_texts():
        places.setdefault(text, set()).add(path)
    return places


def in_template(source: str) -> Iterator[Text]:
    """Yield the texts of one template."""
    for name, text, plural in _IN_TEMPLATE.findall(templatize(source)):
        is_counted = name == "ngettext"
        yield ast.literal_eval(text), ast.literal_eval(plural) if is_counted else ""


def in_module(source: str) -> Iterator[Text]:
    """Yield the texts of one Python module."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        texts = [
            arg.value
            for arg in call.args
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if name in PLAIN and texts:
            yield texts[0], ""
        elif name in COUNTED and len(texts) > 1:
            yield texts[0], texts[1]


def templates() -> list[Path]:
    return sorted((settings.ROOT / "templates").rglob("*.html"))


def modules() -> list[Path]:
    return sorted(path for app in APPS for path in (settings.ROOT / app).rglob("*.py"))


def languages() -> list[str]:
    """Return the languages that there are translations into."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def path_of_catalogue(language: str = "en") -> Path:
    return settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"


def _all_texts() -> Iterator[tuple[str, Text]]:
    for paths, texts_in in ((templates(), in_template), (modules(), in_module)):
        for path in paths:
            for text in texts_in(path.read_text()):
                yield path.relative_to(settings.ROOT).as_posix(), text


def _forms(text: Text) -> int:
    return 2 if text[1] else 1


def _written(
    language: str, said: dict[Text, tuple[str, ...]], places: dict[Text, set[str]]
) -> str:
    entries = [_entry(text, said[text], sorted(places[text])) for text in sorted(said)]
    return "\n".join([HEAD.replace("{language}", language), *entries])


def _entry(text: Text, said: tuple[str, ...], paths: list[str]) -> str:
    one, many = text
    lines = [f"#: {path}" for path in paths]
    if "%(" in one or "%(" in many:
        lines.append("#, python-format")
    lines.append(f"msgid {_quoted(one)}")
    if many:
        lines.append(f"msgid_plural {_quoted(many)}")
        lines += [f"msgstr[{number}] {_quoted(form)}" for number, form in enumerate(said)]
    else:
        lines.append(f"msgstr {_quoted(said[0])}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped.replace(chr(9), chr(92) + "t")}"'
