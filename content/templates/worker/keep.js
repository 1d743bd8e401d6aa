// The service worker that keeps a copy of the whole site on a device. Defined above this line: VERSION, and FILES with
// the path and SHA-256 of each file, so that a copy is complete and of one version, or is not used.
"use strict";

const KIND = `copy of ${registration.scope} `; // other sites on this server have their own
const NAME = KIND + VERSION;
const at = (path) => new URL(path, registration.scope).href;

async function take(cache, [path, sha256]) {
  const integrity = path === "404.html" ? "" : `sha256-${sha256}`; // hosts adapt that page to their path
  const answer = await fetch(at(path), { cache: "no-cache", integrity });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  // Browsers reject a redirected response as it is.
  await cache.put(at(path), answer.redirected ? new Response(await answer.blob(), { headers: answer.headers }) : answer);
}

async function install() {
  const cache = await caches.open(NAME);
  try {
    // Detail pages come last. A failed request is retried once.
    const isBehind = ([path]) => /^procedures\/.+\//.test(path);
    const files = Object.entries(FILES);
    for (const part of [files.filter((file) => !isBehind(file)), files.filter(isBehind)]) {
      await Promise.all(part.map((file) => take(cache, file).catch(() => take(cache, file))));
    }
  } catch (error) {
    await caches.delete(NAME); // the earlier copy stays; the browser tries again at a later visit
    throw error;
  }
  await skipWaiting();
}

// The previous copy stays until the next update: a page that is still open may need its files.
async function activate() {
  const older = (await caches.keys()).filter((name) => name.startsWith(KIND) && name !== NAME);
  for (const name of older.slice(0, -1)) await caches.delete(name);
}

async function answer(request, path) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(at(path));
  if (kept) return kept;
  const older = path.startsWith("assets/") && (await caches.match(at(path)));
  if (older) return older;
  try {
    return await fetch(request);
  } catch (error) {
    const page = request.mode === "navigate" && (await cache.match(at("404.html")));
    if (!page) throw error;
    return new Response(await page.blob(), { status: 404, headers: page.headers });
  }
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || !(origin + pathname).startsWith(registration.scope)) return;
  const path = (origin + pathname).slice(registration.scope.length) || "index.html";
  event.respondWith(answer(event.request, path));
});
