// The most common journeys in Firefox: node firefox.mjs DRIVER FIREFOX URL FOLDER PAPER
// Prints the name of each journey, and why it fails. DRIVER is the installed puppeteer-core; the site is at URL and in
// FOLDER. Prints a page with collapsed sections to the PDF file PAPER.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

const [driver, executablePath, siteUrl, folder, paper] = process.argv.slice(2);
const { launch } = await import(pathToFileURL(driver)).then((module) => module.default);

const TIMEOUT = 120_000; // for a busy machine

const arrive = (page, path) =>
  until(page, (path) => location.href.includes(path) && document.readyState === "complete", path);

const follow = async (page, selector, path) => {
  await page.$eval(selector, (link) => link.click()); // unlike page.click, it works without scripts
  await arrive(page, path);
};

const back = async (page, path) => {
  await page.evaluate(() => history.back()); // page.goBack waits for an event that a cached page does not send
  await arrive(page, path);
};

// waitForFunction needs scripts, which some runs turn off.
const until = async (page, condition, ...values) => {
  const end = Date.now() + TIMEOUT;
  while (Date.now() < end) {
    if (await page.evaluate(condition, ...values).catch(() => false)) return; // evaluate fails during navigation
    await new Promise((ready) => setTimeout(ready, 50));
  }
  assert.fail(`${page.url()}: timed out: ${condition} ${values}`);
};

const isVisible = (page, selector) => page.$eval(selector, (element) => element.checkVisibility({ contentVisibilityAuto: true }));
const text = (page, selector) => page.$eval(selector, (element) => element.innerText);

const WORKSHEET = "worksheets/rhizotomy-and-cordotomy.html";
const SHORT = "procedures/percutaneous-cordotomy.html";

async function fromHomeToSources(page, site) {
  await page.goto(`${site}/index.html`);
  await follow(page, "article a[href*='no-procedure.html']", "procedures/no-procedure.html");
  await page.goto(`${site}/${SHORT}`);
  await follow(page, "a.mark", "#percutaneous-cordotomy.");
  assert.ok(await isVisible(page, ":target"), "the fact behind the mark is not visible");
  await follow(page, ":target .sources a", await page.$eval(":target .sources a", (link) => link.hash));
  assert.ok(await isVisible(page, ":target"), "the source is in a closed list");
}

async function readAComparison(page, site) {
  await page.goto(`${site}/comparisons.html`);
  await follow(page, "article a[href*='rhizotomy-and-cordotomy.html']", "comparisons/rhizotomy-and-cordotomy.html");
  assert.ok(await isVisible(page, ".comparison td"));
  assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways");
  await follow(page, `a[href*='${WORKSHEET}']`, WORKSHEET);
}

async function readTheSigns(page, site) {
  await page.goto(`${site}/${SHORT}`);
  assert.match(await text(page, ".urgency.emergency"), /call/i);
  await page.goto(`${site}/signs.html`);
  assert.ok(await isVisible(page, "article [data-sign]"));
}

async function search(page, site) {
  await page.goto(`${site}/index.html`);
  await follow(page, ".to-menu[href*='search']", "search.html");
  await page.type("#q", "chordotomy");
  await page.keyboard.press("Enter");
  await until(page, () => document.querySelector("#search-results a") !== null);
  await follow(page, "#search-results a", "procedures/cordotomy.html");
}

async function explainAWord(page, site) {
  await page.goto(`${site}/claims.html`);
  await page.click("article a.term");
  await until(page, () => document.querySelector("[role=dialog]")?.checkVisibility());
  await page.keyboard.press("Escape");
  await until(page, () => !document.querySelector("[role=dialog]").checkVisibility());
  assert.ok(await page.evaluate("document.activeElement.matches('a.term')"), "the focus is lost");
}

const writeAnswers = async (page) => {
  await page.type("[name='matters-else']", "My garden");
  await page.$eval("[name='lean'][value='open']", (choice) => choice.click());
};
const readAnswers = (page) => page.evaluate(() => {
  const { elements } = document.querySelector("form.worksheet");
  return [elements["matters-else"].value, elements.lean.value, elements.good.value];
});
const ANSWERS = ["My garden", "open", ""];

async function fillInAWorksheet(page, site) {
  await page.goto(`${site}/${WORKSHEET}`);
  await writeAnswers(page);
  await page.reload();
  assert.deepEqual(await readAnswers(page), ANSWERS, "a reload loses the answers");
  await follow(page, "form .see a", "comparisons/rhizotomy-and-cordotomy.html");
  await follow(page, `a[href*='${WORKSHEET}']`, WORKSHEET);
  assert.deepEqual(await readAnswers(page), ANSWERS, "a link loses the answers");
  await page.type("[name='good']", "Sleep");
  await back(page, "comparisons/");
  await back(page, WORKSHEET); // the first visit, before the last answer
  assert.deepEqual(await readAnswers(page), [...ANSWERS.slice(0, 2), "Sleep"], "Back loses the answers");
}

async function print(page, site) {
  await page.goto(`${site}/procedures/percutaneous-cordotomy/risks.html`);
  await page.pdf({ path: paper });
}

async function withoutScripts(page, site) {
  await page.goto(`${site}/search.html`);
  assert.ok(await isVisible(page, "noscript p"));
  await follow(page, "noscript a", "a-to-z.html");
  for (const journey of [fromHomeToSources, readAComparison, readTheSigns]) await journey(page, site);
  await page.goto(`${site}/claims.html`);
  await follow(page, "article a.term", "glossary.html#");
}

async function withoutStorage(page, site) {
  await page.goto(`${site}/${WORKSHEET}`);
  await writeAnswers(page);
  await page.click(".keep-box");
  assert.match(await text(page, ".kept"), /Print it before you close it/);
  assert.deepEqual(await readAnswers(page), ANSWERS);
}

const PLAIN = [fromHomeToSources, readAComparison, readTheSigns, search, explainAWord, fillInAWorksheet];
const RUNS = [
  ["served", {}, siteUrl, [...PLAIN, print]],
  ["from a folder", {}, pathToFileURL(folder).href, PLAIN],
  ["without scripts", { "javascript.enabled": false }, siteUrl, [withoutScripts]],
  ["without storage", { "network.cookie.cookieBehavior": 2 }, siteUrl, [withoutStorage, search]],
];

await Promise.all(RUNS.map(async ([kind, extraPrefsFirefox, site, journeys]) => {
  const browser = await launch({ browser: "firefox", executablePath, extraPrefsFirefox, timeout: TIMEOUT });
  for (const journey of journeys) {
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.setDefaultTimeout(TIMEOUT);
    await page.setViewport({ width: 360, height: 640 });
    try {
      await journey(page, site);
      assert.deepEqual(errors, []);
      console.log(`${kind}: ${journey.name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`${kind}: ${journey.name} FAILS at ${page.url()}: ${error.message}`);
    }
    await page.close();
  }
  await browser.close();
}));
