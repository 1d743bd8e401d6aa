"""The commands as somebody types them: what they say, and with which status they end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT, edit, run

COMMANDS = ("check", "build", "verify", "schema", "report", "new", "changes", "sign")


def test_check_ends_with_0_when_nothing_is_wrong(project: Path) -> None:
    done = run(project, "build_tools", "check")
    assert (done.stdout, done.stderr, done.returncode) == ("No problems found.\n", "", 0)


def test_check_ends_with_1_and_names_file_line_column_and_next_step(project: Path) -> None:
    edit(project / "data/sources.yml", "kind: registry", "kind: regsitry")
    done = run(project, "build_tools", "check")
    said = 'data/sources.yml:21:3: "kind" cannot be "regsitry".\n    It can be: systematic-review, '
    assert done.stderr.startswith(said)
    assert done.stderr.endswith("\n1 problem found.\n")
    assert (done.stdout, done.returncode) == ("", 1)


def test_check_renders_hand_written_pages_only(project: Path) -> None:
    edit(project / "content/about.md", "{{ dates_of_facts() }}", "{{ dates_of_facts() }} {{ nothing }}")
    (project / "content/templates/pages/detail.md").write_text("{{ 1 // 0 }}", "utf-8")
    done = run(project, "build_tools", "check")
    assert done.stderr.startswith("content/about.md:7:1: ")
    assert done.stderr.endswith("\n1 problem found.\n")


@pytest.mark.parametrize(("arguments", "said"), [
    ([], "Usage: python -m build_tools"),
    (["polish"], "No such command 'polish'"),
    (["--data", "crockery", "check"], "There is no folder crockery."),
    (["--content", "crockery", "check"], "There is no folder crockery."),
    (["verify", "no-site"], "There is no folder no-site."),
])  # fmt: skip
def test_wrong_use_ends_with_2(arguments: list[str], said: str) -> None:
    done = run(ROOT, "build_tools", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_help_names_every_command() -> None:
    done = run(ROOT, "build_tools", "--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout
        assert run(ROOT, "build_tools", command, "--help").stdout.startswith(
            f"Usage: python -m build_tools {command}"
        )


def test_verify_looks_at_the_facts_before_it_compares_them_with_a_site(project: Path) -> None:
    edit(project / "data/procedures/teapot-polishing.yml", "out_of: 24", "out_of: 12")
    done = run(project, "build_tools", "verify", "content")
    assert done.returncode == 1
    assert "18 out of 12 teapots." in done.stderr
    assert "content/" not in done.stderr


def test_verify_names_every_page_that_a_site_lacks(project: Path) -> None:
    (project / "site").mkdir()
    done = run(project, "build_tools", "verify", "site")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for page in ("index", "procedures/teapot-polishing", "comparisons/squeaking-teapot", "glossary", "sources"):
        assert f"This page is missing. ({page}.html)" in done.stderr


def test_the_day_can_be_chosen_from_outside(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1893456000")  # the first second of 2030
    assert " on 2030-01-01\n" in run(project, "build_tools", "report").stdout


@pytest.mark.parametrize("command", [("build_tools", "check"), ("mkdocs", "build")])
def test_an_invalid_day_is_named(project: Path, command: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "next Monday")
    done = run(project, *command)
    assert done.returncode in (1, 2)
    assert 'must be a number of seconds since 1970; it is "next Monday".' in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_other_folders_can_be_named(project: Path) -> None:
    (project / "data").rename(project / "facts")
    (project / "content").rename(project / "told")
    done = run(project, "build_tools", "--data", "facts", "--content", "told", "check")
    assert (done.stderr, done.returncode) == ("", 0)
