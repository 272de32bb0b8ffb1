# Sets $python to a Python that is new enough, or ends with one clear line.
# The system's comes first: built with all optimisations, it is up to a third faster than
# one that a version manager has compiled. It may lack what makes an environment.
python=
if [ -z "${PYTHON:-}" ] &&
    /usr/bin/python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
        2>/dev/null; then
    python=/usr/bin/python3
fi
for candidate in "${PYTHON:-}" python3 python3.11 python3.12 python3.13 python3.14; do
    if [ -z "$python" ] && [ -n "$candidate" ] &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11 or later is needed: install it, or set PYTHON to its path." >&2
    exit 1
fi
