import pytest

from annotations.importing import child, html
from annotations.importing.extraction import Extractor
from annotations.importing.problems import Problem
from bench import story_text
from tests.annotations.importing.files import CORPORA, rows, told

#: A sample of the corpus, good pages and bad ones; ``bench.story_text`` measures them all.
SAMPLE = 8
PAGE = """<html lang="es"><head><meta charset="iso-8859-1"><title>Vuelve la caravana | Post</title>
<meta property="og:title" content="Vuelve la caravana"><meta name="author" content="Nelly Karsun">
<meta property="og:site_name" content="El Post">
<meta property="article:published_time" content="2024-03-05T10:00:00Z">
<link rel="canonical" href="https://post.example/caravana"></head><body>
<nav><ul><li><a href="/">Inicio</a></li><li><a href="/s">Suscríbase</a></li></ul></nav>
<article><h1>Vuelve la caravana</h1>
<p>La caravana de ayuda volvió el martes después de tres días en el paso de montaña.</p>
<p>El alcalde de Peñalta dijo que «nadie» les había avisado, y pidió otra reunión.</p>
</article><footer>Todos los derechos reservados</footer></body></html>"""


@pytest.fixture(scope="module")
def extractor():
    with Extractor() as running:
        yield running


def test_the_story_of_real_pages_is_found(extractor):
    pages = story_text.pages(CORPORA / "html_pages")
    chosen = [pages[name] for name in sorted(pages)[:: len(pages) // SAMPLE][:SAMPLE]]
    scores = []
    for data, true in chosen:
        [(_, found)] = rows(("a.html", data), extract=extractor.extract)
        scores.append(story_text.f1(found["text"], true))
    assert sum(scores) / len(scores) >= story_text.TARGET


def test_the_score_counts_the_runs_of_four_words_that_are_shared():
    assert story_text.f1("a b c d e", "a b c d e") == 1
    assert story_text.f1("a b c d e", "a b c d x") == 0.5
    assert story_text.f1("a b c d", "e f g h") == 0


def test_a_page_is_its_story_and_what_it_says_of_itself(extractor):
    [(line, record)] = rows(
        ("caravana.html", PAGE.encode("iso-8859-1")), extract=extractor.extract
    )
    assert line == 1
    assert "El alcalde de Peñalta dijo que «nadie»" in record["text"]
    assert "Suscríbase" not in record["text"]
    assert "derechos" not in record["text"]
    assert record["meta"] == {
        "title": "Vuelve la caravana",
        "author": "Nelly Karsun",
        "published_at": "2024-03-05",
        "outlet": "El Post",
        "url": "https://post.example/caravana",
        "language": "es",
    }


def test_a_page_is_read_in_the_encoding_that_it_states():
    page = '<html><meta charset="iso-8859-2"><p>Łódź</p>'.encode("iso-8859-2")
    [(_, record)] = rows(("a.html", page), extract=lambda page: {"text": page, "meta": {}})
    assert "Łódź" in record["text"]


@pytest.mark.parametrize(
    "page", ["", "<html><body></body></html>", "<nav><a>Home</a></nav>", "\0"]
)
def test_a_page_without_a_story_is_told(extractor, page):
    found = told(("a.html", page.encode()), extract=extractor.extract)
    assert found == [(1, (("", None, "no_story")))]


def test_a_page_that_ends_the_process_is_refused_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr(child, "_PROGRAMS", child._PROGRAMS.with_name("problems.py"))
    with Extractor() as extractor:
        with pytest.raises(Problem, match="takes too long, or too much memory"):
            extractor.extract(PAGE)
        monkeypatch.undo()
        assert "caravana" in extractor.extract(PAGE)["text"]


def test_a_page_nested_without_end_costs_no_more_than_a_refusal(extractor):
    for deep in ("<div>" * 200_000, "<b><i>" * 50_000 + "x"):
        try:
            found = extractor.extract(deep)
        except Problem as problem:
            found = {"text": problem.code}
        assert found["text"] in ("", "x", "page_too_costly")
    assert "caravana" in extractor.extract(PAGE)["text"]


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "undefined", "unicode_escape", "hex", "x"]
)
def test_a_page_is_not_read_by_a_codec_that_is_no_alphabet(charset):
    page = f'<meta charset="{charset}"><p>Peñalta'.encode("cp1252")
    [(_, record)] = rows(("a.html", page), extract=lambda page: {"text": page, "meta": {}})
    assert record["text"].endswith("Peñalta")


def test_what_looks_like_tags_in_a_script_is_none():
    html.refuse_tangle("<script>" + "'<div>'" * 1000 + "</script><p>Anna</p>")
    html.refuse_tangle("<!--" + "<div>" * 1000 + "--><p>Anna</p>")
    html.refuse_tangle("<ul>" + "<li><p>Anna" * 1000)
    with pytest.raises(Problem, match="nested over"):
        html.refuse_tangle("<script></script>" + "<div>" * 1000)
