"""Files of older versions are read, or each field that is gone gets a message that says what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from tests.conftest import TODAY, run

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
"""Every field that a clinic's file had on 26 November 2026. It is not changed when the fields of today are."""

SECTIONS = (
    "top what-it-is who-it-may-help who-should-not benefits harms unknowns before during after living-with-it "
    "when-to-get-help evidence other-options questions"
).split()
SEEN = "\n".join(
    [
        "# Written by `python -m build_tools acknowledge`: which facts clinic.yml was checked against.",
        "teapot-polishing:",
        "  seen: '2026-11-26'",
        "  sections:",
        *(f"    {section}: 12ff89a84113" for section in SECTIONS),
    ]
)
"""What a clinic had looked at on that day, with every section of a page."""

HISTORY = """
- published: 2026-11-22
  says: First version of these facts.
- published: 2026-11-26
  until: 699e9f8a5b7c3d2e1f00112233445566778899aa
  changes:
  - {fact: teapot-polishing.red_flags.rough, part: words, was: a, now: b, why: It was wrong}
"""
REVIEWS = f"""
- procedure: teapot-polishing
  layers: {{signs: 12ff89a84113}}
  name: Dr. Teapot Lid
  role: Potter
  conflicts: None declared.
  signed: 2026-11-26
  next_review: 2027-11-20
  seal: {"1" * 64}
"""


@pytest.fixture
def old(project: Path) -> Path:
    """The example with a clinic whose files were written on 26 November 2026."""
    folder = project / "data/clinics" / ID
    folder.mkdir()
    (folder / "clinic.yml").write_text(CLINIC, "utf-8")
    (folder / "seen.yml").write_text(SEEN, "utf-8")
    logo = project / "data/clinics/teapot-house/logo.svg"
    (folder / "logo.svg").write_bytes(logo.read_bytes())
    (project / "data/changes.yml").write_text(HISTORY, "utf-8")
    return project


def test_a_clinic_of_then_is_read_shown_and_acknowledged(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC", ID)
    site = prepare(old / "data", old / "content", TODAY, Settings(clinic=ID))
    assert site.problems == []
    page = next(page.text for page in site.pages if page.path == "procedures/teapot-polishing.md")
    for text in ("Kitchen, ground floor", "Carry the teapot in a basket.", "555-0100"):
        assert text in page
    told = run(old, "build_tools", "acknowledge", ID)
    assert (told.returncode, told.stderr) == (0, "")
    assert "The facts changed since 2026-11-26" in told.stdout
    done = run(old, "build_tools", "acknowledge", ID, "teapot-polishing", "teapot-lid-polishing")
    assert (done.returncode, done.stderr) == (0, "")
    assert run(old, "build_tools", "acknowledge", ID).stdout == "Every text fits the facts as they are now.\n"


@pytest.mark.parametrize("written", ["yes", "no", "on", "1"])
def test_other_words_for_true_and_false_are_named(old: Path, written: str) -> None:
    file = old / f"data/clinics/{ID}/clinic.yml"
    file.write_text(CLINIC.replace("offered: true", f"offered: {written}"), "utf-8")
    [problem] = load(old / "data")[1]
    assert problem.message == f'"offered" must be true or false; it is "{written}".'
    assert problem.hint.startswith("Write true or false.")


@pytest.mark.parametrize(("file", "field", "says"), [
    ("reviews.yml", "seal", "Delete this line"),
    ("procedures/teapot-polishing.yml", "get_help", 'Name the signs of this harm instead, as in "signs:'),
    ("procedures/teapot-polishing.yml", "red_flags", 'List the "situations" of this procedure'),
])  # fmt: skip
def test_a_field_that_is_gone_is_named_with_what_to_write(old: Path, file: str, field: str, says: str) -> None:
    path = old / "data" / file
    text = path.read_text("utf-8")
    lasts = "    lasts: For good.\n"
    path.write_text({
        "seal": REVIEWS,
        "get_help": text.replace(lasts, f"{lasts}    get_help: Sweep it up.\n", 1),
        "red_flags": f"{text}red_flags:\n  rough: {{level: ask, sign: a, contact: b, because: scratches}}\n",
    }[field], "utf-8")  # fmt: skip
    done = run(old, "build_tools", "check")
    assert done.returncode == 1
    assert f'"{field}" is no field any more.\n    {says}' in done.stderr
    assert "1 problem found." in done.stderr
    assert "Traceback" not in done.stderr
