import pytest

from annotations.algorithms.zones import own


@pytest.mark.parametrize("pattern", ["", "  ", "(", "x" * 301, "a*", "^$"])
def test_what_is_no_pattern_or_fits_nothing_at_all_is_refused(pattern):
    with pytest.raises(own.BadPattern):
        own.check(pattern)


def test_a_pattern_is_held_against_each_line_whatever_the_case():
    own.check("^made in .*$")
    found = own.find(
        "Made in A\nnot made in B\nMADE IN C", [own.OwnRule("o", "^made in .*$", "other")]
    )
    assert [(zone.start, zone.end) for zone in found] == [(0, 9), (24, 33)]


def test_a_pattern_that_takes_for_ever_is_given_up(monkeypatch):
    monkeypatch.setattr(own, "PATIENCE", 0.01)
    rule = own.OwnRule("o", r"(\w+\w+)+!", "other")
    assert list(own.find("a" * 40, [rule])) == []
