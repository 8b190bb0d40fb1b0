#!/usr/bin/env bash
# setup.sh OUT: makes sure that everything a build needs is there, installs what can be installed, names what cannot
# together with its remedy, and writes the environment of the build to OUT, to be sourced.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/say.sh
out=$1

have node || fail "Node.js is missing" "Install Node.js 20.19 or newer (https://nodejs.org)."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  fail "Node.js $(node --version) is too old" "Install Node.js 20.19 or newer (https://nodejs.org)."
have npm || fail "npm is missing" "Install npm (it comes with Node.js; on Debian: apt-get install npm)."
if ! have cc && have apt-get; then apt_install gcc libc6-dev; fi
have cc || fail "a C linker (cc) is missing" "macOS: xcode-select --install. Others: install gcc or clang."

toolchain=$(tools/toolchain.sh)
eval "$toolchain"
bindgen=$(tools/wasm-bindgen.sh)
mkdir -p "$(dirname "$out")"
printf '%s\n%s\n' "$toolchain" "$bindgen" >"$out.new"

mv "$out.new" "$out"
