"""Changes since a revision, and published changes on pages and in the feed."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from selectolax.lexbor import LexborHTMLParser

from build_tools.export.feed import render_feed
from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.model.changes import compare
from build_tools.model.reviews import compute_version
from build_tools.pipeline import prepare
from build_tools.records.logs import Change
from tests.conftest import TODAY, detail_text, edit, loaded, page_text, run, visible_text

ID = "teapot-polishing"
FILE = f"procedures/{ID}.yml"
COMPARISON = "comparisons/squeaking-teapot.yml"
ATOM = "{http://www.w3.org/2005/Atom}"
SITE = Settings("Teapots, explained", "https://clinic.example/tea/")


def changes_between(example: Path, *edits: tuple[str, str, str]) -> list[Change]:
    """The changes after `edits` of the example, each a file, an old text, and a new one."""
    old, _ = load(example)
    for name, before, after in edits:
        edit(example / name, before, after)
    new = loaded(example)
    return [change for _, change in compare(old, new)]


# Comparing


def test_formatting_is_no_change(example: Path) -> None:
    old, _ = load(example)
    for file in example.rglob("*.yml"):
        value = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)
        file.write_text("# new\n" + yaml.safe_dump(value, sort_keys=True, width=30, default_style='"'), "utf-8")
    new = loaded(example)
    assert compare(old, new) == []


@pytest.mark.parametrize(("file", "old", "new", "fact", "parts"), [
    (FILE, "Nothing is cut.", "Nothing is torn.", f"{ID}.what_it_is.a-cloth", {"words"}),
    (FILE, "at: page 12", "at: page 13", f"{ID}.what_it_is.not-paint", {"source"}),
    (FILE, "very-low\n    # Optional. A", "low\n    # Optional. A", f"{ID}.benefits.quiet", {"how sure"}),
    (FILE, "count: 2, ", "count: 3, ", f"{ID}.benefits.quiet", {"compared with: how many"}),
    (FILE, "    lasts: For good.", "    lasts: A year.", f"{ID}.harms.broken-spout", {"how long it lasts"}),
    (FILE, "    count: 3\n", "    count: 4\n", f"{ID}.harms.broken-spout.registry", {"how many"}),
    (FILE, "A slight roughness", "Some roughness", f"{ID}.signs.rough", {"here"}),
    (FILE, "situations: [hinge, glaze]", "situations: [hinge]", f"{ID}.about", {"situations"}),
    ("signs.yml", "level: urgent", "level: ask", "signs.bent", {"level"}),
    ("situations.yml", "a glaze that", "glaze that", "situations.glaze", {"words"}),
    (FILE, "- What happens if I do nothing?", "- And if not?", f"{ID}.questions", {"question"}),
    (FILE, "tea pot polishing", "tea-pot polishing", f"{ID}.names", {"also called"}),
    (FILE, "facts_checked: 2026-11-22", "facts_checked: 2026-11-23", f"{ID}.about", {"facts last checked on"}),
    ("sources.yml", "year: 2023", "year: 2022", "sources.saucer-2023", {"year"}),
    ("vocabulary/effects.yml", "a broken", "a bent", "vocabulary.effects.broken-spout", {"plain"}),
    (COMPARISON, "Leave it alone", "Let it be", "comparisons.squeaking-teapot", {"names: teapot-leave-alone"}),
    ("claims.yml", "verdict: not-supported", "verdict: partly", "claims.quiet-for-ever", {"verdict"}),
    (FILE, "does_not_apply: Teapots stay at home.", "not_known: Nobody asked.\n    reason: not-read",
     f"{ID}.hospital_stay.none", {"does not apply", "not known", "reason"}),
])  # fmt: skip
def test_a_change_is_reported_by_id(
    example: Path, file: str, old: str, new: str, fact: str, parts: set[str]
) -> None:
    changes = changes_between(example, (file, old, new))
    assert {change.part for change in changes} - {"on the page"} == parts
    assert {change.fact for change in changes} == {fact}
    assert all(change.was != change.now for change in changes)


@pytest.mark.parametrize(("field", "key", "words"), [
    ("what_it_is", "a-cloth", "It is rubbing with a cloth. Nothing is cut."),
    ("unknowns", "singing", "Nobody has asked whether a polished teapot sings."),
    ("relief_lasts", "quiet-time",
     "Time until the teapots squeaked again: 14 months or longer for half the group."),
])  # fmt: skip
def test_a_new_or_deleted_fact_has_its_words(example: Path, field: str, key: str, words: str) -> None:
    assert changes_between(example, (FILE, f"  {key}:\n", "  new-key:\n")) == [
        Change(fact=f"{ID}.{field}.new-key", now=words),
        Change(fact=f"{ID}.{field}.{key}", was=words),
    ]


def test_a_new_or_deleted_procedure_is_one_change(example: Path) -> None:
    old, _ = load(example)
    (example / "procedures/teapot-lid-polishing.yml").rename(example / "procedures/teapot-lid-rubbing.yml")
    changes = {change.fact: change for _, change in compare(old, load(example)[0])}
    assert set(changes) == {"teapot-lid-polishing", "teapot-lid-rubbing"}
    assert (changes["teapot-lid-rubbing"].now or "").startswith("Lid polishing: ")
    assert changes["teapot-lid-polishing"].now is None


# The command


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Teapot Lid", "-c", "user.email=lid@teapot.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(project: Path) -> Path:
    """A small project as a git repository with one commit, tagged "first"."""
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "Teapots")
    git(project, "tag", "first")
    return project


def commit(repository: Path, subject: str) -> None:
    git(repository, "commit", "-q", "-a", "-m", subject)


def correct(repository: Path, subject: str = "Correct the count") -> None:
    """Change a number and commit it."""
    edit(repository / f"data/{FILE}", "    count: 18\n", "    count: 19\n")
    commit(repository, subject)


def record(repository: Path, since: str) -> subprocess.CompletedProcess[str]:
    """Record the changes since a revision."""
    return run(repository, "build_tools", "changes", since, "--record")


def test_changes_are_listed_with_commit_subjects(repository: Path) -> None:
    correct(repository, "Correct the count: table 2 says 19")
    edit(repository / "data/sources.yml", "Saucer C and others", "Saucer C")
    done = run(repository, "build_tools", "changes", "first")
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.splitlines() == [
        "2 facts changed.",
        "",
        f"data/{FILE}",
        "  Why: Correct the count: table 2 says 19",
        f"  {ID}.benefits.quiet",
        "    on the page, before: 18 of 24 teapots were quiet; now: 19 of 24 teapots were quiet",
        "    how many, before: 18; now: 19",
        f"    Shown on: procedures/{ID}, procedures/{ID}/results, comparisons/squeaking-teapot, "
        "how-to-read-the-numbers",
        "",
        "data/sources.yml",
        "  Why: (not committed yet)",
        "  sources.saucer-2023",
        "    authors, before: Saucer C and others; now: Saucer C",
    ]


def test_pages_are_not_listed_while_there_are_problems(repository: Path) -> None:
    edit(repository / f"data/{FILE}", "    count: 18\n", "    count: 81\n")
    done = run(repository, "build_tools", "changes", "first")
    assert "Shown on" not in done.stdout
    assert "make check" in done.stdout


def test_an_unreadable_file_is_not_compared(repository: Path) -> None:
    edit(repository / f"data/{FILE}", "    count: 18\n", "    how_many: 18\n")
    commit(repository, "Break it")
    edit(repository / f"data/{FILE}", "    how_many: 18\n", "    count: 18\n")
    commit(repository, "Correct it")
    done = run(repository, "build_tools", "changes", "HEAD~1")
    not_compared = f"data/{FILE} could not be read then or now, and was not compared.\n"
    assert (done.stdout, done.returncode) == (f"Nothing changed.\n\n{not_compared}", 0)
    done = record(repository, "HEAD~1")
    assert done.returncode == 1
    assert f"with this line: until: {git(repository, 'rev-parse', 'HEAD')}" in done.stderr


@pytest.mark.parametrize("revision", ["teapot", "first:data", "a b", "", "--output=stolen"])
def test_an_unknown_revision_is_never_an_option_of_git(repository: Path, revision: str) -> None:
    done = run(repository, "build_tools", "changes", "--", revision)
    assert done.returncode == 2
    assert done.stderr.startswith(f'Git has no revision called "{revision}".')
    assert "git log" in done.stderr
    assert not (repository / "stolen").exists()


def test_a_revision_without_data_is_refused(repository: Path) -> None:
    empty = git(repository, "hash-object", "-w", "-t", "tree", "/dev/null")
    git(repository, "tag", "nothing", git(repository, "commit-tree", "-m", "Nothing", empty))
    done = run(repository, "build_tools", "changes", "nothing")
    assert done.returncode == 2
    assert "there was no folder data." in done.stderr


def test_changes_need_git(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(project, "build_tools", "changes", "HEAD")
    assert done.returncode == 1
    assert done.stderr == (
        "The folder data is not in a git repository, so its history is not available.\n"
        "    Run this in a clone of the project; a downloaded copy has no history.\n"
    )
    monkeypatch.setenv("PATH", "")
    done = run(project, "build_tools", "changes", "HEAD")
    assert done.returncode == 1
    assert done.stderr.startswith("Git was not found")


# Publishing


def test_recording_appends_a_publication(repository: Path) -> None:
    history = repository / "data/changes.yml"
    before = history.read_bytes()
    correct(repository)
    done = record(repository, "first")
    assert (done.stderr, done.returncode) == ("", 0)
    assert history.read_bytes().startswith(before)
    publication = loaded(repository / "data").publications[-1]
    assert (publication.published, publication.until) == (TODAY, git(repository, "rev-parse", "HEAD"))
    assert [(change.part, change.why) for change in publication.changes] == [
        ("on the page", "Correct the count"),
        ("how many", "Correct the count"),
    ]
    assert run(repository, "build_tools", "check").returncode == 0


def test_changes_are_recorded_only_once(repository: Path) -> None:
    correct(repository)
    assert record(repository, "first").returncode == 0
    commit(repository, "Publish")
    before = (repository / "data/changes.yml").read_bytes()
    done = record(repository, "first")
    assert done.returncode == 2
    assert "has been published in part" in done.stderr
    done = record(repository, "HEAD~1")
    assert (done.stdout, done.returncode) == ("Nothing changed, so nothing was recorded.\n", 0)
    assert (repository / "data/changes.yml").read_bytes() == before


def test_recording_needs_a_commit(repository: Path) -> None:
    edit(repository / f"data/{FILE}", "    count: 18\n", "    count: 19\n")
    done = record(repository, "first")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Not committed yet: data/{FILE}.")


def test_signing_lists_changes_since_the_last_signature(repository: Path) -> None:
    due = str(TODAY + timedelta(days=300))
    reviewer = ("--name", "Dr. Kettle Spout", "--role", "Potter", "--conflicts", "None")
    sign = ("build_tools", "sign", ID, "all", *reviewer, "--next", due, "--yes")
    assert run(repository, *sign).returncode == 0
    commit(repository, "Sign")
    edit(repository / f"data/{FILE}", "    count: 18\n", "    count: 19\n")
    edit(repository / "data/procedures/teapot-lid-polishing.yml", "name: Lid polishing", "name: Lids")
    edit(repository / "data/vocabulary/effects.yml", "plain: a broken", "plain: a bent")
    done = run(repository, *sign)
    assert done.returncode == 0
    assert "Changed since then: short, asked, benefits." in done.stdout
    assert "2 facts changed." in done.stdout
    assert "    how many, before: 18; now: 19\n" in done.stdout
    assert "vocabulary.effects.broken-spout" in done.stdout
    assert "Lids" not in done.stdout


# The page and the feed


HISTORY = """- published: 2026-11-22
  says: First version of these facts.
