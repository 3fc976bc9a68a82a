#!/bin/bash
# Writes the locked requirements with hashes, for every Python and system that the product runs on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
uv=$(command -v uv || echo .venv/bin/uv)
[ -x "$uv" ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv
for name in requirements requirements-test; do
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        "$name.in" -o "$name.txt"
done
