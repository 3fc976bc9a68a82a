#!/bin/bash
# Style, import order, types and templates; stops at the first that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH="$PWD/.venv/bin:$PATH"

step() {
    printf '%s … ' "$1"
    shift
    local log
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        rm -f "$log"
        echo ok
    else
        echo FAILED
        cat "$log"
        rm -f "$log"
        exit 1
    fi
}

step "ruff check" ruff check .
step "ruff format" ruff format --check .
step "import order" lint-imports
step "types" mypy .
step "bandit" python scripts/bandit.py
