"""The offline copy: a service worker that caches the whole site on a device, and the list of its files.

Every built site has a `sw.js` next to its home page. With `offline` set, that is the service worker that keeps the
copy. Without, it is one that deletes a copy from a time when `offline` was set, and unregisters itself.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from pathlib import Path

from build_tools.load.settings import Settings

CACHED = (".html", ".css", ".js", ".woff2", ".svg", ".png")
"""Suffixes of the files that readers need. Exports, feeds and leaflets stay on the server."""


def list_cached_files(site: Path) -> dict[str, str]:
    """The files of a built site that the copy holds, each with its SHA-256 in Base64."""
    files = (path for path in sorted(site.rglob("*")) if path.suffix in CACHED and path != site / "sw.js")
    return {
        path.relative_to(site).as_posix(): b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
        for path in files
    }


def write_worker(site: Path, content: Path, settings: Settings) -> None:
    """Write `sw.js`, and with `offline` set a web app manifest, into a site whose other files are all written."""
    worker = content / "templates/worker"
    if not settings.offline:
        (site / "sw.js").write_text((worker / "leave.js").read_text("utf-8"), "utf-8")
        return
    files = json.dumps(list_cached_files(site), indent=0)
    script = f"const FILES = {files};\n\n{(worker / 'keep.js').read_text('utf-8')}"
    version = hashlib.sha256(script.encode()).hexdigest()[:12]
    (site / "sw.js").write_text(f'const VERSION = "{version}";\n{script}', "utf-8")
    (site / "manifest.json").write_text(json.dumps(_manifest(site, settings), indent=2) + "\n", "utf-8")


def _manifest(site: Path, settings: Settings) -> dict[str, object]:
    icon = next(site.glob("assets/*/icon.svg")).relative_to(site).as_posix()
    return {
        "name": settings.site_name,
        "short_name": settings.site_name.partition(",")[0],
        "id": "./",
        "start_url": "./index.html",
        "scope": "./",
        "display": "minimal-ui",
        "lang": "en",
        "dir": "ltr",
        "background_color": "#fffdf8",
        "theme_color": "#0b4f5c",
        "icons": [{"src": icon, "type": "image/svg+xml", "sizes": "any", "purpose": "any"}],
    }
