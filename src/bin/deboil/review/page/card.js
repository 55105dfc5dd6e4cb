// The card beside a removal: the rules that deleted it, why, and what can be done about it.

// How long the pointer rests on a removal before its card opens, and how long the card waits for the pointer.
const REST = 120;
const GRACE = 250;

function rest(act, time) {
  clearTimeout(reader.timer);
  reader.timer = setTimeout(act, time);
}

function openCard(removal) {
  clearTimeout(reader.timer);
  if (reader.removal === removal) return;
  closeCard();
  reader.removal = removal;
  reader.card = cardOf(removal);
  removal.shown.classList.add("current");
  removal.shown.setAttribute("aria-describedby", "card-what");
  removal.shown.after(reader.card);
  placeCard(removal.shown, reader.card);
}

function closeCard() {
  clearTimeout(reader.timer);
  reader.removal?.shown.classList.remove("current");
  reader.removal?.shown.removeAttribute("aria-describedby");
  reader.card?.remove();
  reader.card = null;
  reader.removal = null;
}

function closeUnlessFocused() {
  const active = document.activeElement;
  const isFocused = active === reader.removal?.shown || reader.card?.contains(active);
  if (!isFocused) closeCard();
}

// Below the end of the removal, or above its start where there is more room.
function placeCard(shown, card) {
  const text = byId("text").getBoundingClientRect();
  const lines = shown.getClientRects();
  const [first, last] = [lines[0], lines[lines.length - 1]];
  if (!last) return;
  const left = Math.min(Math.max(0, last.left - text.left), Math.max(0, text.width - card.offsetWidth));
  const below = last.bottom - text.top + 6;
  const fitsBelow = last.bottom + card.offsetHeight + 12 < innerHeight;
  const above = first.top - text.top - card.offsetHeight - 6;
  card.style.insetInlineStart = `${left}px`;
  card.style.insetBlockStart = `${fitsBelow || first.top < card.offsetHeight + 80 ? below : above}px`;
}

function cardOf(removal) {
  return element(
    "aside",
    {
      class: "card",
      id: "card",
      "aria-label": "Why it went",
      mouseenter: () => clearTimeout(reader.timer),
      mouseleave: () => rest(closeUnlessFocused, GRACE),
    },
    element("div", { id: "card-what" }, ...removal.rules.map(ruleNote)),
    element("div", { class: "card-acts" }, ...actsOn(removal)),
  );
}

function ruleNote(index) {
  const rule = data.rules[index];
  const { removals, documents } = ofRules.get(index) ?? emptyTally();
  const filter = () => setFilters({ rule: String(index) });
  return element(
    "div",
    { class: "rule-note" },
    element("p", {}, chip(rule.category), " ", element("strong", {}, rule.id)),
    element("p", {}, rule.why),
    element(
      "p",
      { class: "muted" },
      `${rule.kind} in ${rule.origin} · `,
      element(
        "a",
        { href: "#/documents", click: filter },
        `${count(removals, "removal")} in ${count(documents, "document")}`,
      ),
    ),
  );
}

function actsOn(removal) {
  const exceptions = exceptionsFor(removal);
  const wrong = actButton("This is wrong", "Wrong: kept from now on – undo", exceptions, "x");
  if (exceptions.length === 0) wrong.title = "No text can protect this line; switch the rule off instead";
  const source = sourceOf(removal);
  const whose = source === undefined ? "everywhere" : `for ${data.sources[source].id}`;
  const switches = switchesFor(removal, source);
  const rules = removal.rules.length === 1 ? "rule" : "rules";
  return [
    wrong,
    actButton(`Switch the ${rules} off ${whose}`, `Switched off ${whose} – undo`, switches, "s"),
  ];
}

function actButton(todo, done, entries, key) {
  const isSet = areSet(entries);
  return element(
    "button",
    {
      type: "button",
      "aria-pressed": String(isSet),
      "aria-keyshortcuts": key,
      title: `Key ${key}`,
      disabled: entries.length === 0,
      click: () => correct(entries, isSet ? todo : done),
    },
    isSet ? done : todo,
  );
}

// The first source of the document, which is its publisher if that is known.
function sourceOf(removal) {
  return documents[removal.document].sources[0]?.source;
}

function correct(entries, said) {
  if (entries.length === 0) return;
  corrections.set(entries, !areSet(entries));
  say(said);
}

// Shows again what corrections change, with the focus where it was.
function refreshReader() {
  markSelected();
  if (!reader.removal) return;
  const acts = reader.card.querySelector(".card-acts");
  const focused = [...acts.children].indexOf(document.activeElement);
  acts.replaceChildren(...actsOn(reader.removal));
  acts.children[focused]?.focus();
}
