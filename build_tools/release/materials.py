"""What a site is made of: the licenses in full, and a software bill of materials (SBOM)."""

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
"""The search engine of the search page, as MkDocs ships it."""


@dataclass(frozen=True)
class Part:
    """A third-party part of the built site: its license as an SPDX id and as text, and what the site uses of it.

    `registry` is the type of its package URL (purl); `files` are those that readers download.
    """

    name: str
    version: str
    license: str
    text: str
    description: str
    registry: str = "pypi"
    files: tuple[Path, ...] = ()

    def as_component(self) -> dict[str, Any]:
        """The part as a CycloneDX component."""
        return {
            "bom-ref": f"shipped-{self.name}",
            "type": "library",
            "name": self.name,
            "version": self.version,
            "purl": f"pkg:{self.registry}/{self.name}@{self.version}",
            "components": [
                {
                    "type": "file",
                    "name": file.name,
                    "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}],
                }
                for file in self.files
            ],
            "description": self.description,
            "scope": "required",
            "licenses": [{"license": {"id": self.license, "acknowledgement": "declared"}}],
        }


def list_parts() -> Iterator[Part]:
    """All parts, in their installed versions."""
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


def _part(package: str, license: str, description: str, *files: Path) -> Part:
    installed = distribution(package)
    text = installed.read_text("licenses/LICENSE") or ""
    return Part(package, installed.version, license, text, description, files=files)


def render_licenses() -> str:
    """The licenses of all parts in full, as plain text."""
    opening = (
        "What this site is made of\n\n"
        'Texts, facts and drawings: CC BY 4.0, the authors of "Pain procedures, explained"\n'
        "(https://creativecommons.org/licenses/by/4.0/legalcode). Scripts and styles: MIT, the same authors.\n\n"
        "These parts were made by others:\n\n"
    )
    listed = [f"- {part.name} {part.version}, {part.license}. {part.description}\n" for part in list_parts()]
    texts = [f"\n\n{'=' * 78}\n{part.name} {part.version}\n\n{part.text.strip()}\n" for part in list_parts()]
    return "".join([opening, *listed, *texts])


# Packages that build the site


@dataclass(frozen=True)
class Package:
    """An installed package and the license that it declares."""

    name: str
    version: str
    license: str


def list_packages(requirements: Path) -> list[Package]:
    """The locked packages that this system needs. Raises CommandError unless all are installed as locked."""
    lines = requirements.read_text("utf-8").splitlines()
    locked = [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[A-Za-z0-9]", line)]
    needed = (package for package in locked if package.marker is None or package.marker.evaluate())
    return sorted((_installed(package, requirements) for package in needed), key=lambda package: package.name)


def _installed(locked: Requirement, requirements: Path) -> Package:
    try:
        about: dict[str, Any] = metadata(locked.name).json
    except PackageNotFoundError:
        about = {"version": ""}
    version = about["version"]
    if not version or Version(version) not in locked.specifier:
        message = f"{requirements} locks {locked.name}{locked.specifier}, but {version or 'none'} is installed."
        raise CommandError(message, "Delete the folder .venv, then try again: make creates a new one.")
    classifiers = [
        line.rpartition(" :: ")[2] for line in about.get("classifier", []) if line.startswith("License ::")
    ]
    license = about.get("license_expression") or "; ".join(classifiers) or about.get("license", "")
    return Package(locked.name, version, license)


def describe_materials(packages: Iterable[Package]) -> str:
    """The licenses of all parts in full, and the name of the license of each package that built the site."""
    opening = (
        f"\n\n{'=' * 78}\nBuilt with these Python packages. What the site contains of them is listed above.\n\n"
    )
    built_with = [f"- {package.name} {package.version}: {package.license}\n" for package in packages]
    return "".join([render_licenses(), opening, *built_with])


def render_bill_of_materials(project: Path, packages: Iterable[Package]) -> str:
    """A CycloneDX 1.6 bill of materials: parts of the site are "required", packages that build it "excluded".

    The same project gives the same text. Its time is that of SOURCE_DATE_EPOCH.
    """
    if find_spec("cyclonedx_py") is None:
        raise CommandError("The tool cyclonedx_py is not installed.", "Run `make release`, which installs it.")
    command = ["requirements", f"{project}/requirements/run.txt", "--pyproject", f"{project}/pyproject.toml"]
    completed = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", *command, "--output-reproducible"], capture_output=True, check=False
    )
    bill: dict[str, Any] = json.loads(completed.stdout)
    license_of = {package.name: package.license for package in packages}
    published = {component["name"]: component.get("externalReferences", []) for component in bill["components"]}
    for component in bill["components"]:
        component["scope"] = "excluded"  # no reader and no server runs them
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
