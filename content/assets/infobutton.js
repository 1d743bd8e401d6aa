// Links from health records: reads the request in the address, takes it out of there, and goes to the page it is about.
// Nothing is kept or sent, and nothing about a person is read.
"use strict";

(() => {
  const asked = new URLSearchParams(location.search);
  if (![...asked].length) return;
  const read = (name) => (asked.get(name) ?? "").trim();
  const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  const code = read("mainSearchCriteria.v.c");
  const system = read("mainSearchCriteria.v.cs");
  const name = plain(read("mainSearchCriteria.v.dn"));
  const format = read("knowledgeResponseType").toLowerCase();
  history.replaceState(null, "", location.pathname);

  const topics = [...document.querySelectorAll(".topics > li")];
  // "infobutton/SYSTEM/CODE": where the answers of each topic lie, without the ending of their format.
  const answersOf = (topic) => topic.dataset.answers.split(" ").filter(Boolean);
  const fits = (answer) => {
    const [, known, value] = answer.split("/");
    return value?.toLowerCase() === code.toLowerCase() && (!system || system === known);
  };
  const topic =
    (code && topics.find((topic) => answersOf(topic).some(fits))) ||
    (name && topics.find((topic) => topic.dataset.names.split("|").map(plain).includes(name)));
  const ending = { "application/json": "json", "text/xml": "xml", "application/xml": "xml", "application/atom+xml": "xml" }[format];
  const answers = topic ? answersOf(topic) : ["infobutton/none"];

  if (ending && answers.length) location.replace(`${answers.find(fits) ?? answers[0]}.${ending}`);
  else if (topic) location.replace(topic.querySelector("a").href);
  else {
    const status = document.getElementById("infobutton-status");
    status.textContent = "We have no page yet for what your health record asked about. Here are all the pages we have.";
    status.hidden = false;
  }
})();
