"""What a site is made of, for those who must know before they host it: all licenses, and a list for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from build_tools.audit import Package, run_tool
from build_tools.parts import licenses, parts


def describe_materials(packages: Iterable[Package]) -> str:
    """The licenses of all that readers get, in full, and the packages that built it with the names of theirs."""
    opening = f"\n\n{'=' * 78}\nBuilt with these Python packages. What of them is in the site is named above.\n\n"
    built_with = [f"- {package.name} {package.version}: {package.license}\n" for package in packages]
    return "".join([licenses(), opening, *built_with])


def bill_of_materials(project: Path, packages: Iterable[Package]) -> str:
    """The same as JSON for machines, CycloneDX 1.6: parts that readers get are "required", packages "excluded".

    The same project gives the same text. Its time is that of SOURCE_DATE_EPOCH.
    """
    done = run_tool(
        *("cyclonedx_py", "requirements", str(project / "requirements/run.txt")),
        *("--pyproject", str(project / "pyproject.toml"), "--output-reproducible"),
    )
    bill: dict[str, Any] = json.loads(done.stdout)
    license_of = {package.name: package.license for package in packages}
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
    return json.dumps(bill, indent=1, sort_keys=True) + "\n"
