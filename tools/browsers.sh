#!/usr/bin/env bash
# What the tests need beyond a build: the browsers, a Chinese font for screenshots, the linters.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/say.sh

if have apt-get; then
  wanted=()
  have chromium || have google-chrome || [ -n "${KELAN_CHROMIUM:-}" ] || wanted+=(chromium)
  have chromedriver || [ -n "${CHROMEDRIVER:-}" ] || wanted+=(chromium-driver)
  have firefox-esr || have firefox || [ -n "${KELAN_FIREFOX:-}" ] || wanted+=(firefox-esr)
  [ -n "$(fc-list :lang=zh 2>/dev/null)" ] || wanted+=(fontconfig fonts-noto-cjk)
  [ ${#wanted[@]} = 0 ] || apt_install "${wanted[@]}"
fi
node tools/browser.mjs --check
cargo fmt --version >/dev/null 2>&1 || fail "rustfmt is missing" "Run: rustup component add rustfmt"
cargo clippy --version >/dev/null 2>&1 || fail "clippy is missing" "Run: rustup component add clippy"
