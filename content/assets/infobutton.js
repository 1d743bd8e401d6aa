// Links from health records: reads the request from the address, removes it there, and opens the matching page.
// Nothing is stored or sent, and nothing about a person is read.
"use strict";

(() => {
  const asked = new URLSearchParams(location.search);
  if (![...asked].length) return;
  const read = (name) => (asked.get(name) ?? "").trim();
  // Names match in any word order ("Cordotomy, percutaneous"), and without the semantic tag that SNOMED adds.
  const plain = (text) =>
    text
      .replace(/\((procedure|regime\/therapy|disorder|finding|situation)\)\s*$/i, "")
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean)
      .sort()
      .join(" ");
  const code = read("mainSearchCriteria.v.c");
  const system = read("mainSearchCriteria.v.cs");
  const names = [read("mainSearchCriteria.v.dn"), read("mainSearchCriteria.v.ot")].map(plain).filter(Boolean);
  const inEnglish = /^(en|$)/i.test(read("informationRecipient.languageCode.c"));
  const format = read("knowledgeResponseType").toLowerCase();
  history.replaceState(null, "", location.pathname);

  const topics = [...document.querySelectorAll(".topics > li")];
  // "infobutton/SYSTEM/CODE": the path of the answers to each topic, without the file extension.
  const answersOf = (topic) => topic.dataset.answers.split(" ").filter(Boolean);
  const fits = (answer) => {
    const [, known, value] = answer.split("/");
    return value?.toLowerCase() === code.toLowerCase() && (!system || system === known);
  };
  const called = (topic) => topic.dataset.names.split("|").map(plain);
  let found = topics.filter((topic) => code && answersOf(topic).some(fits));
  if (!found.length) found = topics.filter((topic) => called(topic).some((known) => names.includes(known)));
  if (found.length > 1) {
    // Several topics can share a name; the one with it as its main name wins.
    const own = found.filter((topic) => names.includes(called(topic)[0]));
    if (own.length === 1) found = own;
  }
  const [topic, another] = found;
  const ending = { "application/json": "json", "text/xml": "xml", "application/xml": "xml", "application/atom+xml": "xml" }[format];
  const answers = topic && !another ? answersOf(topic) : ["infobutton/none"];

  if (ending && answers.length) location.replace(`${answers.find(fits) ?? answers[0]}.${ending}`);
  else if (topic && !another && inEnglish) location.replace(topic.querySelector("a").href);
  else {
    const status = document.getElementById("infobutton-status");
    const said = sentence(another ? "several" : topic ? "language" : "none");
    for (const each of found) said.append(" ", each.querySelector("a").cloneNode(true), ".");
    status.append(said);
    status.hidden = false;
  }
})();
