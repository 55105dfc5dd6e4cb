// The overview: totals, charts, and the documents to look at first.

// How many rows of a chart or a list are shown before the rest is asked for.
const ROWS = 15;

// What the length of a bar may say.
const MEASURES = ["removals", "bytes", "documents"];

function showOverview() {
  byId("overview").replaceChildren(
    facts(),
    element(
      "div",
      { class: "charts" },
      chart("Rules", rowsOf(ofRules, ruleRow)),
      chart("Categories", rowsOf(ofCategories, categoryRow)),
      chart("Sources", rowsOf(ofSources, sourceRow), "documents"),
    ),
    element("div", { class: "lists" }, ...lists()),
  );
}

function facts() {
  const { documents: all, changed, left_alone, failed, bytes_in, bytes_out } = data.totals;
  const fact = (value, name) => element("div", {}, element("dd", {}, value), element("dt", {}, name));
  const shown = documents.length < all ? `${number(documents.length)} of them shown here` : "documents";
  return element(
    "dl",
    { class: "facts" },
    fact(number(all), shown),
    fact(number(changed), "changed"),
    fact(number(all - changed - left_alone), "nothing fired"),
    fact(number(left_alone), "left alone"),
    fact(number(failed), "failed"),
    fact(
      percent(bytes_in - bytes_out, bytes_in),
      `deleted, ${bytes(bytes_in - bytes_out)} of ${bytes(bytes_in)}`,
    ),
  );
}

// The rows of a chart, the longest bar first.
function rowsOf(tallies, rowOf) {
  return [...tallies].map(([key, tally]) => ({ ...rowOf(key), tally }));
}

function ruleRow(rule) {
  const { id, category, why } = data.rules[rule];
  return { name: id, title: why, hue: category, note: category, filter: { rule: String(rule) } };
}

function categoryRow(category) {
  return { name: category, title: meanings.get(category), hue: category, filter: { category } };
}

function sourceRow(id) {
  return { name: id || "unknown", filter: { source: id || NO_SOURCE } };
}

// A chart of bars, as a table; a click on a row shows its documents.
function chart(title, rows, first = "removals") {
  const body = element("tbody");
  const more = element("button", { type: "button", class: "plain", click: () => draw(Infinity) });
  const choice = element("select", {
    "aria-label": `Length of the bars: ${title}`,
    change: () => draw(ROWS),
  });
  choice.append(...MEASURES.map((name) => element("option", { selected: name === first }, name)));

  function draw(limit) {
    const measure = choice.value;
    rows.sort((one, other) => other.tally[measure] - one.tally[measure] || (one.name < other.name ? -1 : 1));
    const longest = rows[0]?.tally[measure] ?? 0;
    body.replaceChildren(...rows.slice(0, limit).map((row) => chartRow(row, measure, longest)));
    more.hidden = rows.length <= limit;
    more.textContent = `Show all ${number(rows.length)}`;
  }

  draw(ROWS);
  const heading = element("h2", {}, title, " ", element("small", {}, number(rows.length)));
  const table = element("table", { "aria-label": title }, body);
  const none = rows.length === 0 ? element("p", { class: "muted" }, "None.") : null;
  return element("section", { class: "chart" }, element("header", {}, heading, choice), table, none, more);
}

function chartRow({ name, title, hue, note, filter, tally }, measure, longest) {
  const value = tally[measure];
  const width = longest > 0 ? (100 * value) / longest : 0;
  const bar = element("div", { class: `bar-of ${hue ? `is-${hue}` : "is-plain"}` });
  bar.style.inlineSize = `${width}%`;
  const shown = measure === "bytes" ? bytes(value) : number(value);
  const link = element("a", { href: "#/documents", title, click: () => setFilters(filter) }, name);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, element("div", { class: "named" }, link, " ", note ? chip(note) : null)),
    element("td", { class: "measure" }, shown),
    element("td", { class: "graph", "aria-hidden": "true" }, bar),
  );
}

function lists() {
  const of = (status) => documents.filter((doc) => doc.status === status);
  const most = of("cleaned").sort((one, other) => other.share - one.share);
  return [
    listOf("Lost the most", most, lossNote, { status: "cleaned", order: "share" }),
    listOf("Nothing fired", of("unchanged"), ({ bytes_in }) => bytes(bytes_in), { status: "unchanged" }),
    listOf("Left alone", of("left"), ({ reason }) => reason, { status: "left" }),
    failures(),
  ];
}

function lossNote({ lost, bytes_in, removals }) {
  return `${percent(lost, bytes_in)}, ${count(removals.length, "removal")}`;
}

function listOf(title, listed, noteOf, filter) {
  const item = (doc) =>
    element(
      "li",
      {},
      element("a", { href: `#/documents/${doc.index}`, click: () => setFilters(filter) }, shortName(doc)),
      element("span", { class: "muted" }, noteOf(doc)),
    );
  const all = element(
    "a",
    { href: "#/documents", click: () => setFilters(filter) },
    `Show all ${number(listed.length)}`,
  );
  return element(
    "section",
    { class: "list-of" },
    element("h2", {}, title, " ", element("small", {}, number(listed.length))),
    listed.length === 0 ? element("p", { class: "muted" }, "None.") : null,
    element("ul", {}, ...listed.slice(0, ROWS).map(item)),
    listed.length > ROWS ? all : null,
  );
}

function failures() {
  if (data.failures.length === 0) return null;
  return element(
    "section",
    { class: "list-of failures" },
    element("h2", {}, "Failed ", element("small", {}, number(data.totals.failed))),
    element("ul", {}, ...data.failures.map((failure) => element("li", {}, failure))),
  );
}
