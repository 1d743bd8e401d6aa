"""What a built page must say for the clinic that shows the site, told a second time from the raw files.

Like `retelling` it shares no code with what writes the pages. Without a clinic no page may have a word of one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from build_tools.problems import Place, Problem
from build_tools.retelling import fold, plain, sentence

if TYPE_CHECKING:
    from build_tools.old_verify import Built

Problems = Iterator[Problem]
Raw = dict[str, Any]

SPOKEN = (
    ".clinic, .clinic-help, .clinic-funding, .at-clinic, .to-clinic, .whom-to-call, .offered, .shown-by, "
    ".emergency-number"
)
"""Where a clinic speaks, or where a page speaks of a number that a clinic gives."""

ROWS = (
    ("where_to_come", "Where to come, and when"),
    ("eating_and_drinking", "Eating and drinking before it"),
    ("medicines", "Your medicines"),
    ("who_does_it", "Who does it here"),
    ("stay", "How long you stay here"),
    ("going_home", "Going home"),
    ("whom_to_ask", "Whom to ask"),
)
NOBODY = "Help: ask the team or the clinic that gave you this page. Funding: none recorded."


def addresses(clinic: Raw | None) -> set[str]:
    """The addresses to which pages lead for a clinic: its website, its mail or form, its phone numbers."""
    if not clinic:
        return set()
    phones = {_dialed(clinic[name]) for name in ("phone", "out_of_hours", "emergency_number")}
    return {clinic["website"], clinic["report_to"], *phones}


def _dialed(number: str) -> str:
    digits, _, extension = number.partition(", extension ")
    shown = "".join("-" if letter in " ." else letter for letter in digits if letter not in "()")
    return f"tel:{shown}" + (f";ext={extension}" if extension else "")


def the_clinic_speaks_for_itself(built: Built) -> Problems:
    """On each page stand the words of the chosen clinic, all and in their places, and those of no other."""
    for page, parser in built.pages.items():
        wanted = {kind: [fold(text) for text in texts] for kind, texts in _told(built, page).items()}
        for kind in SPOKEN.split(", "):
            found = [plain(node) for node in parser.css(kind)]
            if kind == ".emergency-number":
                found = [text.lower() for text in found]
            if found != wanted.get(kind, []):
                yield Problem(
                    built.place(page),
                    f"{kind} reads {found}, and must read {wanted.get(kind, [])}.",
                    "It is what clinic.yml says; without a clinic it is not there. Build the site again.",
                )
        if (NOBODY in plain(parser.css_first("footer"))) == bool(built.clinic):
            yield Problem(built.place(page), "The foot must name the clinic's help, or that there is none.", "")
        for node in parser.css("[data-clinic]"):
            if node.attributes["data-clinic"] != built.clinic_id:
                yield Problem(built.place(page), "Here speaks a clinic that was not chosen.", "")
        if parser.css("[data-clinic] [data-fact], [data-fact] .at-clinic"):
            yield Problem(built.place(page), "A fact stands among the clinic's own words, or they in a fact.", "")
        values = [box.attributes.get("value") for box in parser.css(".to-fill input")]
        clinic = built.clinic
        filled = [f"{clinic['department']}: {clinic['phone']}", clinic["out_of_hours"]] if clinic else [None] * 2
        if page.startswith("take-along/") and values != filled:
            yield Problem(built.place(page), f"The team's numbers are filled in as {values}, not {filled}.", "")


def _told(built: Built, page: str) -> dict[str, list[str]]:
    """What stands on a page at each of the places where a clinic speaks."""
    clinic, (folder, _, file) = built.clinic, page.rpartition("/")
    id = file.removesuffix(".html")
    number = clinic["emergency_number"] if clinic else "your local emergency number"
    calls = folder == "take-along" or "emergency_number()" in built.texts.get(page.removesuffix(".html"), "")
    told = {".emergency-number": [number] * (2 if calls else 1)}
    if not clinic:
        return told
    phone = f"{clinic['department']}, {clinic['phone']} ({clinic['hours']})"
    told |= {
        ".clinic": [f"{clinic['name']} {clinic['department']}: {clinic['phone']}"],
        ".clinic-help": [
            f"Help: {clinic['name']}, {phone}. At all other times: {clinic['out_of_hours']}. "
            f"Languages: {'; '.join(clinic['languages'])}. Address: {clinic['address']}. "
            "Mistakes on this site: report them."
        ],
        ".clinic-funding": [f"Funding: {clinic['funding']}"],
    }
    if "shown_by()" in built.texts.get(page.removesuffix(".html"), ""):
        told[".shown-by"] = [f"{clinic['name']} shows these pages. {sentence(clinic['funding'])}"]
    local = clinic.get("procedures") or {}
    if folder in ("procedures", "take-along") and id in built.procedures:
        told[".at-clinic"] = [_box(clinic, local[id])] if id in local else []
    if folder == "procedures" and id in built.procedures:
        told[".to-clinic"] = [f"At {clinic['name']}"] if id in local else []
        levels = {flag["level"] for flag in built.procedures[id]["red_flags"].values()}
        told[".whom-to-call"] = [
            f"Emergency number: {number}"
            if level == "emergency"
            else f"Your team: {phone}. At all other times: {clinic['out_of_hours']}"
            for level in ("emergency", "urgent", "ask")
            if level in levels
        ]
    listed: list[str] = []
    if page == "procedures.html":
        links = built.pages[page].css("article a:not(.term)")
        listed = [posixpath.basename(str(link.attributes["href"])).removesuffix(".html") for link in links]
    elif folder == "procedures":
        links = built.pages[page].css("#forms + ul.cards a")
        listed = [posixpath.basename(str(link.attributes["href"])).removesuffix(".html") for link in links]
    elif folder == "comparisons" and id in built.comparisons:
        listed = built.comparisons[id]["options"]
    told[".offered"] = [
        f"At {clinic['name']}: "
        + ("done here." if local[other]["offered"] == "true" else "people go elsewhere for it.")
        for other in listed
        if other in local
    ]
    return told


def _box(clinic: Raw, local: Raw) -> str:
    """The clinic's box about a procedure, in one line."""
    name = clinic["name"]
    done = (
        "Yes." if local["offered"] == "true" else f"No. For this, people go to {local['referred_to'].rstrip('.')}."
    )
    rows = [f"{label} {local[field]}" for field, label in ROWS if field in local]
    phone = f"Phone {clinic['department']}: {clinic['phone']}. {sentence(clinic['hours'])}"
    begin = f"At {name} This part comes from {name}, not from the studies. Is it done here? {done}"
    return " ".join([begin, *rows, phone])


