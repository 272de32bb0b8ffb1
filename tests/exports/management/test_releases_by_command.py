import json

import pytest
from django.core.management import CommandError, call_command

from exports.models import Release
from tests.exports import golden, reading
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_release_built_by_command_is_verified_by_command(tmp_path, capsys):
    golden.corpus()
    out = tmp_path / "out"

    call_command("build_release", "golden", name="By hand", out=out, json=True)
    told = json.loads(capsys.readouterr().out)
    call_command("verify_release", out, json=True)
    verified = json.loads(capsys.readouterr().out)

    release = Release.objects.get()
    assert told["content_hash"] == verified["content_hash"] == release.content_hash
    assert verified["ok"] is True
    assert sorted(path.name for path in out.iterdir()) == [
        "README.md",
        "SHA256SUMS",
        "articles.jsonl",
        "manifest.json",
    ]


def test_options_become_the_request():
    golden.corpus()

    call_command(
        "build_release",
        "golden",
        "--name=G",
        "--include=gold",
        "--split=train=0.5",
        "--split=test=0.5",
        "--seed=4",
        "--no-text",
        "--real-names",
    )

    release = Release.objects.get()
    assert release.request["splits"] == {"train": 0.5, "test": 0.5}
    assert (release.request["seed"], release.request["text"]) == (4, False)
    assert release.has_real_names
    assert "text" not in reading.records(release)[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere", "--name=G"], "There is no project “nowhere”."),
        (["golden", "--name=G", "--format=stone"], "There is: jsonl, "),
        (["golden", "--name=G", "--split=train"], "Write splits as"),
        (["golden", "--name= "], "Give the release a name."),
    ],
)
def test_what_cannot_be_built_ends_with_a_reason(arguments, says):
    ProjectFactory(slug="golden")

    with pytest.raises(CommandError, match=says):
        call_command("build_release", *arguments)


def test_a_bad_release_ends_with_an_error(tmp_path, capsys):
    (tmp_path / "articles.jsonl").write_text("{}\n")

    with pytest.raises(CommandError):
        call_command("verify_release", tmp_path)

    assert "articles.jsonl:1: " in capsys.readouterr().err
