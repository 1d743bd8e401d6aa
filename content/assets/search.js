// The search page: searches the index on this device for the words in the address, and lists the matches.
// The words are after a "#", so they never leave the device.
"use strict";

(() => {
  if (!window.lunr || typeof searchIndex === "undefined") {
    document.querySelector("#search-status span").replaceChildren(sentence("broken"));
    return;
  }
  const { pages, typed } = searchIndex;
  const plain = (text) => text.normalize("NFD").replace(/\p{Mn}|['’]/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  const stem = (word) => lunr.stemmer(new lunr.Token(word)).toString();
  const stems = (text) => plain(text).split(" ").map(stem);
  const idle = /^(cant|couldnt|didnt|doesnt|dont|im|isnt|ive|whats|wont)$/; // like lunr's stop words
  const tells = (word) => lunr.stopWordFilter(word) && !idle.test(word);
  const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);

  let built; // built with the first search: a slow phone needs a moment
  const engine = () => (built ??= lunr(function () {
    this.pipeline.remove(lunr.trimmer); // it supports English letters only
    for (const field of ["id", "title", "names", "says"]) field === "id" ? this.ref(field) : this.field(field);
    pages.forEach(({ title, names = [], about, summary, headings, places = [] }, at) => {
      this.add({ id: `${at}`, title: plain(title), names: plain(names.join(" ")), says: plain(`${about} ${summary} ${headings}`) });
      places.forEach(([, , heading, says, more], place) => this.add({ id: `${at} ${place}`, title: plain(heading), says: plain(`${says.join(" ")} ${more}`) }));
    });
  }));
  const names = pages.map(({ title, names = [] }) => [title.replace(/ \(word\)$/, ""), ...names].map(stems));
  const groups = typed.map(({ words, at }) => ({ ways: words.map(stems), at }));
  const medical = pages.filter((page) => page.names).flatMap(({ title, names }) => [title, ...names.slice(1)]);
  const known = new Map(medical.flatMap((name) => plain(name).split(" ")).reverse().map((word) => [stem(word), word]));
  const look = (stem, options) => engine().query((q) => q.term(stem, { usePipeline: false, ...options }));

  // The places of a term that has several `ways`: those with all stems of one way. A name weighs more than a text.
  function where(ways) {
    const found = new Map();
    for (const way of ways) {
      const [first, ...others] = way.map((stem) => new Map(look(stem).map(({ ref, score, matchData }) => {
        const fields = Object.keys(matchData.metadata[stem]);
        return [ref, (fields.includes("title") || fields.includes("names") ? 2 : 1) + score / 50];
      })));
      for (const [ref, weight] of first) {
        const least = Math.min(weight, ...others.map((other) => other.get(ref) ?? 0));
        found.set(ref, Math.max(found.get(ref) ?? 0, way === ways[0] ? least : least * 0.9));
      }
    }
    return found;
  }

  // The name that a stem resembles. Only names: a guess at other words would mislead.
  function resembled(stem) {
    const { TRAILING } = lunr.Query.wildcard;
    const ways = [[5, { editDistance: 1 }], [4, { wildcard: TRAILING }], [8, { editDistance: 2 }]];
    const found = ways.flatMap(([least, way]) => (stem.length < least ? [] : look(stem, { fields: ["title", "names"], ...way })));
    return known.get(found.flatMap(({ matchData }) => Object.keys(matchData.metadata)).find((near) => known.has(near)));
  }

  // The terms of the query, each with its places; a term without any, with the name that it resembles.
  function things(query) {
    const words = plain(query).split(" ");
    const found = [];
    for (let i = 0, length; i < words.length; i += length) {
      const rest = words.slice(i).map(stem);
      const begins = groups.flatMap((group) => group.ways.filter((way) => way.every((stem, n) => rest[n] === stem)).map((way) => ({ way, ...group })));
      const [group] = begins.sort((one, other) => other.way.length - one.way.length);
      length = group?.way.length ?? 1;
      const said = words.slice(i, i + length).join(" ");
      if (!group && !tells(said) && words.length > 1) continue;
      const thing = { said, at: group?.at, ways: [rest.slice(0, length), ...(group?.ways ?? [])] };
      thing.places = where(thing.ways);
      thing.instead = thing.places.size ? "" : resembled(rest[0]);
      if (thing.instead) thing.places = where((thing.ways = [[stem(thing.instead)]]));
      found.push(thing);
    }
    return found;
  }

  // The matching pages, best first, each with its best places. A term that few places have weighs more.
  function find(asked) {
    const rarity = asked.map(({ at, places }) => (at ? 3 : Math.log(1 + 3000 / (1 + places.size)) / 2));
    const weigh = (weights) => sum(weights.map((weight, n) => weight && (weight + 2) * rarity[n]));
    const said = new Set(asked.flatMap(({ ways }) => ways.flat()));
    const isSaid = (name) => name.every((stem) => said.has(stem) || !lunr.stopWordFilter(stem));
    const has = (name) => asked.every(({ ways }) => ways.some((way) => way.every((stem) => name.includes(stem))));
    // Pages with that name come first, then those with all the words in a name, then the longest name in the query.
    const called = (url, [title, ...others]) => {
      if (url.includes("#")) return [title, ...others].some((name) => has(name) && isSaid(name)) && !asked.some(({ at }) => at) ? 12 : 0;
      if (has(title) && isSaid(title)) return 24;
      if ([title, ...others].some(has)) return others.some((name) => has(name) && isSaid(name)) ? 22 : 20;
      return Math.max(0, ...[title, ...others].filter(isSaid).map((name) => 3 + name.filter(lunr.stopWordFilter).length));
    };
    const found = pages.map((page, at) => {
      const own = asked.map(({ places }) => places.get(`${at}`) ?? 0);
      const places = (page.places ?? []).map(([url, section, heading, says], place) => {
        const there = asked.map((thing) => {
          const weight = thing.places.get(`${at} ${place}`) ?? 0;
          const isHere = thing.at === section;
          const isDanger = url.startsWith("signs") && thing.at?.startsWith("about-") && (isHere || weight); // first of all
          return weight + (isDanger ? 50 : 0) + (isHere ? (weight || isDanger ? 3 : 1.5) : 0);
        });
        const weights = there.map((weight, n) => (own[n] >= 2 ? Math.max(weight, own[n]) : weight));
        const aside = url.includes("/evidence.") ? 0.7 : 1; // it also mentions other treatments
        return { url, heading, says, score: there.some(Boolean) ? aside * weigh(weights) : 0 };
      }).sort((one, other) => other.score - one.score);
      const top = places[0]?.score ?? 0;
      const bonus = called(page.url, names[at]);
      const kind = page.url.includes("#") ? 0.4 : /^(procedures|comparisons|signs)\b/.test(page.url) ? 1 : 0.6;
      const isMeant = bonus >= 20 || (weigh(own) >= top && own.every((weight) => weight >= 2));
      const best = isMeant ? [] : places.filter(({ score }) => score && score > top * 0.7).slice(0, 3);
      return { page, places: best, score: Math.max(weigh(own), top) && Math.max(weigh(own), top) * kind + bonus };
    });
    return found.filter(({ score }) => score).sort((one, other) => other.score - one.score).slice(0, 15);
  }

  function element(name, text, ...inside) {
    const made = document.createElement(name);
    made.append(text, ...inside);
    return made;
  }
  function link(href, text, isResult) {
    const made = Object.assign(element("a", text), { href });
    if (isResult) made.dataset.result = "";
    return made;
  }

  // A place: its heading, and the text with most of the terms; answers to questions and whom to call are always shown.
  function hit({ url, heading, says }, asked) {
    const count = (text) => asked.filter(({ ways }) => ways.some((way) => way.every((stem) => stems(text).includes(stem)))).length;
    const [best] = says.map((text) => [text, count(text)]).sort((one, other) => other[1] - one[1]);
    const isAnswer = best && (best[1] || /what-people-ask|^signs/.test(url));
    return element("li", link(url, heading, true), ...(isAnswer ? [element("p", best[0])] : []));
  }

  function show() {
    // A form without scripts sends "?q="; the words move to the "#".
    const sent = new URLSearchParams(location.search).get("q");
    if (sent !== null) history.replaceState(null, "", `${location.pathname}#q=${encodeURIComponent(sent)}`);
    const query = (new URLSearchParams(location.hash.slice(1)).get("q") ?? "").trim().slice(0, 200);
    const status = document.getElementById("search-status");
    const list = document.getElementById("search-results");
    document.getElementById("q").value = query;
    list.replaceChildren();
    status.replaceChildren();
    const say = (...said) => status.append(sentence(...said), " ");
    if (!query) return say("type");
    const all = things(query);
    const asked = all.filter(({ places, at }) => places.size || at);
    for (const { said, instead } of all.filter((thing) => thing.instead || !asked.includes(thing))) {
      say("nothing", said || query);
      if (instead) say("meant", link(`#q=${encodeURIComponent(plain(query).replace(said, instead))}`, instead));
    }
    const found = asked.length ? find(asked) : [];
    const answered = asked.length < all.length || all.some(({ instead }) => instead) ? asked.map(({ said, instead }) => instead || said).join(" ") : query;
    found.length ? say("found", answered, found.length) : say("other");
    for (const { page, places } of found) {
      const hits = places.map((place) => hit(place, asked));
      list.append(element("li", link(page.url, page.title, !hits.length), hits.length ? element("ul", "", ...hits) : element("p", page.summary ?? "")));
    }
  }

  addEventListener("hashchange", show);
  show();
})();
