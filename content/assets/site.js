// What every page can do better with scripts. Each part works without them too, or stays hidden.
"use strict";

document.documentElement.classList.add("scripted"); // for browsers whose styles cannot ask

const make = (name, ...inside) => {
  const element = document.createElement(name);
  element.append(...inside);
  return element;
};

// What a script says lies in the page, hidden, so that a browser translates it too: a copy, with `values` in its gaps.
const sentence = (name, ...values) => {
  const copy = document.querySelector(`[data-says="${name}"]`).cloneNode(true);
  copy.removeAttribute("data-says");
  copy.querySelectorAll("b").forEach((gap, at) => gap.append(values[at]));
  return copy;
};

// A page that is opened after its facts were due for a check says so.
const due = document.querySelector("[data-due]");
if (due) due.hidden = new Date() <= new Date(`${due.dataset.due}T23:59:59`);

// Search words go behind a "#" in the address, so they never leave the device.
for (const form of document.querySelectorAll('form[role="search"]')) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(`${form.action}#q=${encodeURIComponent(form.elements.q.value)}`);
  });
}

for (const button of document.querySelectorAll("button.print")) {
  button.addEventListener("click", () => print());
}

// Paper has what is behind closed headings. Where styles cannot show that, they are open while the page is printed.
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

// In a frame of an intranet, links to other websites open beside it: most of those forbid frames.
if (self !== top) {
  for (const link of document.querySelectorAll('a[href^="https:"]')) {
    if (link.origin !== location.origin) link.target = "_blank";
  }
}

// A link can lead into a closed part, such as the list of sources. Not every browser opens it.
function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  const closed = target?.closest("details:not([open])");
  if (!closed) return;
  closed.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();

// From a source, a link leads back to where the reader was; without scripts, the browser's own way back does.
const back = document.querySelector(".back");
for (const mark of document.querySelectorAll('.sources a[href^="#"]')) {
  mark.addEventListener("click", () => {
    back.href = `#${mark.closest("[id]").id}`;
    back.hidden = false;
    document.getElementById(mark.hash.slice(1)).append(" ", back);
  });
}

// Who scans the code on a printed leaflet of another version is told so.
const paper = document.querySelector(".paper");
if (paper && location.hash.startsWith("#paper-") && location.hash !== `#${paper.id}`) {
  paper.querySelector("[hidden]").hidden = false;
  paper.closest("details").open = true;
  paper.tabIndex = -1;
  paper.focus();
}
