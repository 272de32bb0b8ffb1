"""Every invariant is broken once, past constraints and triggers, and found."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from annotations.actions.agreement import measure_rows
from annotations.models import AgreementRow, SourceFile
from exports.invariants import CHECKS
from exports.models import Release
from tests import databases
from tests.files import storages_in

# What a test does to the one instance is undone after it.
pytestmark = pytest.mark.django_db

#: Statements that break the rule of that name, and nothing that would keep them out.
BREAKS = {
    "constraints_are_in_place": [
        "ALTER TABLE annotations_span DROP CONSTRAINT span_ends_after_it_starts"
    ],
    "triggers_are_in_place": ["ALTER TABLE annotations_gold DISABLE TRIGGER USER"],
    "references_lead_somewhere": [
        "SET CONSTRAINTS ALL IMMEDIATE",
        "{drop foreign keys of annotations_card}",
        "UPDATE annotations_card SET decision_id = 999999 WHERE decision_id IS NOT NULL",
    ],
    "articles_match_their_hash": [
        "ALTER TABLE annotations_article DROP CONSTRAINT article_matches_its_hash",
        "UPDATE annotations_article SET text = overlay(text placing 'Z' from 1 for 1)",
    ],
    "articles_are_canonical": [
        "ALTER TABLE annotations_article DROP CONSTRAINT article_matches_its_hash",
        "UPDATE annotations_article SET text = overlay(text placing chr(13) from 1 for 1)",
    ],
    "zones_lie_inside_their_article": [
        """UPDATE annotations_article
           SET zones = '[{"start": 0, "end": 999999, "kind": "title"}]'"""
    ],
    "article_versions_have_no_gaps": ["UPDATE annotations_article SET version = version + 1"],
    "staged_articles_bear_no_work": ["UPDATE annotations_importjob SET state = 'running'"],
    "imports_that_are_over_leave_nothing_staged": [
        "UPDATE annotations_importjob SET state = 'failed', finished_at = now() - interval '1 day'"
    ],
    "clusters_hold_articles_of_their_project": [
        "{another project}",
        """INSERT INTO annotations_cluster (uuid, project_id, name)
           SELECT gen_random_uuid(), id, 'theirs' FROM annotations_project
           WHERE slug = 'another'""",
        """UPDATE annotations_article SET cluster_id = (
               SELECT id FROM annotations_cluster WHERE name = 'theirs')""",
    ],
    "copies_are_in_one_cluster": [
        "UPDATE annotations_importjob SET clusters_state = 'ready'",
        "UPDATE annotations_article SET cluster_id = NULL, story_sha256 = repeat('a', 64)",
    ],
    "uploads_are_the_bytes_that_came": ["UPDATE annotations_sourcefile SET size = size + 1"],
    "codebook_versions_have_no_gaps": [
        "UPDATE annotations_codebookversion SET number = number + 7"
    ],
    "work_stays_in_one_project": [
        "{another project}",
        """UPDATE annotations_assignment SET codebook_id = (
               SELECT codebook.id FROM annotations_codebookversion codebook
               JOIN annotations_project project ON project.id = codebook.project_id
               WHERE project.slug = 'another')""",
    ],
    "live_work_never_exceeds_that_wanted": [
        "ALTER TABLE annotations_task"
        " DROP CONSTRAINT IF EXISTS live_assignments_never_exceed_those_wanted",
        "UPDATE annotations_task SET coders_wanted = 1 WHERE coders_wanted = 2",
    ],
    "live_work_is_counted_right": [
        "UPDATE annotations_task SET coders_live = coders_live - 1 WHERE coders_live > 0"
    ],
    "tasks_are_tallied_right": ["UPDATE annotations_tasktally SET wanted = wanted + 1"],
    "work_is_tallied_right": [
        """UPDATE annotations_worktally SET slot = slot - interval '15 minutes'
           WHERE slot IS NOT NULL"""
    ],
    "spans_quote_their_article": ["UPDATE annotations_span SET quote = reverse(quote)"],
    "spans_are_what_the_log_comes_to": ["UPDATE annotations_span SET note = 'by the way'"],
    "refusals_are_what_the_log_comes_to": [
        "UPDATE annotations_assignment SET refused = ARRAY[gen_random_uuid()]"
    ],
    "revisions_count_the_applied_ops": ["DELETE FROM annotations_spanop WHERE rev = 1"],
    "span_counts_are_right": ["UPDATE annotations_assignment SET span_count = span_count + 1"],
    "submitted_work_is_what_was_handed_in": [
        "DELETE FROM annotations_span WHERE assignment_id IN"
        " (SELECT id FROM annotations_assignment WHERE state = 'submitted')"
    ],
    "submissions_quote_their_article": [
        """UPDATE annotations_submission SET spans = jsonb_set(spans, '{0,quote}', '"other"')"""
    ],
    "tasks_are_as_far_as_their_work": [
        "UPDATE annotations_task SET state = 'open' WHERE state = 'coded'"
    ],
    "cards_are_what_the_submissions_come_to": [
        "DELETE FROM annotations_card WHERE decision_id IS NULL"
    ],
    "cards_are_counted_right": ["UPDATE annotations_task SET cards_open = cards_open + 1"],
    "rulings_supersede_in_one_line": [
        """UPDATE annotations_decision later SET supersedes_id = (
               SELECT max(id) FROM annotations_decision WHERE task_id <> later.task_id
           ) WHERE id = (SELECT min(id) FROM annotations_decision)"""
    ],
    "cards_hold_rulings_in_force": [
        """UPDATE annotations_card card SET decision_id = (
               SELECT max(id) FROM annotations_decision WHERE task_id <> card.task_id
           ) WHERE decision_id IS NOT NULL"""
    ],
    "adjudicated_tasks_have_gold": ["UPDATE annotations_gold SET number = number + 1"],
    "gold_is_what_the_rulings_come_to": ["UPDATE annotations_gold SET spans = '[]'"],
    "gold_quotes_its_article": [
        """UPDATE annotations_gold SET spans = jsonb_set(spans, '{0,quote}', '"other"')"""
    ],
    "marks_are_those_of_the_spans": [
        "UPDATE annotations_submission SET marks = '[[],[],[],[]]' WHERE spans <> '[]'"
    ],
    "agreement_rows_are_what_was_coded": [
        "UPDATE annotations_agreementrow SET counts = counts || counts"
    ],
    "gold_is_written_out_as_it_is": [
        "UPDATE annotations_gold SET written = replace(written, 'actor', 'event')"
    ],
    "release_numbers_have_no_gaps": ["UPDATE exports_release SET number = number + 1"],
    "release_files_are_what_was_published": ["UPDATE exports_releasefile SET bytes = bytes + 1"],
    "files_of_purged_releases_are_gone": [
        "UPDATE exports_release SET state = 'retracted', retracted_reason = 'x',"
        " has_real_names = true, purged_at = now()"
    ],
    "content_hashes_are_those_of_the_records": [
        "UPDATE exports_release SET content_hash = repeat('0', 64)"
    ],
    "releases_can_be_rendered_again": [
        """UPDATE exports_releaseitem SET meta = meta || '{"title": "Another"}'"""
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("invariants")


@pytest.fixture(scope="module")
def instance(folder, django_db_setup, django_db_blocker):
    """An instance with something of everything: the demo project."""
    with django_db_blocker.unblock():
        with override_settings(DATA=folder, STORAGES=storages_in(folder / "files")):
            call_command("demo", stdout=StringIO())
            measure_rows(AgreementRow.objects.all())
            yield
        databases.empty()


@pytest.fixture(autouse=True)
def files_of_their_own(settings, folder):
    settings.STORAGES = storages_in(folder / "files")


def fsck():
    """Return the rules that the command calls broken, and how it ended."""
    said = StringIO()
    try:
        call_command("fsck", "--json", stdout=said)
    except CommandError:
        is_good = False
    else:
        is_good = True
    answer = json.loads(said.getvalue())
    assert answer["ok"] == is_good
    assert answer["checks"] == len(CHECKS)
    return answer["broken"]


def past_the_guards(statements):
    """Run statements as somebody who owns the tables and has switched the triggers off."""
    tables = connection.introspection.table_names()
    ours = [name for name in tables if name.startswith(("annotations_", "exports_"))]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ours:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            if statement == "{another project}":
                make_another_project()
            elif statement == "{drop foreign keys of annotations_card}":
                drop_foreign_keys(cursor, "annotations_card")
            else:
                cursor.execute(statement.replace("%", "%%"))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ours:
            if f"ALTER TABLE {table} DISABLE TRIGGER USER" not in statements:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def make_another_project():
    with connection.cursor() as cursor:
        cursor.execute("""
            WITH project AS (
                INSERT INTO annotations_project
                    (uuid, slug, name, description, settings, secret, created_at)
                VALUES (gen_random_uuid(), 'another', 'Another', '', '{}', '', now())
                RETURNING id
            )
            INSERT INTO annotations_codebookversion
                (project_id, number, change, note, rules, published_at)
            SELECT id, 1, 'minor', '', '[]', now() FROM project
        """)


def drop_foreign_keys(cursor, table):
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
        [table],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def test_a_sound_instance_breaks_no_rule(instance):
    assert fsck() == {}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_broken_rule_is_found(check, instance):
    past_the_guards(BREAKS[check.__name__])

    assert list(check())


def test_a_missing_upload_is_found(instance, tmp_path):
    upload = SourceFile.objects.first()
    path = Path(default_storage.path(upload.path))
    aside = path.rename(path.with_suffix(".aside"))
    try:
        assert fsck() == {"uploads_are_the_bytes_that_came": [f"upload {upload.uuid} is missing"]}
    finally:
        aside.rename(path)


def test_one_changed_byte_in_a_release_is_found(instance):
    release = Release.objects.get()
    path = default_storage.path(release.files.get(name="articles.jsonl").path)
    with open(path, "r+b") as file:
        first = file.read(1)
        file.seek(0)
        file.write(b"X")
    try:
        assert fsck() == {
            "release_files_are_what_was_published": [
                f"articles.jsonl of release {release.uuid} differs"
            ]
        }
    finally:
        with open(path, "r+b") as file:
            file.write(first)


def test_the_command_says_in_words_which_rule_is_broken(instance):
    past_the_guards(BREAKS["span_counts_are_right"])
    said = StringIO()

    with pytest.raises(CommandError, match=f"1 of {len(CHECKS)} rules are broken"):
        call_command("fsck", stdout=said)

    assert "broken  span counts are right\n        assignment " in said.getvalue()
