"""Older files can still be read, or a message says what replaced a field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from tests.conftest import TODAY, edit, page_text, run

ID = "old-house"
CLINIC = """
name: The Old House
department: Department of Squeaks
phone: 555-0100
hours: Monday to Friday, 9 am to 3 pm
out_of_hours: 555-0101
emergency_number: "911"
address: 2 Spout Street, Exampleville
website: https://old-house.example/
languages: [English, "Spanish, with an interpreter"]
funding: The Old House pays for showing this site.
report_to: mailto:squeaks@old-house.example
logo: logo.svg
accent:
  light: "#1f4e2c"
  dark: "#9fd3ac"
spelling: [Exampleville]
procedures:
  teapot-polishing:
    offered: true
    where_to_come: Kitchen, ground floor, at the time in your letter.
    eating_and_drinking: Drink your tea before you come.
    medicines: Bring a list of your medicines.
    who_does_it: A polisher of the house.
    stay: Plan for one hour.
    going_home: Carry the teapot in a basket.
    whom_to_ask: Call the house and ask for the polisher.
  teapot-lid-polishing:
    offered: false
    referred_to: the Lid Workshop, 555-0102
"""
"""Every field that a clinic's file had on November 26, 2026. Never update it to newer fields."""

SECTIONS = (
    "top what-it-is who-it-may-help who-should-not benefits harms unknowns before during after living-with-it "
    "when-to-get-help evidence other-options questions"
).split()
SEEN = f"""
teapot-polishing:
  seen: '2026-11-26'
  sections: {{{", ".join(f"{section}: 12ff89a84113" for section in SECTIONS)}}}
"""
HISTORY = """
- published: 2026-11-22
  says: First version of these facts.
- published: 2026-11-26
  until: 699e9f8a5b7c3d2e1f00112233445566778899aa
  changes:
  - {fact: teapot-polishing.red_flags.rough, part: words, was: a, now: b, why: It was wrong}
"""


def test_an_old_clinic_can_be_shown_and_acknowledged(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(project / "data/clinics/teapot-house", project / "data/clinics" / ID)
    (folder / "clinic.yml").write_text(CLINIC, "utf-8")
    (folder / "seen.yml").write_text(SEEN, "utf-8")
    (project / "data/changes.yml").write_text(HISTORY, "utf-8")
    monkeypatch.setenv("CLINIC", ID)
    site = prepare(project / "data", project / "content", TODAY, Settings(clinic=ID))
    assert site.problems == []
    page = page_text(site, "procedures/teapot-polishing.md")
    for text in ("Kitchen, ground floor", "Carry the teapot in a basket.", "555-0100"):
        assert text in page
    for procedures, message in (
        ((), "The facts changed since 2026-11-26"),
        (("teapot-polishing", "teapot-lid-polishing"), ""),
        ((), "Every text fits the facts as they are now.\n"),
    ):
        done = run(project, "build_tools", "acknowledge", ID, *procedures)
        assert (done.returncode, done.stderr) == (0, "")
        assert message in done.stdout


def test_a_removed_field_is_explained(example: Path) -> None:
    edit(example / "procedures/teapot-polishing.yml", "kind: ", "red_flags: [rough]\nkind: ")
    [problem] = load(example)[1]
    assert problem.message == '"red_flags" is no longer a field.'
    assert problem.hint.startswith('List the "situations" of this procedure')
