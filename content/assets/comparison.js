// The comparison page: the reader chooses which options stand side by side and which rows come first.
// The choice stands behind a "#" in the address, so that it can be kept, sent and printed, and is never sent to a server.
"use strict";

(() => {
  const chooser = document.querySelector(".chooser");
  const form = chooser.querySelector("form");
  const table = document.querySelector("table.comparison");
  const told = document.querySelector(".chosen");
  const rows = [...table.tBodies[0].rows];
  // Some browsers forget that a table is one when a narrow screen shows its rows as blocks.
  const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", "thead th": "columnheader", "tbody th": "rowheader", td: "cell" };
  table.setAttribute("role", "table");
  for (const [what, role] of Object.entries(roles)) {
    for (const element of table.querySelectorAll(what)) element.setAttribute("role", role);
  }

  const boxes = (name) => [...form.querySelectorAll(`input[name="${name}"]`)];
  const chosen = (name) => boxes(name).filter((box) => box.checked).map((box) => box.value);
  const label = (box) => box.parentElement.textContent.trim();
  const list = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);

  // Chosen rows come first, and the row on harm right after them. It is never left out, and never lower than it was.
  function arrange(options, first) {
    for (const cell of table.querySelectorAll("[data-option]")) cell.hidden = !options.includes(cell.dataset.option);
    const before = rows.filter((row) => first.includes(row.dataset.row));
    const order = [...before, ...rows.filter((row) => !before.includes(row))];
    const harms = order.findIndex((row) => row.hasAttribute("data-harms"));
    const place = Math.min(before.length, rows.indexOf(order[harms]));
    if (before.length && harms > place) order.splice(place, 0, ...order.splice(harms, 1));
    table.tBodies[0].append(...order);
  }

  function tell(options, first, more = "") {
    const all = boxes("options");
    const parts = [];
    if (more) parts.push(more);
    if (options.length < all.length) {
      const hidden = all.filter((box) => !options.includes(box.value)).map(label);
      parts.push(`This view shows ${options.length} of ${all.length} options. Not shown: ${list(hidden)}.`);
    }
    if (first.length) {
      const asked = boxes("first").filter((box) => first.includes(box.value)).map((box) => `“${label(box)}”`);
      parts.push(`First: ${list(asked)}. The row about harms comes next.`);
    }
    if (!parts.length) parts.push("This view shows every option and every row.");
    told.hidden = false;
    told.textContent = parts.join("\n");
  }

  function address(options, first) {
    const state = [];
    if (options.length < boxes("options").length) state.push(`options=${options.join(",")}`);
    if (first.length) state.push(`first=${first.join(",")}`);
    history.replaceState(null, "", state.length ? `#${state.join("&")}` : location.pathname + location.search);
  }

  function change(event) {
    if (event.target.name === "options" && chosen("options").length < 2) {
      event.target.checked = true;
      tell(chosen("options"), chosen("first"), "Keep at least two options, so that you can compare them.");
      return;
    }
    arrange(chosen("options"), chosen("first"));
    address(chosen("options"), chosen("first"));
    tell(chosen("options"), chosen("first"));
  }

  function read() {
    const state = new URLSearchParams(location.hash.slice(1));
    if (!state.has("options") && !state.has("first")) return; // an anchor on the page: the view stays
    const unknown = [];
    const asked = (name) => {
      const known = boxes(name).map((box) => box.value);
      const values = (state.get(name) ?? "").split(",").filter(Boolean);
      unknown.push(...values.filter((value) => !known.includes(value)));
      return known.filter((value) => values.includes(value));
    };
    const two = asked("options");
    const options = two.length < 2 ? boxes("options").map((box) => box.value) : two;
    const first = asked("first");
    for (const box of boxes("options")) box.checked = options.includes(box.value);
    for (const box of boxes("first")) box.checked = first.includes(box.value);
    arrange(options, first);
    const left = [];
    if (unknown.length) left.push(`The address asks for something that is not on this page (${unknown.join(", ").slice(0, 80)}). It was left out.`);
    if (state.has("options") && two.length < 2) left.push("You need at least two options to compare, so all of them are shown.");
    tell(options, first, left.join(" "));
    chooser.open = true;
  }

  form.addEventListener("change", change);
  form.addEventListener("reset", () => setTimeout(() => {
    arrange(chosen("options"), []);
    address(chosen("options"), []);
    tell(chosen("options"), []);
  }));
  addEventListener("hashchange", read);
  read();
})();
