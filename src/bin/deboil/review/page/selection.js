// Which documents and removals the filters leave, and in which order.

const filters = { text: "", source: "", category: "", rule: "", status: "", order: "input" };

// In the filter, the documents whose source is not known.
const NO_SOURCE = "(unknown)";

function isSelected(doc) {
  return (
    (filters.status === "" || doc.status === filters.status) &&
    (filters.source === "" || isOfSource(doc, filters.source)) &&
    (!filtersRemovals() || doc.removals.some(isSelectedRemoval)) &&
    (filters.text === "" || searchable(doc).includes(filters.text.toLowerCase()))
  );
}

function isOfSource(doc, id) {
  if (id === NO_SOURCE) return doc.sources.length === 0;
  return doc.sources.some(({ source }) => data.sources[source].id === id);
}

function filtersRemovals() {
  return filters.category !== "" || filters.rule !== "";
}

function isSelectedRemoval(removal) {
  return (
    (filters.category === "" || removal.categories.includes(filters.category)) &&
    (filters.rule === "" || removal.rules.includes(Number(filters.rule)))
  );
}

function selectedDocuments() {
  const selected = documents.filter(isSelected);
  if (filters.order === "share") selected.sort((one, other) => other.share - one.share);
  if (filters.order === "bytes") selected.sort((one, other) => other.lost - one.lost);
  return selected;
}

function selectedRemovals(doc) {
  return doc.removals.filter(isSelectedRemoval);
}
