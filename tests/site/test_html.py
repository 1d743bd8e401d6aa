"""HTML validity, titles, and link names of all pages."""

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
from tests.site.conftest import list_pages

ROLE = re.compile(r"^The “role” attribute must not be used on a “(?:td|th|tr)” element")


def test_all_pages_are_valid_html(site: Path) -> None:
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
    # On phones tables are laid out as blocks, and browsers then drop their roles unless these are explicit.
    messages = [m for m in messages if not ROLE.search(m["message"])]
    assert [f"{m['url']}:{m.get('lastLine')}: {m['message']}" for m in messages if m["type"] == "error"] == []


def test_mkdocs_writes_no_sitemap(site: Path) -> None:
    assert not list(site.glob("sitemap.xml*")), "it would give the build date as the date of every page"


VAGUE = re.compile(r"..?|(read )?more|here|link|details|all results|step by step|as (csv|json|atom)", re.I)


def test_link_names_identify_their_targets(site: Path) -> None:
    """Screen readers list links without the text around them."""
    unclear = []
    for path in list_pages(site):
        targets = defaultdict(set)
        for link in LexborHTMLParser((site / path).read_text("utf-8")).css("a[href]"):
            text = " ".join(link.text().split())
            name = link.attributes.get("aria-label") or text
            if "aria-current" in link.attributes or link.attributes.get("class") == "term":
                continue  # a link to this page, or a word of a sentence
            targets[name.casefold()].add(urljoin(path, link.attributes["href"] or ""))
            if VAGUE.fullmatch(name) or (text not in name and text != "i"):  # "i" is an icon
                unclear.append(f"{path}: {link.html}")
        unclear += [f"{path}: {name}: {', '.join(urls)}" for name, urls in targets.items() if len(urls) > 1]
    assert unclear == []


def test_page_titles_are_unique_and_repeat_nothing(site: Path) -> None:
    titles = [
        LexborHTMLParser((site / path).read_text("utf-8")).css("title")[0].text() for path in list_pages(site)
    ]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if len(set(title.split(" - "))) < len(title.split(" - "))] == []
