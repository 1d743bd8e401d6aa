// The worksheet keeps answers while its tab is open, and on this device only after the reader's yes. It says what it did.
"use strict";

(() => {
  const form = document.querySelector("form.worksheet");
  const box = form.querySelector(".keep-box");
  const status = form.querySelector(".kept");
  const key = `worksheet.${form.dataset.worksheet}`;
  const fields = [...form.elements].filter((field) => field.name);
  const cannot = "This browser cannot save your answers, or its storage is full. They are still on this page. Print it before you close it.";
  let lost = {}; // kept answers to questions that the page no longer has

  const choice = (field) => field.type === "radio" || field.type === "checkbox";

  function answers() {
    const given = { ...lost };
    for (const field of fields) {
      if (choice(field) ? field.checked : field.value) given[field.name] = field.value;
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

  function keep() {
    try {
      const store = box.checked ? localStorage : sessionStorage;
      store.setItem(key, JSON.stringify({ version: form.dataset.version, saved: new Date().toISOString(), answers: answers() }));
      if (box.checked) forget("sessionStorage");
      status.textContent = box.checked ? "Your answers are saved on this device." : "";
    } catch {
      box.checked = Boolean(kept()?.device); // what was kept before is still there
      status.textContent = cannot;
    }
  }

  // What is kept in this tab and on this device; or nothing, if that is forbidden.
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
        // Nothing could be kept, so nothing is left.
      }
    }
  }

  // The answers in what is kept; or nothing, if it is not ours.
  function parsed(text) {
    try {
      const { version, saved, answers } = JSON.parse(text);
      const ours = Object.values(answers).every((answer) => typeof answer === "string");
      return ours && { version, saved: new Date(saved), given: answers };
    } catch {
      return null;
    }
  }

  function read() {
    const { tab, device } = kept() ?? {};
    const text = tab ?? device;
    if (text === undefined) status.textContent = cannot;
    if (text === undefined || text === null) return;
    const sheet = parsed(text);
    if (!sheet) {
      status.textContent = "Answers for this sheet are saved, but this page cannot read them. They stay until you write new answers or delete them.";
      return;
    }
    const { version, saved, given } = sheet;
    box.checked = tab === null;
    fill({ ...given, ...answers() }); // what was written before this script arrived is newer
    const said = [];
    if (version !== form.dataset.version) {
      const day = Number.isNaN(+saved) ? "" : ` (${saved.toLocaleDateString("en-US", { day: "numeric", month: "long", year: "numeric" })})`;
      said.push(`The facts have changed since you filled in this worksheet${day}. All your answers are still here. Please look at the comparison again.`);
    } else said.push(box.checked ? "These are the answers you saved on this device." : "These are the answers you gave in this tab.");
    for (const [name, answer] of Object.entries(lost)) {
      said.push(`You also answered something that this page no longer asks: ${name.replace(/^\w+\./, "").slice(0, 200)} (${answer.slice(0, 200)}).`);
    }
    status.textContent = said.join("\n");
  }

  // What this page shows is older than what is kept: it comes back as it was left, or another tab has saved.
  function renew() {
    if (!kept()) return;
    form.reset();
    lost = {};
    read();
  }
  // In Firefox such a page would see the tab's answers as they were when it was left. With this it is loaded again.
  if (CSS.supports("-moz-orient", "block")) addEventListener("unload", () => {});
  addEventListener("pageshow", (event) => event.persisted && renew());
  addEventListener("storage", (event) => event.key === key && renew());

  form.addEventListener("input", (event) => event.target === box || keep());
  form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("change", () => {
    keep();
    if (box.checked) return;
    forget("localStorage");
    if (status.textContent !== cannot) status.textContent = "Nothing is saved on this device anymore. Your answers stay in this tab until you close it.";
  });

  for (const group of form.querySelectorAll("fieldset")) {
    const clear = make("button", "Clear");
    Object.assign(clear, { type: "button", className: "clear quiet-button" });
    clear.addEventListener("click", () => {
      const choices = [...group.querySelectorAll("input")];
      for (const field of choices) field.checked = false;
      choices[0].focus();
      keep();
    });
    group.append(clear);
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
    status.textContent = "";
    done.textContent = "Your answers were deleted. Until you leave this page, you can bring them back.";
    sure.open = false;
    undo.hidden = false;
    undo.focus();
  });
  undo.addEventListener("click", () => {
    box.checked = deleted.checked;
    fill({ ...deleted.answers, ...answers() });
    keep();
    done.textContent = "Your answers are back.";
    undo.hidden = true;
    sure.querySelector("summary").focus();
  });
  const early = Object.keys(answers()).length > 0;
  read();
  if (early) keep();
})();
