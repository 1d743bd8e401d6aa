"""The comment on a pull request marks risky edits and requires a reason for a deleted warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.edit.change_comment import MOST, find_risks, find_unexplained, render_comment
from build_tools.load.loader import load
from build_tools.model.changes import compare
from build_tools.records.logs import Change
from tests.conftest import TODAY, edit, run
from tests.tools.model.test_changes import FILE, ID, changes_between, commit, repository

__all__ = ["repository"]

WAS = "A teapot with a crack needs a look by a potter first."
CRACKED = f"  cracked:\n    says: {WAS}\n    sources: [spout-2019]\n"


@pytest.mark.parametrize(("file", "old", "new", "risk"), [
    (FILE, "    count: 18\n", "    count: 19\n", "number"),
    (FILE, "    weight: dangerous", "    weight: expected", "weight"),
    (FILE, "at: page 12", "at: page 13", "citation"),
    (FILE, "Nothing is cut.", "Some of it is cut.", "negation"),
    (FILE, "situations: [hinge, glaze]", "situations: [hinge]", "urgency"),
    ("signs.yml", "level: urgent", "level: ask", "urgency"),
    ("signs.yml", "notice: steam hurts you", "notice: steam warms you", "sign of danger"),
    ("sources.yml", "year: 2023", "year: 2022", "citation"),
])  # fmt: skip
def test_risky_edit_is_marked(example: Path, file: str, old: str, new: str, risk: str) -> None:
    changes = changes_between(example, (file, old, new))
    assert {risk} == {name for change in changes if change.part != "on the page" for name in find_risks(change)}


@pytest.mark.parametrize(("was", "now", "risk"), [
    ("The pain is on the left.", "The pain is on the right.", "side"),
    ("Feeling is lost on the left, and pain on the right.", "Feeling is lost on the right, and pain on the left.",
     "side"),
    ("The needle goes in at C1-2.", "The needle goes in at C6-7.", "level of the spine"),
    ("It is done in the neck.", "It is done in the chest.", "level of the spine"),
    ("It lasts for weeks.", "It lasts for months.", "unit"),
    ("You get 10 mg.", "You get 10 mcg.", "unit"),
    ("It does not come back.", "It comes back.", "negation"),
    ("It can't be undone.", "It can be undone.", "negation"),
    ("This is an emergency.", "Tell your team.", "urgency"),
    ("It helped one man.", "It helped two men.", "number"),
    ("It took 1.5 hours.", "It took 15 hours.", "number"),
])  # fmt: skip
def test_risky_word_is_marked(was: str, now: str, risk: str) -> None:
    assert risk in find_risks(Change(fact="a.during.b", part="words", was=was, now=now))


PLAIN = Change(fact="a.during.b", part="words", was="The doctor takes a cloth.", now="The doctor uses a cloth.")


def test_rewording_and_new_plain_facts_are_not_risky() -> None:
    assert find_risks(PLAIN) == []
    assert find_risks(Change(fact="a.during.b", now="A new fact: it is done with a cloth.")) == []


@pytest.mark.parametrize(("fact", "now", "risks"), [
    ("a.during.b", "It takes 2 hours.", ["new number"]),
    ("a.harms.b", "The spout can break.", ["new warning"]),
    ("a.harms.b.figure", "3 of 24 spouts broke.", ["new number", "new warning"]),
    ("signs.b", "If steam hurts you: Go to a potter.", ["new warning"]),
    ("sources.b", "Teapots (Spout A)", ["new source"]),
    ("a", "Lid polishing: It is rubbing.", ["new page"]),
    ("comparisons.a", "Lids: Polish or not?", ["new page"]),
])  # fmt: skip
def test_new_number_warning_source_or_page_is_risky(fact: str, now: str, risks: list[str]) -> None:
    assert find_risks(Change(fact=fact, now=now)) == risks


@pytest.mark.parametrize("fact", [
    "a.harms.b", "a.harms.b.figure", "a.signs.b", "a.contraindications.b", "signs.b", "situations.b", "a"
])  # fmt: skip
def test_deleting_a_warning_is_risky(fact: str) -> None:
    assert find_risks(Change(fact=fact, was="It can be dangerous.")) == ["deletion"]
    assert find_risks(Change(fact="a.before.b", was="You fill in a form.")) == []


def test_deleting_a_warning_requires_a_reason(repository: Path) -> None:
    assert CRACKED in (repository / f"data/{FILE}").read_text("utf-8")
    edit(repository / f"data/{FILE}", CRACKED, CRACKED.replace("cracked", "broken"))
    edit(repository / f"data/{FILE}", "contraindications.cracked", "contraindications.broken")
    commit(repository, "Update teapot-polishing.yml")
    done = run(repository, "build_tools", "changes", "first", "--markdown")
    assert done.returncode == 1
    problem, block = done.stderr.split("words:\n")
    assert f'"{ID}.contraindications.cracked" warned readers and was deleted without a reason.' in problem
    assert problem.startswith("data/changes.yml:")
    assert f"**Risky (deletion).** `{ID}.contraindications.cracked` gone: A teapot" in done.stdout

    with (repository / "data/changes.yml").open("a", encoding="utf-8") as log:
        log.write(block.replace('why: ""\n1 problem found.', 'why: "Short."'))
    assert run(repository, "build_tools", "changes", "first", "--markdown").returncode == 1
    edit(repository / "data/changes.yml", "Short.", "The study: it looked at cups.")
    done = run(repository, "build_tools", "changes", "first", "--markdown")
    assert (done.stderr, done.returncode) == ("", 0)
    commit(repository, "Say why the crack is gone")
    assert run(repository, "build_tools", "check").stderr == ""
    assert run(repository, "build_tools", "changes", "first", "--record").returncode == 0
    assert (repository / "data/changes.yml").read_text("utf-8").count("contraindications.cracked") == 1


def test_deleted_harm_and_its_figures_require_one_reason(example: Path) -> None:
    old, new = load(example)[0], load(example)[0]
    del new.procedures[ID].harms["broken-spout"]
    changes = compare(old, new)
    assert {change.fact for _, change in changes} == {
        f"{ID}.harms.broken-spout",
        f"{ID}.harms.broken-spout.registry",
    }
    [problem] = find_unexplained(changes, new, TODAY)
    assert problem.message.startswith(f'"{ID}.harms.broken-spout" warned readers')


def test_deleted_figure_of_a_kept_harm_requires_a_reason(example: Path) -> None:
    old, new = load(example)[0], load(example)[0]
    del new.procedures[ID].harms["broken-spout"].how_often["registry"]
    [problem] = find_unexplained(compare(old, new), new, TODAY)
    assert problem.message.startswith(f'"{ID}.harms.broken-spout.registry" warned readers')


def test_risky_changes_come_first() -> None:
    risky = Change(fact="a.during.c", part="how many", was="18", now="81")
    text = render_comment([("procedures/a", PLAIN), ("procedures/a", risky)], "data", ["signs"])
    assert "**1 of 2 changes is risky.**" in text
    assert "- **Risky (number).** `a.during.c` how many, before: 18; now: 81\n- `a.during.b` words" in text
    assert "data/signs.yml could not be read" in text
    assert "**This change is risky.**" in render_comment([("procedures/a", risky)], "data", [])
    assert "No fact changes." in render_comment([], "data", [])


def test_facts_cannot_add_markup_or_mentions() -> None:
    hostile = Change(fact="a.b.c", part="words", was="<b>@all</b> [click](https://a.example) `x` # *y*", now="No.")
    text = render_comment([("procedures/a", hostile)], "data", [])
    assert r"\<b\>@" + "\u200b" + r"all\</b\> \[click\](https://a.example) \`x\` \# \*y\*" in text


def test_long_comment_is_cut() -> None:
    many = [("procedures/a", Change(fact=f"a.during.b{n}", now="New.")) for n in range(MOST + 5)]
    text = render_comment(many, "data", [])
    assert text.count("\n- ") == MOST
    assert "And 5 more." in text
