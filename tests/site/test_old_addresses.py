"""Addresses that were right once, or that people guess, lead to the page that counts now."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from build_tools.load.loader import load
from tests.conftest import ROOT

REDIRECTS = load(ROOT / "data")[0].redirects


@pytest.mark.parametrize("scripts", [True, False])
def test_every_old_address_leads_to_its_page_with_and_without_scripts(
    browser: Browser, address: str, scripts: bool
) -> None:
    page = browser.new_page(java_script_enabled=scripts)
    for old, new in REDIRECTS.items():
        page.goto(f"{address}/{old}")
        page.wait_for_url(f"{address}/{new}")
