"""Links and unneeded files in data/ and content/ are rejected."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.check.files import check_files
from build_tools.load.loader import load
from build_tools.pipeline import prepare
from tests.conftest import ROOT, TODAY, run

LINKS = {
    "content/assets/x.txt": "/etc/passwd", "content/keys": "/etc", "content/.well-known": "/etc",
    "content/secret.md": "/etc/passwd", "content/templates/parts/x.html": "/etc/passwd",
    "data/procedures/x.yml": "/dev/zero", "data/clinics/teapot-house/x.svg": "/etc/passwd",
    "data/drawings/x.svg": "../nowhere",
}  # fmt: skip
UNWANTED = [
    "content/secret.txt", "content/page.html", "content/about.md~", "content/drafts/page.md",
    "content/assets/evil.html", "content/assets/notes.pdf", "content/templates/theme/evil.js",
    "content/.well-known/keys.txt", "data/notes.docx", "data/drawings/photo.png",
    "data/teapots.yml", "data/Sources.yml", "data/sources (copy).yml", "data/vocabulary/tools.yml",
    "data/procedures/Teapot-Washing.yml", "data/procedures/teapot washing.yml", "data/procedures/teapot.yaml",
    "data/procedures/teapot-polishing.yml.txt", "data/clinics/Spouts/clinic.yml",
    "data/clinics/teapot-house/procedures/teapot-polishing.yml", "data/clinics/teapot-house/letter.pdf",
]  # fmt: skip


def test_each_link_is_one_problem(project: Path) -> None:
    for place, to in LINKS.items():
        (project / place).symlink_to(to)
    problems = prepare(project / "data", project / "content", TODAY).errors
    message = "This is a link, and would publish what it points to."
    assert [(str(problem.place), problem.message) for problem in problems] == [
        (f"{place}:1:1", message) for place in sorted(LINKS)
    ]


def test_each_unneeded_file_is_one_problem(project: Path) -> None:
    for place in UNWANTED:
        (project / place).parent.mkdir(exist_ok=True)
        (project / place).write_text("Not for readers.", "utf-8")
    problems = list(check_files(load(project / "data")[0], project / "content"))
    assert sorted(problem.place.path for problem in problems) == sorted(UNWANTED)
    assert {problem.message[:23] for problem in problems} == {"Nothing reads a file of"}
    clinic_hints = [problem.hint for problem in problems if problem.place.path.startswith("data/clinics/")]
    assert all("Medical facts are the same in every clinic" in hint for hint in clinic_hints)


def test_hidden_files_are_ignored(project: Path) -> None:
    (project / "content/.#about.md").symlink_to("editor@host")
    (project / "data/.about.yml.swp").write_text("x", "utf-8")
    assert list(check_files(load(project / "data")[0], project / "content")) == []


@pytest.mark.parametrize("place", ["content/assets/icon.svg", "data/drawings/teapot.svg"])
def test_deeply_nested_picture_is_rejected(project: Path, place: str) -> None:
    text = (project / place).read_text("utf-8")
    (project / place).write_text(text.replace("</svg>", f"{'<g>' * 3000}{'</g>' * 3000}</svg>"), "utf-8")
    problems = prepare(project / "data", project / "content", TODAY).errors
    assert any("more than 20 deep" in problem.message for problem in problems)


def test_script_in_a_picture_is_rejected(project: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">\n<script>go()</script></svg>'
    (project / "content/assets/evil.svg").write_text(svg, "utf-8")
    [problem] = check_files(load(project / "data")[0], project / "content")
    assert str(problem.place) == "content/assets/evil.svg:2:1"
    assert problem.message.startswith("<script> is not allowed")


def test_our_own_files_are_all_allowed() -> None:
    for data in ("data", "docs/example/data"):
        assert list(check_files(load(ROOT / data)[0], ROOT / "content")) == []


@pytest.mark.slow
def test_security_txt_is_published(project: Path) -> None:
    (project / "content/.well-known").mkdir()
    (project / "content/.well-known/security.txt").write_text("Contact: mailto:security@clinic.example\n", "utf-8")
    assert run(project, "mkdocs", "--quiet", "build", "--strict", "--site-dir", "out").returncode == 0
    assert (project / "out/.well-known/security.txt").is_file()
