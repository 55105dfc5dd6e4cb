// Which part of the page is shown, and what the keys do.

const PARTS = ["overview", "documents", "corrections"];

// Shows what the address names: a part, or a document.
function route() {
  const [part, index] = location.hash.slice(2).split("/");
  const shown = PARTS.includes(part) ? part : "overview";
  for (const name of PARTS) byId(name).hidden = name !== shown;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${shown}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const doc = /^\d+$/.test(index) ? documents[index] : undefined;
  byId("documents").classList.toggle("reads", doc !== undefined);
  if (shown !== "documents" || !doc) closeCard();
  else if (reader.document !== doc) showDocument(doc);
  scrollTo(0, 0);
  if (shown === "documents") markCurrent();
}

// Goes to an address now, not when the browser comes to tell of it.
function goTo(address) {
  history.pushState(null, "", `#/${address}`);
  route();
}

function openDocument(index) {
  goTo(`documents/${index}`);
}

function search() {
  if (location.hash !== "#/documents") goTo("documents");
  byId("filters").elements.text.focus();
  byId("filters").elements.text.select();
}

const keys = {
  j: () => stepDocument(1),
  k: () => stepDocument(-1),
  n: () => stepRemoval(1),
  p: () => stepRemoval(-1),
  x: () => reader.removal && correct(exceptionsFor(reader.removal), "wrong, or not any more"),
  s: () => reader.removal && correct(switchesFor(reader.removal, sourceOf(reader.removal)), "rule switched"),
  v: () => reader.document && toggleRemovals(),
  o: () => goTo("overview"),
  l: () => goTo("documents"),
  c: () => goTo("corrections"),
  "/": search,
  "?": () => byId("help").showModal(),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  if (event.key === "Escape") return leave(event.target);
  if (event.target.closest("input, select, textarea")) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

// Closes the card, or leaves the field.
function leave(target) {
  if (reader.removal) {
    reader.removal.shown.blur();
    closeCard();
  } else {
    target.blur();
  }
}

corrections.listeners.push(showCorrections, refreshReader);
showOverview();
showDocuments();
showCorrections();
recall();
route();
addEventListener("hashchange", route);
addEventListener("popstate", route);
addEventListener("keydown", onKey);
addEventListener("focusin", closeUnlessFocused);
byId("help-open").addEventListener("click", () => byId("help").showModal());
