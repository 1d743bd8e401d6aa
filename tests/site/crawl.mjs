// Opens pages in Firefox and prints all warnings and errors: node crawl.mjs DRIVER FIREFOX HOST URL PAGE ...
// HOST is the host name in the server configuration; it resolves to this machine.
import { pathToFileURL } from "node:url";

const [driver, executablePath, host, siteUrl, ...pages] = process.argv.slice(2);
const { launch } = await import(pathToFileURL(driver)).then((module) => module.default);

const browser = await launch({
  browser: "firefox",
  executablePath,
  headless: true,
  extraPrefsFirefox: { "network.dns.localDomains": host },
  timeout: 120_000, // for a busy machine
});
const page = await browser.newPage();
page.on("console", (line) => ["error", "warn"].includes(line.type()) && console.log(page.url(), line.text()));
page.on("pageerror", (error) => console.log(page.url(), error.message));
page.on("response", (reply) => reply.status() >= 400 && console.log(reply.url(), reply.status()));
await page.evaluateOnNewDocument(() =>
  addEventListener("securitypolicyviolation", (event) => console.error(event.violatedDirective, event.blockedURI)),
);
for (const path of pages) {
  await page.goto(`${siteUrl}/${path}`);
  if (!(await page.evaluate("document.styleSheets[0].cssRules.length > 10"))) console.log(page.url(), "has no styles");
}
await browser.close();
