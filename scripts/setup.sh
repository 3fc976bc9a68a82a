#!/bin/bash
# Makes the machine ready: system libraries, .venv, locked requirements. Usage: scripts/setup.sh run|test
# Quick when nothing is missing; says the exact command when it may not install something itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
purpose=${1:?run or test}
PATH="$PATH:/usr/sbin:/sbin"

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# --- Python -------------------------------------------------------------------------------------
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    local name
    for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3; do
        if new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
    fail "ChargeNet needs Python 3.11 or newer; say which one with: make $purpose PYTHON=/path/to/python3"
}

# --- System packages ----------------------------------------------------------------------------
# grep reads to the end: with pipefail, -q would cut ldconfig off and count that as a failure.
has_library() { ldconfig -p 2>/dev/null | grep -F "$1" >/dev/null; }
has_font() { command -v fc-list >/dev/null && [ -n "$(fc-list "$1" family 2>/dev/null | head -n 1)" ]; }
has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

missing_packages() {
    has_library libpango-1.0.so.0 || echo libpango-1.0-0
    has_library libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
    has_library libharfbuzz-subset.so.0 || echo libharfbuzz-subset0
    command -v fc-list >/dev/null || echo fontconfig
    has_font "DejaVu Sans" || echo fonts-dejavu-core
    has_font ":lang=zh-cn" || echo fonts-wqy-microhei
    if [ "$purpose" = test ]; then
        has_browser >/dev/null || echo chromium
        command -v pdftoppm >/dev/null || echo poppler-utils
    fi
}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_install() {
    say "Installing system packages: $*"
    local log
    log=$(mktemp)
    if { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } \
        >"$log" 2>&1 </dev/null; then
        rm -f "$log"
    else
        tail -n 15 "$log" >&2
        rm -f "$log"
        return 1
    fi
}

ensure_packages() {
    local missing
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -eq 0 ] && return
    if may_install; then
        apt_install "${missing[@]}" && return
        say "These could not be installed; what needs them will say so."
    else
        say "Missing for printing PDFs$([ "$purpose" = test ] && echo " and for browser tests"): ${missing[*]}"
        say "Install them with:  sudo apt-get install ${missing[*]}"
    fi
}

# --- Environment --------------------------------------------------------------------------------
make_environment() {
    local python
    python=$(find_python)
    say "Making .venv with $("$python" --version)"
    if ! "$python" -m venv --clear .venv >/dev/null 2>&1; then
        # Debian keeps ensurepip in a package of its own.
        may_install && apt_install python3-venv && "$python" -m venv --clear .venv >/dev/null && return
        fail "No virtual environment could be made. Install the module first:  sudo apt-get install python3-venv"
    fi
}

install_requirements() {
    local files=(requirements.txt) stamp=.venv/.installed-run wanted file arguments=()
    if [ "$purpose" = test ]; then
        files+=(requirements-test.txt)
        stamp=.venv/.installed-test
    fi
    wanted=$(cat "${files[@]}" | sha256sum)
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    for file in "${files[@]}"; do arguments+=(-r "$file"); done
    say "Installing the locked requirements (${files[*]})"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes "${arguments[@]}"
    echo "$wanted" >"$stamp"
    # A test installation holds everything that running needs.
    [ "$purpose" = run ] || sha256sum <requirements.txt >.venv/.installed-run
}

ensure_packages
[ -x .venv/bin/python ] && new_enough .venv/bin/python || make_environment
install_requirements
