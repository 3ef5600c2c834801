"""Checks what a public forge reads, in .github: its form by the published schemas, its habits by zizmor."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

SCHEMAS = {
    "vendor.github-workflows": "workflows/*.yml",
    "vendor.github-issue-forms": "ISSUE_TEMPLATE/*.yml",
    "vendor.dependabot": "dependabot.yml",
}
PROGRAMS = Path(sysconfig.get_path("scripts"))


def main(folder: str = ".github") -> int:
    """Return 0 if all is well, and print what is not."""
    checks = [
        ["check-jsonschema", "--builtin-schema", schema, *map(str, sorted(Path(folder).glob(files)))]
        for schema, files in SCHEMAS.items()
    ]
    checks.append(["zizmor", "--offline", "--no-progress", "--quiet", folder])
    return max(failed(*check) for check in checks)


def failed(program: str, *arguments: str) -> int:
    """Run a program, and print what it says if it fails."""
    done = subprocess.run([PROGRAMS / program, *arguments], capture_output=True, text=True)
    if done.returncode:
        print(done.stdout, done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
