"""A copy of the whole site on a device, for reading without a network: its files, and who keeps them.

Every built site has a `sw.js` beside its first page. Where the site is set so, that is the service worker that
keeps the copy; else it is one that lets go of a copy from a time when the site was set so.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from pathlib import Path

from build_tools.load.settings import Settings

KEPT = (".html", ".css", ".js", ".woff2", ".svg", ".png")
"""What readers need. Files for other programs, feeds and leaflets to print stay on the server."""


def list_kept_files(site: Path) -> dict[str, str]:
    """The files of a built site that a copy holds, each with the SHA-256 of its content in Base64."""
    files = (path for path in sorted(site.rglob("*")) if path.suffix in KEPT and path != site / "sw.js")
    return {
        path.relative_to(site).as_posix(): b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
        for path in files
    }


def write_worker(site: Path, content: Path, settings: Settings) -> None:
    """Write `sw.js`, and the manifest of an app for devices, into a site that is all built."""
    worker = content / "templates/worker"
    if not settings.offline:
        (site / "sw.js").write_text((worker / "leave.js").read_text("utf-8"), "utf-8")
        return
    files, script = json.dumps(list_kept_files(site), indent=0), (worker / "keep.js").read_text("utf-8")
    keeper = f"const FILES = {files};\n\n{script}"
    version = hashlib.sha256(keeper.encode()).hexdigest()[:12]
    (site / "sw.js").write_text(f'const VERSION = "{version}";\n{keeper}', "utf-8")
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
