"""The command line: `python -m build_tools COMMAND`; --help lists the commands. Each is a function."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from build_tools.check.references import summarize_placeholders
from build_tools.check.rules import check
from build_tools.edit.answers import list_remarks, read_answers, sort_signed
from build_tools.edit.change_comment import find_unexplained, render_comment
from build_tools.edit.drafts import FILES, write_draft
from build_tools.edit.report import format_in_full
from build_tools.edit.schema import write_schemas
from build_tools.edit.signing import describe_signature, parse_next_review, parse_plain_line, refuse_author, sign
from build_tools.load.loader import load
from build_tools.load.settings import Settings, today
from build_tools.model.changes import describe_changes, find_changes_since, record
from build_tools.model.reviews import find_unsigned, name_layers
from build_tools.pipeline import prepare
from build_tools.prose.layers import acknowledge, describe_corrections, describe_notices, find_outdated
from build_tools.records.problems import CommandError, Problem, describe, explain_refusal, filter_errors, suggest
from build_tools.records.sections import LAYERS
from build_tools.release.publication import publish
from build_tools.release.servers import write_settings
from build_tools.render.rendering import Site
from build_tools.verify.verify import verify


@dataclass(frozen=True)
class _Project:
    """The two folders that every command reads."""

    data: Path
    content: Path

    def prepare(self) -> Site:
        """The whole site, with its problems."""
        return prepare(self.data, self.content, today(), Settings.load(self.data))

    def prepare_for(self, done: str, procedure: str = "") -> Site:
        """The site without errors, with the procedure if one is named; CommandError that nothing can be `done`."""
        site = self.prepare()
        if site.errors:
            raise CommandError(describe(site.errors), f"Nothing can be {done} as long as there are problems.")
        if procedure:
            message = f'There is no procedure called "{procedure}".'
            _require(procedure, site.facts.procedures, message, f"{self.data}/procedures/")
        return site


_PATH = click.Path(path_type=Path)
_FOLDER: dict[str, Any] = {"show_default": True, "type": _PATH}


@click.group()
@click.option("--data", **_FOLDER, default="data", help="The folder of facts.")
@click.option("--content", **_FOLDER, default="content", help="The folder of pages and templates.")
@click.pass_context
def cli(context: click.Context, data: Path, content: Path) -> None:
    """From facts to pages."""
    for folder in (data, content):
        if not folder.is_dir():
            hint = "Run this in the folder that holds README.md, or name the folder."
            raise CommandError(f"There is no folder {folder}.", hint, status=2)
    Settings.load(data)  # its error messages are clearer than those of MkDocs
    context.obj = _Project(data, content)


@cli.command("check")
@click.option("--release", is_flag=True, help="Also require that a clinician has reviewed every procedure.")
@click.pass_obj
def check_all(project: _Project, release: bool) -> int:
    """Check all facts and words."""
    site = project.prepare()
    if release:
        return _print_problems([*site.problems, *find_unsigned(site.facts, site.today)])
    if notices := describe_notices(find_outdated(site.facts, site.facts.clinic_id)):
        print(describe_corrections(site.facts, site.facts.clinic_id) + notices)
    return _print_problems(summarize_placeholders(site.facts, site.problems))


@cli.command("build")
@click.argument("site", type=_PATH, default="site")
def build_site(site: Path) -> int:
    """Build and verify the site, then put it in place."""
    return publish(site)


@cli.command("release")
def make_release() -> int:
    """Put an archive of the last commit and its site into dist/."""
    from build_tools.release.release import release  # slow to import, and most commands do not need it

    return release(Path("dist"))


@cli.command("verify")
@click.argument("site", type=_PATH)
@click.pass_obj
def verify_site(project: _Project, site: Path) -> int:
    """Check a built site against the facts."""
    if not site.is_dir():
        raise CommandError(f"There is no folder {site}.", "Build the site first with: make site", status=2)
    settings = Settings.load(project.data)
    facts, problems = load(project.data, settings.clinic)
    problems += check(facts, today())
    return _print_problems(filter_errors(problems) or verify(site, facts, project.content, settings))


@cli.command("servers")
@click.argument("out", type=_PATH)
@click.pass_obj
def write_server_settings(project: _Project, out: Path) -> int:
    """Write the settings for web servers into a folder."""
    facts, problems = load(project.data)
    for path in [] if problems else write_settings(out, project.content / "templates", facts):
        print(f"wrote {path}")
    return _print_problems(problems)


@cli.command("schema")
@click.pass_obj
def write_all_schemas(project: _Project) -> None:
    """Write the schemas that editors use while typing."""
    for path in write_schemas(project.data / "schema"):
        print(f"wrote {path}")


@cli.command("report")
@click.pass_obj
def print_report(project: _Project) -> None:
    """Show what there is and what is missing."""
    print(format_in_full(project.prepare()))


@cli.command("new")
@click.argument("kind", type=click.Choice([*FILES]))
@click.argument("id")
@click.pass_obj
def start_file(project: _Project, kind: str, id: str) -> None:
    """Start a procedure, a comparison, or a clinic. An ID has lowercase letters, digits, and hyphens."""
    print(write_draft(project.data, kind, id))


@cli.command("changes")
@click.argument("revision", metavar="REV")
@click.option("--record", "is_recorded", is_flag=True, help="Append the changes to data/changes.yml.")
@click.option("--markdown", is_flag=True, help="Write a pull request comment that marks risky changes.")
@click.pass_obj
def list_changes(project: _Project, revision: str, is_recorded: bool, markdown: bool) -> int:
    """List what changed since a commit, a tag or a branch."""
    data, site = project.data, project.prepare_for("recorded") if is_recorded else project.prepare()
    if is_recorded:
        count, problems = record(data, site.facts, revision, site.today)
        if problems:
            return _print_problems(problems)
        print(f"Appended {count} to {data}/changes.yml." if count else "Nothing changed, so nothing was recorded.")
        return 0
    changes, unread = find_changes_since(data, site.facts, revision)
    if not markdown:
        pages = {} if site.errors else site.pages_by_fact  # with errors, some pages are not rendered
        print(describe_changes(changes, data.name, unread, pages))
        if changes and site.errors:
            print("\nTo list the pages that show each fact, first fix what this command finds: make check")
        return 0
    print(render_comment(changes, data.name, unread))
    problems = list(find_unexplained(changes, site.facts, site.today))
    return _print_problems(problems) if problems else 0


@cli.command("acknowledge")
@click.argument("clinic")
@click.argument("procedures", metavar="[PROCEDURE]...", nargs=-1)
@click.pass_obj
def acknowledge_facts(project: _Project, clinic: str, procedures: tuple[str, ...]) -> None:
    """List what a clinic must check again, or mark it as checked."""
    site = project.prepare_for("acknowledged")
    facts = site.facts
    _require(clinic, facts.clinics, f'No clinic called "{clinic}" can be read.', f"{project.data}/clinics/")
    for procedure in procedures:
        _require(procedure, facts.clinics[clinic].procedures, f'{clinic} has no text about "{procedure}".')
    if procedures:
        file = acknowledge(facts, clinic, procedures, site.today)
        print(f"Written to {file}: {', '.join(procedures)}. Commit it together with clinic.yml.")
    else:
        notices = describe_notices(find_outdated(facts, clinic)) or "Every text fits the facts as they are now."
        print(describe_corrections(facts, clinic) + notices)


@cli.command("packet")
@click.argument("procedure")
@click.pass_obj
def make_packet(project: _Project, procedure: str) -> None:
    """Write a page and a PDF for a reviewer into packets/."""
    from build_tools.edit.packet import write_packet  # slow to import, and most commands do not need it

    site = project.prepare_for("reviewed", procedure)
    for file in write_packet(site.facts, procedure, project.content, Path("packets"), site.today):
        print(f"wrote {file}")


@cli.command("review")
@click.argument("answers", metavar="FILE", type=_PATH)
@click.pass_obj
def read_review(project: _Project, answers: Path) -> int:
    """Read the answers that a review packet saved."""
    data, site = project.data, project.prepare_for("reviewed")
    saved = read_answers(answers, site.facts, site.today)
    signed, refused = sort_signed(saved, site.facts)
    all_layers = site.facts.layers_of(saved.packet)
    if signed and saved.date and saved.next:
        id, reviewer = saved.packet, (saved.name, saved.role, saved.conflicts)
        authors = refuse_author(data, id, saved.name)
        if problems := sign(data, site.facts, id, signed, *reviewer, saved.date, saved.next):
            return _print_problems(problems)
        print(f"Signed by {saved.name}: {name_layers(signed, all_layers)}. {authors}")
        print(f"Commit {data}/reviews.yml.")
    if refused:
        print(f"Not signed, because some of its lines are not right: {name_layers(refused, all_layers)}.")
    if not saved.sign:
        print("No part was signed.")
    remarks = list_remarks(saved, site.facts)
    if remarks:
        print(describe(remarks), file=sys.stderr)
    return 1 if filter_errors(remarks) else 0


def _parsed(parse: Callable[[str], Any]) -> dict[str, Any]:
    """The settings of a required option whose text is parsed."""
    return {"required": True, "callback": lambda context, option, text: parse(text)}


@cli.command("sign")
@click.argument("procedure")
@click.argument("layers", metavar="LAYER...", nargs=-1, required=True, type=click.Choice([*LAYERS, "all"]))
@click.option("--name", **_parsed(parse_plain_line), help="Your name.")
@click.option("--role", **_parsed(parse_plain_line), help="Your profession and place of work.")
@click.option("--conflicts", **_parsed(parse_plain_line), help='Conflicts of interest, or "None declared".')
@click.option("--next", "due", **_parsed(parse_next_review), help="The day of the next review, year-month-day.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.pass_obj
def sign_layers(
    project: _Project,
    procedure: str,
    layers: tuple[str, ...],
    name: str,
    role: str,
    conflicts: str,
    due: date,
    yes: bool,
) -> int:
    """Sign what you have read as a clinician."""
    data, site = project.data, project.prepare_for("signed", procedure)
    signed = [layer for layer in site.facts.layers_of(procedure) if {layer, "all"} & {*layers}]
    if not signed:
        message = f'"{procedure}" has nothing about {", ".join(layers)}.'
        raise CommandError(message, "Sign another part.", status=2)
    authors = refuse_author(data, procedure, name)
    print(describe_signature(data, site.facts, procedure, signed, site.today))
    print(f"\nYou sign as: {name}, {role}. Conflicts of interest: {conflicts.rstrip('.')}.")
    print(f"Next review before {due}. {authors}")
    if not yes and not _confirm():
        print("Nothing was signed.", file=sys.stderr)
        return 1
    if problems := sign(data, site.facts, procedure, signed, name, role, conflicts, site.today, due):
        return _print_problems(problems)
    print(f"Signed. Commit {data}/reviews.yml together with the facts.")
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 for success, 1 for problems, 2 for incorrect usage."""
    try:
        return cli.main(arguments, prog_name="python -m build_tools", standalone_mode=False) or 0
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        raise
    except (CommandError, OSError) as error:
        failure = explain_refusal(error) if isinstance(error, OSError) else error
        print(failure, file=sys.stderr)
        return failure.status


def _confirm() -> bool:
    try:
        return input('You have read all of it and it is right? Type "yes": ').strip().lower() == "yes"
    except (EOFError, KeyboardInterrupt):
        print()
        return False


def _require(id: str, known_ids: Collection[str], message: str, where: str = "") -> None:
    if id not in known_ids:
        raise CommandError(message, suggest(id, known_ids, where), status=2)


def _print_problems(problems: list[Problem]) -> int:
    """Print the problems, or that there are none, and return the exit status."""
    if problems:
        print(describe(problems), file=sys.stderr)
        return 1
    print("No problems found.")
    return 0


if __name__ == "__main__":
    gc.disable()  # facts have no reference cycles, and looking for them takes a tenth of `check`
    try:
        status = main()
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        print("\nStopped.", file=sys.stderr)
        status = 130
    except BrokenPipeError:  # the reader, such as `head`, closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)
