"""``script/manage``: a management command, with the embedded database started if need be."""

import os
import subprocess
import sys
from contextlib import ExitStack

from workbench.env import ROOT, Instance, has_embedded_database
from workbench.services.postgres import attached
from workbench.services.processes import ServiceError


def main() -> int:
    with ExitStack() as services:
        if has_embedded_database():
            try:
                services.enter_context(attached(Instance.from_environment()))
            except ServiceError as error:
                print(error, file=sys.stderr)
                return 1
        command = [sys.executable, str(ROOT / "manage.py"), *sys.argv[1:]]
        child = subprocess.Popen(command, env=os.environ)
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                # The terminal has told the command too, which ends in its own way.
                continue


if __name__ == "__main__":
    sys.exit(main())
