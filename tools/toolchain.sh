#!/usr/bin/env bash
# Finds or makes a Rust compiler for wasm32-unknown-unknown and prints the exports that select it:
#
#     eval "$(tools/toolchain.sh)"
#
# KELAN_TOOLCHAIN chooses where it comes from:
#   auto (default)  the compiler at hand if it can do it, else rustup's target, else Debian's packages
#   rustup          only rustup
#   debian          only Debian's packages (machines that cannot reach rustup's server)
#
# Debian ships the compiler and the source of std, but no std built for wasm32: it is built here once, with the
# packaged compiler itself (a std source fits no other), and put where that compiler looks for it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/say.sh

target=wasm32-unknown-unknown
linked=wasm-debian
choice=${KELAN_TOOLCHAIN:-auto}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Can this compiler (a command) link a library that uses std, with the link-time optimisation a release build has?
can_build() {
  echo '#[unsafe(no_mangle)] pub extern "C" fn probe(n: u32) -> usize { n.to_string().len() }' |
    "$@" --edition 2024 --crate-type cdylib --target "$target" -Cpanic=abort -Copt-level=1 -Clto=fat \
      -o "$scratch/probe.wasm" - >"$scratch/probe.log" 2>&1
}

select_current() {
  [ -z "${RUSTUP_TOOLCHAIN:-}" ] || echo "export RUSTUP_TOOLCHAIN=$RUSTUP_TOOLCHAIN"
  exit 0
}

if [ "$choice" != debian ]; then
  if have rustc && can_build rustc; then select_current; fi
  if have rustup; then
    say "adding the $target target with rustup"
    limit=(); have timeout && limit=(timeout "${RUSTUP_TIMEOUT:-120}")
    if "${limit[@]+"${limit[@]}"}" rustup target add "$target" >"$scratch/rustup.log" 2>&1 && can_build rustc; then
      rustup component add clippy rustfmt >/dev/null 2>&1 || true
      select_current
    fi
    say "rustup could not add it: $(tail -n 1 "$scratch/rustup.log" 2>/dev/null)"
  fi
  if [ "$choice" = rustup ] || ! have apt-get; then
    fail "no Rust compiler for $target" \
      "Install Rust with rustup (https://rustup.rs), then run: rustup target add $target"
  fi
  say "using Debian's packaged compiler instead"
fi

have apt-get || fail "KELAN_TOOLCHAIN=debian needs a Debian or Ubuntu machine" "Unset it to use rustup."
apt_install rustc-web cargo-web rust-web-src rust-web-llvm lld-22 rust-web-clippy rustfmt-web
rustc=/usr/bin/rustc

if ! can_build $rustc; then
  say "building std for $target with $($rustc --version) (once, some minutes)"
  mkdir -p "$scratch/holder/src"
  printf '[package]\nname = "holder"\nversion = "0.0.0"\nedition = "2021"\n[profile.release]\nopt-level = 3\ncodegen-units = 1\ndebug = 0\npanic = "abort"\n[workspace]\n' \
    >"$scratch/holder/Cargo.toml"
  echo '#![no_std]' >"$scratch/holder/src/lib.rs"
  # Building std is an unstable feature: the bootstrap variable opens it for this one command, never for the project.
  # The bitcode is what lets link-time optimisation look inside std later.
  (cd "$scratch/holder" &&
    env -u RUSTFLAGS -u CARGO_BUILD_TARGET -u CARGO_TARGET_DIR -u RUSTUP_TOOLCHAIN \
      RUSTC_BOOTSTRAP=1 RUSTC=$rustc CARGO_ENCODED_RUSTFLAGS=-Cembed-bitcode=yes \
      /usr/bin/cargo build --release --target "$target" -Zbuild-std=std,panic_abort,panic_unwind,test,proc_macro \
      >"$scratch/std.log" 2>&1) || {
    tail -n 20 "$scratch/std.log" >&2
    fail "std for $target did not build" "The packages rustc-web and rust-web-src must be of one version: apt-get install --reinstall rustc-web rust-web-src"
  }
  home=$($rustc --print sysroot)/lib/rustlib/$target/lib
  as_root mkdir -p "$home"
  # Libraries of an older compiler would be found first and refused.
  as_root find "$home" -name '*.rlib' -delete
  for library in "$scratch/holder/target/$target/release/deps/"*.rlib; do
    case $library in *libholder-*) ;; *) as_root install -m 644 "$library" "$home/" ;; esac
  done
  can_build $rustc || {
    tail -n 20 "$scratch/probe.log" >&2
    fail "the new std for $target cannot be used" "Remove $home and run this again."
  }
fi

if have rustup; then
  rustup toolchain list | grep -q "^$linked" || rustup toolchain link "$linked" /usr >&2
  echo "export RUSTUP_TOOLCHAIN=$linked"
else
  echo 'export PATH=/usr/bin:$PATH'
fi
