from annotations.importing.problems import LONGEST_DETAIL, Problem


def test_what_is_said_of_a_file_can_be_kept_whatever_the_file_holds():
    problem = Problem("bad", "a\0b\ud800c" + "x" * 1000).at("d\0.txt")
    assert problem.detail.startswith("a\ufffdb\ufffdcx")
    assert len(problem.detail) == LONGEST_DETAIL
    assert problem.file == "d\ufffd.txt"


def test_a_long_name_is_cut_short_and_the_sentence_goes_on_behind_it():
    problem = Problem(
        "bad", f"It speaks of “{'E9' * 1000}” and “{'x' * 80}”, which are not there."
    )

    assert problem.detail == f"It speaks of “{'E9' * 40}…” and “{'x' * 80}”, which are not there."


def test_what_is_too_long_nevertheless_ends_as_a_sentence():
    assert Problem("bad", "“" + "x" * 1000).detail.endswith("x….")
