#!/bin/bash
# All checks and tests; arguments go to pytest. The database and Redis are throw-away servers, the program connects as
# the application role, which owns nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH="$PWD/.venv/bin:$PATH"

scripts/lint.sh
exec python -m chargenet.embedded throwaway -- scripts/test-on-servers.sh "$@"