- published: 2026-11-30
  until: 0123456789012345678901234567890123456789
  changes:
  - fact: teapot-polishing.benefits.quiet
    part: how many
    was: '18'
    now: '19'
    why: "Table 2 says <19> & {{ more }}"
  - fact: sources.saucer-2023
    part: year
    was: '2023'
    now: '2022'
- published: 2026-11-30
  changes:
  - fact: teapot-smashing
    was: 'Teapot smashing: You smash it.'
"""


@pytest.fixture
def published(example: Path) -> Path:
    """The example with an invented history."""
    (example / "changes.yml").write_text(HISTORY, "utf-8")
    return example


def test_the_page_of_changes_links_to_facts(published: Path, content: Path) -> None:
    site = prepare(published, content, TODAY)
    assert site.problems == []
    link = '<a href="procedures/teapot-polishing/results.md#teapot-polishing.benefits.quiet">'
    why = '<span class="meta">Why: Table 2 says &lt;19&gt; &amp; {{ more }}.</span>'
    change = f"{link}teapot-polishing.benefits.quiet</a>. How many, before: 18; now: 19. {why}"
    assert change in page_text(site, "changes.md")
    assert 'href="../../changes.md#teapot-polishing"' in page_text(site, "procedures/teapot-polishing/evidence.md")


def atom(data: Path, settings: Settings = SITE) -> ElementTree.Element:
    """The parsed feed."""
    return ElementTree.fromstring(render_feed(load(data)[0], settings).encode())


def test_the_feed_is_valid_atom(published: Path) -> None:
    top = atom(published)
    assert top.tag == f"{ATOM}feed"
    entries = top.findall(f"{ATOM}entry")
    for part in [top, *entries]:
        [id] = part.findall(f"{ATOM}id")
        assert re.fullmatch(r"tag:clinic\.example,\d{4}-\d\d-\d\d:changes(/\d+/[a-z0-9-]+)?", id.text or "")
        assert len(part.findall(f"{ATOM}title")) == len(part.findall(f"{ATOM}updated")) == 1
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", part.findtext(f"{ATOM}updated") or "")
    assert top.findtext(f"{ATOM}updated") == "2026-11-30T00:00:00Z"
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries) == 4
    assert all(entry.findtext(f"{ATOM}content") for entry in entries)
    links = [link.get("href") or "" for link in top.iter(f"{ATOM}link")]
    assert all(link.startswith("https://clinic.example/tea/") for link in links)


def test_a_feed_without_an_address_has_no_links(published: Path) -> None:
    top = atom(published, Settings())
    assert list(top.iter(f"{ATOM}link")) == []
    assert {(id.text or "").split(",")[0] for id in top.iter(f"{ATOM}id")} == {"tag:pain-procedures.invalid"}


def test_ids_in_the_feed_are_permanent(published: Path) -> None:
    before = {id.text for id in atom(published).iter(f"{ATOM}id")}
    with (published / "changes.yml").open("a", encoding="utf-8") as file:
        file.write("- published: 2026-12-01\n  changes:\n  - fact: teapot-polishing.about\n    now: x\n")
    assert before < {id.text for id in atom(published).iter(f"{ATOM}id")}


def test_publications_must_be_in_order_and_not_in_the_future(published: Path, content: Path) -> None:
    edit(published / "changes.yml", "- published: 2026-11-22", "- published: 2026-12-22")
    messages = [(p.place.line, p.message) for p in prepare(published, content, TODAY).problems]
    assert messages == [
        (1, "2026-12-22 has not come yet; by this computer's clock today is 2026-12-01."),
        (3, "2026-11-30 is after 2026-12-22."),
    ]


# Corrections of dangers


CORRECTED = """- published: 2026-11-28
  changes:
  - safety: true
    pages: [teapot-polishing, teapot-lid-polishing]
    says: Steam can burn a hand & this was missing.
