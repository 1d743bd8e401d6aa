// The search page: searches the index on this device for the words in the address, and lists what it found.
// The words stand behind a "#", so they never leave the device.
"use strict";

(() => {
  if (!window.lunr || typeof searchIndex === "undefined") {
    document.querySelector("#search-status .keep").textContent = "Search is not working: your browser did not load what it needs.";
    return;
  }
  const entries = new Map(searchIndex.map((entry) => [entry.url, entry]));
  const between = /[^\p{L}\p{M}\p{N}]+/gu; // words, in any script
  lunr.tokenizer.separator = new RegExp(between, "u");
  const engine = lunr(function () {
    this.pipeline.remove(lunr.trimmer); // it knows English letters only
    this.ref("url");
    this.field("title", { boost: 8 });
    this.field("names", { boost: 6 });
    this.field("about", { boost: 3 });
    this.field("summary", { boost: 2 });
    this.field("headings");
    // A page on treatments comes before a page on this site, and that before the explanation of a word.
    const boost = ({ url }) => (url.includes("#") ? 0.3 : /^(procedures|comparisons)\//.test(url) ? 1 : 0.5);
    searchIndex.forEach((entry) => this.add({ ...entry, names: entry.names.join(" ") }, { boost: boost(entry) }));
  });
  const plain = (text) => text.toLowerCase().replace(between, " ").trim();
  const stems = (text) => plain(text).split(" ").map((word) => lunr.stemmer(new lunr.Token(word)).toString());
  const names = new Map(searchIndex.map((entry) => [entry.url, [entry.title, ...entry.names].map(stems)]));

  // The pages for one word, and the stems by which they have it. Words that only resemble it count when nothing has it.
  function look(word) {
    const ways = [(q) => q.term(word)];
    if (word.length > 2) ways.push((q) => q.term(word, { wildcard: lunr.Query.wildcard.TRAILING, usePipeline: false }));
    if (word.length > 3) ways.push((q) => q.term(word, { editDistance: 1 }));
    if (word.length > 6) ways.push((q) => q.term(word, { editDistance: 2 }));
    for (const [nearness, way] of ways.entries()) {
      const matches = engine.query(way);
      if (matches.length) return { matches, nearness, stems: new Set(matches.flatMap((match) => Object.keys(match.matchData.metadata))) };
    }
    return { matches: [], nearness: 0, stems: new Set() };
  }

  // "radio frequency" is "radiofrequency" to the index.
  function joined(words) {
    const whole = [];
    for (let i = 0; i < words.length; i += 1) {
      const pair = i + 1 < words.length && words[i] + words[i + 1];
      if (pair && engine.query((q) => q.term(pair)).length) {
        whole.push(pair);
        i += 1;
      } else whole.push(words[i]);
    }
    return whole;
  }

  // The addresses of what answers, and whether a word was only resembled.
  function find(query) {
    const words = joined(plain(query).split(" "));
    const telling = words.filter((word) => lunr.stopWordFilter(word));
    const looks = (telling.length ? telling : words).map(look);
    const scores = new Map();
    for (const { matches, nearness } of looks) {
      const counts = nearness > 1 ? 0.5 : 1; // a word that only resembles one
      for (const { ref, score } of matches) {
        const [count, sum] = scores.get(ref) ?? [0, 0];
        scores.set(ref, [count + counts, sum + score * counts]);
      }
    }
    // First what is called so, then what has all the words in a name, then what is named (the longer name first),
    // then what has more of the words.
    const meant = looks.filter((look) => look.nearness < 2).length ? looks.filter((look) => look.nearness < 2) : looks;
    const has = (name) => looks.every((look) => name.some((stem) => look.stems.has(stem)));
    const rank = new Map([...scores.keys()].map((ref) => {
      const own = names.get(ref);
      const whole = (name) => name.join(" ") === stems(query).join(" ") || (has(name) && name.length === looks.length);
      if (ref.includes("#")) return [ref, own.some(whole) ? 2 : 0];
      if (own.some(has)) return [ref, whole(own[0]) ? 5 : own.some(whole) ? 4 : 3];
      if (has(own.flat())) return [ref, 1.9];
      const named = own.map((name) => name.filter(lunr.stopWordFilter)).filter((name) => name.every((stem) => meant.some((look) => look.stems.has(stem))));
      return [ref, Math.min(1 + Math.max(0, ...named.map((name) => name.length)) / 10, 1.8)];
    }));
    const weigh = (ref) => scores.get(ref)[0] ** 2 * scores.get(ref)[1];
    return {
      refs: [...scores.keys()].sort((one, other) => rank.get(other) - rank.get(one) || weigh(other) - weigh(one)),
      resembled: looks.some((look) => look.nearness > 1),
    };
  }

  function show() {
    // A form without scripts asks with "?q="; the words move behind the "#".
    const asked = new URLSearchParams(location.search).get("q");
    if (asked !== null) history.replaceState(null, "", `${location.pathname}#q=${encodeURIComponent(asked)}`);
    const query = (new URLSearchParams(location.hash.slice(1)).get("q") ?? "").trim().slice(0, 200);
    const status = document.getElementById("search-status");
    const list = document.getElementById("search-results");
    document.getElementById("q").value = query;
    list.replaceChildren();
    if (!query) {
      status.textContent = "Type what you are looking for.";
      return;
    }
    const { refs, resembled } = find(query);
    const found = refs.slice(0, 20);
    const many = found.length === 1 ? "One page" : `${found.length} pages`;
    status.textContent =
      found.length === 0
        ? `We found nothing for “${query}”. Try another word, or look in the A to Z.`
        : `${many} for “${query}”${resembled ? ", or for similar words" : ""}:`;
    for (const ref of found) {
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
  }

  addEventListener("hashchange", show);
  show();
})();
