"""The sitemap, with the day on which the facts of each page last changed (sitemaps.org), and `robots.txt`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from xml.etree import ElementTree

from build_tools.export.structured_data import find_last_modified
from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.render.rendering import Page

_LISTS = ("procedures", "comparisons", "glossary", "sources", "claims", "a-to-z", "changes")
"""Pages that list facts of all procedures."""


def render_sitemaps(facts: Facts, pages: Iterable[Page], settings: Settings) -> dict[str, str]:
    """`robots.txt` and `sitemap.xml` by path; without a site URL, which a sitemap needs, only `robots.txt`."""
    robots = "User-agent: *\nAllow: /\n"
    if not settings.site_url:
        return {"robots.txt": robots}
    root = ElementTree.Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    for page in pages:
        url = ElementTree.SubElement(root, "url")
        ElementTree.SubElement(url, "loc").text = settings.address_of(page.path)
        if day := _find_last_change(facts, page.path):
            ElementTree.SubElement(url, "lastmod").text = str(day)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, "unicode")
    return {
        "sitemap.xml": f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n',
        "robots.txt": f"{robots}Sitemap: {settings.address_of('sitemap.xml')}\n",
    }


def _find_last_change(facts: Facts, path: str) -> date | None:
    """The day on which a page's facts last changed or were checked; None for a page without facts."""
    folder, _, id = path.removesuffix(".md").rpartition("/")
    if folder in ("procedures", "take-along") and id in facts.procedures:
        return find_last_modified(facts, id, facts.procedures[id])
    if folder in ("comparisons", "worksheets") and id in facts.comparisons:
        comparison = facts.comparisons[id]
        options = [find_last_modified(facts, option, facts.procedures[option]) for option in comparison.options]
        return max(find_last_modified(facts, "comparisons", comparison), *options)
    if not folder and id in _LISTS:
        days = [find_last_modified(facts, id, procedure) for id, procedure in facts.procedures.items()]
        return max([*days, *(publication.published for publication in facts.publications)])
    return None
