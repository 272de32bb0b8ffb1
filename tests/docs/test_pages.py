"""Every command and every line of Python on the pages of docs/ is run, in the demo project.

The shell, the servers and their worker are real. Only ``script/`` is stood in for, because the
instance that it would start is the tests' own. docs/operations.md has tests/test_operations.py.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

from annotations.models import Article
from exports import manifest
from workbench.env import ROOT

DOCS = ROOT / "docs"
PAGES = ["running-a-study.md", "gold.md", "programming.md"]
WRITTEN = ["README.md", "adjudication.md", "coding.md", *PAGES]
BLOCK = re.compile(r"^```(sh|python)\n(.+?)^```", re.MULTILINE | re.DOTALL)

MANAGE = """\
#!/bin/sh
exec {python} {root}/manage.py "$@"
"""
#: Tells what it was asked to run, if that is there.
TEST = """\
#!/bin/sh
ls {root}/"$1"
"""


def script_of(page):
    """Return what a reader would type from the page's first line to its last."""
    told = (DOCS / page).read_text()
    return "\n".join(
        text if language == "sh" else f"python - <<'END'\n{text}END"
        for language, text in BLOCK.findall(told)
    )


@pytest.fixture
def machine(stack, settings, tmp_path):
    """Return a function that runs a page's script in a folder where the demo is at home."""
    settings.DATA = tmp_path
    call_command("demo", stdout=StringIO())
    researcher = json.loads((tmp_path / "demo.json").read_text())["users"]["researcher"]
    (tmp_path / "docs").symlink_to(DOCS)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles/one.txt").write_text("Mayor Ada Brandt spoke in Velmora.\n")
    for name, text in (("script/manage", MANAGE), ("script/test", TEST)):
        program = tmp_path / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text.format(python=sys.executable, root=ROOT))
        program.chmod(0o755)
    programs = os.path.dirname(sys.executable)
    environment = os.environ | stack.environment | {"PATH": f"{programs}:{os.environ['PATH']}"}

    def follow(page):
        script = script_of(page).replace("http://127.0.0.1:8000", stack.url)
        return subprocess.run(
            ["sh", "-eu", "-c", script.replace("wbt_…", researcher["token"])],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return follow


@pytest.mark.stack
def test_every_command_of_every_page_runs(machine, tmp_path):
    said = {}
    for page in PAGES:
        done = machine(page)
        assert done.returncode == 0, f"{page}\n{done.stdout}\n{done.stderr}"
        said[page] = done.stdout

    assert Article.objects.published().filter(text__startswith="Mayor Ada Brandt spoke").exists()
    assert "coder1: " in said["running-a-study.md"]
    assert "articles.jsonl: OK" in said["gold.md"]
    assert {path.name for path in (tmp_path / "gold").iterdir()} > {"articles.jsonl", "README.md"}
    assert list((tmp_path / "tables").iterdir())
    assert '"state":"ready"' in said["programming.md"]


@pytest.mark.parametrize("page", WRITTEN)
def test_links_and_pictures_lead_somewhere(page):
    led = re.findall(r"\]\(([^)#:]+)\)", (DOCS / page).read_text())

    assert led
    assert [name for name in led if not (DOCS / name).exists()] == []


def test_every_page_is_in_the_index_and_short():
    index = (DOCS / "README.md").read_text()

    for path in DOCS.glob("*.md"):
        assert path.name == "README.md" or f"({path.name})" in index
    for page in WRITTEN[1:]:
        assert 250 < len((DOCS / page).read_text().split()) < 620


def test_version_and_licence_are_the_same_wherever_they_are_told():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())

    assert cited["version"] == project["version"] == manifest.SOFTWARE["version"]
    assert cited["license"] == project["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
