import json
import shutil

import pytest
from django.core.management import CommandError, call_command

from tests.exports import golden


@pytest.fixture
def release(tmp_path):
    """Return a folder with the golden records."""
    shutil.copy(golden.FOLDER / "articles.jsonl", tmp_path)
    return tmp_path


def test_a_release_is_converted_and_what_was_lost_is_told(release, capsys):
    call_command("convert_release", release, "--format=conll", "--format=parquet")

    told = capsys.readouterr().out
    assert "gold.conll: 3 rows, " in told
    assert (
        "gold.conll has all 5 spans. Not in it: 1 attribute, 1 link, 1 note, 1 zone, 2 codings.\n"
    ) in told
    assert "articles.parquet has" not in told


def test_a_program_is_told_the_same(release, capsys):
    call_command("convert_release", release, "--format=doccano", "--out", release / "x", "--json")

    told = json.loads(capsys.readouterr().out)
    size = (release / "x" / "doccano.jsonl").stat().st_size
    assert [(file["name"], file["bytes"]) for file in told["files"]] == [("doccano.jsonl", size)]
    assert (told["losses"]["doccano"]["spans"], told["losses"]["doccano"]["written"]) == (5, 5)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--format=stone"], "invalid choice: 'stone'"),
        ([], "the following arguments are required: --format"),
        (["--format=csv", "--out=/proc/nowhere"], "/proc/nowhere: No such file or directory"),
    ],
)
def test_what_can_not_be_done_ends_with_a_reason(release, arguments, says):
    with pytest.raises(CommandError, match=says):
        call_command("convert_release", release, *arguments)


def test_a_bad_line_ends_with_its_file_and_number(release):
    with (release / "articles.jsonl").open("ab") as file:
        file.write(b"{}\n")

    with pytest.raises(CommandError, match=r"^articles.jsonl:4: \$: 'id' is a required property"):
        call_command("convert_release", release, "--format=csv")
