// The list of documents, and the filters above it.

// How long the reader pauses before a search runs.
const PAUSE = 120;

const rows = new Map();
let listed = [];
let pause = 0;

function showDocuments() {
  fillChoices();
  const form = byId("filters");
  form.addEventListener("submit", openFirst);
  form.addEventListener("change", readFilters);
  form.elements.text.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(readFilters, PAUSE);
  });
  byId("clear").addEventListener("click", clearFilters);
  drawList();
}

// What Enter does in the search field.
function openFirst(event) {
  event.preventDefault();
  readFilters();
  document.activeElement.blur();
  if (listed.length > 0) openDocument(listed[0].index);
}

function fillChoices() {
  const fill = (name, all, values) => {
    const option = ([value, text]) => element("option", { value }, text);
    byId("filters").elements[name].append(...[["", all], ...values].map(option));
  };
  const busiest = (tallies) => [...tallies].sort(([, one], [, other]) => other.removals - one.removals);
  const sources = [...ofSources].sort(([, one], [, other]) => other.documents - one.documents);
  fill(
    "source",
    "All sources",
    sources.map(([id, sum]) => [id || NO_SOURCE, `${id || "unknown"} (${number(sum.documents)})`]),
  );
  fill(
    "category",
    "All categories",
    busiest(ofCategories).map(([name, sum]) => [name, `${name} (${number(sum.removals)})`]),
  );
  fill(
    "rule",
    "All rules",
    busiest(ofRules).map(([rule, sum]) => [rule, `${data.rules[rule].id} (${number(sum.removals)})`]),
  );
}

function readFilters() {
  const form = byId("filters").elements;
  for (const name of Object.keys(filters)) filters[name] = form[name].value.trim();
  drawList();
  markSelected();
}

// Sets some filters, and forgets the others.
function setFilters(some) {
  byId("filters").reset();
  for (const [name, value] of Object.entries(some)) byId("filters").elements[name].value = value;
  readFilters();
}

function clearFilters() {
  setFilters({});
}

function drawList() {
  listed = selectedDocuments();
  byId("list").replaceChildren(...listed.map(rowOf));
  const all = listed.length === documents.length;
  byId("found").textContent = all
    ? count(listed.length, "document")
    : `${number(listed.length)} of ${count(documents.length, "document")}`;
  byId("clear").hidden = Object.entries(filters).every(([name, value]) => value === "" || name === "order");
}

function rowOf(doc) {
  if (!rows.has(doc.index)) rows.set(doc.index, makeRow(doc));
  return rows.get(doc.index);
}

function makeRow(doc) {
  const note = {
    cleaned: () => `−${percent(doc.lost, doc.bytes_in)}, ${count(doc.removals.length, "removal")}`,
    unchanged: () => "nothing fired",
    left: () => "left alone",
  }[doc.status]();
  const sources = doc.sources.map(({ source }) => data.sources[source].id).join(", ");
  const meter = element("span", { class: "meter", "aria-hidden": "true" });
  meter.style.setProperty("--share", `${100 * doc.share}%`);
  return element(
    "li",
    {},
    element(
      "a",
      { href: `#/documents/${doc.index}`, title: doc.name },
      element("span", { class: "name" }, shortName(doc)),
      element("span", { class: "muted" }, [note, sources].filter(Boolean).join(" · ")),
      meter,
    ),
  );
}

function markCurrent() {
  for (const row of byId("list").querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
  const link = reader.document && rowOf(reader.document).firstChild;
  link?.setAttribute("aria-current", "true");
  link?.scrollIntoView({ block: "nearest" });
}

function stepDocument(by) {
  const at = listed.indexOf(reader.document);
  const next = at < 0 ? listed[by > 0 ? 0 : listed.length - 1] : listed[at + by];
  if (next) openDocument(next.index);
}

function nextDocumentWithRemovals(by) {
  const at = listed.indexOf(reader.document);
  const others = by > 0 ? listed.slice(at + 1) : listed.slice(0, Math.max(at, 0)).reverse();
  return others.find((doc) => selectedRemovals(doc).length > 0);
}
