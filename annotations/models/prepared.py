"""Queries that everybody waits for all day: put together once, and planned once a connection.

Django takes longer to put a query together than PostgreSQL takes to answer it, and does so anew
each time; PostgreSQL takes longer to plan a short one than to look up its rows.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import update_wrapper
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from psycopg import sql

from annotations.models.people import ApiToken, User

#: For a parameter that is not written into the statement, but comes each time.
OPEN = object()

#: Values that stand for the arguments while a query is put together; none occurs otherwise.
_STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda number: 2**31 - 1 - number,
    str: "\x01stands for {}\x01".format,
    UUID: lambda number: UUID(int=2**127 - number),
    datetime: lambda number: datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=number),
}


class _Cursor(ServerBindingCursor):
    """Keeps what it was asked, for Django's own log of queries, as Django's other cursors do."""

    def _convert_query(self, *asked: Any) -> Any:
        self._query = super()._convert_query(*asked)
        return self._query


@contextmanager
def cursor() -> Iterator[CursorWrapper]:
    """Open a cursor that has the database plan what it is asked often only once."""
    with connection.cursor() as opened:
        opened.cursor = _Cursor(connection.connection)
        yield opened


def with_constants(statement: str, parameters: Iterable[Any]) -> str:
    """Write the parameters into a statement, but those that are to stay ``OPEN``.

    An index on some rows only is found by what is written, not by what comes later.
    """
    first, *rest = statement.split("%s")
    told = ("%s" if one is OPEN else _literal(one) for one in parameters)
    return first + "".join(f"{one}{part}" for one, part in zip(told, rest, strict=True))


class prepared:
    """Have a function that returns a queryset return its rows, built at the first call only.

    The function must pass its arguments on to the queryset as they are. Numbers, texts, UUIDs
    and times may be others at each call, and so may a ``User``, of whom nothing but the key and
    the token is known; for any other argument there is a query for each value.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]]):
        self.build = build
        self.known: dict[tuple[Any, ...], _Query | None] = {}
        update_wrapper(self, build)

    def __call__(self, *arguments: Any) -> list[Any]:
        shape, stand_ins, values = _taken_apart(arguments)
        if shape not in self.known:
            self.known[shape] = _built(self.build(*stand_ins[0]), stand_ins[1])
        query = self.known[shape]
        return [] if query is None else query.rows(values)


@dataclass(frozen=True)
class _Query:
    queryset: QuerySet[Any]
    compiler: SQLCompiler
    statement: str
    #: For each of its parameters which of the values it is, and what makes it one of its column.
    places: list[tuple[int, Callable[[Any], Any]]]
    #: How columns become values, by their place.
    converters: dict[int, Any]

    def rows(self, values: list[Any]) -> list[Any]:
        parameters = [kind(values[number]) for number, kind in self.places]

        def execute_sql(*_: Any, **__: Any) -> list[list[Any]]:
            with cursor() as opened:
                opened.execute(self.statement, parameters)
                return [opened.fetchall()]

        # Copies, because others ask at the same time.
        compiler = copy(self.compiler)
        compiler.connection = connections[self.queryset.db]
        compiler.execute_sql = execute_sql  # type: ignore[method-assign]
        compiler.get_converters = lambda _: self.converters  # type: ignore[method-assign]
        asked = self.queryset.all()
        asked.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return list(asked)


def _taken_apart(arguments: tuple[Any, ...]) -> tuple[Any, Any, list[Any]]:
    """Return what decides on the query, what it is built of, and the values for this time."""
    shape: list[Any] = []
    passed: list[Any] = []
    stand_ins: list[Any] = []
    values: list[Any] = []

    def stand_in_for(value: Any) -> Any:
        stand_ins.append(_STAND_INS[type(value)](len(values)))
        values.append(value)
        return stand_ins[-1]

    for argument in arguments:
        if isinstance(argument, User):
            token = argument.token
            person = User(pk=stand_in_for(argument.pk))
            shape.append(User)
            if token is not None:
                shape.append((*token.scopes, token.project_id is not None))
                person.token = ApiToken(scopes=token.scopes)
                if token.project_id is not None:
                    person.token.project_id = stand_in_for(token.project_id)
            passed.append(person)
        elif type(argument) in _STAND_INS:
            shape.append(type(argument))
            passed.append(stand_in_for(argument))
        else:
            shape.append(argument)
            passed.append(argument)
    return tuple(shape), (passed, stand_ins), values


def _built(queryset: QuerySet[Any], stand_ins: list[Any]) -> _Query | None:
    """Put the query together; ``None`` if it can have no rows."""
    compiler = queryset.query.get_compiler(using=queryset.db)
    try:
        statement, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    places = []
    constants = []
    for parameter in parameters:
        if parameter in stand_ins:
            # A number has the type of its column.
            kind = type(parameter) if isinstance(parameter, int) else _as_it_is
            places.append((stand_ins.index(parameter), kind))
        constants.append(OPEN if parameter in stand_ins else parameter)
    if {number for number, _ in places} != set(range(len(stand_ins))):
        raise TypeError("A query must pass on each of its arguments.")
    converters = compiler.get_converters(one for one, *_ in compiler.select[: compiler.col_count])
    statement = with_constants(statement, constants)
    return _Query(queryset, compiler, statement, places, converters)


def _literal(value: Any) -> str:
    return sql.Literal(value).as_string(connection.connection).replace("%", "%%")


def _as_it_is(value: Any) -> Any:
    return value
