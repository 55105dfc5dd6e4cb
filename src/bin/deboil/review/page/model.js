// What the page knows: the documents as the program wrote them, and what follows from them.

const data = JSON.parse(byId("data").textContent);
const meanings = new Map(data.categories.map(({ name, meaning }) => [name, meaning]));
const encoder = new TextEncoder();

// A removal is a part of a document that went, or would have gone, for a reason; white space alone has none.
const documents = data.documents.map((doc, index) => {
  const removals = (doc.parts ?? []).filter((part) => part.by?.length > 0);
  for (const removal of removals) {
    removal.document = index;
    removal.bytes = encoder.encode(removal.text).length;
    removal.rules = [...new Set(removal.by.map((cause) => cause.rule))];
    removal.categories = [...new Set(removal.rules.map((rule) => data.rules[rule].category))].sort();
  }
  const lost = doc.bytes_in - doc.bytes_out;
  return { ...doc, index, removals, lost, share: doc.bytes_in > 0 ? lost / doc.bytes_in : 0 };
});

// What all names start with, up to a slash: it tells nothing apart.
const commonFolder = documents.reduce((common, { name }) => {
  let length = 0;
  while (length < common.length && common[length] === name[length]) length += 1;
  return common.slice(0, common.lastIndexOf("/", length - 1) + 1);
}, documents[0]?.name ?? "");

function shortName(doc) {
  return doc.name.slice(commonFolder.length);
}

function searchable(doc) {
  doc.searchable ??= [doc.name, ...(doc.parts ?? []).map((part) => part.text ?? part)].join("").toLowerCase();
  return doc.searchable;
}

function emptyTally() {
  return { removals: 0, bytes: 0, documents: 0 };
}

// What went by each of the keys that a removal has: how often, how much, from how many documents.
function tally(keysOf) {
  const tallies = new Map();
  const of = (key) => tallies.get(key) ?? tallies.set(key, emptyTally()).get(key);
  for (const doc of documents.filter(({ status }) => status === "cleaned")) {
    const seen = new Set();
    for (const removal of doc.removals) {
      for (const key of keysOf(removal)) {
        const sum = of(key);
        sum.removals += 1;
        sum.bytes += removal.bytes;
        seen.add(key);
      }
    }
    for (const key of seen) of(key).documents += 1;
  }
  return tallies;
}

// What went from the documents of each source; those of none stand under the empty name.
function tallyOfSources() {
  const tallies = new Map();
  for (const doc of documents) {
    const ids = doc.sources.length > 0 ? doc.sources.map(({ source }) => data.sources[source].id) : [""];
    for (const id of ids) {
      const sum = tallies.get(id) ?? tallies.set(id, emptyTally()).get(id);
      sum.documents += 1;
      sum.bytes += doc.lost;
      sum.removals += doc.status === "cleaned" ? doc.removals.length : 0;
    }
  }
  return tallies;
}

const ofRules = tally((removal) => removal.rules);
const ofCategories = tally((removal) => removal.categories);
const ofSources = tallyOfSources();
