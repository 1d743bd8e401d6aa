// Opens the explanation of a medical word next to it. The meanings are loaded with the first word; without scripts,
// or if loading fails, the link goes to the glossary.
"use strict";

if ("popover" in HTMLElement.prototype) {
  const source = new URL("words.js", document.currentScript.src);
  const name = make("p");
  const means = make("p");
  const more = make("a", "In the glossary");
  const close = make("button", "Close");
  const box = make("div", name, means, make("p", more, " ", close));
  name.className = "box-title";
  name.id = "word-name";
  means.setAttribute("aria-live", "polite"); // the explanation can arrive after the box opens
  close.type = "button";
  Object.assign(box, { className: "word-box", popover: "auto", tabIndex: -1 });
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-labelledby", name.id);

  let asked;
  const words = () => (asked ??= new Promise((ready, failed) => {
    const script = make("script");
    Object.assign(script, { src: source, onload: () => ready(glossaryWords), onerror: failed });
    document.head.append(script);
  }));

  let opened; // the word that the box explains
  const isShown = () => box.matches(":popover-open");

  // Below its word, or above it if only that is in view; it scrolls with the page.
  function place() {
    const at = opened.getClientRects()[0];
    const above = at.top - box.offsetHeight - 8;
    const below = at.bottom + 8;
    const top = below + box.offsetHeight > innerHeight && above > 0 ? above : below;
    box.style.top = `${top + scrollY}px`;
    box.style.left = `${Math.max(16, Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 16))}px`;
    box.scrollIntoView({ block: "nearest" });
  }
  addEventListener("resize", () => { if (isShown()) place(); });

  function show(title, text) {
    name.textContent = title;
    means.textContent = text;
    place();
  }

  function leave(back) {
    if (back) opened.focus({ preventScroll: true });
    box.hidePopover();
  }
  close.addEventListener("click", () => leave(true));
  box.addEventListener("keydown", ({ key }) => { if (key === "Escape") leave(true); });
  box.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && isShown() && !box.contains(relatedTarget)) leave(false);
  });

  for (const term of document.querySelectorAll("a.term")) {
    term.setAttribute("aria-haspopup", "dialog");
    term.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      // A browser that has translated the page also translates the glossary, but not a new box.
      if (document.documentElement.lang !== "en") return;
      event.preventDefault();
      opened = term;
      more.href = term.href;
      term.after(box); // so that reading order and Tab order continue after the word
      box.showPopover();
      show(term.textContent, "One moment. The explanation is loading.");
      box.focus({ preventScroll: true });
      const wanted = () => opened === term && isShown();
      try {
        const [called, say, definition] = (await words())[term.hash.slice(1)];
        if (wanted()) show(say ? `${called} (say: ${say})` : called, definition);
      } catch {
        if (wanted()) location.assign(term.href);
      }
    });
  }
}
