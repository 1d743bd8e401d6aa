"""What the built site has for search engines."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Route


def test_the_generator_puts_no_sitemap_of_its_own_there(site: Path) -> None:
    assert not list(site.glob("sitemap.xml*")), "it would have the day of the build beside every page"


def test_the_block_is_data_that_a_strict_policy_lets_stand(browser: Browser, address: str) -> None:
    page = browser.new_page()
    policy = {
        "Content-Security-Policy": "default-src 'none'; "
        + "; ".join(f"{kind}-src 'self'" for kind in ("script", "style", "font", "img"))
    }

    def serve(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | policy)

    page.route("**/*.html", serve)
    page.add_init_script(
        "window.refused = [];"
        "addEventListener('securitypolicyviolation', (e) => refused.push(e.violatedDirective));"
    )
    page.goto(f"{address}/procedures/cordotomy.html")
    block = page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)")
    assert block["name"] == "Cordotomy"
    script = (
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)"
    )
    assert page.evaluate("refused") == []
    page.evaluate(script)
    assert page.evaluate("[window.ran, refused]") == [None, ["script-src-elem"]], "the policy is in force"
