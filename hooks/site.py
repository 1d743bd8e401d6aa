"""The MkDocs hook: passes the pages of build_tools to MkDocs. It has no rules, and no state except the preview."""

from __future__ import annotations

import errno
import gc
import socket
import sys
from collections.abc import Callable
from copy import copy
from functools import cache, partial
from pathlib import Path
from typing import Any

import jinja2
from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import write_file

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that a plain `mkdocs build` finds build_tools

from build_tools.edit.preview import Preview, add_problems  # noqa: E402
from build_tools.edit.report import format_in_short  # noqa: E402
from build_tools.load.settings import DayError, Settings, today  # noqa: E402
from build_tools.pipeline import prepare  # noqa: E402
from build_tools.records.problems import describe, explain_refusal, summarize_notices  # noqa: E402
from build_tools.release.assets import fingerprint, rewrite_asset_urls  # noqa: E402
from build_tools.release.offline import write_worker  # noqa: E402
from build_tools.release.progress import say  # noqa: E402
from build_tools.release.site_files import add_leaflets, make_other_files, make_page_files  # noqa: E402
from build_tools.release.theme import UNUSED, extract_headings, remove_switches, restore_html  # noqa: E402
from build_tools.render.rendering import Site  # noqa: E402
from build_tools.render.templates import create_sandbox, find_fault  # noqa: E402
from build_tools.verify.verify import verify  # noqa: E402

_preview: Preview | None = None  # only on_startup learns the command


def on_startup(command: str, **_: Any) -> None:
    """Start a preview for `mkdocs serve`: there a mistake must not stop the other pages."""
    global _preview
    _preview = Preview() if command == "serve" else None
    gc.set_threshold(50_000, 20, 20)  # facts have no cycles; looking takes a seventh of a build


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Stop before MkDocs empties the output folder if there are errors; a preview continues."""
    say("Checking facts and words")
    try:
        content, settings = Path(config.docs_dir), Settings.from_config(config)
        prepare_site = partial(prepare, ROOT / "data", content, today(), settings, bool(_preview))
        site = add_leaflets(_preview.load(prepare_site) if _preview else prepare_site())
    except DayError as error:
        raise Abort(str(error)) from None
    if notices := summarize_notices(site.problems):
        print(notices, file=sys.stderr)
    if site.errors:
        print(describe(site.errors), file=sys.stderr)
        if not _preview:
            raise Abort("The site was not built; the last good one is untouched.")
        config.strict = False
    if not _preview:
        config.site_url = site.settings.site_url or None
    say(f"Building {len(site.pages)} pages")
    config.extra |= {"prepared": site, "prepare_site": prepare_site}
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every page, with a link to edit its data file; remove the theme's assets."""
    site: Site = config.extra["prepared"]
    generated = {page.path: "" for page in site.pages} | make_page_files(site)
    for file in [file for file in files if file.src_uri in generated or file.src_uri.startswith(UNUSED)]:
        files.remove(file)
    for path, content in generated.items():
        files.append(File.generated(config, path, content=content))
    for page in site.pages:
        files.src_uris[page.path].edit_uri = page.edited_in
    assets = [file for file in files if file.src_uri.startswith("assets/")]
    folder = fingerprint({file.src_uri.removeprefix("assets/"): file.content_bytes for file in assets})
    config.extra["assets"] = folder
    for file in assets:
        file.dest_uri = file.src_uri.replace("assets/", f"assets/{folder}/", 1)
    for file in [file for file in files if file.generated_by and file.is_static_page()]:
        file.content_string = rewrite_asset_urls(folder, file.content_string)
    for path, content in make_other_files(site) if not _preview else ():  # written at once, to keep no content
        _write_file(config, path, content)
        if found := files.get_file_from_path(path):
            files.remove(found)
        files.append(File.generated(config, path, abs_src_path=f"{config.site_dir}/{path}"))
    return files


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:
    """Exclude the pages from MkDocs' own build, which keeps all of them in memory; on_post_build builds each."""
    config.extra |= {"nav": nav, "files": files}
    for file in files.documentation_pages():
        file.inclusion = InclusionLevel.EXCLUDED


