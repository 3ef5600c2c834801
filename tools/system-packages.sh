#!/usr/bin/env bash
# Installs what a list, system-packages.txt if none is named, has and is missing, where it may; elsewhere says
# what to install.
set -eu
export PATH="$PATH:/usr/sbin:/sbin" # Debian puts servers there, outside a user's PATH

is_there() { # package command
  if command -v dpkg-query >/dev/null; then
    dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed && return 0
  fi
  [ "$2" = - ] && ! command -v apt-get >/dev/null && return 0
  [ "$2" != - ] && command -v "$2" >/dev/null
}

missing=()
while read -r package command; do
  is_there "$package" "$command" || missing+=("$package")
done < <(grep -v '^#' "$(dirname "$0")/${1:-system-packages.txt}")
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "The tests need these system packages, which cannot be installed from here: ${missing[*]}." \
    "Install them (on Debian and Ubuntu: sudo apt-get install ${missing[*]}) and try again." >&2
  exit 1
fi

echo "== system packages: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
  "${as_root[@]}" apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -q --no-install-recommends "${missing[@]}"
}
install </dev/null >"$log" 2>&1 || {
  tail -n 30 "$log" >&2
  echo "apt-get could not install: ${missing[*]}." >&2
  exit 1
}
