"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const STEP = 100, MOST_CHOICES = 600;
const outcomes = new Map(data.outcomes.map(([name, text, kind], at) => [name, { text, kind, at }]));

const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};

/** A column: its name, and what its values are. */
const column = (text, at) => {
  const kind = { "#": "number", "!": "outcome", "?": "choice" }[text[0]] ?? "text";
  return { at, kind, name: kind === "text" ? text : text.slice(1) };
};

const shown = (value, { kind }) => (kind === "outcome" ? (outcomes.get(value)?.text ?? (value || "not looked at")) : String(value));

function cell(value, about) {
  const td = make("td", about.kind === "number" ? "number" : "");
  if (about.kind === "outcome") td.append(make("span", `tag ${outcomes.get(value)?.kind ?? "none"}`, shown(value, about)));
  else td.append(make("div", "", shown(value, about)));
  return td;
}

const rank = (value, { kind }) => (kind === "outcome" ? (outcomes.get(value)?.at ?? 9) : value);

function order(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

/** What a row opens to. */
function details({ place, routes, annotations, rules, reasons }) {
  const box = make("dl");
  const add = (name, items) => {
    if (!items.length) return;
    box.append(make("dt", "", name));
    for (const item of items) box.append(make("dd", "", item));
  };
  add("Where", [place].filter(Boolean));
  add("Routes", routes);
  add("Annotations", [annotations].filter(Boolean));
  add("Findings", [rules].filter(Boolean));
  reasons.forEach((own, at) => add(`For ${data.reasons[at][0]}`, own.map((one) => data.reasons[at][1][one])));
  return box;
}

function build(table) {
  const columns = table.columns.map(column);
  const state = { words: "", choices: new Map(), by: null, down: false, rows: STEP };
  const texts = table.rows.map((row) => columns.map((about) => shown(row[about.at], about)).join("\n").toLowerCase());
  const section = make("section", "table");
  section.id = table.id;
  const bar = make("div", "bar"), count = make("span", "count"), body = make("tbody"), more = make("button", "more");
  count.setAttribute("role", "status");
  const search = make("input");
  Object.assign(search, { type: "search", placeholder: "Search", autocomplete: "off", spellcheck: false });
  search.setAttribute("aria-label", `Search in ${table.title}`);
  search.addEventListener("input", () => { state.words = search.value; restart(); });
  bar.append(make("h2", "", table.title), search);
  for (const about of columns.filter(({ kind }) => kind === "choice" || kind === "outcome")) {
    const values = [...new Set(table.rows.map((row) => row[about.at]))].sort((a, b) => order(rank(a, about), rank(b, about)));
    if (values.length < 2 || values.length > MOST_CHOICES) continue;
    const select = make("select");
    select.dataset.column = about.name;
    select.append(new Option(`${about.name}: all`, "*"));
    for (const value of values) select.append(new Option(shown(value, about) || "(none)", `=${value}`));
    select.setAttribute("aria-label", about.name);
    select.addEventListener("change", () => {
      if (select.value === "*") state.choices.delete(about.at);
      else state.choices.set(about.at, select.value.slice(1));
      restart();
    });
    bar.append(select);
  }
  bar.append(count);
  const grid = make("table"), head = make("tr");
  const used = columns.filter(({ at, kind }) => kind === "number" || table.rows.some((row) => row[at] !== ""));
  for (const about of used) {
    const th = make("th", about.kind === "number" ? "number" : ""), button = make("button", "", about.name);
    button.type = "button";
    th.append(button);
    button.addEventListener("click", () => {
      // Numbers are looked at from the largest on.
      state.down = state.by === about ? !state.down : about.kind === "number";
      state.by = about;
      for (const other of head.children) other.removeAttribute("aria-sort");
      th.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      restart();
    });
    head.append(th);
  }
  const thead = make("thead");
  thead.append(head);
  grid.append(thead, body);
  const scroll = make("div", "scroll");
  scroll.append(grid);
  more.type = "button";
  more.addEventListener("click", () => { const from = state.rows; state.rows *= 3; draw(from); });
  section.append(bar);
  if (table.note) section.append(make("p", "note", table.note));
  section.append(scroll, more);

  let found = [];
  function restart() {
    const words = state.words.toLowerCase().split(/\s+/).filter(Boolean);
    found = [];
    table.rows.forEach((row, at) => {
      if (!words.every((word) => texts[at].includes(word))) return;
      for (const [at, value] of state.choices) if (String(row[at]) !== value) return;
      found.push(row);
    });
    if (state.by) {
      const by = state.by, sign = state.down ? -1 : 1;
      found.sort((a, b) => sign * order(rank(a[by.at], by), rank(b[by.at], by)));
    }
    state.rows = STEP;
    body.replaceChildren();
    draw(0);
  }
  function draw(from) {
    const part = document.createDocumentFragment();
    for (const row of found.slice(from, state.rows)) {
      const tr = make("tr");
      for (const about of used) tr.append(cell(row[about.at], about));
      if (table.opens) open(tr, row[columns.length]);
      part.append(tr);
    }
    body.append(part);
    const rest = found.length - Math.min(state.rows, found.length);
    more.hidden = rest === 0;
    more.textContent = `${rest} more`;
    count.textContent = found.length === table.rows.length ? `${found.length}` : `${found.length} of ${table.rows.length}`;
  }
  function open(tr, about) {
    const name = tr.firstChild.firstChild, button = make("button", "opener", name.textContent);
    button.type = "button";
    name.replaceWith(button);
    tr.className = "opens";
    button.setAttribute("aria-expanded", "false");
    tr.addEventListener("click", () => {
      const is = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!is));
      if (is) return tr.nextSibling.remove();
      const next = make("tr", "details"), td = make("td");
      td.colSpan = used.length;
      td.append(details(about));
      next.append(td);
      tr.after(next);
    });
  }
  restart();
  return section;
}

for (const table of data.tables) {
  const link = make("a", "", table.title);
  link.href = `#${table.id}`;
  document.getElementById("contents").append(link);
  document.getElementById("tables").append(build(table));
}
