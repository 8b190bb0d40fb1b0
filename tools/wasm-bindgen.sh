#!/usr/bin/env bash
# Installs the wasm-bindgen command and its test runner in the version of Cargo.lock, outside the checkout (a fresh clone
# does not build them again), and prints the export that puts them on PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/say.sh

version=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)
[ -n "$version" ] || fail "Cargo.lock names no wasm-bindgen" "Run: git checkout Cargo.lock"
root=${KELAN_CACHE:-$HOME/.cache/kelan}/tools/wasm-bindgen-$version

if [ ! -x "$root/bin/wasm-bindgen" ] || [ ! -x "$root/bin/wasm-bindgen-test-runner" ]; then
  say "installing wasm-bindgen $version (once, some minutes)"
  log=$(mktemp)
  # A debug build compiles several times faster and is fast enough. The published lock file may name a dependency that is
  # no longer offered; then newer ones do.
  install() { env -u RUSTFLAGS -u CARGO_TARGET_DIR cargo install wasm-bindgen-cli --version "$version" --debug --root "$root" "$@" >"$log" 2>&1; }
  install --locked || install || {
    tail -n 20 "$log" >&2
    fail "wasm-bindgen $version could not be installed" "Run: cargo install wasm-bindgen-cli --version $version --root $root"
  }
  rm -f "$log"
fi
echo "export PATH=\"$root/bin:\$PATH\""
