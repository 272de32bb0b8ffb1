"""JavaScript run as a browser would, for tests that compare it with something of ours."""

import subprocess


def node(*arguments, **options):
    """Run node, and return what it has printed."""
    return subprocess.run(
        ["node", *arguments], capture_output=True, text=True, check=True, **options
    ).stdout
