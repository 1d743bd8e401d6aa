// The worksheet keeps answers in this browser, only after the reader's yes, and says what it did.
"use strict";

(() => {
  const form = document.querySelector("form.worksheet");
  const box = form.querySelector(".keep-box");
  const status = form.querySelector(".kept");
  const key = `worksheet.${form.dataset.worksheet}`;
  const fields = [...form.elements].filter((field) => field.name);
  let lost = {}; // kept answers to questions that the page no longer has

  function answers() {
    const given = { ...lost };
    for (const field of fields) {
      if (field.type === "radio" || field.type === "checkbox" ? field.checked : field.value) given[field.name] = field.value;
    }
    return given;
  }

  function keep() {
    if (!box.checked) return;
    try {
      localStorage.setItem(key, JSON.stringify({ version: form.dataset.version, saved: new Date().toISOString(), answers: answers() }));
      status.textContent = "Your answers are saved on this device.";
    } catch {
      box.checked = kept() !== null; // what was kept before is still there
      status.textContent = "This browser cannot save your answers, or its storage is full. They are still on this page. Print it before you close it.";
    }
  }

  function kept() {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // forbidden, so nothing could be kept
    }
  }

  // What is kept; or nothing, if it is not ours.
  function parsed(text) {
    try {
      const { version, saved, answers } = JSON.parse(text);
      return Object(answers) === answers && { version, saved: new Date(saved), given: answers };
    } catch {
      return null;
    }
  }

  function read() {
    const text = kept();
    if (text === null) return;
    const sheet = parsed(text);
    if (!sheet) {
      status.textContent = "Answers for this sheet are saved on this device, but this page cannot read them. They stay there until you save new answers or delete them.";
      return;
    }
    const { version, saved, given } = sheet;
    box.checked = true;
    lost = { ...given };
    for (const field of fields) {
      const answer = given[field.name];
      if (answer === undefined) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === answer;
      else field.value = String(answer);
      if (field.type !== "radio" || field.checked) delete lost[field.name];
    }
    const told = [];
    if (version !== form.dataset.version) {
      const day = Number.isNaN(+saved) ? "" : ` (${saved.toLocaleDateString("en-US", { day: "numeric", month: "long", year: "numeric" })})`;
      told.push(`The facts have changed since you filled in this worksheet${day}. All your answers are still here. Please look at the comparison again.`);
    } else told.push("These are the answers you saved on this device.");
    for (const [name, answer] of Object.entries(lost)) {
      told.push(`You also answered something that this page no longer asks: ${name.replace(/^\w+\./, "").slice(0, 200)} (${String(answer).slice(0, 200)}).`);
    }
    status.textContent = told.join("\n");
  }

  form.addEventListener("input", (event) => event.target === box || keep());
  form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("change", () => {
    if (box.checked) return keep();
    forget();
    status.textContent = "Nothing is saved on this device anymore. Your answers are still on this page.";
  });

  function forget() {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing could be kept, so nothing is left.
    }
  }

  form.querySelector(".delete").addEventListener("click", () => {
    forget();
    lost = {};
    form.reset();
    status.textContent = "Your answers were deleted from this page and from this device.";
  });
  read();
})();
