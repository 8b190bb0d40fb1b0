#!/usr/bin/env bash
# Installs exactly what package-lock.json names.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/say.sh
have npm || fail "npm is missing" "Install Node.js 20.19 or newer with npm (https://nodejs.org)."
# The installed copy of the lock file tells whether node_modules is already what is asked for.
if [ -f node_modules/.kelan-lock ] && cmp -s package-lock.json node_modules/.kelan-lock; then exit 0; fi
say "installing the JavaScript packages"
log=$(mktemp)
npm ci --no-audit --no-fund --ignore-scripts >"$log" 2>&1 || {
  tail -n 20 "$log" >&2
  fail "npm could not install the packages of package-lock.json" "Check the network, then run: npm ci"
}
rm -f "$log"
cp package-lock.json node_modules/.kelan-lock
