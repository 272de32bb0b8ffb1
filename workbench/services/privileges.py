"""What the application's database role may do: read and write rows, and nothing to the tables.

Nor past their triggers, which whoever runs a statement could otherwise switch off by a setting.
"""

from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from workbench.env import application_database_url

#: What each trigger asks first. pgtrigger's own obeys everybody, and migrations write it anew.
IGNORED_BY_THE_OWNER_ALONE = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME)
    RETURNS BOOLEAN AS $$
    BEGIN
        IF current_user <> {owner} THEN
            RETURN FALSE;
        END IF;
        RETURN coalesce(
            trigger_name = ANY(nullif(current_setting('pgtrigger.ignore', true), '')::text[]),
            FALSE
        );
    END;
    $$ LANGUAGE plpgsql
"""

RIGHTS = {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "SELECT, USAGE"}


def grant(owner, *, application_role: str) -> None:
    """Give the role its rights on every table there is, and on those still to come.

    Triggers are the owner's alone to ignore from then on, until a migration makes some.

    ``owner`` is a connection or cursor of the role that owns the tables.
    """
    for kind, rights in RIGHTS.items():
        for statement in (
            "GRANT {rights} ON ALL {kind} IN SCHEMA public TO {role}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {kind} TO {role}",
        ):
            owner.execute(
                sql.SQL(statement).format(
                    rights=sql.SQL(rights),
                    kind=sql.SQL(kind),
                    role=sql.Identifier(application_role),
                )
            )
    ((name,),) = owner.execute("SELECT current_user").fetchall()
    owner.execute(sql.SQL(IGNORED_BY_THE_OWNER_ALONE).format(owner=sql.Literal(name)))


def grant_to_application(connection) -> None:
    """Do the same on one of Django's connections, for the role that the application uses."""
    role = unquote(urlsplit(application_database_url()).username or "")
    if role and role != connection.settings_dict["USER"]:
        with connection.cursor() as cursor:
            grant(cursor, application_role=role)


def grant_by_address(*, owner_url: str, application_url: str) -> None:
    """Do the same for the role that an address names; nothing, where one role is both."""
    application, owner = (urlsplit(url).username for url in (application_url, owner_url))
    if application and application != owner:
        with psycopg.connect(owner_url, autocommit=True) as connection:
            grant(connection, application_role=unquote(application))
