"use strict";
const { packet, digest } = document.body.dataset;
const key = `packet:${packet}:${digest}`;
const lines = [...document.querySelectorAll(".line")];
const fields = [...document.querySelectorAll(".who input")];
const signs = [...document.querySelectorAll("[name=sign]")];
const one = (id) => document.getElementById(id);
const say = (text) => { one("said").textContent = text; };
const chosen = (line) => line.querySelector("input:checked");
const note = (line) => line.querySelector("textarea");

function answers() {
  const given = { packet, digest, sign: signs.filter((box) => box.checked).map((box) => box.value), lines: {} };
  for (const field of fields) given[field.name] = field.value.trim();
  for (const line of lines) {
    if (!chosen(line) && !note(line).value.trim()) continue;
    given.lines[line.dataset.line] = {
      digest: line.dataset.digest, is: chosen(line)?.value ?? "", note: note(line).value.trim(),
    };
  }
  return given;
}

// Fills the page from answers, and returns the numbers of the lines that have changed since.
function fill(given) {
  const changed = [];
  for (const field of fields) field.value = given[field.name] ?? "";
  for (const box of signs) box.checked = given.sign?.includes(box.value) ?? false;
  for (const line of lines) {
    const answer = given.lines?.[line.dataset.line];
    const same = answer?.digest === line.dataset.digest;
    if (answer && !same) changed.push(line.id.slice(5));
    for (const radio of line.querySelectorAll("input")) radio.checked = same && radio.value === answer.is;
    note(line).value = answer?.note ?? "";
  }
  show();
  return changed;
}

function show() {
  const done = (found) => found.filter(chosen).length;
  for (const line of lines) line.classList.toggle("wrong", chosen(line)?.value === "wrong");
  for (const layer of document.querySelectorAll("[data-layer]")) {
    const inside = [...layer.querySelectorAll(".line")];
    layer.querySelector(".count").textContent = `(${done(inside)} of ${inside.length})`;
  }
  const first = [...document.querySelectorAll("section .line")];
  one("progress").textContent = `${done(first)} of ${first.length} lines`;
}

function keep() {
  show();
  try {
    localStorage.setItem(key, JSON.stringify(answers()));
  } catch {
    say("This browser keeps nothing. Press “Save answers” before you close this page.");
  }
}

// The missing answers without which the file cannot be read back.
function missing() {
  const found = signs.filter((box) => box.checked).flatMap((box) => {
    const open = [...box.closest("[data-layer]").querySelectorAll(".line")].filter((line) => !chosen(line));
    return open.map((line) => `line ${line.id.slice(5)}`);
  });
  if (!signs.some((box) => box.checked)) found.push("a part that you sign");
  return [...found, ...fields.filter((field) => !field.value.trim()).map((field) => field.labels[0].firstChild.data)];
}

one("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(answers(), null, 1)], { type: "application/json" }));
  link.download = `answers-${packet}.json`;
  link.click();
  const open = missing();
  say(`Saved as answers-${packet}.json.` + (open.length ? ` Still missing: ${open.slice(0, 8).join(", ")}${open.length > 8 ? ` and ${open.length - 8} more` : ""}.` : ""));
});

one("load").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  try {
    const given = JSON.parse(await file.text());
    if (given.packet !== packet) throw new Error(`it belongs to “${String(given.packet).slice(0, 80)}”`);
    const changed = fill(given);
    keep();
    say("Answers loaded." + (changed.length ? ` Changed since then, please look again: lines ${changed.join(", ")}.` : ""));
  } catch (error) {
    say(`This file cannot be read: ${error.message}.`);
  }
});

one("typing").addEventListener("submit", (event) => {
  event.preventDefault();
  const [, from, to, answer, text] = one("typed").value.trim().match(/^(\d+)(?:\s*-\s*(\d+))?\s*([rwn])\b\s*(.*)$/i) ?? [];
  const meant = lines.filter((line) => { const n = +line.id.slice(5); return n >= +from && n <= +(to ?? from); });
  if (!meant.length) return say("Not understood. Write it like this: 12 w The right number is 3");
  for (const line of meant) {
    const value = { r: "right", w: "wrong", n: "unsure" }[answer.toLowerCase()];
    line.querySelector(`[value=${value}]`).checked = true;
    if (text) note(line).value = text;
  }
  one("typed").value = "";
  keep();
  say(`Line ${from}${to ? ` to ${to}` : ""}: ${answer.toLowerCase()}${text ? `, “${text}”` : ""}`);
});

document.querySelector("main").addEventListener("change", keep);
document.querySelector("main").addEventListener("input", (event) => { if (event.target.id !== "typed") keep(); });
show();
try {
  const kept = localStorage.getItem(key);
  if (kept) fill(JSON.parse(kept));
} catch {
  say("This browser keeps nothing. Press “Save answers” before you close this page.");
}
