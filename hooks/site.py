"""The adapter: hands the pages of build_tools to MkDocs. It holds no rule and keeps no state."""

from __future__ import annotations

import errno
import gc
import socket
import sys
from pathlib import Path
from typing import Any

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that a plain `mkdocs build` finds build_tools

from build_tools.edit.preview import stale_if_failed, with_problems  # noqa: E402
from build_tools.edit.report import in_short  # noqa: E402
from build_tools.load.settings import DayError, Settings, today  # noqa: E402
from build_tools.pipeline import prepare  # noqa: E402
from build_tools.records.problems import describe, refusal, summarize_notices  # noqa: E402
from build_tools.release.assets import fingerprint, lead_to  # noqa: E402
from build_tools.release.beside import files_beside, with_leaflets  # noqa: E402
from build_tools.release.offline import write_worker  # noqa: E402
from build_tools.release.progress import say  # noqa: E402
from build_tools.release.theme import UNUSED, headings_alone, with_html, without_switches  # noqa: E402
from build_tools.render.rendering import Site  # noqa: E402
from build_tools.render.templates import fault, sandboxed  # noqa: E402
from build_tools.verify.verify import verify  # noqa: E402

_invoked = {"command": "build"}  # the one thing that MkDocs tells only once


def on_startup(command: str, **_: Any) -> None:
    """Note whether this is a preview, in which a mistake must not stop the other pages."""
    _invoked.update(command=command)
    gc.set_threshold(50_000, 20, 20)  # facts never point in circles; looking for some takes a seventh of a build


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Stop before MkDocs empties the output folder if a fact or a word is wrong; a preview goes on."""
    preview = _invoked["command"] == "serve"
    say("Checking facts and words")
    try:
        site = prepare(ROOT / "data", Path(config.docs_dir), today(), Settings.of(config), preview)
        site = with_leaflets(site)
    except DayError as error:
        raise Abort(str(error)) from None
    if notices := summarize_notices(site.problems):
        print(notices, file=sys.stderr)
    if site.errors:
        print(describe(site.errors), file=sys.stderr)
        if not preview:
            raise Abort("The site was not built; the last good one is untouched.")
        config.strict = False
    if not preview:
        config.site_url = site.settings.site_url or None
    say(f"Building {len(site.pages)} pages")
    config.extra["prepared"] = site
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every page, each edited in the file that an editor knows; leave out the theme's own assets."""
    site: Site = config.extra["prepared"]
    made = {page.path: page.text for page in site.pages} | files_beside(site)
    for file in [file for file in files if file.src_uri in made or file.src_uri.startswith(UNUSED)]:
        files.remove(file)
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    for page in site.pages:
        files.src_uris[page.path].edit_uri = page.edited_in
    assets = [file for file in files if file.src_uri.startswith("assets/")]
    folder = fingerprint({file.src_uri.removeprefix("assets/"): file.content_bytes for file in assets})
    config.extra["assets"] = folder
    for file in assets:
        file.dest_uri = file.src_uri.replace("assets/", f"assets/{folder}/", 1)
    for file in [file for file in files if file.generated_by and file.is_static_page()]:
        file.content_string = lead_to(folder, file.content_string)
    return files


def on_env(env: jinja2.Environment, **_: Any) -> jinja2.Environment:
    """Let the theme's templates run in the sandbox of all the others."""
    return sandboxed(env)


def on_build_error(error: Exception, **_: Any) -> None:
    """Say which template is wrong, and where, or what the system refused, in place of a traceback."""
    if isinstance(error, OSError):
        raise Abort(str(refusal(error))) from None
    if problem := fault(error, ROOT / "content"):
        print(describe([problem]), file=sys.stderr)
        abort = Abort("The site was not built.")
        abort.add_note(str(problem))
        raise abort from None


def on_serve(server: Any, config: MkDocsConfig, **_: Any) -> Any:
    """Say what to do if another program uses the port, and on every page if a rebuild fails."""
    host, port = config.dev_addr
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        hint = f"Stop that one, or choose another port: .venv/bin/mkdocs serve --dev-addr {host}:{port + 1}"
        used = f"Another program uses {host}:{port}, perhaps another preview."
        raise Abort(f"{used if error.errno == errno.EADDRINUSE else error}\n    {hint}") from None
    server.builder = stale_if_failed(server.builder, Path(config.site_dir))
    return server


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let Markdown read hand-written pages, and of all others the headings."""
    if not (Path(config.docs_dir) / page.file.src_uri).is_file():
        markdown, page.meta["html"] = headings_alone(markdown)
    return markdown


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put back what Markdown did not read."""
    return with_html(html, page.meta.get("html"))


def on_post_page(output: str, config: MkDocsConfig, **_: Any) -> str:
    """Lead to the assets, and leave out the theme's switches."""
    page = lead_to(config.extra["assets"], without_switches(output))
    errors = config.extra["prepared"].errors  # only a preview goes on in spite of them
    return with_problems(page, errors) if errors else page


on_post_template = on_post_page  # also on the page that says that an address was not found


def on_post_build(config: MkDocsConfig) -> None:
    """Let devices keep a copy of what was built, or let go of one. Verify it all, unless it is a preview."""
    site: Site = config.extra["prepared"]
    write_worker(Path(config.site_dir), site.content, site.settings)
    if _invoked["command"] == "serve":
        return
    say("Verifying the site")
    if problems := verify(Path(config.site_dir), site.facts, site.content, site.settings):
        print(describe(problems), file=sys.stderr)
        raise Abort("The new site is not right; the last good one is untouched.")
    print(f"No problems found.\n{in_short(site)}")
