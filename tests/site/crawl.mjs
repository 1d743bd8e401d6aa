// Opens pages in Firefox and prints what it complains of: node crawl.mjs DRIVER FIREFOX NAME ADDRESS PAGE ...
// NAME is a name of this machine, as a server's settings know it.
import { pathToFileURL } from "node:url";

const [driver, executablePath, name, address, ...pages] = process.argv.slice(2);
const { launch } = await import(pathToFileURL(driver)).then((module) => module.default);

const browser = await launch({
  browser: "firefox",
  executablePath,
  headless: true,
  extraPrefsFirefox: { "network.dns.localDomains": name },
  timeout: 120_000, // a busy machine is slow, and not wrong
});
const page = await browser.newPage();
page.on("console", (said) => ["error", "warn"].includes(said.type()) && console.log(page.url(), said.text()));
page.on("pageerror", (error) => console.log(page.url(), error.message));
page.on("response", (answer) => answer.status() >= 400 && console.log(answer.url(), answer.status()));
await page.evaluateOnNewDocument(() =>
  addEventListener("securitypolicyviolation", (event) => console.error(event.violatedDirective, event.blockedURI)),
);
for (const path of pages) {
  await page.goto(`${address}/${path}`);
  if (!(await page.evaluate("document.styleSheets[0].cssRules.length > 10"))) console.log(page.url(), "has no styles");
}
await browser.close();
