"""What a site is made of, for those who must know before they host it: all licenses, and a list for machines."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.version import Version

from build_tools.records.problems import CommandError
from build_tools.release.parts import licenses, parts


class MaterialsError(CommandError):
    """What is installed is not what is locked, so nobody can say what a site is built with."""


@dataclass(frozen=True)
class Package:
    """A package, its version, and the license that it declares."""

    name: str
    version: str
    license: str


def packages(requirements: Path) -> list[Package]:
    """The locked packages that this system needs. MaterialsError unless all are installed as locked."""
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
        raise MaterialsError(message, "Make the environment anew (make clean), then try again.")
    named = [line.rpartition(" :: ")[2] for line in about.get("classifier", []) if line.startswith("License ::")]
    license = about.get("license_expression") or "; ".join(named) or about.get("license", "")
    return Package(locked.name, here, license)


def describe_materials(packages: Iterable[Package]) -> str:
    """The licenses of all that readers get, in full, and the packages that built it with the names of theirs."""
    opening = f"\n\n{'=' * 78}\nBuilt with these Python packages. What of them is in the site is named above.\n\n"
    built_with = [f"- {package.name} {package.version}: {package.license}\n" for package in packages]
    return "".join([licenses(), opening, *built_with])


def bill_of_materials(project: Path, packages: Iterable[Package]) -> str:
    """The same as JSON for machines, CycloneDX 1.6: parts that readers get are "required", packages "excluded".

    The same project gives the same text. Its time is that of SOURCE_DATE_EPOCH.
    """
    if find_spec("cyclonedx_py") is None:
        raise MaterialsError("The tool cyclonedx_py is not installed.", "Type `make release`, which gets it.")
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
    shipped = [
        {
            "bom-ref": f"shipped-{part.name}",
            "type": "library",
            "name": part.name,
            "version": part.version,
            "purl": f"pkg:{part.registry}/{part.name}@{part.version}",
            "externalReferences": published.get(part.name, []),
            "components": [
                {
                    "type": "file",
                    "name": file.name,
                    "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}],
                }
                for file in part.files
            ],
            "description": part.what,
            "scope": "required",
            "licenses": [{"license": {"id": part.license, "acknowledgement": "declared"}}],
        }
        for part in parts()
    ]
    bill["components"] = [*shipped, *bill["components"]]
    for dependency in bill["dependencies"]:
        if dependency["ref"] == bill["metadata"]["component"]["bom-ref"]:
            dependency["dependsOn"] = [part["bom-ref"] for part in shipped]
    bill["dependencies"] += [{"ref": part["bom-ref"]} for part in shipped]
    bill["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bill, sort_keys=True)).urn
    return json.dumps(bill, indent=1, sort_keys=True) + "\n"
