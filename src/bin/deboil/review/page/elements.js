// Builds elements and writes numbers. Texts become text nodes, never markup.

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

function byId(id) {
  return document.getElementById(id);
}

function number(value) {
  return value.toLocaleString("en");
}

function count(value, one, many = `${one}s`) {
  return `${number(value)} ${value === 1 ? one : many}`;
}

function percent(part, whole) {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  return `${share.toFixed(share > 0 && share < 10 ? 1 : 0)} %`;
}

function bytes(value) {
  if (value < 1000) return count(value, "byte");
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`;
  return `${(value / 1e6).toFixed(1)} MB`;
}

function chip(category) {
  return element("span", { class: `chip is-${category}`, title: meanings.get(category) }, category);
}

// Tells those who cannot see it what a key did.
function say(text) {
  byId("said").textContent = text;
}
