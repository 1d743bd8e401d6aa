"""How a web server hands out the site: one description, from which the settings of each server are written."""

from __future__ import annotations

import posixpath
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from build_tools.load.facts import Facts

POLICY = {
    "default-src": "'none'",
    **dict.fromkeys(("script-src", "style-src", "img-src", "font-src", "form-action"), "'self'"),
    **dict.fromkeys(("connect-src", "worker-src", "manifest-src"), "'self'"),
    "base-uri": "'none'",
}
"""The Content-Security-Policy (CSP Level 3) but for who may frame a page.

Only a site of which devices keep a copy needs the three before the last: its worker fetches the files of the copy.
"""

FEATURES = (
    "accelerometer autoplay camera display-capture encrypted-media geolocation gyroscope magnetometer microphone "
    "midi payment publickey-credentials-get screen-wake-lock serial usb xr-spatial-tracking"
)
"""Powers of a browser that no page uses, as Permissions-Policy names them."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES.split()),
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every answer says, whatever it is."""

NOT_FRAMED = {"X-Frame-Options": "DENY"}
"""What an answer says unless a frame of somebody else may show it; the policy then says so too."""

TRANSPORT = {"Strict-Transport-Security": "max-age=31536000", "Cross-Origin-Opener-Policy": "same-origin"}
"""What an answer says over https alone: without it, the first is not allowed (RFC 6797), and browsers complain of
the second. The first binds the whole host, so it does not speak for other hosts."""

SHARED = {"Access-Control-Allow-Origin": "*"}
"""What answers say that programs on other pages may read (Fetch, CORS)."""

SHARED_PATHS = ("api/*", "infobutton/*", "feed.xml", "reviews.ics")
"""Where those lie."""

KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For what lies in the folder of assets, which is named by its content (RFC 8246)."""

ASKED_AGAIN = {"Cache-Control": "no-cache"}
"""For everything else: browsers ask each time whether it has changed, and need not fetch it if not."""

TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "xml": "application/xml",
    "json": "application/json",
    "pdf": "application/pdf",
    "woff2": "font/woff2",
    "svg": "image/svg+xml",
    "png": "image/png",
}
"""The media type of each file by the end of its name (IANA)."""

ATOM = "application/atom+xml"
"""The media type of the feed, and of the answers for health records in Atom (RFC 4287)."""


def write_policy(frames: str = "") -> str:
    """The whole Content-Security-Policy, where `frames` says who may show a page in a frame.

    Without `frames` it is what a page can say itself, for hosts that send no headers: not who may frame it.
    """
    rules = POLICY | ({"frame-ancestors": frames} if frames else {})
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def write_settings(out: Path, templates: Path, facts: Facts) -> list[Path]:
    """Write the settings of each server below `out`, and give the files.

    An old address is known with the new one and the way from the one to the other, which holds below any path.
    """
    jinja = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(templates / "servers"),
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    jinja.globals.update(
        policy=write_policy,
        headers=HEADERS,
        not_framed=NOT_FRAMED,
        transport=TRANSPORT,
        shared=SHARED["Access-Control-Allow-Origin"],
        shared_paths=SHARED_PATHS,
        is_shared="|".join(path.replace(".", r"\.").replace("*", ".+") for path in SHARED_PATHS),
        is_atom=r"(feed|infobutton/.+)\.xml",
        atom=ATOM,
        kept=KEPT["Cache-Control"],
        asked_again=ASKED_AGAIN["Cache-Control"],
        types=TYPES,
        redirects=[
            (old, new, posixpath.relpath(new, posixpath.dirname(old) or "."))
            for old, new in facts.redirects.items()
        ],
    )
    written = {out / name: jinja.get_template(name).render() for name in jinja.list_templates()}
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return [*written]
