"""The settings of a site, from mkdocs.yml and the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import yaml

from build_tools.load.yaml_reader import read
from build_tools.records.base import HTTPS
from build_tools.records.problems import CommandError, Place, Problem, suggest

LICENSE: Final = "https://creativecommons.org/licenses/by/4.0/"
"""The license of the facts and words."""

_SWITCH = {"": False, "false": False, "0": False, "true": True, "1": True}
_ADDRESS = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?(/[\w.~-]+)*/")
_EDIT_URI = re.compile(r"([\w.-]+/)*[\w.-]*")
_MAIL = r"mailto:[^\s@?]+@[^\s@?]+(\?\S+)?"


class DayError(CommandError):
    """SOURCE_DATE_EPOCH is not a point in time."""


def today() -> date:
    """The day for which a site is built: that of SOURCE_DATE_EPOCH, in UTC, or else the clock's.

    SOURCE_DATE_EPOCH makes builds reproducible (reproducible-builds.org/specs/source-date-epoch).
    """
    if not (moment := os.environ.get("SOURCE_DATE_EPOCH")):
        return date.today()  # noqa: DTZ011 (the only use of the clock)
    try:
        return datetime.fromtimestamp(int(moment), UTC).date()
    except (ValueError, OverflowError, OSError):
        message = f'SOURCE_DATE_EPOCH must be a number of seconds since 1970; it is "{moment}".'
        hint = "Take it out of the environment (unset SOURCE_DATE_EPOCH), or give a number such as 1795651200."
        raise DayError(message, hint, status=2) from None


@dataclass(frozen=True)
class Settings:
    """The settings of a site; "" means none.

    `report_to` is where readers report mistakes, and `clinic` the id of the clinic that publishes the site.
    `offline` is whether devices keep a copy of the site, None if the setting is invalid. `repo_url` and `edit_uri`
    are where files are edited in a browser; `edit_on_site` shows that to readers, too.
    """

    site_name: str = "Pain procedures"
    site_url: str = ""
    report_to: str = ""
    clinic: str = ""
    leaflets: bool = False
    offline: bool | None = False
    repo_url: str = ""
    edit_uri: str = ""
    edit_on_site: bool = False

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Settings:
        """Read the settings from a configuration of MkDocs. The environment wins, even if empty."""
        address = os.environ.get("SITE_URL", str(config.get("site_url") or "")).strip()
        extra = config.get("extra")
        extra = extra if isinstance(extra, Mapping) else {}
        return cls(
            str(config.get("site_name") or cls.site_name),
            f"{address.rstrip('/')}/" if address else "",
            str(extra.get("report_to") or ""),
            os.environ.get("CLINIC", str(extra.get("clinic") or "")).strip(),
            str(extra.get("leaflets")).lower() == "true",
            _SWITCH.get(os.environ.get("OFFLINE", str(extra.get("offline") or "")).strip().lower()),
            str(extra.get("repo_url") or ""),
            str(extra.get("edit_uri") or ""),
            str(extra.get("edit_on_site")).lower() == "true",
        )

    @classmethod
    def load(cls, data: Path) -> Settings:
        """Load the settings from mkdocs.yml next to the data folder; raises CommandError if it cannot be read."""
        file = data.resolve().parent / "mkdocs.yml"
        try:
            config = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)
        except FileNotFoundError:
            config = None
        except (OSError, ValueError, yaml.YAMLError):
            problem = read(file, file.name)[1][0]
            raise CommandError(f"{problem.place}: {problem.message}", problem.hint) from None
        return cls.from_config(config if isinstance(config, dict) else {})

    def check(self, clinics: Collection[str], data: Path) -> Iterator[Problem]:
        """Check the settings of the mkdocs.yml next to the data folder; `clinics` are the known ids."""
        file = read(data.resolve().parent / "mkdocs.yml", "mkdocs.yml")[0]
        if self.clinic and self.clinic not in clinics:
            place, where = file.place("extra", "clinic"), "clinic in mkdocs.yml"
            if "CLINIC" in os.environ:
                place, where = Place("data/clinics"), "CLINIC in the environment"
            message = f'There is no clinic called "{self.clinic}", which {where} names.'
            yield Problem(place, message, suggest(self.clinic, clinics, "data/clinics/"))
        if self.site_url and not _ADDRESS.fullmatch(self.site_url):
            where = "SITE_URL in the environment" if "SITE_URL" in os.environ else '"site_url"'
            message = f'{where} must be the whole address of the site; it is "{self.site_url}".'
            hint = "Write it as browsers show it, such as https://clinic.example/pain/."
            yield Problem(file.place("site_url"), message, hint)
        if self.offline is None and "OFFLINE" in os.environ:
            message = f'OFFLINE in the environment must be 1 or 0; it is "{os.environ["OFFLINE"]}".'
            hint = "Set OFFLINE=1 if devices should keep a copy of the site."
            yield Problem(file.place("extra", "offline"), message, hint)
        extra = file.value.get("extra") if isinstance(file.value, dict) else None
        for name in ("leaflets", "offline", "edit_on_site"):
            value = extra.get(name) if isinstance(extra, dict) else None
            if value not in (None, "true", "false"):
                message = f'"{name}" must be true or false; it is "{value}".'
                yield Problem(file.place("extra", name), message, "Write true or false.")
        if self.report_to and not re.fullmatch(f"{_MAIL}|{HTTPS}", self.report_to):
            hint = "Write mailto:pain@harbor.example, or the https address of a form, or delete the line."
            yield Problem(file.place("extra", "report_to"), f'"report_to" cannot be "{self.report_to}".', hint)
        if self.repo_url and not _ADDRESS.fullmatch(f"{self.repo_url.rstrip('/')}/"):
            hint = "Write the address of the repository as browsers show it, or nothing."
            yield Problem(file.place("extra", "repo_url"), f'"repo_url" cannot be "{self.repo_url}".', hint)
        if bool(self.repo_url) != bool(self.edit_uri) or not _EDIT_URI.fullmatch(self.edit_uri):
            message = f'"edit_uri" cannot be "{self.edit_uri}" for the repository "{self.repo_url}".'
            hint = "Write edit/main/ (GitHub), -/edit/main/ (GitLab) or _edit/main/ (Gitea), or leave both empty."
            yield Problem(file.place("extra", "edit_uri"), message, hint)

    @property
    def host(self) -> str:
        """The host of the site's address, for permanent ids."""
        return urlsplit(self.site_url).hostname or "pain-procedures.invalid"

    def address_of(self, page: str) -> str:
        """The address of a page ("procedures/some-name.md"), relative if the site has no address."""
        path = page.removesuffix(".md") + ".html" if page.endswith(".md") else page
        return f"{self.site_url.rstrip('/')}/{path}" if self.site_url else path

    def edit_link(self, place: Place | str) -> str:
        """The address that opens a file in the web editor, at the line of a place; "" if there is no editor."""
        if not self.repo_url:
            return ""
        path, line = (place.path, f"#L{place.line}") if isinstance(place, Place) else (place, "")
        return f"{self.repo_url.rstrip('/')}/{self.edit_uri.rstrip('/')}/{quote(path)}{line}"

    def report_link(self, fact_id: str, page: str, version: str) -> str:
        """The address that opens a prefilled e-mail or issue about one fact."""
        subject = f"A mistake? {fact_id}"
        body = (
            f"Fact: {fact_id}\nPage: {self.address_of(page)}#{fact_id}\nVersion: {version}\n\n"
            "What is wrong, and how do you know? Please write nothing about your own health.\n\n"
        )
        fields = {"title": subject, "body": body}
        if self.report_to.startswith("mailto:"):
            fields = {"subject": subject, "body": body.replace("\n", "\r\n")}
        separator = "&" if "?" in self.report_to else "?"
        return f"{self.report_to}{separator}{urlencode(fields, quote_via=quote)}"
