"""The Python packages with which the site is built and tested: what is known against them, and their licenses.

None of them is given to readers; what is, stands in `parts`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from build_tools.problems import CommandError

ALLOWED = (
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "OFL-1.1", "PSF-2.0"),
    *("Apache Software License", "BSD License", "ISC License (ISCL)", "MIT License"),
    *("Mozilla Public License 1.1 (MPL 1.1)", "Mozilla Public License 2.0 (MPL 2.0)"),
    "Python Software Foundation License",
    "GNU General Public License v2 or later (GPLv2+)",
    "GNU General Public License v3 or later (GPLv3+)",
    "GNU Lesser General Public License v2 or later (LGPLv2+)",
)
"""Licenses by the names that packages give them. Those of GNU are among them because no package is passed on."""

DECLARED_NOWHERE = {"axe-playwright-python": "MIT AND MPL-2.0"}
"""Licenses of packages whose metadata name none, as read in the files they bring."""


class AuditError(CommandError):
    """What is installed is not what is locked, so nobody can say what a site is built with."""


@dataclass(frozen=True)
class Package:
    """A package, its version, and the license that it declares."""

    name: str
    version: str
    license: str

    @property
    def allowed(self) -> bool:
        """Whether it names a license, and only allowed ones."""
        names = {name.strip() for name in re.split(r";| AND | OR ", self.license)} - {
            "DFSG approved"
        }  # no license
        return bool(names) and names <= set(ALLOWED)


def run_tool(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a development tool that is a Python package. AuditError if it is not there."""
    if find_spec(module) is None:
        raise AuditError(
            f"The tool {module} is not installed.", "Type `make release` or `make audit`, which get it."
        )
    return subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False)


def packages(requirements: Path) -> list[Package]:
    """The locked packages that this system needs. AuditError unless all are installed as locked."""
    names = [_installed(locked, requirements) for locked in _locked(requirements)]
    told = run_tool("piplicenses", "--format=json", "--with-system", "--packages", *names)
    return sorted(
        (
            Package(name, each["Version"], DECLARED_NOWHERE.get(name, each["License"]))
            for each in json.loads(told.stdout)
            if (name := re.sub(r"[-_.]+", "-", each["Name"]).lower())
        ),
        key=lambda package: package.name,
    )


def _locked(requirements: Path) -> Iterator[Requirement]:
    for line in requirements.read_text("utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            locked = Requirement(line.rstrip(" \\"))
            if locked.marker is None or locked.marker.evaluate():
                yield locked


def _installed(locked: Requirement, requirements: Path) -> str:
    try:
        here = version(locked.name)
    except PackageNotFoundError:
        here = ""
    if not here or Version(here) not in locked.specifier:
        raise AuditError(
            f"{requirements} says {locked.name}{locked.specifier}, but {here or 'none'} is here.",
            "Make the environment anew (make clean), then try again.",
        )
    return locked.name


def known_vulnerabilities(requirements: Path, osv_url: str = "") -> tuple[list[str], str]:
    """What is known against the locked packages, and why the answer is not whole ("" if it is).

    It asks PyPI, or with `osv_url` another service with the API of osv.dev.
    """
    service = ["--vulnerability-service", "osv", "--osv-url", osv_url] if osv_url else []
    told = run_tool(
        *("pip_audit", "--requirement", str(requirements), "--require-hashes", "--disable-pip"),
        *("--format=json", "--progress-spinner=off", *service),
    )
    try:
        answers = json.loads(told.stdout)["dependencies"]
    except (ValueError, KeyError):
        said = [line for line in told.stderr.splitlines() if line.strip()] or ["it said nothing"]
        return [], f"the service did not answer ({said[-1].strip()})"
    found = [
        f"{each['name']} {each['version']}: {hole['id']}"
        + (f", mended in {' and '.join(hole['fix_versions'])}" if hole["fix_versions"] else ", not mended yet")
        for each in answers
        for hole in each.get("vulns", ())
    ]
    silent = [each["name"] for each in answers if "skip_reason" in each]
    more = f" and {len(silent) - 5} more" if len(silent) > 5 else ""
    return found, f"the service knows nothing of {', '.join(silent[:5])}{more}" if silent else ""


def audit(requirements: Path, osv_url: str = "") -> int:
    """Say what is known against the locked packages, and list their licenses.

    The status is 1 if something was found, 3 if nothing was found but not everything could be asked, else 0.
    """
    every = packages(requirements)
    width = max(len(package.name) for package in every) + 2
    for package in every:
        print(f"{package.name:{width}}{package.version:16}{package.license}")
    forbidden = [package for package in every if not package.allowed]
    for package in forbidden:
        print(
            f'{package.name} {package.version} has the license "{package.license}", which is not allowed.\n'
            "    Read it. If it may be used to build a site, add it to ALLOWED in build_tools/audit.py.",
            file=sys.stderr,
        )
    found, unanswered = known_vulnerabilities(requirements, osv_url)
    for line in found:
        print(f"{line}\n    Get newer versions with: make lock", file=sys.stderr)
    if unanswered:
        print(
            f"Nobody can say whether something is known against the packages: {unanswered}.\n"
            "    Try again with a connection to the network, or name another service with --osv-url.",
            file=sys.stderr,
        )
    if found or forbidden:
        return 1
    if unanswered:
        return 3
    print(f"{len(every)} packages: nothing is known against them, and all licenses are allowed.")
    return 0
