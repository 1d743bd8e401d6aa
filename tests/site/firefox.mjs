// The ways that readers go most, in Firefox: node firefox.mjs DRIVER FIREFOX ADDRESS FOLDER PAPER
// Names each way and, where one breaks, why. DRIVER is the installed puppeteer-core; the site is at ADDRESS and in FOLDER.
// What Firefox prints of a page with closed parts goes into the file PAPER.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

const [driver, executablePath, address, folder, paper] = process.argv.slice(2);
const { launch } = await import(pathToFileURL(driver)).then((module) => module.default);

const PATIENCE = 120_000; // a busy machine is slow, and not wrong

const arrive = (page, where) =>
  until(page, (where) => location.href.includes(where) && document.readyState === "complete", where);

const follow = async (page, selector, where) => {
  await page.$eval(selector, (link) => link.click()); // also where scripts are off, unlike page.click
  await arrive(page, where);
};

const back = async (page, where) => {
  await page.evaluate(() => history.back()); // page.goBack waits for an event that a page kept in memory does not send
  await arrive(page, where);
};

// waitForFunction needs scripts, which readers may have turned off.
const until = async (page, wanted, ...values) => {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    if (await page.evaluate(wanted, ...values).catch(() => false)) return; // between two pages, nothing can be asked
    await new Promise((ready) => setTimeout(ready, 50));
  }
  assert.fail(`${page.url()}: never came true: ${wanted} ${values}`);
};

const seen = (page, selector) => page.$eval(selector, (element) => element.checkVisibility({ contentVisibilityAuto: true }));
const text = (page, selector) => page.$eval(selector, (element) => element.innerText);

const WORKSHEET = "worksheets/rhizotomy-and-cordotomy.html";
const SHORT = "procedures/percutaneous-cordotomy.html";

async function fromHomeToSources(page, site) {
  await page.goto(`${site}/index.html`);
  await follow(page, "article a[href*='no-procedure.html']", "procedures/no-procedure.html");
  await page.goto(`${site}/${SHORT}`);
  await follow(page, "a.mark", "#percutaneous-cordotomy.");
  assert.ok(await seen(page, ":target"), "the fact behind the mark is not in sight");
  await follow(page, ":target .sources a", await page.$eval(":target .sources a", (link) => link.hash));
  assert.ok(await seen(page, ":target"), "the source is in a closed list");
}

async function aComparison(page, site) {
  await page.goto(`${site}/comparisons.html`);
  await follow(page, "article a[href*='rhizotomy-and-cordotomy.html']", "comparisons/rhizotomy-and-cordotomy.html");
  assert.ok(await seen(page, ".comparison td"));
  assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways");
  await follow(page, `a[href*='${WORKSHEET}']`, WORKSHEET);
}

async function theSigns(page, site) {
  await page.goto(`${site}/${SHORT}`);
  assert.match(await text(page, ".urgency.emergency"), /call/i);
  await page.goto(`${site}/signs.html`);
  assert.ok(await seen(page, "article [data-sign]"));
}

async function aSearch(page, site) {
  await page.goto(`${site}/index.html`);
  await follow(page, ".to-menu[href*='search']", "search.html");
  await page.type("#q", "chordotomy");
  await page.keyboard.press("Enter");
  await until(page, () => document.querySelector("#search-results a") !== null);
  await follow(page, "#search-results a", "procedures/cordotomy.html");
}

async function aWord(page, site) {
  await page.goto(`${site}/claims.html`);
  await page.click("article a.term");
  await until(page, () => document.querySelector("[role=dialog]")?.checkVisibility());
  await page.keyboard.press("Escape");
  await until(page, () => !document.querySelector("[role=dialog]").checkVisibility());
  assert.ok(await page.evaluate("document.activeElement.matches('a.term')"), "the focus is lost");
}

const write = async (page) => {
  await page.type("[name='matters-else']", "My garden");
  await page.$eval("[name='lean'][value='open']", (choice) => choice.click());
};
const written = (page) => page.evaluate(() => {
  const { elements } = document.querySelector("form.worksheet");
  return [elements["matters-else"].value, elements.lean.value, elements.good.value];
});
const WRITTEN = ["My garden", "open", ""];

async function aWorksheet(page, site) {
  await page.goto(`${site}/${WORKSHEET}`);
  await write(page);
  await page.reload();
  assert.deepEqual(await written(page), WRITTEN, "a reload loses what was written");
  await follow(page, "form .see a", "comparisons/rhizotomy-and-cordotomy.html");
  await follow(page, `a[href*='${WORKSHEET}']`, WORKSHEET);
  assert.deepEqual(await written(page), WRITTEN, "a link loses what was written");
  await page.type("[name='good']", "Sleep");
  await back(page, "comparisons/");
  await back(page, WORKSHEET); // as it was left, before the last word
  assert.deepEqual(await written(page), [...WRITTEN.slice(0, 2), "Sleep"], "the way back loses what was written");
}

async function onPaper(page, site) {
  await page.goto(`${site}/procedures/percutaneous-cordotomy/risks.html`);
  await page.pdf({ path: paper });
}

async function withoutScripts(page, site) {
  await page.goto(`${site}/search.html`);
  assert.ok(await seen(page, "noscript p"));
  await follow(page, "noscript a", "a-to-z.html");
  for (const journey of [fromHomeToSources, aComparison, theSigns]) await journey(page, site);
  await page.goto(`${site}/claims.html`);
  await follow(page, "article a.term", "glossary.html#");
}

async function withoutStorage(page, site) {
  await page.goto(`${site}/${WORKSHEET}`);
  await write(page);
  await page.click(".keep-box");
  assert.match(await text(page, ".kept"), /Print it before you close it/);
  assert.deepEqual(await written(page), WRITTEN);
}

const PLAIN = [fromHomeToSources, aComparison, theSigns, aSearch, aWord, aWorksheet];
const RUNS = [
  ["served", {}, address, [...PLAIN, onPaper]],
  ["from a folder", {}, pathToFileURL(folder).href, PLAIN],
  ["without scripts", { "javascript.enabled": false }, address, [withoutScripts]],
  ["without storage", { "network.cookie.cookieBehavior": 2 }, address, [withoutStorage, aSearch]],
];

await Promise.all(RUNS.map(async ([kind, extraPrefsFirefox, site, journeys]) => {
  const browser = await launch({ browser: "firefox", executablePath, extraPrefsFirefox, timeout: PATIENCE });
  for (const journey of journeys) {
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.setDefaultTimeout(PATIENCE);
    await page.setViewport({ width: 360, height: 640 });
    try {
      await journey(page, site);
      assert.deepEqual(errors, []);
      console.log(`${kind}: ${journey.name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`${kind}: ${journey.name} BREAKS at ${page.url()}: ${error.message}`);
    }
    await page.close();
  }
  await browser.close();
}));
