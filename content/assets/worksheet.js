// A sheet saves answers while its tab is open, and on this device only if the reader agrees. It reports each save.
"use strict";

(() => {
  const form = document.querySelector("[data-worksheet]");
  const box = form.querySelector(".keep-box");
  const status = form.querySelector(".kept");
  const key = `worksheet.${form.dataset.worksheet}`;
  const fields = [...form.elements].filter((field) => field.name);
  let lost = {}; // saved answers to questions that the page no longer has

  const choice = (field) => field.type === "radio" || field.type === "checkbox";

  function answers() {
    const given = { ...lost };
    for (const field of fields) {
      if (choice(field) ? field.checked : field.value !== field.defaultValue) given[field.name] = field.value;
    }
    return given;
  }

  function fill(given) {
    lost = { ...given };
    for (const field of fields) {
      const answer = given[field.name];
      if (answer === undefined) continue;
      if (choice(field)) field.checked = field.value === answer;
      else field.value = answer;
      if (field.type !== "radio" || field.checked) delete lost[field.name];
    }
  }

  const say = (status, ...names) => status.replaceChildren(...names.map((name) => sentence(name)));

  // Returns whether that worked.
  function keep() {
    try {
      const store = box.checked ? localStorage : sessionStorage;
      store.setItem(key, JSON.stringify({ version: form.dataset.version, answers: answers() }));
      if (box.checked) forget("sessionStorage");
      say(status, ...(box.checked ? ["saved"] : []));
      return true;
    } catch {
      box.checked = Boolean(kept()?.device); // what was saved before is still there
      say(status, "cannot");
      return false;
    }
  }

  // What is saved in this tab and on this device; or nothing, if storage is blocked.
  function kept() {
    try {
      return { tab: sessionStorage.getItem(key), device: localStorage.getItem(key) };
    } catch {
      return null;
    }
  }

  function forget(...stores) {
    for (const store of stores) {
      try {
        window[store].removeItem(key);
      } catch {
        // Nothing could be saved, so nothing is left to delete.
      }
    }
  }

  // The saved answers; or nothing, if the data are not ours.
  function parsed(text) {
    try {
      const { version, answers } = JSON.parse(text);
      const ours = Object.values(answers).every((answer) => typeof answer === "string");
      return ours && { version, given: answers };
    } catch {
      return null;
    }
  }

  function read() {
    const { tab, device } = kept() ?? {};
    const text = tab ?? device;
    if (text === undefined) say(status, "cannot");
    if (text === undefined || text === null) return;
    const sheet = parsed(text);
    if (!sheet) return say(status, "unreadable");
    const { version, given } = sheet;
    box.checked = tab === null;
    fill({ ...given, ...answers() }); // what was typed before this script loaded is newer
    say(status, version !== form.dataset.version ? "changed" : box.checked ? "from-device" : "from-tab");
    for (const [name, answer] of Object.entries(lost)) {
      status.append(sentence("lost", `${name.replace(/^\w+\./, "").slice(0, 200)} (${answer.slice(0, 200)})`));
    }
  }

  // The page is older than what is saved: it was restored from the history, or another tab has saved.
  function renew() {
    if (!kept()) return;
    form.reset();
    lost = {};
    read();
  }
  // Firefox restores such a page with old session storage. This listener makes it load the page again.
  if (CSS.supports("-moz-orient", "block")) addEventListener("unload", () => {});
  addEventListener("pageshow", (event) => event.persisted && renew());
  addEventListener("storage", (event) => event.key === key && renew());

  form.addEventListener("input", (event) => event.target === box || keep());
  form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("change", () => {
    const isKept = keep();
    if (box.checked) return;
    forget("localStorage");
    if (isKept) say(status, "forgotten");
  });

  for (const clear of form.querySelectorAll(".clear")) {
    clear.addEventListener("click", () => {
      const choices = [...clear.parentElement.querySelectorAll("input")];
      for (const field of choices) field.checked = false;
      choices[0].focus();
      keep();
    });
  }

  const sure = form.querySelector(".delete");
  const undo = form.querySelector(".undo");
  const done = form.querySelector(".deleted");
  let deleted;
  sure.querySelector("button").addEventListener("click", () => {
    deleted = { answers: answers(), checked: box.checked };
    forget("sessionStorage", "localStorage");
    lost = {};
    form.reset();
    say(status);
    say(done, "deleted");
    sure.open = false;
    undo.hidden = false;
    undo.focus();
  });
  undo.addEventListener("click", () => {
    box.checked = deleted.checked;
    fill({ ...deleted.answers, ...answers() });
    keep();
    say(done, "returned");
    undo.hidden = true;
    sure.querySelector("summary").focus();
  });
  const early = Object.keys(answers()).length > 0;
  read();
  if (early) keep();
})();