def on_env(env: jinja2.Environment, config: MkDocsConfig, **_: Any) -> jinja2.Environment:
    """Render the theme's templates in the same sandbox as all others."""
    config.extra["env"] = env = create_sandbox(env)
    return env


def on_build_error(error: Exception, **_: Any) -> None:
    """Replace the traceback with the line of the template, or with what the system refused."""
    if isinstance(error, OSError):
        raise Abort(str(explain_refusal(error))) from None
    if problem := find_fault(error, ROOT / "content"):
        print(describe([problem]), file=sys.stderr)
        abort = Abort("The site was not built.")
        abort.add_note(str(problem))
        raise abort from None


def on_serve(server: Any, config: MkDocsConfig, **_: Any) -> Any:
    """Explain a port in use; build each page when a browser requests it."""
    host, port = config.dev_addr
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        hint = f"Stop that one, or choose another port: .venv/bin/mkdocs serve --dev-addr {host}:{port + 1}"
        used = f"Another program uses {host}:{port}, perhaps another preview."
        raise Abort(f"{used if error.errno == errno.EADDRINUSE else error}\n    {hint}") from None
    if preview := _preview:
        site, app = Path(config.site_dir), server.get_app()

        def build_and_serve(environ: dict[str, str], start_response: Any) -> Any:
            name = environ["PATH_INFO"].removeprefix(server.mount_path) or "index.html"
            if not name.startswith("/"):  # a browser waits for the next build at /livereload/
                preview.build_missing(name, site)
            return app(environ, start_response)

        server.set_app(build_and_serve)
        server.builder = partial(preview.rebuild, server.builder, site)
        server.watch(str(preview.signals))
    return server


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Give Python-Markdown the whole of a hand-written page, but only the headings of any other."""
    if not (Path(config.docs_dir) / page.file.src_uri).is_file():
        markdown, page.meta["html"] = extract_headings(markdown)
    return markdown


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put back the HTML that Python-Markdown did not parse, and keep no other copy of it."""
    page.file.content_string = ""
    return restore_html(html, page.meta.pop("html", None))


def on_post_page(output: str, config: MkDocsConfig, **_: Any) -> str:
    """Rewrite the asset URLs, and remove the theme's switches."""
    page = rewrite_asset_urls(config.extra["assets"], remove_switches(output))
    errors = config.extra["prepared"].errors  # only a preview continues with errors
    return add_problems(page, errors) if errors else page


on_post_template = on_post_page  # for 404.html


def on_post_build(config: MkDocsConfig) -> None:
    """Build the pages and the offline worker, and verify the site; a preview builds pages on request."""
    site: Site = config.extra["prepared"]
    write = _make_writer(config)
    if not _preview:
        for page in site.pages:
            write(config.extra["files"].src_uris[page.path].dest_uri)
    write_worker(Path(config.site_dir), site.content, site.settings)
    if _preview:
        _preview.show(site, config.extra["prepare_site"], write)
        return
    say("Verifying the site")
    if problems := verify(Path(config.site_dir), site.facts, site.content, site.settings):
        print(describe(problems), file=sys.stderr)
        raise Abort("The new site failed verification; the last good one is untouched.")
    print(f"No problems found.\n{format_in_short(site)}")


def _make_writer(config: MkDocsConfig) -> Callable[[str], None]:
    """A function that writes the page or the exported file of a given name, if there is one."""
    site, files = config.extra["prepared"], config.extra["files"]
    pages = {files.src_uris[page.path].dest_uri: page for page in site.pages}
    for page in site.pages:
        files.src_uris[page.path].inclusion = InclusionLevel.INCLUDED
    documents, exports = files.documentation_pages(), cache(lambda: dict(make_other_files(site)))

    def write(name: str) -> None:
        if name in pages:
            file = files.src_uris[pages[name].path]
            file.content_string = pages[name].write()
            page = copy(file.page or Page(None, file, config))  # a copy, so that its HTML is not kept
            _populate_page(page, config, files)
            _build_page(page, config, documents, config.extra["nav"], config.extra["env"])
        elif not name.endswith(".html") and (content := exports().get(name)):
            _write_file(config, name, content)

    return write


def _write_file(config: MkDocsConfig, path: str, content: str | bytes) -> None:
    write_file(content.encode() if isinstance(content, str) else content, f"{config.site_dir}/{path}")