def the_clinic_changes_nothing_else(built: Built) -> Problems:
    """A clinic's style sheet holds its color alone, and its logo is its file; without one neither is there."""
    accent = (built.clinic or {}).get("accent")
    logo = (built.clinic or {}).get("logo")
    for page, parser in built.pages.items():
        styles = [str(link.attributes["href"]) for link in parser.css("link[rel=stylesheet]")]
        local = [style for style in styles if posixpath.basename(style) == "clinic.css"]
        images = [image for image in parser.css("img") if "clinic-logo" in str(image.attributes.get("src"))]
        if len(local) != bool(accent) or len(images) != bool(logo):
            yield Problem(built.place(page), "The clinic's color or logo is missing here, or is one too many.", "")
        for image in images:
            if built.clinic and image.attributes["alt"] != f"Logo of {fold(built.clinic['name'])}":
                yield Problem(built.place(page), "The logo does not say in words whose it is.", "")
    for file in sorted(built.site.rglob("clinic*.*")):
        if file.name == "clinic.css" and accent:
            found = re.sub(r"\s+", "", file.read_text("utf-8"))
            root = ":root{--accent:%s;}"
            dark = "@mediascreenand(prefers-color-scheme:dark){" + root % accent["dark"].lower() + "}"
            is_right = found == "@mediascreen{" + root % accent["light"].lower() + "}" + dark
        elif file.name.startswith("clinic-logo.") and logo:
            is_right = file.read_bytes() == (built.clinic_folder / logo).read_bytes()
        else:
            is_right = not file.name.startswith(("clinic.css", "clinic-logo."))
        if not is_right:
            yield Problem(Place(file.as_posix()), "This is not what the clinic's folder holds.", "Build again.")


def no_other_clinic_is_heard(built: Built) -> Problems:
    """No file of the site holds a text or an address of a clinic that was not chosen."""
    chosen = " ".join(_texts(built.clinic))
    others = {
        id: [text for text in _texts(clinic) if len(text) > 15 and text not in chosen]
        for id, clinic in built.clinics.items()
        if id != built.clinic_id
    }
    for file in sorted(built.site.rglob("*")) if any(others.values()) else ():
        if file.suffix in (".html", ".js", ".json", ".xml", ".css", ".csv", ".txt", ".md"):
            read = file.read_text("utf-8")
            for id, texts in others.items():
                for text in texts:
                    if text in read:
                        yield Problem(Place(file.as_posix()), f'"{text}" is a text of the clinic {id}.', "")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
