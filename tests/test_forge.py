"""What a public forge runs, run here as far as this system goes: it cannot be asked from here."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .support.environments import ROOT, build_wheel

WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text()) for path in (ROOT / ".github/workflows").glob("*.yml")
}
STEPS = [
    step
    for workflow in WORKFLOWS.values()
    for job in workflow["jobs"].values()
    for step in job.get("steps", ())
]
ON_EVERY_SYSTEM = [step["run"] for step in WORKFLOWS["test"]["jobs"]["elsewhere"]["steps"] if "run" in step]
MISTAKES = [
    ("workflows/release.yml", "timeout-minutes: 5", "timeout_minutes: 5", "'timeout_minutes' was unexpected"),
    ("workflows/test.yml", r"(actions/checkout)@\w+.*", r"\1@v7", "unpinned-uses"),
    ("workflows/test.yml", "persist-credentials: false", "fetch-depth: 0", "artipacked"),
    ("workflows/test.yml", "pull_request:", "pull_request_target:", "dangerous-triggers"),
    ("dependabot.yml", "monthly", "sometimes", "'sometimes' is not one of"),
]


def shell(command, folder, **environment):
    """Run a step as the forge does."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path):
    """What the steps on every system find: a wheel, and of the checkout what they name."""
    build_wheel(tmp_path / "dist")
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    return tmp_path


def test_what_is_not_as_the_forge_wants_it_is_noticed(tmp_path):
    """That all is well as it is, `make check` has seen."""
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    for file, right, wrong, _ in MISTAKES:
        broken = tmp_path / ".github" / file
        broken.write_text(re.sub(right, wrong, broken.read_text()))
    check = [sys.executable, ROOT / "tools/check_forge.py", tmp_path / ".github"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    for *_, says in MISTAKES:
        assert says in done.stdout, f"{says}: {done.stdout}"


def test_every_command_is_one_of_the_projects_own():
    commands = {step["run"] for step in STEPS if "run" in step}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for command in commands:
        assert not (made := re.match(r"make (\S+)", command)) or made[1] in targets, command
        assert all((ROOT / file).exists() for file in re.findall(r"(?:tools|tests)/[\w./]+", command)), (
            command
        )
    assert {"make test", "make build", "make docs"} <= commands


def test_what_is_published_is_what_was_tested_and_no_job_holds_a_secret():
    release = WORKFLOWS["release"]["jobs"]
    assert release["pypi"]["needs"] == "test" and "run" not in str(release["pypi"]["steps"])
    assert [job for job, what in release.items() if "id-token" in what["permissions"]] == ["pypi", "pages"]
    assert "secrets" not in str(WORKFLOWS)


@pytest.mark.parametrize(
    ("tag", "heading", "says"),
    [
        ("v{}", "{} (2026-12-01)", ""),
        ("{}", "{} (2026-12-01)", "tag the commit"),
        ("v{}", "{} (unreleased)", "must be {} with the date"),
    ],
)
def test_a_tag_is_refused_that_is_not_the_version_or_has_no_date(tag, heading, says, tmp_path):
    (named,) = (step for step in WORKFLOWS["release"]["jobs"]["named"]["steps"] if "run" in step)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    (tmp_path / "src/picopanel").mkdir(parents=True)
    (tmp_path / "src/picopanel/_version.py").write_text('__version__ = "3.2.1"\n')
    (tmp_path / "CHANGELOG.md").write_text(f"# Changes\n\n## {heading.format('3.2.1')}\n")
    done = shell(named["run"], tmp_path, GITHUB_REF_NAME=tag.format("3.2.1"))
    assert done.returncode == bool(says)
    assert says.format("3.2.1") in done.stderr


def test_the_wheel_that_was_built_is_installed_with_what_its_tests_need(checkout):
    command = ON_EVERY_SYSTEM[1]
    assert command.startswith("python -m pip install ")
    done = shell(command, checkout, PIP_DRY_RUN="1", PIP_NO_DEPS="1", PIP_IGNORE_INSTALLED="1")
    assert done.returncode == 0, done.stderr
    assert "Would install picopanel-" in done.stdout


def test_a_panel_is_drawn_in_a_headless_browser_by_what_every_system_calls(tmp_path):
    """The latter half of `tools/try_wheel.py`; `make browsers` runs the whole, installed afresh."""
    done = shell(f"python {ROOT}/tools/try_wheel.py --panel", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "On confirmed in" in done.stdout


@pytest.mark.skipif(os.environ.get("PICOPANEL_BROWSERS") != "1", reason="make browsers runs it")
def test_a_wheel_is_tried_outside_the_checkout(checkout):
    command = ON_EVERY_SYSTEM[0]
    assert command == "python tools/try_wheel.py dist"
    done = shell(command, checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search("virtual Pico: .*temperature.*\npanel: .*On confirmed in", done.stdout), done.stdout
