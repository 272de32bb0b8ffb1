from annotations.importing.problems import LONGEST_DETAIL, Problem


def test_what_is_said_of_a_file_can_be_kept_whatever_the_file_holds():
    problem = Problem("bad", "a\0b\ud800c" + "x" * 1000).at("d\0.txt")
    assert problem.detail.startswith("a\ufffdb\ufffdcx")
    assert len(problem.detail) == LONGEST_DETAIL
    assert problem.file == "d\ufffd.txt"
