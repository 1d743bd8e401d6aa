"""Addresses that were right once, or that people guess, lead to the page that counts now."""

from __future__ import annotations

import pytest

from build_tools.load.facts import Facts
from tests.site.conftest import Reader


@pytest.mark.parametrize("scripts", [True, False])
def test_every_old_address_leads_to_its_page_with_and_without_scripts(
    reader: Reader, facts: Facts, scripts: bool
) -> None:
    page = reader.opens(java_script_enabled=scripts)
    for old, new in facts.redirects.items():
        page.goto(old)
        page.wait_for_url(new)
