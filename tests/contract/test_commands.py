"""The commands that operators rely on: each is there, takes what is promised, says how it went."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from tests.annotations.actions.uploads import TEXT

PROMISED = {
    "demo": [],
    "create_token": ["ann", "--project", "study", "--scope", "admin", "--scope", "coding"],
    "import_articles": ["study", "a.txt", "folder", "--dry-run", "--create-labels"],
    "agreement": ["study", "--batch", "6f2a0c0e-8f43-4f5e-9d0b-3a3df1d5a0a7"],
    "build_release": [
        *("study", "--name", "Gold", "--format", "jsonl", "--format", "csv", "--out", "folder")
    ],
    "verify_release": ["folder"],
    "fsck": [],
    "backup": ["file"],
    "restore": ["file", "--verify"],
    "sweep": [],
    "load_corpus": ["--articles", "10", "--spans-per-article", "5", "--coders", "2"],
    "reset_password": ["ann"],
}
#: What can't go well, in the order of the table.
HOPELESS = [
    ("create_token", ["nobody"]),
    ("create_token", ["{coder}", "--project", "no-study"]),
    ("import_articles", ["no-study", "/dev/null"]),
    ("import_articles", ["study", "/no/such/file"]),
    ("agreement", ["no-study"]),
    ("agreement", ["study", "--batch", "6f2a0c0e-8f43-4f5e-9d0b-3a3df1d5a0a7"]),
    ("build_release", ["no-study", "--name", "Gold"]),
    ("build_release", ["study", "--name", "Gold", "--format", "stone"]),
    ("verify_release", ["/no/such/folder"]),
    ("restore", ["/no/such/file"]),
    ("load_corpus", ["--articles", "0"]),
    ("reset_password", ["nobody"]),
]


def run(name, *options):
    said = StringIO()
    call_command(name, *options, stdout=said, stderr=StringIO())
    return said.getvalue()


@pytest.mark.parametrize("name", PROMISED)
def test_a_command_takes_what_is_promised_and_can_answer_in_json(name):
    command = load_command_class(get_commands()[name], name)

    given = vars(command.create_parser("manage.py", name).parse_args([*PROMISED[name], "--json"]))

    assert given["json"] is True


@pytest.mark.parametrize(("name", "options"), HOPELESS)
def test_what_did_not_go_well_is_no_success(study, name, options):
    named = [option.format(coder=study.coder.user.username) for option in options]

    with pytest.raises(CommandError) as refusal:
        run(name, *named)

    assert refusal.value.returncode != 0


@pytest.mark.parametrize(
    ("name", "options", "fields"),
    [
        ("create_token", ["{coder}", "--scope", "coding"], {"id", "token"}),
        ("agreement", ["study"], {"computed_at", "stale", "alpha", "pairs", "mean_pair"}),
        ("sweep", [], set()),
        ("reset_password", ["{coder}"], {"link"}),
        ("load_corpus", ["--articles", "2", "--coders", "2"], {"articles", "seconds"}),
    ],
)
def test_json_is_one_object_and_nothing_else(study, name, options, fields):
    named = [option.format(coder=study.coder.user.username) for option in options]

    answer = json.loads(run(name, *named, "--json"))

    assert isinstance(answer, dict)
    assert fields <= answer.keys()


def test_what_is_broken_is_told_in_json_too(study):
    """The study's submissions were written past the log that should explain them."""
    said = StringIO()

    with pytest.raises(CommandError):
        call_command("fsck", "--json", stdout=said)

    answer = json.loads(said.getvalue())
    assert (answer["ok"], bool(answer["broken"])) == (False, True)


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_import_in_the_foreground_says_what_came_of_it(study, tmp_path, dry_run):
    (tmp_path / "talks.txt").write_text(TEXT)
    options = ["--dry-run"] if dry_run else []

    answer = json.loads(run("import_articles", "study", str(tmp_path), *options, "--json"))

    told = {name: answer[name] for name in ("state", "created", "duplicates", "errors")}
    assert told == {"state": "ready", "created": 1, "duplicates": 0, "errors": []}
    assert study.project.articles.filter(key="talks").exists() is not dry_run


def test_an_import_that_refuses_a_line_says_which_and_is_no_success(study, tmp_path):
    records = [{"text": TEXT}, {"text": TEXT, "oops": 1}]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(record) for record in records))
    said, complaints = StringIO(), StringIO()

    with pytest.raises(CommandError, match="1"):
        call_command("import_articles", "study", str(tmp_path), stdout=said, stderr=complaints)

    assert "a.jsonl:2:" in complaints.getvalue()
