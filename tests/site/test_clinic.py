"""The site of the example clinic: built, verified, and opened in a real browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from selectolax.lexbor import LexborHTMLParser

from tests.conftest import LATEST, ROOT, clock
from tests.site.conftest import Reader
from tests.site.test_accessibility import BUT_CONTRAST, CONTRAST, OPEN_ALL, find_violations

PROCEDURE = "procedures/percutaneous-cordotomy.html"


@pytest.fixture(scope="session")
def clinic_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site, built and verified as with `make site CLINIC=example`, without leaflets."""
    folder = tmp_path_factory.mktemp("clinic")
    for name in ("build_tools", "hooks", "content", "data"):
        (folder / name).symlink_to(ROOT / name)
    settings = (ROOT / "mkdocs.yml").read_text("utf-8").replace("leaflets: true", "leaflets: false")
    (folder / "mkdocs.yml").write_text(settings, "utf-8")
    command = [sys.executable, "-m", "mkdocs", "--quiet", "build", "--strict"]
    subprocess.run(command, cwd=folder, check=True, env=os.environ | clock(LATEST) | {"CLINIC": "example"})
    return folder / "site"


@pytest.mark.parametrize("name", ["privacy", "about", "accessibility"])
def test_pages_about_the_site_name_the_clinic(clinic_site: Path, site: Path, name: str) -> None:
    team = "Teapot Hill Hospital (invented example), Pain Clinic: 555-0142, pain-clinic@teapot-hill.example."
    for folder, contact in ((clinic_site, team), (site, "the clinic that gave you this page.")):
        text = LexborHTMLParser((folder / f"{name}.html").read_text("utf-8")).text()
        assert re.search(rf"(Ask|Tell) {re.escape(contact)}", text)
        assert "must add its own" not in text


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_reports_no_violations(reader: Reader, clinic_site: Path, look: str) -> None:
    page = reader.open((clinic_site / PROCEDURE).as_uri(), 360, color_scheme=look)
    page.evaluate(OPEN_ALL)
    assert find_violations(page, BUT_CONTRAST) == []
    for part in (".site-header", ".at-clinic", ".urgency", ".site-footer"):
        assert find_violations(page, CONTRAST, part) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("look", "color"), [("light", "rgb(91, 42, 134)"), ("dark", "rgb(205, 180, 240)")])
def test_links_have_the_clinics_color_on_screens_only(
    reader: Reader, clinic_site: Path, look: str, color: str
) -> None:
    page = reader.open((clinic_site / PROCEDURE).as_uri(), color_scheme=look)
    link = page.locator(".clinic-name")
    expect(link).to_have_css("color", color)
    page.emulate_media(media="print")
    expect(link).to_have_css("color", "rgb(0, 0, 0)")


def test_screen_readers_announce_the_clinics_box(reader: Reader, clinic_site: Path) -> None:
    page = reader.open((clinic_site / PROCEDURE).as_uri())
    box = page.get_by_role("region", name="At Teapot Hill Hospital (invented example)")
    expect(box).to_contain_text("not from the studies")
    expect(box.get_by_role("link", name="555-0142")).to_have_attribute("href", "tel:555-0142")
    expect(page.get_by_role("img", name="Logo of Teapot Hill Hospital (invented example)")).to_be_visible()


def test_the_take_along_sheet_has_the_teams_phone_numbers(reader: Reader, clinic_site: Path) -> None:
    page = reader.open((clinic_site / "take-along/percutaneous-cordotomy.html").as_uri())
    expect(page.get_by_label("My team, and their phone number")).to_have_value("Pain Clinic: 555-0142")
    expect(page.get_by_label("In the evening and on the weekend")).to_have_value("555-0143")
    expect(page.locator(".to-fill .emergency-number")).to_have_text("911")
