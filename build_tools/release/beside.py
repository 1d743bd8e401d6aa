"""What a site holds beside its pages: styles, leaflets, files for other programs, the search index, feeds."""

from __future__ import annotations

from dataclasses import replace

from build_tools.export.calendars import calendar
from build_tools.export.exports import exports
from build_tools.export.feed import feed
from build_tools.export.infobutton import answers
from build_tools.model.colors import MORE_STYLES, STYLES, family_styles
from build_tools.prose.glossary import script
from build_tools.prose.layers import stylesheet
from build_tools.release.assets import without_comments
from build_tools.release.materials import LUNR, licenses
from build_tools.release.progress import say
from build_tools.render.pages import readable
from build_tools.render.redirects import forwarding_pages
from build_tools.render.rendering import Site
from build_tools.render.search import index
from build_tools.render.sitemap import sitemaps


def with_leaflets(site: Site) -> Site:
    """The site with its leaflets, or with what keeps some from being set; one with errors has none."""
    if site.errors or not site.settings.leaflets:
        return site
    from build_tools.render.leaflets import leaflets  # what sets them takes long to load, and a preview has none

    say("Setting the leaflets")
    pdfs, problems = leaflets(site.renderer)
    return replace(site, leaflets=pdfs, problems=[*site.problems, *problems])


def files_for_pages(site: Site) -> dict[str, str | bytes]:
    """The styles and scripts to which pages lead, and the old addresses that lead to pages: contents by path."""
    facts, _ = readable(site.facts, site.errors)
    made: dict[str, str | bytes] = {
        STYLES: family_styles(site.facts) + without_comments((site.content / STYLES).read_text("utf-8")),
        MORE_STYLES: without_comments((site.content / MORE_STYLES).read_text("utf-8")),
        "assets/lunr.js": LUNR.read_text("utf-8"),
        "assets/words.js": script(site.facts.terms()),
        "assets/search-index.js": index(facts, site.pages),
        **forwarding_pages(site.facts.every_redirect, site.settings),
    }
    if site.facts.clinic and site.facts.clinic.accent:
        made["assets/clinic.css"] = stylesheet(site.facts.clinic.accent)
    if logo := site.facts.logo:
        made[f"assets/{logo.name}"] = logo.content
    return made


def files_beside(site: Site) -> dict[str, str | bytes]:
    """What the facts make beside pages: the content of each file by its path in the built site."""
    facts, _ = readable(site.facts, site.errors)
    return {
        **files_for_pages(site),
        "licenses.txt": licenses(),
        "feed.xml": feed(site.facts, site.settings),
        **answers(facts, site.settings),
        "reviews.ics": calendar(facts, site.settings),
        **sitemaps(facts, site.pages, site.settings),
        **exports(facts, site.settings, site.today),
        **site.leaflets,
    }
