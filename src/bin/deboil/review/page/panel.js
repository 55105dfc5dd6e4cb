// The corrections: what was collected, and the lines of rule files that come of it.

function showCorrections() {
  const entries = [...corrections.entries.values()];
  byId("corrections-count").textContent = number(entries.length);
  byId("corrections-count").hidden = entries.length === 0;
  const body =
    entries.length === 0 ? [noCorrections()] : [collected(entries), ...correctedFiles().map(fileBox)];
  byId("corrections").replaceChildren(...body);
}

function noCorrections() {
  return element(
    "p",
    { class: "notice" },
    "Nothing is marked as wrong yet. Open a document, go to a removal that should not have been, and press ",
    element("kbd", {}, "x"),
    ": what keeps the text is written here, to be pasted into a rule file.",
  );
}

function collected(entries) {
  const clear = element(
    "button",
    { type: "button", click: () => corrections.set(entries, false) },
    "Forget all",
  );
  const item = (entry) => {
    const forget = () => corrections.set([entry], false);
    const button = element("button", { type: "button", class: "plain", click: forget }, "Forget");
    const what = element(
      "span",
      {},
      element("strong", {}, data.rules[entry.rule].id),
      ` ${meaningOf(entry)}`,
    );
    return element("li", {}, what, button);
  };
  const heading = element("h2", {}, "Wrong ", element("small", {}, number(entries.length)));
  const list = element("ul", {}, ...entries.map(item));
  return element("section", { class: "collected" }, element("header", {}, heading, clear), list);
}

function meaningOf({ unless, source }) {
  if (unless) return `keeps ${unless.form === "contains" ? "lines with " : ""}${unless.text}`;
  return source === undefined ? "is switched off" : `is switched off for ${data.sources[source].id}`;
}

function fileBox({ name, todo, text }) {
  const code = element("pre", { tabindex: 0, "aria-label": name }, text);
  const button = element("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    button.textContent = (await copy(text, code)) ? "Copied" : "Press Ctrl+C";
    say(`${name}: ${button.textContent}`);
  });
  const heading = element("header", {}, element("h3", {}, name), button);
  return element("section", { class: "file" }, heading, element("p", { class: "muted" }, todo), code);
}

// Copies a text; where the browser does not let a page do that, the text is selected for the reader to do it.
async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(shown);
    return document.execCommand("copy");
  }
}
