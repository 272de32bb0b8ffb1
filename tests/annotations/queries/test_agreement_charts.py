from itertools import combinations

from annotations.queries.agreement_charts import DRAWN, heat_map


def pair(a, b, articles):
    return {"a": a, "b": b, "articles": articles, "alpha": 0.7, "strict_f1": 0.6}


def test_all_pairs_are_drawn_as_long_as_that_can_be_read():
    heat = heat_map({"pairs": [pair("ann", "ben", 2), pair("ben", "cem", 1)]})

    assert [row["coder"] for row in heat["rows"]] == ["ann", "ben", "cem"]
    assert [cell["step"] for cell in heat["rows"][0]["cells"]] == ["self", 4, "na"]
    assert heat["of"] == 3


def test_of_a_crowd_those_are_drawn_who_share_the_most_articles():
    names = [f"{number:03}" for number in range(DRAWN + 10)]
    pairs = [pair(a, b, 1) for a, b in combinations(names, 2)]
    busy = [pair("Xena", "Yara", 900)]

    heat = heat_map({"pairs": pairs + busy})

    drawn = [row["coder"] for row in heat["rows"]]
    assert drawn == [*names[: DRAWN - 2], "Xena", "Yara"]
    assert {len(row["cells"]) for row in heat["rows"]} == {DRAWN}
    assert heat["of"] == DRAWN + 12
