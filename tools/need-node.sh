#!/usr/bin/env bash
# Succeeds if Node.js is here in the given major version or newer, or says in one sentence what to install.
set -u
needed=$1

found=$(node -p 'process.versions.node' 2>/dev/null) || found=none
if [ "$found" != none ] && [ "${found%%.*}" -ge "$needed" ] && command -v npm >/dev/null; then
  exit 0
fi
echo "This needs Node.js $needed or newer with npm (found: $found): install it from https://nodejs.org." >&2
exit 1
