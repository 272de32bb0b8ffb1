"""Migrations let people go on working, and the version that still runs."""

import tomllib

import pytest
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now, Random

from tests.migration_rules import faults
from workbench.env import ROOT

#: The numbers of the last ones from before there was a version that people worked with.
LAST_FREE = {"annotations": 28, "exports": 4, "workbench": 1}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

LOADER = MigrationLoader(None)
HELD = sorted(
    (label, name)
    for label, name in LOADER.disk_migrations
    if label in LAST_FREE and int(name[:4]) > LAST_FREE[label]
)


def test_people_go_on_working_while_migrations_run():
    broken = {}
    for key in HELD:
        before = LOADER.project_state(key, at_end=False)
        broken[key] = list(faults(LOADER.get_migration(*key), before, version=VERSION))

    assert {key: said for key, said in broken.items() if said} == {}


def before():
    """Return the tables that the migrations below come upon."""
    state = ProjectState()
    fields = {
        "id": models.BigAutoField(primary_key=True),
        "name": models.CharField(max_length=20),
        "note": models.TextField(null=True),
    }
    state.add_model(ModelState("annotations", "Thing", list(fields.items())))
    return state


def told(*operations, atomic=True, **more):
    class Migration(migrations.Migration):
        pass

    migration = Migration("0099_another", "annotations")
    migration.operations = list(operations)
    migration.atomic = atomic
    vars(migration).update(more)
    return list(faults(migration, before(), version="2.0"))


def adds(field):
    return migrations.AddField("thing", "added", field)


def alters(name, field):
    return migrations.AlterField("thing", name, field)


def all_at_once(apps, schema_editor):
    apps.get_model("annotations", "Thing").objects.update(note="")


def in_batches(apps, schema_editor):
    things = apps.get_model("annotations", "Thing").objects
    for first in range(0, things.count(), 1000):
        things.filter(pk__range=(first, first + 999)).update(note="")


POSITIVE = models.CheckConstraint(condition=models.Q(id__gt=0), name="id_is_positive")
BY_NAME = models.Index(fields=["name"], name="things_by_name")
MADE = migrations.CreateModel("Made", [("id", models.BigAutoField(primary_key=True))])


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(adds(models.IntegerField(default=0)), id="a column without db_default"),
        pytest.param(adds(models.FloatField(db_default=Random())), id="a value for each row"),
        pytest.param(adds(models.IntegerField(null=True, db_index=True)), id="a column's index"),
        pytest.param(adds(models.UUIDField(null=True, unique=True)), id="a unique column"),
        pytest.param(
            adds(models.ForeignKey("annotations.Thing", models.CASCADE, null=True)),
            id="a foreign key's index",
        ),
        pytest.param(alters("note", models.TextField()), id="not null"),
        pytest.param(alters("name", models.IntegerField()), id="another type"),
        pytest.param(alters("name", models.CharField(max_length=10)), id="less room"),
        pytest.param(alters("name", models.CharField(max_length=20, unique=True)), id="unique"),
        pytest.param(migrations.RenameField("thing", "name", "title"), id="another name"),
        pytest.param(migrations.RenameModel("Thing", "Item"), id="a table of another name"),
        pytest.param(migrations.RemoveField("thing", "name"), id="a column removed"),
        pytest.param(migrations.DeleteModel("Thing"), id="a table removed"),
        pytest.param(migrations.AddIndex("thing", BY_NAME), id="an index"),
        pytest.param(migrations.AddConstraint("thing", POSITIVE), id="a constraint"),
        pytest.param(
            migrations.RunSQL("UPDATE annotations_thing SET note = ''"), id="rows by SQL"
        ),
        pytest.param(
            migrations.RunSQL("CREATE INDEX a ON annotations_thing (name)"), id="an index by SQL"
        ),
        pytest.param(
            migrations.RunSQL("ALTER TABLE annotations_thing ALTER name SET NOT NULL"),
            id="not null by SQL",
        ),
    ],
)
def test_a_rule_that_is_broken_is_named(operation):
    (fault,) = told(operation)

    assert fault.startswith(f"{operation.describe()}: ")


@pytest.mark.parametrize(
    "operation",
    [
        adds(models.TextField(null=True)),
        adds(models.IntegerField(default=0, db_default=0)),
        adds(models.DateTimeField(db_default=Now())),
        adds(models.ManyToManyField("annotations.Thing")),
        alters("name", models.CharField(max_length=40, choices=[("a", "A")])),
        alters("name", models.TextField()),
        alters("name", models.CharField(max_length=20, null=True)),
        AddIndexConcurrently("thing", BY_NAME),
        AddConstraintNotValid("thing", POSITIVE),
        ValidateConstraint("thing", "id_is_positive"),
        migrations.RunSQL("CREATE UNIQUE INDEX CONCURRENTLY a ON annotations_thing (name)"),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_keeps_the_rules_is_let_through(operation):
    assert told(operation) == []


def test_what_a_migration_makes_itself_it_may_fill_with_anything():
    assert told(MADE, migrations.AddField("made", "name", models.TextField(default=""))) == []
    assert told(MADE, migrations.AddIndex("made", BY_NAME)) == []


def test_what_nothing_uses_any_more_goes_one_version_later():
    gone = migrations.RemoveField("thing", "name")

    assert told(gone, unused_since="1.9") == []
    assert len(told(gone, unused_since="2.0")) == 1


def test_a_constraint_is_validated_in_another_transaction():
    both = AddConstraintNotValid("thing", POSITIVE), ValidateConstraint("thing", "id_is_positive")

    assert len(told(*both)) == 1


def test_rows_are_written_in_batches_with_nothing_beside_and_no_lock_kept():
    assert told(migrations.RunPython(in_batches), atomic=False) == []
    assert len(told(migrations.RunPython(in_batches))) == 1
    assert len(told(migrations.RunPython(all_at_once), atomic=False)) == 1
    assert len(told(MADE, migrations.RunPython(in_batches), atomic=False)) == 1
