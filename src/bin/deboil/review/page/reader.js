// One document: its text with what went, and the way from one removal to the next.

const reader = { document: null, card: null, removal: null, timer: 0, hidesRemovals: false };

function showDocument(doc) {
  closeCard();
  reader.document = doc;
  byId("reader").replaceChildren(readerHead(doc), readerBody(doc));
  byId("reader").scrollTop = 0;
  markSelected();
}

function readerHead(doc) {
  const sources = doc.sources.map(({ source, by }) => `${data.sources[source].name}, known by ${by}`);
  const tallies = Map.groupBy(
    doc.removals.flatMap(({ categories }) => categories),
    (category) => category,
  );
  const chips = [...tallies].map(([category, all]) =>
    element("span", { class: "counted" }, chip(category), ` ${all.length}`),
  );
  return element(
    "header",
    { class: "reader-head" },
    element("p", { class: "steps" }, ...stepButtons()),
    element("h2", {}, doc.name),
    element("p", { class: "muted" }, [outcome(doc), ...sources].join(" · ")),
    chips.length > 0 ? element("p", { class: "chips" }, ...chips) : null,
  );
}

function stepButtons() {
  const button = (text, key, act) =>
    element("button", { type: "button", title: `Key ${key}`, "aria-keyshortcuts": key, click: act }, text);
  const toggle = button(reader.hidesRemovals ? "Show what went" : "Hide what went", "v", toggleRemovals);
  toggle.id = "toggle";
  return [
    element("a", { href: "#/documents", class: "back" }, "All documents"),
    button("Previous", "k", () => stepDocument(-1)),
    button("Next", "j", () => stepDocument(1)),
    button("Next removal", "n", () => stepRemoval(1)),
    toggle,
  ];
}

function outcome(doc) {
  if (doc.status === "left") return `left alone: ${doc.reason}`;
  if (doc.status === "unchanged") return `nothing fired, ${bytes(doc.bytes_in)}`;
  const { lost, bytes_in } = doc;
  const removals = count(doc.removals.length, "removal");
  return `${removals}, ${bytes(lost)} of ${bytes(bytes_in)} deleted (${percent(lost, bytes_in)})`;
}

function readerBody(doc) {
  if (!doc.parts) {
    const text =
      doc.status === "left" ? "It is not shown, as it is no text." : "It is too long to be shown here.";
    return element(
      "p",
      { class: "notice" },
      text,
      " ",
      element("code", {}, "deboil explain"),
      " shows what it can.",
    );
  }
  const text = element("div", { class: `text is-${doc.status}`, id: "text", dir: "auto" });
  text.classList.toggle("hides-removals", reader.hidesRemovals);
  text.append(...doc.parts.flatMap(partNodes));
  return text;
}

function partNodes(part) {
  if (typeof part === "string") return [part];
  if (part.by.length === 0) return [blank(part.text)];
  // What is struck through starts and ends where there is something to see.
  const [, before, seen, after] = /^(\s*)(.*?)(\s*)$/s.exec(part.text);
  return [blank(before), removalNode(part, seen), blank(after)];
}

function blank(text) {
  return text === "" ? "" : element("del", { class: "blank" }, text);
}

function removalNode(removal, text) {
  removal.shown = element(
    "del",
    {
      class: `gone is-${removal.categories[0]}`,
      tabindex: 0,
      "data-label": removal.categories.join(" + "),
      focus: () => openCard(removal),
      mouseenter: () => rest(() => openCard(removal), REST),
      mouseleave: () => rest(closeUnlessFocused, GRACE),
    },
    text,
  );
  return removal.shown;
}

// Removals that the filters leave out step back; corrected ones say so.
function markSelected() {
  for (const removal of reader.document?.removals ?? []) {
    removal.shown?.classList.toggle("faint", filtersRemovals() && !isSelectedRemoval(removal));
    removal.shown?.classList.toggle("corrected", isCorrected(removal));
  }
  highlightSearch();
}

// Marks what was searched for, where the browser can do so without touching the text.
function highlightSearch() {
  if (!globalThis.CSS?.highlights) return;
  CSS.highlights.delete("found");
  const text = byId("text");
  if (text && filters.text !== "")
    CSS.highlights.set("found", new Highlight(...rangesOf(text, filters.text)));
}

function rangesOf(root, wanted) {
  const ranges = [];
  const needle = wanted.toLowerCase();
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.toLowerCase();
    // A letter may have another length in lower case; then places are not those of the text.
    if (text.length !== walker.currentNode.length) continue;
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
      const range = new Range();
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + needle.length);
      ranges.push(range);
    }
  }
  return ranges;
}

function toggleRemovals() {
  reader.hidesRemovals = !reader.hidesRemovals;
  closeCard();
  byId("text")?.classList.toggle("hides-removals", reader.hidesRemovals);
  byId("toggle").textContent = reader.hidesRemovals ? "Show what went" : "Hide what went";
}

function stepRemoval(by) {
  const removals = reader.document && !reader.hidesRemovals ? selectedRemovals(reader.document) : [];
  const at = removals.indexOf(reader.removal);
  const next = at < 0 ? (by > 0 ? removals[0] : removals.at(-1)) : removals[at + by];
  if (next) return focusRemoval(next);
  const other = nextDocumentWithRemovals(by);
  if (!other || reader.hidesRemovals) return;
  openDocument(other.index);
  const there = selectedRemovals(other);
  focusRemoval(by > 0 ? there[0] : there.at(-1));
}

function focusRemoval(removal) {
  removal.shown.scrollIntoView({ block: "center" });
  removal.shown.focus({ preventScroll: true });
  placeCard(removal.shown, reader.card);
}
