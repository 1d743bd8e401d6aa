"""What a site is made of, for those who must know before they host it: all licenses, and a list for machines."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.version import Version

from build_tools.records.problems import CommandError

LUNR = Path(str(distribution("mkdocs").locate_file("mkdocs/contrib/search/templates/search/lunr.js")))
"""The engine of the search page, as it comes with MkDocs."""


@dataclass(frozen=True)
class Part:
    """A part that every reader gets: its license as an SPDX id and as text, and what of it is in the site.

    `registry` is where it is published, as a package URL (purl) names it; `files` are those that readers get.
    """

    name: str
    version: str
    license: str
    text: str
    what: str
    registry: str = "pypi"
    files: tuple[Path, ...] = ()

    def as_component(self) -> dict[str, Any]:
        """The part in the words of CycloneDX."""
        sums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in self.files}
        return {
            "bom-ref": f"shipped-{self.name}",
            "type": "library",
            "name": self.name,
            "version": self.version,
            "purl": f"pkg:{self.registry}/{self.name}@{self.version}",
            "components": [
                {"type": "file", "name": name, "hashes": [{"alg": "SHA-256", "content": sum}]}
                for name, sum in sums.items()
            ],
            "description": self.what,
            "scope": "required",
            "licenses": [{"license": {"id": self.license, "acknowledgement": "declared"}}],
        }


def list_parts() -> Iterator[Part]:
    """All parts, in the versions that are installed here."""
    fonts = sorted((Path(__file__).parents[2] / "content/assets/fonts").glob("*.woff2"))
    yield _part("fontpkg-atkinson-hyperlegible", "OFL-1.1", "The typeface, as a Latin subset.", *fonts)
    yield Part(
        "lunr",
        re.findall(r"^ \* lunr .* - ([\d.]+)$", LUNR.read_text("utf-8"), re.MULTILINE)[0],
        "MIT",
        Path(__file__).with_name("lunr-license.txt").read_text("utf-8"),
        "The engine of the search page, lunr.js.",
        "npm",
        (LUNR,),
    )
    yield _part("mkdocs-material", "MIT", "The frame of each page comes from its templates; no script, no style.")


def _part(package: str, license: str, what: str, *files: Path) -> Part:
    found = distribution(package)
    text = found.read_text("licenses/LICENSE") or ""
    return Part(package, found.version, license, text, what, files=files)


def render_licenses() -> str:
    """The licenses of all parts in full, as a text file."""
    opening = (
        "What this site is made of\n\n"
        'Texts, facts and drawings: CC BY 4.0, the authors of "Pain procedures, explained"\n'
        "(https://creativecommons.org/licenses/by/4.0/legalcode). Scripts and styles: MIT, the same authors.\n\n"
        "These parts were made by others:\n\n"
    )
    listed = [f"- {part.name} {part.version}, {part.license}. {part.what}\n" for part in list_parts()]
    texts = [f"\n\n{'=' * 78}\n{part.name} {part.version}\n\n{part.text.strip()}\n" for part in list_parts()]
    return "".join([opening, *listed, *texts])


# What it is built with


@dataclass(frozen=True)
class Package:
    """A package, its version, and the license that it declares."""

    name: str
    version: str
    license: str


def list_packages(requirements: Path) -> list[Package]:
    """The locked packages that this system needs. CommandError unless all are installed as locked."""
    lines = requirements.read_text("utf-8").splitlines()
    locked = [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[A-Za-z0-9]", line)]
    needed = (each for each in locked if each.marker is None or each.marker.evaluate())
    return sorted((_installed(each, requirements) for each in needed), key=lambda package: package.name)


def _installed(locked: Requirement, requirements: Path) -> Package:
    try:
        about: dict[str, Any] = metadata(locked.name).json
    except PackageNotFoundError:
        about = {"version": ""}
    here = about["version"]
    if not here or Version(here) not in locked.specifier:
        message = f"{requirements} says {locked.name}{locked.specifier}, but {here or 'none'} is here."
        raise CommandError(message, "Make the environment anew (make clean), then try again.")
    named = [line.rpartition(" :: ")[2] for line in about.get("classifier", []) if line.startswith("License ::")]
    license = about.get("license_expression") or "; ".join(named) or about.get("license", "")
    return Package(locked.name, here, license)


def describe_materials(packages: Iterable[Package]) -> str:
    """The licenses of all that readers get, in full, and the packages that built it with the names of theirs."""
    opening = f"\n\n{'=' * 78}\nBuilt with these Python packages. What of them is in the site is named above.\n\n"
    built_with = [f"- {package.name} {package.version}: {package.license}\n" for package in packages]
    return "".join([render_licenses(), opening, *built_with])


def render_bill_of_materials(project: Path, packages: Iterable[Package]) -> str:
    """The same as JSON for machines, CycloneDX 1.6: parts that readers get are "required", packages "excluded".

    The same project gives the same text. Its time is that of SOURCE_DATE_EPOCH.
    """
    if find_spec("cyclonedx_py") is None:
        raise CommandError("The tool cyclonedx_py is not installed.", "Type `make release`, which gets it.")
    command = ["requirements", f"{project}/requirements/run.txt", "--pyproject", f"{project}/pyproject.toml"]
    done = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", *command, "--output-reproducible"], capture_output=True, check=False
    )
    bill: dict[str, Any] = json.loads(done.stdout)
    license_of = {package.name: package.license for package in packages}
    published = {component["name"]: component.get("externalReferences", []) for component in bill["components"]}
    for component in bill["components"]:
        component["scope"] = "excluded"  # they build the site; no reader and no server runs them
        if name := license_of.get(component["name"]):
            component["licenses"] = [{"license": {"name": name, "acknowledgement": "declared"}}]
    shipped = [part.as_component() | {"externalReferences": published.get(part.name, [])} for part in list_parts()]
    bill["components"] = [*shipped, *bill["components"]]
    for dependency in bill["dependencies"]:
        if dependency["ref"] == bill["metadata"]["component"]["bom-ref"]:
            dependency["dependsOn"] = [part["bom-ref"] for part in shipped]
    bill["dependencies"] += [{"ref": part["bom-ref"]} for part in shipped]
    bill["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bill, sort_keys=True)).urn
    return json.dumps(bill, indent=1, sort_keys=True) + "\n"
