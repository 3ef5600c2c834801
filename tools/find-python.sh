#!/usr/bin/env bash
# Prints the path of a Python that can hold PicoPanel, or says in one sentence what to install.
set -u

# Each is tried by running it: a name on the PATH may be a version manager's shim that starts nothing.
for name in python3 python3.13 python3.12 python3.11 python3.10 python; do
  "$name" -c 'import ensurepip, sys, venv
if sys.version_info < (3, 10): sys.exit(1)
print(sys.executable)' 2>/dev/null && exit 0
done

echo "PicoPanel needs Python 3.10 or newer with venv: install it from https://www.python.org" \
  "(on Debian and Ubuntu: apt-get install python3 python3-venv)." >&2
exit 1
