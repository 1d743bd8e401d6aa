// What every page can do better with scripts. Each part works without them too, or stays hidden.
"use strict";

// Search words go behind a "#" in the address, so they never leave the device.
for (const form of document.querySelectorAll('form[role="search"]')) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(`${form.action}#q=${encodeURIComponent(form.elements.q.value)}`);
  });
}

for (const button of document.querySelectorAll("button.print")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
