"""A health record's request, in the form of the standard, lands on the right page; without scripts on the list."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.site.conftest import Reader

MESH = "2.16.840.1.113883.6.177"


@pytest.fixture
def page(reader: Reader) -> Page:
    return reader.opens()


def request(**asked: str) -> str:
    """The address of a request, with what a hospital's program also sends."""
    other = {
        "representedOrganization.id.root": "1.2.3", "taskContext.c.c": "PROBLISTREV",
        "patientPerson.administrativeGenderCode.c": "F", "age.v.v": "61", "age.v.u": "a",
        "informationRecipient": "PAT", "informationRecipient.languageCode.c": "en", "performer": "PROV",
    }  # fmt: skip
    names = {"code": "c", "system": "cs", "name": "dn", "typed": "ot"}
    criteria = {f"mainSearchCriteria.v.{names[key]}": value for key, value in asked.items() if key in names}
    wanted = {"knowledgeResponseType": asked["wanted"]} if "wanted" in asked else {}
    if "language" in asked:
        other["informationRecipient.languageCode.c"] = asked["language"]
    return f"infobutton.html?{urlencode(other | criteria | wanted)}"


@pytest.mark.parametrize(("asked", "lands"), [
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
    ({"code": "D002818", "system": MESH, "language": "es", "wanted": "application/json"},
     f"infobutton/{MESH}/D002818.json"),
    ({"code": "D002818", "wanted": "text/html"}, "procedures/cordotomy.html"),
    ({"code": "D002818", "system": MESH, "wanted": "application/json"}, f"infobutton/{MESH}/D002818.json"),
    ({"code": "D002818", "system": MESH, "wanted": "text/xml"}, f"infobutton/{MESH}/D002818.xml"),
    ({"code": "X", "system": MESH, "wanted": "application/json"}, "infobutton/none.json"),
])  # fmt: skip
def test_a_request_lands_on_its_page_and_leaves_no_trace(page: Page, asked: dict[str, str], lands: str) -> None:
    page.goto(request(**asked), wait_until="commit")
    page.wait_for_url(lands)
    if lands.endswith(".html"):
        assert page.evaluate("document.referrer") == ""
        page.go_back(wait_until="commit")
        expect(page, "the request is not in the history").to_have_url("about:blank")


@pytest.mark.parametrize(
    "asked",
    [{"code": "D999999", "system": MESH, "name": "Tonsillectomy"}, {"code": "D002818", "system": "1.2.3"}, {}],
)
def test_an_unknown_request_is_answered_in_words_with_the_list(page: Page, asked: dict[str, str]) -> None:
    page.goto(request(**asked))
    status = page.locator("#infobutton-status")
    expect(status).to_contain_text("We have no page yet")
    expect(page, "what was asked is gone from the address").to_have_url("infobutton.html")
    assert "Tonsillectomy" not in page.content()
    assert page.locator(".topics a").count() > 10
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_a_language_that_is_missing_is_said_beside_the_page_in_english(page: Page) -> None:
    page.goto(request(code="D002818", system=MESH, language="es"))
    status = page.locator("#infobutton-status")
    expect(status).to_contain_text("We have this page only in English: Cordotomy")
    expect(page).to_have_url("infobutton.html")
    status.get_by_role("link").click()
    page.wait_for_url("procedures/cordotomy.html")


def test_a_name_of_several_treatments_is_led_to_none_of_them_unasked(page: Page) -> None:
    page.goto(request(name="Trigeminal rhizotomy"))
    status = page.locator("#infobutton-status")
    expect(status).to_contain_text("can mean more than one of our pages")
    links = [str(link.get_attribute("href")) for link in status.get_by_role("link").all()]
    assert len(links) > 2
    assert all("trigeminal" in link for link in links)


def test_without_a_request_nothing_is_said(page: Page) -> None:
    page.goto("infobutton.html")
    assert not page.locator("#infobutton-status").is_visible()


def test_without_scripts_every_page_can_be_chosen(reader: Reader) -> None:
    page = reader.opens(request(code="D002818", system=MESH), java_script_enabled=False)
    page.get_by_role("link", name="Cordotomy", exact=True).click()
    page.wait_for_url("procedures/cordotomy.html")


def test_nothing_but_the_sites_own_files_is_asked_for(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(request(code="D999999"))
    assert all(url.startswith(address) for url in asked)
    assert [url for url in asked if "age.v.v" in url] == asked[:1], "only the browser's own first request has it"
