// This site keeps no offline copy, and no page loads this file. A device with a copy from an earlier configuration
// checks here for an update, deletes the copy, and loads pages from the server again.
"use strict";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith(`copy of ${registration.scope} `)) await caches.delete(name);
  }
  await registration.unregister();
})()));
