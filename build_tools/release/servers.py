"""How a web server serves the site: one description, from which the settings of each server are written."""

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
"""The Content-Security-Policy (CSP Level 3) without `frame-ancestors`.

Only a site with an offline copy needs `connect-src`, `worker-src` and `manifest-src`.
"""

FEATURES = (
    "accelerometer autoplay camera display-capture encrypted-media geolocation gyroscope magnetometer microphone "
    "midi payment publickey-credentials-get screen-wake-lock serial usb xr-spatial-tracking"
)
"""Browser features that no page uses, as Permissions-Policy names them."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES.split()),
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every response."""

NOT_FRAMED = {"X-Frame-Options": "DENY"}
"""A header of every response, unless an intranet can show the site in a frame."""

TRANSPORT = {"Strict-Transport-Security": "max-age=31536000", "Cross-Origin-Opener-Policy": "same-origin"}
"""Headers over https alone: over http, RFC 6797 forbids the first, and browsers warn about the second.

The first is for the whole host, and leaves out its subdomains.
"""

SHARED = {"Access-Control-Allow-Origin": "*"}
"""A header of responses that scripts of other websites can read (Fetch, CORS)."""

SHARED_PATHS = ("api/*", "infobutton/*", "feed.xml", "reviews.ics")
"""The paths of those responses."""

IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For the assets folder, which is named by its content (RFC 8246)."""

REVALIDATED = {"Cache-Control": "no-cache"}
"""For everything else: browsers ask each time whether it has changed, and download it only then."""

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
"""The media type of each file by its suffix (IANA)."""

ATOM = "application/atom+xml"
"""The media type of the feed and of Infobutton responses in Atom (RFC 4287)."""


def write_policy(frames: str = "") -> str:
    """The whole Content-Security-Policy; `frames` is its `frame-ancestors`.

    Without `frames` it is the policy for a <meta> element, which cannot hold `frame-ancestors`.
    """
    rules = POLICY | ({"frame-ancestors": frames} if frames else {})
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def write_settings(out: Path, templates: Path, facts: Facts) -> list[Path]:
    """Write the settings of each server below `out`, and return the files.

    A redirect has the old address, the new one, and the new one relative to the old, which works below any path.
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
        immutable=IMMUTABLE["Cache-Control"],
        revalidated=REVALIDATED["Cache-Control"],
        types=TYPES,
        redirects=[
            (old, new, posixpath.relpath(new, posixpath.dirname(old) or "."))
            for old, new in facts.redirects.items()
        ],
    )
    files = {out / name: jinja.get_template(name).render() for name in jinja.list_templates()}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return [*files]