- published: 2026-11-29
  changes:
  - fact: teapot-polishing.harms.broken-spout
    part: how long it lasts
    was: A day.
    now: For good.
    safety: true
    says: A broken spout is for good.
  - fact: teapot-polishing.what_it_is
    part: words
    was: Rubbing
    now: Polishing
- published: 2026-11-30
  says: A new cloth.
"""


@pytest.fixture
def corrected(example: Path) -> Path:
    """The example with two corrected dangers, older than another change."""
    (example / "changes.yml").write_text(CORRECTED, "utf-8")
    return example


def test_corrected_dangers_come_first_in_the_feed(corrected: Path) -> None:
    entries = atom(corrected).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        "tag:clinic.example,2026-11-29:changes/2/safety",
        "tag:clinic.example,2026-11-28:changes/1/safety",
        "tag:clinic.example,2026-11-30:changes/3/site",
        "tag:clinic.example,2026-11-29:changes/2/teapot-polishing",
    ]
    assert [len(entry.findall(f"{ATOM}category[@term='safety']")) for entry in entries] == [1, 1, 0, 0]
    content = entries[1].findtext(f"{ATOM}content")
    assert content == "Steam can burn a hand & this was missing. Pages: Teapot polishing; Lid polishing."


def test_corrected_dangers_come_first_on_the_page_of_changes(corrected: Path, content: Path) -> None:
    site = prepare(corrected, content, TODAY)
    assert site.problems == []
    text = visible_text(page_text(site, "changes.md"))
    in_order = ["Dangers that were corrected", "A broken spout is for good.", "Steam can burn", "A new cloth."]
    assert [text.count(words) for words in in_order] == [1, 1, 1, 1]
    assert sorted(in_order, key=text.index) == in_order
    link = 'href="procedures/teapot-lid-polishing.md#corrected">Lid polishing</a>'
    assert link in page_text(site, "changes.md")


def test_a_page_shows_its_corrected_dangers_near_the_top(corrected: Path, content: Path) -> None:
    site = prepare(corrected, content, TODAY)
    text = visible_text(page_text(site, "procedures/teapot-polishing.md"))
    in_order = [
        "Corrected on November 29, 2026: 2 dangers",
        "A broken spout is for good.",
        "Steam can burn a hand & this was missing. (November 28, 2026)",
        "Get help",
    ]
    assert sorted(in_order, key=text.index) == in_order
    assert "A broken spout" not in visible_text(page_text(site, "procedures/teapot-lid-polishing.md"))
    assert "Corrected on" not in visible_text(page_text(site, "procedures/teapot-leave-alone.md"))
    assert "A broken spout is for good." in visible_text(page_text(site, "comparisons/squeaking-teapot.md"))


@pytest.mark.parametrize("path", ["procedures/teapot-polishing.md", "comparisons/squeaking-teapot.md"])
def test_a_correction_mentions_older_leaflets(corrected: Path, content: Path, path: str) -> None:
    site = prepare(corrected, content, TODAY, Settings(leaflets=True))
    html = LexborHTMLParser(page_text(site, path))
    [line] = html.css(".paper")
    assert "it was corrected on November 29, 2026" in " ".join(line.text().split())
    assert [link.attributes["href"] for link in line.css("a")] == ["#corrected"]
    [box] = html.css(".corrected:has(#corrected)")
    assert "An older leaflet does not say this." in " ".join(box.text().split())
    without = prepare(corrected, content, TODAY)
    assert "older leaflet" not in visible_text(page_text(without, path))


@pytest.mark.parametrize(("written", "message", "hint"), [
    ("safety: true, pages: [teapot-polishing]", "A corrected danger needs a sentence for readers.", '"says"'),
    ("says: It was wrong.", "A change must name what it is about.", '"pages"'),
    ("pages: [teapot-polising], says: It was wrong.", 'There is no page called "teapot-polising".', "polishing"),
    ("fact: signs.burn, safety: true, says: It is hot.", "No page shows this correction.", "pages: ["),
])  # fmt: skip
def test_an_invisible_correction_is_a_problem(
    example: Path, content: Path, written: str, message: str, hint: str
) -> None:
    (example / "changes.yml").write_text(f"- published: 2026-11-29\n  changes:\n  - {{{written}}}\n", "utf-8")
    [problem] = prepare(example, content, TODAY).problems
    assert (problem.place.path, problem.place.line) == ("data/changes.yml", 3)
    assert problem.message == message
    assert hint in problem.hint


def test_the_words_of_corrections_are_checked(corrected: Path, content: Path) -> None:
    edit(corrected / "changes.yml", "A new cloth.", "A new clohth.")
    [problem] = prepare(corrected, content, TODAY).problems
    assert "clohth" in problem.message


@pytest.mark.slow
def test_a_site_builds_without_git(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    done = run(project, "mkdocs", "--quiet", "build", "--strict")
    assert (done.stderr, done.returncode) == ("", 0)
    assert "First version of these facts." in (project / "site/changes.html").read_text("utf-8")


# Reporting mistakes


@pytest.mark.parametrize(("address", "begins"), [
    ("mailto:lid@teapot.example", "mailto:lid@teapot.example?subject="),
    ("mailto:lid@teapot.example?cc=a@b.example", "mailto:lid@teapot.example?cc=a@b.example&amp;subject="),
    ("https://forge.example/tea/issues/new", "https://forge.example/tea/issues/new?title="),
])  # fmt: skip
def test_each_fact_has_a_report_link(example: Path, content: Path, address: str, begins: str) -> None:
    site = prepare(example, content, TODAY, Settings("Teapots", "https://clinic.example/tea/", address))
    assert site.problems == []
    text = detail_text(site.pages)
    links = re.findall(r'<a class="report" href="([^"]*)"', text)
    sourced = [id for id, fact in site.facts.iter_facts() if id.startswith(f"{ID}.") and hasattr(fact, "sources")]
    assert len(links) == len(sourced) >= 30
    assert all(link.startswith(begins) for link in links)
    [link] = [link for link in links if "benefits.quiet&amp;body" in link]
    for part in (
        "Fact%3A%20teapot-polishing.benefits.quiet",
        "https%3A%2F%2Fclinic.example%2Ftea%2Fprocedures%2Fteapot-polishing%2Fresults.html",
        "%23teapot-polishing.benefits.quiet",
        f"Version%3A%20facts%20checked%20on%202026-11-22%2C%20{compute_version(site.facts, ID)}",
    ):
        assert part in link
    assert not re.search(r"[\s<>]", link)


@pytest.mark.parametrize("address", [
    "lid@teapot.example", "mailto:lid", "mailto:a b@c.example", "http://forge.example/new", "https://",
    "https://[", "https://forge.example/new#top", "javascript:alert(1)", "https://forge.example/ new",
])  # fmt: skip
def test_an_invalid_report_address_is_a_problem(example: Path, content: Path, address: str) -> None:
    [problem] = prepare(example, content, TODAY, Settings(report_to=address)).problems
    assert problem.place.path == "mkdocs.yml"
    assert problem.message == f'"report_to" cannot be "{address}".'
