import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotations.algorithms.spreadsheets import guarded

SIGNS = "=+-@"
#: Other shapes of the signs, and what may stand before them in a cell.
ODD = "＝＋－＠﹦﹢﹣﹫⁺₌⁻\t\r\n \u00a0\u2003\u3000\ufeff'"
texts = st.text(st.one_of(st.sampled_from(SIGNS + ODD), st.characters(codec="utf-8")))


def is_formula(cell):
    """Take it as the most eager spreadsheet would: widths are alike, space in front is none."""
    bare = cell.replace("\ufeff", "").strip()
    return unicodedata.normalize("NFKC", bare[:1]) in list(SIGNS)


@pytest.mark.parametrize(
    "examples", [100, pytest.param(20_000, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_no_cell_is_computed_and_every_text_comes_back(examples, trust):
    tried, formulas = [], []

    @settings(max_examples=examples)
    @given(texts)
    @example("\t=1+1")
    @example("\r\n@SUM(A1)")
    @example("＝HYPERLINK(0)")
    @example("\ufeff \u2003+1")
    def holds_for(text):
        cell = guarded(text)
        tried.append(text)
        formulas.extend([text] * is_formula(text))

        assert not is_formula(cell)
        assert not cell.startswith(("\t", "\r", "\n"))
        assert (cell[1:] if cell.startswith("'") else cell) == text

    holds_for()
    assert formulas
    trust(
        "Imports and releases",
        "Texts that begin as formulas do, in all widths and with all that may stand before them",
        tried=f"{len(tried):,} cells",
        of="as an eager spreadsheet would read them",
        computed=0,
        changed=0,
        control=f"written plainly, {len(formulas):,} of them would be computed",
    )


@pytest.mark.parametrize("text", ["", "Velmora", "1=1", "a@b.example", "≠", "–5"])
def test_what_no_spreadsheet_computes_is_left_alone(text):
    assert guarded(text) == text
