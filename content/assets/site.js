// Improvements for every page. Each part also works without scripts, or stays hidden.
"use strict";

document.documentElement.classList.add("scripted"); // for browsers without the CSS media feature "scripting"

const make = (name, ...inside) => {
  const element = document.createElement(name);
  element.append(...inside);
  return element;
};

// Texts of scripts are hidden in the page, so that browsers translate them too: a copy, with `values` filled in.
const sentence = (name, ...values) => {
  const copy = document.querySelector(`[data-says="${name}"]`).cloneNode(true);
  copy.removeAttribute("data-says");
  copy.querySelectorAll("b").forEach((gap, at) => gap.append(values[at]));
  return copy;
};

// Show that the facts of the page are overdue for a check.
const due = document.querySelector("[data-due]");
if (due) due.hidden = new Date() <= new Date(`${due.dataset.due}T23:59:59`);

// Search words go after a "#" in the address, so they never leave the device.
for (const form of document.querySelectorAll('form[role="search"]')) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(`${form.action}#q=${encodeURIComponent(form.elements.q.value)}`);
  });
}

for (const button of document.querySelectorAll("button.print")) {
  button.addEventListener("click", () => print());
}

// Printed pages include closed sections. If CSS cannot show them, open them while the page is printed.
if (!CSS.supports("selector(::details-content)")) {
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });
}

// In an intranet frame, links to other websites open in a new tab: most of those sites forbid frames.
if (self !== top) {
  for (const link of document.querySelectorAll('a[href^="https:"]')) {
    if (link.origin !== location.origin) link.target = "_blank";
  }
}

// A link can point into a closed section, such as the list of sources. Not every browser opens it.
function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  const closed = target?.closest("details:not([open])");
  if (!closed) return;
  closed.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();

// From a source, a link goes back to where the reader was; without scripts, the browser's back button does.
const back = document.querySelector(".back");
for (const mark of document.querySelectorAll('.sources a[href^="#"]')) {
  mark.addEventListener("click", () => {
    back.href = `#${mark.closest("[id]").id}`;
    back.hidden = false;
    document.getElementById(mark.hash.slice(1)).append(" ", back);
  });
}

// Readers who scan the code of a printed leaflet learn whether it is out of date.
const paper = document.querySelector(".paper");
if (paper && location.hash.startsWith("#paper-") && location.hash !== `#${paper.id}`) {
  paper.querySelector("[hidden]").hidden = false;
  paper.closest("details").open = true;
  paper.tabIndex = -1;
  paper.focus();
}
