"""Screenshots of the built site for the README: `make screenshots` updates docs/screenshots/.

A file changes only if its picture does, and the day in the list changes only with a picture.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import typst
from playwright.sync_api import Browser, sync_playwright

from build_tools.load.settings import today

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/screenshots"
PAGES = {
    "home": ("Home", "index.html", "body"),
    "procedure": ("A procedure", "procedures/percutaneous-cordotomy.html", "body"),
    "comparison": ("A comparison", "comparisons/trigeminal-needle-treatments.html", "tr[data-row=works]"),
    "risks": ("Its risks", "procedures/percutaneous-cordotomy/risks.html", "body"),
    "glossary": ("The glossary", "glossary.html", "body"),
}
"""The title, page, and topmost element of each picture."""
SIZES = {360: 720, 1280: 800}
COLOR_SCHEMES = ("light", "dark")
LEAFLET = "leaflets/percutaneous-cordotomy-a4.pdf"
MOST = 300_000
"""The maximum size of a picture in bytes, so that the repository stays small."""


def take_screenshots(browser: Browser, site: Path) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of each picture: the first screen of each page in each width and color scheme."""
    for scheme in COLOR_SCHEMES:
        for width, height in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            for name, (_, path, top) in PAGES.items():
                page.goto(f"{site.as_uri()}/{path}")
                page.evaluate("document.fonts.ready")
                page.locator(top).evaluate("element => element.scrollIntoView()")
                yield f"{name}-{width}-{scheme}.png", page.screenshot(animations="disabled", caret="hide")
            page.close()


def render_leaflet(site: Path) -> bytes:
    """The first page of a leaflet as a picture."""
    source = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("{LEAFLET}")'
    picture = typst.Compiler(root=str(site)).compile(source.encode(), format="png", ppi=80)
    assert isinstance(picture, bytes)
    return picture


def render_index() -> str:
    """The list of all pictures, with the day of the last change."""
    lines = ["# Screenshots", "", f"Taken on {today()} with `make screenshots`.", ""]
    for width in SIZES:
        lines += [f"## {width} pixels wide", "", "| | Light | Dark |", "|---|---|---|"]
        for name, (title, _, _) in PAGES.items():
            pictures = [f"![{title}, {scheme}]({name}-{width}-{scheme}.png)" for scheme in COLOR_SCHEMES]
            lines.append(f"| {title} | {' | '.join(pictures)} |")
        lines.append("")
    return "\n".join([*lines, "## A leaflet to hand out", "", "![The first sheet of a leaflet](leaflet.png)", ""])


def main() -> None:
    """Take all pictures and write those that have changed."""
    site = ROOT / "site"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        pictures = dict(take_screenshots(browser, site))
        browser.close()
    pictures["leaflet.png"] = render_leaflet(site)
    too_large = [name for name, picture in pictures.items() if len(picture) > MOST]
    assert not too_large, f"These pictures are too large: {too_large}"
    FOLDER.mkdir(exist_ok=True)
    changed = [
        name
        for name, picture in pictures.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_bytes() != picture
    ]
    for name in changed:
        (FOLDER / name).write_bytes(pictures[name])
    if changed:
        (FOLDER / "README.md").write_text(render_index(), "utf-8")
    print(f"{len(changed)} of {len(pictures)} pictures in docs/screenshots/ have changed.")


if __name__ == "__main__":
    main()
