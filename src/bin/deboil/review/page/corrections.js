// Collects what the rules should not have done, and writes it as lines for rule files.

const corrections = {
  entries: new Map(),
  listeners: [],

  has(key) {
    return this.entries.has(key);
  },

  set(entries, isOn) {
    for (const entry of entries) {
      if (isOn) this.entries.set(entry.key, entry);
      else this.entries.delete(entry.key);
    }
    remember(this.entries);
    this.listeners.forEach((listener) => listener());
  },
};

// Work survives that the page is closed, where the browser lets a page keep something.
const memory = `deboil-review:${data.title}:${data.totals.documents}:${data.totals.bytes_in}:${data.totals.bytes_out}`;

function remember(entries) {
  try {
    const named = [...entries.values()].map((entry) => ({ ...entry, names: namesOf(entry) }));
    localStorage.setItem(memory, JSON.stringify(named));
  } catch {
    // A page from a file may keep nothing in some browsers.
  }
}

// Numbers of rules and sources may mean others in a page that was made anew.
function namesOf({ rule, source }) {
  return [data.rules[rule]?.id, data.sources[source]?.id].join(" ");
}

function recall() {
  try {
    const named = JSON.parse(localStorage.getItem(memory) ?? "[]");
    corrections.set(
      named.filter((entry) => entry.names === namesOf(entry)),
      true,
    );
  } catch {
    // See above.
  }
}

// The exceptions that keep a removal from all its rules; none if one of them cannot be kept from it.
function exceptionsFor(removal) {
  const able = removal.by.filter(({ rule, unless }) => unless && data.rules[rule].copy);
  if (able.length < removal.by.length) return [];
  return able.map(({ rule, unless }) => ({
    key: `unless ${rule} ${unless.form} ${unless.text}`,
    rule,
    unless,
  }));
}

// What switches the rules of a removal off: for a source, or where none is known, everywhere.
function switchesFor(removal, source) {
  const of = (rule) =>
    source === undefined ? { key: `off ${rule}`, rule } : { key: `disable ${source} ${rule}`, rule, source };
  const able =
    source === undefined ? removal.rules.every((rule) => data.rules[rule].copy) : data.sources[source].copy;
  return able ? removal.rules.map(of) : [];
}

function areSet(entries) {
  return entries.length > 0 && entries.every(({ key }) => corrections.has(key));
}

// Whether any correction speaks of the removal.
function isCorrected(removal) {
  const sources = documents[removal.document].sources.map(({ source }) => source);
  const switches = [...sources, undefined].flatMap((source) => switchesFor(removal, source));
  return areSet(exceptionsFor(removal)) || switches.some(({ key }) => corrections.has(key));
}

// The rule files, or what is to be changed in them: a name, what to do with it, and the text.
function correctedFiles() {
  const entries = [...corrections.entries.values()];
  const ofSource = Map.groupBy(
    entries.filter(({ source }) => source !== undefined),
    ({ source }) => source,
  );
  const ofRule = Map.groupBy(
    entries.filter(({ source }) => source === undefined),
    ({ rule }) => rule,
  );
  const isBundled = ([rule]) => data.rules[rule].is_bundled;
  const bundled = [...ofRule].filter(isBundled);
  const own = [...ofRule].filter((group) => !isBundled(group));
  return [
    ...(bundled.length > 0 ? [bundledRulesFile(bundled)] : []),
    ...own.map(([rule, entries]) => ownRule(data.rules[rule], entries)),
    ...[...ofSource].map(([source, entries]) => sourceFile(data.sources[source], entries)),
  ];
}

function bundledRulesFile(groups) {
  const tables = groups.map(([rule, entries]) => ruleTable(data.rules[rule], entries));
  return {
    name: "corrections.toml",
    todo: "A rule file of your own. Its rules take the place of bundled ones: use it with --rules corrections.toml.",
    text: `schema = 1\n\n${tables.join("\n")}`,
  };
}

function ownRule(rule, entries) {
  return { name: rule.origin, todo: `Takes the place of ${rule.id} there.`, text: ruleTable(rule, entries) };
}

function ruleTable({ copy }, entries) {
  const exceptions = entries.filter(({ unless }) => unless).map(({ unless }) => unless);
  const spoiled = new Set(exceptions.flatMap(({ spoils }) => spoils));
  const shown = exceptions.filter(({ form }) => copy.is_proven_by_lines && form !== "exact");
  const status = entries.some(({ unless }) => !unless) ? '"preview"' : copy.status;
  return [
    copy.before,
    list("unless", [...copy.unless, ...protectors(exceptions)]),
    list(
      "strips",
      copy.strips.filter((_, index) => !spoiled.has(index)),
    ),
    list("keeps", [...copy.keeps, ...shown.map(({ text }) => text)]),
    status ? `status = ${status}\n` : "",
    copy.after && `\n${copy.after}`,
  ].join("");
}

// The values of `unless` that protect some texts.
function protectors(exceptions) {
  const texts = (form) => exceptions.filter((exception) => exception.form === form).map(({ text }) => text);
  const table = (texts, rest) => (texts.length > 0 ? [`{ any = [${texts.join(", ")}], ${rest} }`] : []);
  return [
    ...texts("contains"),
    ...table(texts("equals"), 'match = "equals"'),
    ...table(texts("exact"), "exact = true, boundary = false"),
  ];
}

function sourceFile(source, entries) {
  const ids = entries.map(({ rule }) => `"${data.rules[rule].id}"`);
  const disable = list("disable", [...source.copy.disable, ...ids]);
  if (source.is_bundled) return ownSource(source, disable);
  const todo = "Belongs under [source] there, in place of `disable` if it is there.";
  return { name: source.origin, todo, text: disable };
}

// A bundled source cannot be changed, but a file of one's own can add to it.
function ownSource({ id, copy, loses_signatures }, disable) {
  const warning = loses_signatures
    ? `# The rules of ${id} delete the lines by which its texts are known. Add \`hosts\` or \`paths\`, or name the\n` +
      "# source with --source: else a cleaned text is not known any more, and the text is left alone as unstable.\n"
    : "";
  const name = `${id}.toml`;
  return {
    name,
    todo: `For the texts of ${id}: use it with --rules ${name}.`,
    text: `schema = 1\n\n${warning}${copy.before}${disable}${copy.after && `\n${copy.after}`}`,
  };
}

// A key with a list of values, each once; nothing for none.
function list(key, values) {
  const distinct = [...new Set(values)];
  if (distinct.length === 0) return "";
  if (distinct.length === 1) return `${key} = [${distinct[0]}]\n`;
  return `${key} = [\n${distinct.map((value) => `  ${value},\n`).join("")}]\n`;
}
