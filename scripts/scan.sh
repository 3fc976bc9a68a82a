#!/bin/bash
# Looks at a running installation from outside with wapiti, signed in as somebody of the demonstration.
# Usage: scripts/scan.sh [address] [e-mail] [password]    (address: http://127.0.0.1:8000)
# Never against an installation with real data: the scanner sends every form it finds. wapiti is looked for in PATH, or
# installed into an environment of its own below var/ (it is no part of the locked requirements).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
address=${1:-http://127.0.0.1:8000}
email=${2:-}
password=${3:-}
folder=var/scan
mkdir -p "$folder"
wapiti=$(command -v wapiti || echo "$folder/venv/bin/wapiti")
if [ ! -x "$wapiti" ]; then
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install -q --disable-pip-version-check wapiti3
fi
session=()
if [ -n "$email" ]; then
    # Signing in once by ourselves: the scanner's cookie file is what it takes along.
    .venv/bin/python scripts/scan_session.py "$address" "$email" "$password" >"$folder/cookies.json"
    session=(-c "$folder/cookies.json")
fi
"$wapiti" -u "$address/" "${session[@]}" --scope folder -x "$address/sign-out/" -x "$address/static/*" -x "$address/language/" -x "$address/n/*/export/*" \
    -m "csp,http_headers,cookieflags,crlf,csrf,exec,file,permanentxss,redirect,sql,ssrf,xss,xxe,backup,methods" \
    --max-scan-time "${SCAN_SECONDS:-1200}" --max-attack-time "${ATTACK_SECONDS:-120}" --flush-session \
    -f json -o "$folder/report.json" --no-bugreport
python3 - "$folder/report.json" <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
found = [(kind, one) for kind, rows in report["vulnerabilities"].items() for one in rows]
for kind, one in found:
    print(f"level {one['level']}: {kind}: {one['method']} {one['path']}: {one['info']}")
serious = [one for _kind, one in found if one["level"] >= 2]
print(f"{len(report['infos'].get('crawled_pages', [])) or report['infos'].get('crawled_pages_nbr')} pages, {len(found)} findings, {len(serious)} of medium or higher")
sys.exit(1 if serious else 0)
PYTHON
