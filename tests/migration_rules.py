"""What a migration must not do while people work: ``faults`` names it.

The version that still runs has to live with the new tables, and no lock that keeps people out may
last longer than a moment. What a migration makes itself nobody uses yet: there it is free.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import connection
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field, Value
from django.db.models.fields import NOT_PROVIDED
from django.db.models.functions import Now

WRITES = re.compile(r"\b(UPDATE|DELETE|INSERT|MERGE)\b", re.IGNORECASE)
HOLDS = re.compile(
    r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)|\bSET\s+NOT\s+NULL\b|\bTYPE\b"
    r"|\bADD\s+CONSTRAINT\b(?!.*\bNOT\s+VALID\b)|\b(RENAME|DROP\s+(TABLE|COLUMN))\b",
    re.IGNORECASE | re.DOTALL,
)


def faults(migration: Migration, before: ProjectState, *, version: str) -> Iterator[str]:
    """Name what is wrong with a migration that comes upon the tables of ``before``.

    ``version`` is the one that the migration goes out with.
    """
    made = {
        operation.name_lower
        for operation in migration.operations
        if isinstance(operation, operations.CreateModel)
    }
    kinds = {type(operation) for operation in migration.operations}
    state = before.clone()
    for operation in migration.operations:
        model = getattr(operation, "model_name", getattr(operation, "name", ""))
        if model.lower() not in made:
            for fault in _faults(operation, migration, state, version):
                yield f"{operation.describe()}: {fault}"
        operation.state_forwards(migration.app_label, state)
    if {AddConstraintNotValid, ValidateConstraint} <= kinds:
        yield "A constraint is validated in a migration of its own, after the lock is given back."


def _faults(
    operation: Operation, migration: Migration, before: ProjectState, version: str
) -> Iterator[str]:
    match operation:
        case operations.AddField(field=field):
            yield from _of_a_new_column(field)
        case operations.AlterField():
            after = before.clone()
            operation.state_forwards(migration.app_label, after)
            # Only a rendered field knows of what type the column is that it points to.
            models_ = (
                one.apps.get_model(migration.app_label, operation.model_name)
                for one in (before, after)
            )
            yield from _of_a_changed_column(
                *(model._meta.get_field(operation.name) for model in models_)
            )
        case operations.RenameField() | operations.RenameModel() | operations.AlterModelTable():
            yield "the version that still runs asks by the old name; add, copy, remove later"
        case operations.RemoveField() | operations.DeleteModel():
            if getattr(migration, "unused_since", version) == version:
                yield (
                    "the version that still runs uses it; remove it one version later, "
                    "with `unused_since` naming the one that stopped using it"
                )
        case AddIndexConcurrently() | AddConstraintNotValid():
            pass
        case operations.AddIndex():
            yield "writers have to wait for it; use AddIndexConcurrently and atomic = False"
        case operations.AddConstraint():
            yield "all rows are read under a lock; use AddConstraintNotValid, then validate"
        case operations.RunPython(code=code):
            yield from _of_written_rows(migration)
            if not _has_loop(code):
                yield "it writes all rows at once; write them in batches"
        case operations.RunSQL(sql=sql):
            if HOLDS.search(str(sql)):
                yield "it keeps people out for long, or takes away what they use"
            if WRITES.search(str(sql)):
                yield "it writes all rows at once; use RunPython and batches"


def _of_a_new_column(field: Field) -> Iterator[str]:
    if field.many_to_many:
        return
    default = field.db_default
    if not field.null and default is NOT_PROVIDED:
        yield "the version that still runs leaves it out; give it db_default, or null=True"
    if field.generated or (
        hasattr(default, "resolve_expression") and not isinstance(default, Value | Now)
    ):
        yield "the whole table is written anew; fill it in batches"
    if field.db_index or field.unique:
        yield "writers have to wait for its index; give it none, then use AddIndexConcurrently"


def _of_a_changed_column(old: Field, new: Field) -> Iterator[str]:
    if old.null and not new.null:
        yield "all rows are read under a lock; use a constraint that is validated later"
    types = [field.db_parameters(connection)["type"] or "" for field in (old, new)]
    sizes = [re.fullmatch(r"varchar\((\d+)\)", kind) for kind in types]
    grows = sizes[0] and (types[1] == "text" or (sizes[1] and int(sizes[0][1]) < int(sizes[1][1])))
    if types[0] != types[1] and not grows:
        yield "the whole table is written anew; add a column, copy, remove the old one later"
    if (new.db_index or new.unique) and not (old.db_index or old.unique):
        yield "writers have to wait for its index; use AddIndexConcurrently"


def _of_written_rows(migration: Migration) -> Iterator[str]:
    if migration.atomic:
        yield "what it has locked stays locked until the end; set atomic = False"
    if len(migration.operations) > 1:
        yield "rows are written in a migration of their own"


def _has_loop(code) -> bool:
    tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    return any(isinstance(node, ast.For | ast.While) for node in ast.walk(tree))
