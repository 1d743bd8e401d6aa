// The search page: reads ?q= from the address, searches the index on this device, and lists what it found.
"use strict";

(() => {
  const field = document.getElementById("q");
  const status = document.getElementById("search-status");
  const list = document.getElementById("search-results");
  const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  field.value = query;
  if (!query) {
    status.textContent = "Type what you are looking for.";
    return;
  }

  const entries = new Map(searchIndex.map((entry) => [entry.url, entry]));
  const engine = lunr(function () {
    this.ref("url");
    this.field("title", { boost: 8 });
    this.field("names", { boost: 6 });
    this.field("summary", { boost: 2 });
    this.field("headings");
    // A page comes before the explanation of a word.
    searchIndex.forEach((entry) => this.add({ ...entry, names: entry.names.join(" ") }, { boost: entry.url.includes("#") ? 0.6 : 1 }));
  });

  const words = lunr.tokenizer(query).map(String).filter((word) => word.length > 1);
  const found = engine.query((q) => {
    for (const word of words) {
      q.term(word, { boost: 10 });
      q.term(word, { boost: 5, wildcard: lunr.Query.wildcard.TRAILING, usePipeline: false });
      if (word.length > 4) q.term(word, { boost: 1, editDistance: word.length > 7 ? 2 : 1, usePipeline: false });
    }
  });

  // A name typed in full comes before everything that only resembles it.
  const plain = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  const rank = (url) => {
    const entry = entries.get(url);
    const page = url.includes("#") ? 0 : 2;
    if (plain(entry.title) === plain(query)) return 2 + page;
    return entry.names.some((name) => plain(name) === plain(query)) ? 1 + page : 0;
  };
  found.sort((one, other) => rank(other.ref) - rank(one.ref) || other.score - one.score);

  status.textContent =
    found.length === 0
      ? `Nothing was found for “${query}”. Try another word, or look in the A to Z.`
      : `${found.length === 1 ? "One page" : `${Math.min(found.length, 20)} pages`} for “${query}”:`;
  for (const { ref } of found.slice(0, 20)) {
    const entry = entries.get(ref);
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = ref;
    link.textContent = entry.title;
    const summary = document.createElement("p");
    summary.textContent = entry.summary;
    item.append(link, summary);
    list.append(item);
  }
})();
