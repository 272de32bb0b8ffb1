import pytest

from annotations.algorithms.rule_numbers import next_number


@pytest.mark.parametrize(
    ("known", "near", "expected"),
    [
        ([], "", "R1"),
        (["R1", "R3"], "", "R4"),
        (["R1", "R1.7"], "", "R2"),
        (["B-1", "B-2"], "", "B-3"),
        (["R1", "R4"], "R4", "R4.1"),
        (["R1", "R4.1"], "R4.1", "R4.2"),
        (["R4", "R4.1", "R4.9", "S4.12"], "R4", "R4.10"),
        (["titles", "R1.2.3"], "titles", "R1"),
        (["R1"], "٣", "R2"),
        (["7"], "", "8"),
    ],
)
def test_the_next_number_is_free_and_near_the_rule_that_was_cited(known, near, expected):
    assert next_number(known, near) == expected
    assert expected not in known
