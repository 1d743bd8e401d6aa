"""Infobutton requests of health records, as the HL7 standard encodes them."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.site.conftest import Reader, record_requests

MESH = "2.16.840.1.113883.6.177"


@pytest.fixture
def page(reader: Reader) -> Page:
    return reader.open()


PARAMETERS = {
    "code": "mainSearchCriteria.v.c", "system": "mainSearchCriteria.v.cs", "name": "mainSearchCriteria.v.dn",
    "typed": "mainSearchCriteria.v.ot", "format": "knowledgeResponseType",
    "language": "informationRecipient.languageCode.c",
}  # fmt: skip
OTHERS = {
    "representedOrganization.id.root": "1.2.3", "taskContext.c.c": "PROBLISTREV",
    "patientPerson.administrativeGenderCode.c": "F", "age.v.v": "61", "age.v.u": "a",
    "informationRecipient": "PAT", "informationRecipient.languageCode.c": "en", "performer": "PROV",
}  # fmt: skip
"""Other parameters that a record system sends."""


def request(**fields: str) -> str:
    """The URL of a request."""
    return f"infobutton.html?{urlencode(OTHERS | {PARAMETERS[key]: value for key, value in fields.items()})}"


@pytest.mark.parametrize(("fields", "target"), [
    ({"code": "D002818", "system": MESH, "name": "Cordotomy"}, "procedures/cordotomy.html"),
    ({"code": "D019051", "system": MESH}, "procedures/rhizotomy.html"),
    ({"code": "d019051"}, "procedures/rhizotomy.html"),
    ({"code": "12345", "system": "1.2.3", "name": "PCC"}, "procedures/percutaneous-cordotomy.html"),
    ({"name": "Percutaneous  Cordotomy"}, "procedures/percutaneous-cordotomy.html"),
    ({"name": "Percutaneous cordotomy (procedure)"}, "procedures/percutaneous-cordotomy.html"),
    ({"name": "Cordotomy, percutaneous"}, "procedures/percutaneous-cordotomy.html"),
    ({"name": "Rhizotomy, dorsal"}, "procedures/dorsal-rhizotomy.html"),
    ({"code": "12345", "system": "1.2.3", "typed": "cordotomy"}, "procedures/cordotomy.html"),
    ({"name": "Something else", "typed": "Cordotomy"}, "procedures/cordotomy.html"),
    ({"code": "D002818", "language": "en-US"}, "procedures/cordotomy.html"),
    ({"code": "D002818", "system": MESH, "language": "es", "format": "application/json"},
     f"infobutton/{MESH}/D002818.json"),
    ({"code": "D002818", "format": "text/html"}, "procedures/cordotomy.html"),
    ({"code": "D002818", "system": MESH, "format": "application/json"}, f"infobutton/{MESH}/D002818.json"),
    ({"code": "D002818", "system": MESH, "format": "text/xml"}, f"infobutton/{MESH}/D002818.xml"),
    ({"code": "X", "system": MESH, "format": "application/json"}, "infobutton/none.json"),
])  # fmt: skip
def test_requests_redirect_and_leave_no_trace(page: Page, fields: dict[str, str], target: str) -> None:
    page.goto(request(**fields), wait_until="commit")
    page.wait_for_url(target)
    if target.endswith(".html"):
        assert page.evaluate("document.referrer") == ""
        page.go_back(wait_until="commit")
        expect(page, "the request is not in the history").to_have_url("about:blank")


@pytest.mark.parametrize(
    "fields",
    [{"code": "D999999", "system": MESH, "name": "Tonsillectomy"}, {"code": "D002818", "system": "1.2.3"}, {}],
)
def test_unknown_requests_get_a_message_and_the_list(page: Page, fields: dict[str, str]) -> None:
    page.goto(request(**fields))
    status = page.locator("#infobutton-status")
    expect(status).to_contain_text("We have no page yet")
    expect(page, "the query is removed from the URL").to_have_url("infobutton.html")
    assert "Tonsillectomy" not in page.content()
    assert page.locator(".topics a").count() > 10
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_a_missing_language_is_named_with_the_english_page(page: Page) -> None:
    page.goto(request(code="D002818", system=MESH, language="es"))
    status = page.locator("#infobutton-status")
    expect(status).to_contain_text("We have this page only in English: Cordotomy")
    expect(page).to_have_url("infobutton.html")
    status.get_by_role("link").click()
    page.wait_for_url("procedures/cordotomy.html")


def test_an_ambiguous_name_lists_all_its_pages(page: Page) -> None:
    page.goto(request(name="Trigeminal rhizotomy"))
    status = page.locator("#infobutton-status")
    expect(status).to_contain_text("can mean more than one of our pages")
    links = [str(link.get_attribute("href")) for link in status.get_by_role("link").all()]
    assert len(links) > 2
    assert all("trigeminal" in link for link in links)


def test_there_is_no_message_without_a_request(page: Page) -> None:
    page.goto("infobutton.html")
    assert not page.locator("#infobutton-status").is_visible()


def test_the_list_works_without_scripts(reader: Reader) -> None:
    page = reader.open(request(code="D002818", system=MESH), java_script_enabled=False)
    page.get_by_role("link", name="Cordotomy", exact=True).click()
    page.wait_for_url("procedures/cordotomy.html")


def test_no_other_request_carries_the_query(page: Page, site_url: str) -> None:
    urls = record_requests(page)
    page.goto(request(code="D999999"))
    assert all(url.startswith(site_url) for url in urls)
    assert [url for url in urls if "age.v.v" in url] == urls[:1]
