"use strict";
const MOST_CHOICES = 600;
const main = document.querySelector("main");
const facets = main.dataset.facets.split("\n").filter(Boolean);
const groups = [...main.querySelectorAll(".group")];
const entries = [...main.querySelectorAll("article")];
const values = entries.map((entry) => facets.map((_, at) => entry.getAttribute(`data-facet-${at}`) ?? ""));
let texts = null;

const make = (tag, text) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  return element;
};

const bar = make("div"), search = make("input"), count = make("output"), fold = make("button", "Fold all");
bar.id = "bar";
bar.setAttribute("role", "search");
Object.assign(search, { type: "search", placeholder: "Search", autocomplete: "off", spellcheck: false });
search.setAttribute("aria-label", "Search");
search.addEventListener("input", filter);
bar.append(search);

const selects = facets.map((name, at) => {
  const counts = new Map();
  for (const own of values) if (own[at]) counts.set(own[at], (counts.get(own[at]) ?? 0) + 1);
  // What all entries have in common chooses nothing.
  if (![...counts.values()].some((number) => number < entries.length)) return null;
  const select = make("select");
  select.setAttribute("aria-label", name);
  select.append(new Option(`${name}: all`, ""));
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], "en", { numeric: true }));
  for (const [value, number] of sorted.slice(0, MOST_CHOICES)) select.append(new Option(`${value} (${number})`, value));
  select.addEventListener("change", filter);
  bar.append(select);
  return select;
});

fold.type = "button";
fold.addEventListener("click", () => {
  const isOpen = groups.some((group) => group.open);
  for (const group of groups) group.open = !isOpen;
  fold.textContent = isOpen ? "Unfold all" : "Fold all";
});
bar.append(fold, count);
if (entries.length > 1) main.before(bar);

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  // What an entry is about is found with it.
  texts ??= entries.map((entry) => `${entry.parentElement.querySelector("h3")?.textContent ?? ""}\n${entry.textContent}`.toLowerCase());
  let shown = 0;
  entries.forEach((entry, at) => {
    const fits = words.every((word) => texts[at].includes(word)) && selects.every((select, facet) => !select?.value || select.value === values[at][facet]);
    entry.hidden = !fits;
    if (fits) shown += 1;
  });
  for (const section of main.querySelectorAll("section")) section.hidden = !section.querySelector("article:not([hidden])");
  for (const group of groups) {
    const left = group.querySelectorAll("article:not([hidden])").length;
    group.hidden = left === 0;
  }
  count.textContent = shown === entries.length ? `${shown}` : `${shown} of ${entries.length}`;
}
filter();
