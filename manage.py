#!/usr/bin/env python
"""Run a management command against the instance that the environment describes."""

import os
import sys

# These change or replace tables, which the application's own role must not do.
COMMANDS_OF_THE_OWNER = {"dbshell", "flush", "migrate", "prepare", "restore", "sqlflush", "test"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
    if COMMANDS_OF_THE_OWNER.intersection(sys.argv[1:2]):
        os.environ.setdefault("DATABASE_ROLE", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
