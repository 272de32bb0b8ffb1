"""What ``fsck`` says of the database as it is."""

import json
from contextlib import suppress
from io import StringIO

from django.core.management import CommandError, call_command


def broken_rules():
    """Return the rules that are broken, each with the rows that break it."""
    said = StringIO()
    with suppress(CommandError):
        call_command("fsck", "--json", stdout=said)
    return json.loads(said.getvalue())["broken"]
