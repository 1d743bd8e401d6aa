// Where the site is set to keep a copy of itself on the device: asks for it, and says when the reader sees the copy.
"use strict";

(() => {
  const { serviceWorker } = navigator;
  const status = document.querySelector(".offline");
  const worker = new URL("../../sw.js", document.currentScript.src);
  if (!serviceWorker) return; // opened from a folder, or over a connection that is not encrypted

  function sayOffline() {
    const made = new Date(`${status.dataset.made}T00:00`);
    const day = made.toLocaleDateString("en-US", { day: "numeric", month: "long", year: "numeric" });
    const age = Math.floor((Date.now() - made) / 86_400_000);
    const when = age < 1 ? `today, ${day}` : `${age === 1 ? "1 day" : `${age} days`} ago, on ${day}`;
    status.textContent = `You are offline. This is the copy saved on your device. It was made ${when}.`;
  }

  // The server is asked for a newer copy. That it does not answer is how a page knows that it is offline.
  async function ask() {
    if (!navigator.onLine) return sayOffline();
    try {
      const registration = await serviceWorker.register(worker);
      const first = !registration.active && registration.installing;
      if (first) {
        first.addEventListener("statechange", () => {
          if (first.state === "activated") status.textContent = "These pages are now saved on this device. You can read them offline.";
        });
      } else await registration.update();
      if (status.textContent.startsWith("You are offline")) status.textContent = "";
    } catch {
      if (serviceWorker.controller) sayOffline();
    }
  }

  serviceWorker.addEventListener("controllerchange", () => {
    status.textContent = "There is a newer version of these pages. You will see it on the next page you open.";
  });
  addEventListener("load", ask);
  addEventListener("online", ask);
  addEventListener("offline", sayOffline);
})();
