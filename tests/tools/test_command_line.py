"""The commands as somebody types them: output and exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT, edit, run

COMMANDS = ("check", "build", "verify", "schema", "report", "new", "changes", "sign")


def test_check_succeeds_without_problems(project: Path) -> None:
    done = run(project, "build_tools", "check")
    assert (done.stdout, done.stderr, done.returncode) == ("No problems found.\n", "", 0)


def test_check_reports_the_place_and_the_next_step(project: Path) -> None:
    edit(project / "data/sources.yml", "kind: registry", "kind: regsitry")
    done = run(project, "build_tools", "check")
    expected = 'data/sources.yml:32:3: "kind" cannot be "regsitry".\n    It can be: systematic-review, '
    assert done.stderr.startswith(expected)
    assert done.stderr.endswith("\n1 problem found.\n")
    assert (done.stdout, done.returncode) == ("", 1)


def test_check_renders_hand_written_pages_only(project: Path) -> None:
    edit(project / "content/about.md", "{{ dates_of_facts() }}", "{{ dates_of_facts() }} {{ nothing }}")
    (project / "content/templates/pages/detail.md").write_text("{{ 1 // 0 }}", "utf-8")
    done = run(project, "build_tools", "check")
    assert done.stderr.startswith("content/about.md:7:1: ")
    assert done.stderr.endswith("\n1 problem found.\n")


@pytest.mark.parametrize(("arguments", "message"), [
    ([], "Usage: python -m build_tools"),
    (["polish"], "No such command 'polish'"),
    (["--data", "crockery", "check"], "There is no folder crockery."),
    (["--content", "crockery", "check"], "There is no folder crockery."),
    (["verify", "no-site"], "There is no folder no-site."),
])  # fmt: skip
def test_incorrect_usage_has_status_2(arguments: list[str], message: str) -> None:
    done = run(ROOT, "build_tools", *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_help_lists_the_commands() -> None:
    done = run(ROOT, "build_tools", "--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout
        assert run(ROOT, "build_tools", command, "--help").stdout.startswith(
            f"Usage: python -m build_tools {command}"
        )


def test_verify_checks_the_facts_first(project: Path) -> None:
    edit(project / "data/procedures/teapot-polishing.yml", "out_of: 24", "out_of: 12")
    done = run(project, "build_tools", "verify", "content")
    assert done.returncode == 1
    assert "18 out of 12 teapots." in done.stderr
    assert "content/" not in done.stderr


def test_verify_lists_missing_pages(project: Path) -> None:
    (project / "site").mkdir()
    done = run(project, "build_tools", "verify", "site")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for page in ("index", "procedures/teapot-polishing", "comparisons/squeaking-teapot", "glossary", "sources"):
        assert f"This page is missing. ({page}.html)" in done.stderr


def test_source_date_epoch_sets_the_day(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1893456000")  # the first second of 2030
    assert " on 2030-01-01\n" in run(project, "build_tools", "report").stdout


@pytest.mark.parametrize("command", [("build_tools", "check"), ("mkdocs", "build")])
def test_invalid_source_date_epoch_is_reported(
    project: Path, command: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "next Monday")
    done = run(project, *command)
    assert done.returncode in (1, 2)
    assert 'must be a number of seconds since 1970; it is "next Monday".' in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_other_folders_can_be_used(project: Path) -> None:
    (project / "data").rename(project / "facts")
    (project / "content").rename(project / "words")
    done = run(project, "build_tools", "--data", "facts", "--content", "words", "check")
    assert (done.stderr, done.returncode) == ("", 0)
