#!/bin/sh
# Run by the database's image when it makes the cluster: the role that owns the tables, and the
# application's, which may read and write rows and nothing else.
set -eu
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 --quiet \
    --set owner_password="$(cat /run/secrets/owner_password)" \
    --set application_password="$(cat /run/secrets/application_password)" <<'SQL'
CREATE ROLE workbench LOGIN PASSWORD :'application_password';
CREATE ROLE workbench_owner LOGIN CREATEDB PASSWORD :'owner_password' IN ROLE workbench;
CREATE DATABASE workbench OWNER workbench_owner
    ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE workbench FROM PUBLIC;
GRANT CONNECT ON DATABASE workbench TO workbench;
SQL
