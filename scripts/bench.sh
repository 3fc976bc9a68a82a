#!/bin/bash
# Runs every script of bench/ on throw-away servers, one after the other; arguments choose some by name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH="$PWD/.venv/bin:$PATH"

if [ "${1:-}" != --on-servers ]; then
    exec python -m chargenet.embedded throwaway -- scripts/bench.sh --on-servers "$@"
fi
shift
python manage.py migrate --verbosity 0
for script in bench/[a-z]*.py; do
    name=$(basename "$script" .py)
    if [ $# -eq 0 ] || [[ " $* " == *" $name "* ]]; then
        echo "== $name"
        python "$script"
    fi
done
