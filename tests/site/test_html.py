"""Every page is HTML without an error, and has a title of its own, and its links say where they lead."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from tests.node import MissingError, install, skip
from tests.site.conftest import pages_of

ROLE = re.compile(r"^The “role” attribute must not be used on a “(?:td|th|tr)” element")


def test_the_html_checker_finds_no_error_on_any_page(site: Path) -> None:
    try:
        if shutil.which("java") is None:
            raise MissingError("Java is missing, so the HTML checker was not run; on Debian: default-jre-headless")
        checker = install("vnu-jar") / "node_modules/vnu-jar/build/dist/vnu.jar"
    except MissingError as missing:
        skip(missing)
    pages = sorted(map(str, site.rglob("*.html")))
    done = subprocess.run(
        ["java", "-jar", str(checker), "--format", "json", *pages], capture_output=True, text=True, check=False
    )
    messages = json.loads(done.stderr)["messages"]
    # On phones tables are laid out as blocks, and browsers then forget what they are unless the roles are written.
    messages = [m for m in messages if not ROLE.search(m["message"])]
    assert [f"{m['url']}:{m.get('lastLine')}: {m['message']}" for m in messages if m["type"] == "error"] == []


def test_the_generator_puts_no_sitemap_of_its_own_there(site: Path) -> None:
    assert not list(site.glob("sitemap.xml*")), "it would have the day of the build beside every page"


SAYS_NOTHING = re.compile(r"..?|(read )?more|here|link|details|all results|step by step|as (csv|json|atom)", re.I)


def test_each_link_says_where_it_leads_and_leads_where_no_other_of_that_name_does(site: Path) -> None:
    """As a screen reader lists them, without what is around them."""
    unclear = []
    for path in pages_of(site):
        leads = defaultdict(set)
        for link in LexborHTMLParser((site / path).read_text("utf-8")).css("a[href]"):
            seen = " ".join(link.text().split())
            name = link.attributes.get("aria-label") or seen
            if "aria-current" in link.attributes or link.attributes.get("class") == "term":
                continue  # it leads nowhere else, or is a word of a sentence
            leads[name.casefold()].add(urljoin(path, link.attributes["href"] or ""))
            if SAYS_NOTHING.fullmatch(name) or (seen not in name and seen != "i"):  # "i" is a sign, not a word
                unclear.append(f"{path}: {link.html}")
        unclear += [f"{path}: {name}: {', '.join(to)}" for name, to in leads.items() if len(to) > 1]
    assert unclear == []


def test_each_page_has_a_title_of_its_own_that_repeats_nothing(site: Path) -> None:
    titles = [LexborHTMLParser((site / path).read_text("utf-8")).css("title")[0].text() for path in pages_of(site)]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if len(set(title.split(" - "))) < len(title.split(" - "))] == []
