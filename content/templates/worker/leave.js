// This site keeps no copy on devices, and no page asks for this file. A device that has a copy from a time when the
// site kept one looks here for a newer version, deletes the copy, and reads from the server again.
"use strict";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith(`copy of ${registration.scope} `)) await caches.delete(name);
  }
  await registration.unregister();
})()));
