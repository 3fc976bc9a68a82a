#!/bin/bash
# The part of `make test` that needs a database; scripts/test.sh gives it one.
set -euo pipefail

python manage.py build_assets
echo "migrations and Django's checks …"
python manage.py makemigrations --check --dry-run
python manage.py check --fail-level WARNING

# -rs names every skipped test with its reason just before the closing line.
exec pytest -n 2 -rs "$@"
