// If the site keeps an offline copy: registers its service worker, and shows when the reader sees the copy.
"use strict";

(() => {
  const { serviceWorker } = navigator;
  const status = document.querySelector(".offline");
  const worker = new URL("../../sw.js", document.currentScript.src);
  if (!serviceWorker) return; // opened from a folder, or over a connection that is not encrypted

  let said;
  function say(name) {
    said = name;
    status.replaceChildren(sentence(name));
  }

  // Ask the server for a newer copy. If it does not answer, the page is offline.
  async function ask() {
    if (!navigator.onLine) return say("offline");
    try {
      const registration = await serviceWorker.register(worker);
      const first = !registration.active && registration.installing;
      if (first) {
        first.addEventListener("statechange", () => {
          if (first.state === "activated") say("copied");
        });
      } else await registration.update();
      if (said === "offline") status.replaceChildren();
    } catch {
      if (serviceWorker.controller) say("offline");
    }
  }

  serviceWorker.addEventListener("controllerchange", () => say("newer"));
  addEventListener("load", ask);
  addEventListener("online", ask);
  addEventListener("offline", () => say("offline"));
})();
