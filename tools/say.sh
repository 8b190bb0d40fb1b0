# Sourced by the shell tools: one voice for progress, one for refusals with a remedy.
say() { echo "kelan: $*" >&2; }

# fail WHAT REMEDY: names what is missing and what to do about it, then ends.
fail() {
  echo "kelan: $1" >&2
  echo "       $2" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# What runs as root: nothing in front for root itself, sudo for others.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# apt_install PACKAGE…: installs those that are missing; silent when none is.
apt_install() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  if [ "$(id -u)" != 0 ] && ! have sudo; then
    fail "these packages are missing: ${missing[*]}" "As root: apt-get install ${missing[*]}"
  fi
  say "installing ${missing[*]}"
  as_root apt-get update -qq >&2 || say "the package list could not be refreshed; trying with the old one"
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "installing ${missing[*]} failed" "Run: apt-get install ${missing[*]}   and read what it says."
}
