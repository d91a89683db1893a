// The page: a list of which only what is seen is drawn, filters, a picture, and the answer to an address.

const element = id => document.getElementById(id);

// The table, unpacked: texts and lists stand once in the data.
function unpack(data) {
  const text = at => at < 0 ? null : data.s[at];
  const list = at => data.l[at].map(text);
  const pairs = at => list(at).reduce((all, word, place, words) => place % 2 ? all : [...all, { kind: word, text: words[place + 1] }], []);
  const hosts = data.h.map(([name, kind, order, names, ports, certificate, about, rejects, routes]) => ({
    name: text(name), kind, order, names: names.map(([kind, name]) => [kind, text(name)]), ports: data.q[ports],
    certificate: text(certificate), about: text(about), rejects: rejects === 1,
    routes: routes.map((row, at) => ({
      at, kind: row[0], path: bytes(text(row[1])), shown: text(row[2]), pattern: text(row[3]), within: row[4], flags: row[5],
      namespace: text(row[6]), ingress: text(row[7]), ingressPath: text(row[8]), goal: text(row[9]), answers: row[10], endpoints: text(row[11]),
      guards: pairs(row[12]), redirects: pairs(row[13]), rewrites: list(row[14]), canaries: list(row[15]), limits: list(row[16]),
      defaults: list(row[17]), conditions: list(row[18]), unknown: list(row[19]), place: text(row[20]),
    })),
  }));
  const ports = data.p.map(([port, tls, isPublic, fallback, merges]) => ({ port, tls: tls === 1, public: isPublic === 1, fallback: fallback < 0 ? null : fallback, merges: merges === 1 }));
  hosts.forEach(host => host.routes.forEach(route => { route.host = host; }));
  return { hosts, ports, names: namesOf(hosts), partial: data.partial === 1 };
}

const SIGNS = ["= ", "", "^~ ", "~ ", "~* ", ""];
const MATCHES = ["exact", "prefix", "prefix", "regex", "regex", "server"];
const GUARDS = { "allow": "addresses", "deny": "refused addresses", "password": "password", "external-auth": "external authentication", "client-certificate": "client certificate", "rate": "rate", "connections": "connections", "body-size": "body size", "waf": "firewall" };

function make(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  return made;
}

const data = JSON.parse(element("data").textContent);
const table = unpack(data);
const hostName = host => host.kind === 4 ? "all other hosts" : host.name;
const visible = table.hosts.flatMap(host => host.routes).filter(route => !(route.flags & (INTERNAL | HIDDEN)));
for (const route of visible) {
  const parts = [route.host.name, route.shown, route.ingressPath, route.goal, route.namespace && route.ingress && `${route.namespace}/${route.ingress}`, ...route.guards.map(guard => guard.text), ...route.redirects.map(redirect => redirect.text), ...route.rewrites, ...route.canaries, ...route.limits, ...route.conditions];
  route.words = parts.filter(part => part).join("\n").toLowerCase();
}

// The lines of the list: a host, then its routes.
let lines = [];
let shown = visible;
let selected = -1;

function tags(route) {
  const all = [];
  if (route.answers === 0 && route.endpoints === "") all.push(["warn", "no endpoint"]);
  for (const redirect of route.redirects) all.push(["", redirect.text]);
  for (const guard of route.guards) all.push(["guard", guard.text]);
  for (const rewrite of route.rewrites) all.push(["", `path becomes ${rewrite}`]);
  for (const word of [...route.canaries, ...route.limits, ...route.conditions]) all.push(["", word]);
  for (const word of route.unknown) all.push(["warn", `not known: ${word}`]);
  return all.map(([kind, text]) => make("span", `tag ${kind}`, text));
}

const isBad = route => route.answers === 0 ? route.endpoints === "" : route.answers === 1 && /[45]\d\d$/.test(route.goal);

function drawn(at) {
  const line = lines[at];
  const row = make("div", "row");
  row.id = `line-${at}`;
  row.style.top = `${at * rowHeight()}px`;
  row.dataset.at = at;
  if (!line.path) {
    row.className = "row head";
    row.setAttribute("role", "presentation");
    row.append(make("b", "", hostName(line)), make("span", "about", line.about));
    return row;
  }
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", at === selected);
  if (isBad(line)) row.classList.add("bad");
  const path = make("span", "path");
  path.append(make("i", "", SIGNS[line.kind]), line.shown);
  path.title = line.shown;
  const marks = make("span", "tags");
  marks.append(...tags(line));
  row.append(path, make("span", "to", line.goal), make("span", "of", line.ingress ? `${line.namespace}/${line.ingress}` : ""), marks);
  return row;
}

const rowHeight = () => parseInt(getComputedStyle(document.documentElement).getPropertyValue("--row"), 10);

function draw() {
  const height = rowHeight();
  const area = element("list"), space = element("space");
  space.style.height = `${lines.length * height}px`;
  const first = Math.max(0, Math.floor(area.scrollTop / height) - 10);
  const last = Math.min(lines.length, Math.ceil((area.scrollTop + area.clientHeight) / height) + 10);
  const rows = [];
  for (let at = first; at < last; at++) rows.push(drawn(at));
  space.replaceChildren(...rows);
}

function filter() {
  const words = element("search").value.toLowerCase().split(/\s+/).filter(word => word);
  const host = element("host").value.trim().toLowerCase();
  const namespace = element("namespace").value, protection = element("protection").value;
  const isGuarded = route => protection === "" || (protection === "-" ? route.guards.length === 0 : route.guards.some(guard => guard.kind === protection));
  const isOfHost = route => host === "" || route.host.name.toLowerCase().includes(host) || route.host.names.some(([, name]) => (name || "").toLowerCase().includes(host));
  shown = visible.filter(route => words.every(word => route.words.includes(word)) && isOfHost(route) && (namespace === "" || route.namespace === namespace) && isGuarded(route));
  lines = [];
  let last = null;
  for (const route of shown) {
    if (route.host !== last) lines.push(last = route.host);
    lines.push(route);
  }
  selected = -1;
  element("details").hidden = true;
  const hosts = lines.length - shown.length;
  element("count").textContent = `${shown.length} of ${visible.length} routes, ${hosts} host${hosts === 1 ? "" : "s"}`;
  element("list").scrollTop = 0;
  element("picture").hidden ? draw() : picture();
}

function select(at) {
  if (at < 0 || at >= lines.length) return;
  selected = at;
  const area = element("list"), height = rowHeight();
  if (area.scrollTop > at * height) area.scrollTop = at * height;
  if (area.scrollTop + area.clientHeight < (at + 1) * height) area.scrollTop = (at + 1) * height - area.clientHeight;
  draw();
  area.setAttribute("aria-activedescendant", `line-${at}`);
  if (lines[at].path) details(lines[at]);
}

function details(route) {
  const box = element("details");
  const close = make("button", "", "Close");
  close.id = "close";
  close.type = "button";
  close.addEventListener("click", () => { box.hidden = true; element("list").focus(); draw(); });
  const facts = make("dl");
  const fact = (name, values, isCode) => {
    const all = values.filter(value => value !== null && value !== "");
    if (all.length === 0) return;
    facts.append(make("dt", "", name), ...all.map(value => make("dd", isCode ? "code" : "", value)));
  };
  const endpoints = route.answers !== 0 ? [] : route.endpoints === null ? ["not known"] : route.endpoints === "" ? ["none: the answer is 503"] : route.endpoints.split(", ");
  fact("Host", [hostName(route.host), route.host.about]);
  fact("Compared", [route.kind === SERVER ? "not at all: the host answers all requests" : `${MATCHES[route.kind]}${route.kind === FINAL ? ", before regular expressions" : ""}${route.kind === CASELESS ? ", in small and capital letters alike" : ""}`]);
  fact("Path of the Ingress", [route.ingressPath], true);
  fact("Ingress", [route.ingress && `${route.namespace}/${route.ingress}`]);
  fact("Goes to", [route.answers === 1 ? `the proxy ${route.goal}` : route.goal], true);
  fact("Endpoints", endpoints, true);
  fact("Protections", route.guards.length ? route.guards.map(guard => guard.text) : ["none"]);
  fact("Redirects", route.redirects.map(redirect => redirect.text));
  fact("Path becomes", route.rewrites, true);
  fact("Canary", route.canaries);
  fact("Limits and times", [...route.limits, ...route.defaults.map(limit => `${limit} (default)`)]);
  fact("Otherwise", route.conditions);
  fact("Not known", route.unknown);
  fact("Written at", [route.place]);
  box.replaceChildren(close, make("h2", "", SIGNS[route.kind] + route.shown), facts);
  box.hidden = false;
}

// What the page says of an address: the route, and what else happens to the request.
function answer() {
  const text = element("url").value.trim();
  const box = element("answer");
  box.hidden = text === "";
  if (text === "") return;
  const found = explain(table, text);
  const said = make("div", "answer");
  const say = (className, words) => said.append(make("p", className, words));
  const { host, route } = found;
  Object.assign(box.dataset, { host: host ? host.name : "", match: route ? MATCHES[route.kind] : "", path: route ? route.shown : "", status: found.status || (found.slash ? 301 : ""), problem: found.problem || "" });
  if (!route || route.flags & HIDDEN) {
    said.classList.add("bad");
    say("first", route ? "a route takes it that this page does not show" : found.status ? `${found.status}: ${found.problem}` : found.problem);
    if (host) say("about", `host ${hostName(host)}, path ${found.path}`);
  } else if (found.slash) {
    say("first", `301: the path lacks the slash at its end, and the client is sent to ${route.shown}`);
  } else {
    const toHttps = !found.asked.tls && route.redirects.find(redirect => redirect.kind === "https");
    say("first", toHttps ? "it is redirected to HTTPS" : route.answers === 1 ? `the proxy ${route.goal}` : `${route.goal} gets it`);
    say("about", `host ${hostName(host)}, ${MATCHES[route.kind]} ${SIGNS[route.kind]}${route.shown}${route.ingress ? `, Ingress ${route.namespace}/${route.ingress}` : ""}`);
    const marks = make("p");
    marks.append(...tags(route));
    said.append(marks);
    if (table.partial && host.kind !== 0) say("about", "This page holds a part of the hosts: another one may answer.");
    const at = lines.indexOf(route);
    if (at >= 0 && element("picture").hidden) select(at);
  }
  box.replaceChildren(said);
}

// Hosts, paths and Services of the first routes that are shown, with protections on the edges.
const MOST_IN_PICTURE = 60;

function picture() {
  const routes = shown.slice(0, MOST_IN_PICTURE);
  const area = element("picture");
  const draw = (name, attributes, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const width = Math.max(area.clientWidth - 40, 720), box = 24, gap = 34, wide = Math.min(300, width * .27);
  const columns = [0, (width - wide) / 2, width - wide];
  const svg = draw("svg", { width, height: routes.length * gap + 10, role: "img", "aria-label": "Hosts, their paths, and the Services that these go to" });
  const cut = text => text.length > wide / 8.2 ? `${text.slice(0, Math.floor(wide / 8.2) - 1)}…` : text;
  const node = (column, y, text) => {
    const group = draw("g", {});
    group.append(draw("title", {}, text), draw("rect", { x: columns[column], y: y - box / 2, width: wide, height: box, rx: 5 }), draw("text", { x: columns[column] + 8, y: y + 1 }, cut(text)));
    svg.append(group);
  };
  const edge = (column, from, to, className) => {
    const start = columns[column] + wide, end = columns[column + 1], middle = (start + end) / 2;
    svg.append(draw("path", { class: `edge ${className}`, d: `M${start} ${from}C${middle} ${from} ${middle} ${to} ${end} ${to}` }));
    return middle;
  };
  const place = keys => {
    const found = new Map();
    keys.forEach((key, at) => found.set(key, [...(found.get(key) || []), at * gap + gap / 2]));
    return found;
  };
  const middles = found => new Map([...found].map(([key, all]) => [key, (all[0] + all[all.length - 1]) / 2]));
  // Services stand in the order of the paths that lead to them first, beside each other without gaps.
  const hosts = middles(place(routes.map(route => route.host)));
  const services = new Map([...new Set(routes.map(route => route.goal))].map((goal, at) => [goal, at * gap + gap / 2]));
  routes.forEach((route, at) => {
    const y = at * gap + gap / 2, to = services.get(route.goal);
    edge(0, hosts.get(route.host), y, "");
    const middle = edge(1, y, to, isBad(route) ? "bad" : route.guards.length ? "guarded" : "");
    const label = [...new Set(route.guards.map(guard => GUARDS[guard.kind] || guard.kind))].join(", ");
    if (label) svg.append(draw("text", { class: "label", x: middle, y: (y + to) / 2 }, label));
  });
  hosts.forEach((y, host) => node(0, y, hostName(host)));
  routes.forEach((route, at) => node(1, at * gap + gap / 2, SIGNS[route.kind] + route.shown));
  services.forEach((y, goal) => node(2, y, goal));
  const more = shown.length > routes.length ? `The first ${routes.length} of ${shown.length} routes: filter to see others.` : "";
  area.replaceChildren(...more ? [make("p", "", more)] : [], svg);
}

function view(isPicture) {
  element("as-list").setAttribute("aria-pressed", !isPicture);
  element("as-picture").setAttribute("aria-pressed", isPicture);
  element("list").hidden = isPicture;
  element("picture").hidden = !isPicture;
  isPicture ? picture() : draw();
}

function keys(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -lines.length, End: lines.length };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const step = steps[event.key];
  let at = Math.min(Math.max(selected + step, 0), lines.length - 1);
  // A host is no route: go on to the next one.
  if (lines[at] && !lines[at].path) at = step < 0 && at > 0 ? at - 1 : at + 1;
  select(at);
}

function start() {
  element("side").textContent = [data.side, ...data.notes].join(" · ");
  element("side").title = element("side").textContent;
  const option = (id, value, text) => element(id).append(Object.assign(make("option", "", text), { value }));
  [...new Set(visible.map(route => route.namespace).filter(name => name))].sort().forEach(name => option("namespace", name, name));
  [...new Set(visible.flatMap(route => route.guards.map(guard => guard.kind)))].sort().forEach(kind => option("protection", kind, GUARDS[kind] || kind));
  for (const id of ["search", "host", "namespace", "protection"]) element(id).addEventListener("input", filter);
  for (const id of ["ask", "filters"]) element(id).addEventListener("submit", event => event.preventDefault());
  element("url").addEventListener("input", answer);
  element("list").addEventListener("scroll", () => requestAnimationFrame(draw));
  element("list").addEventListener("keydown", keys);
  element("list").addEventListener("click", event => {
    const row = event.target.closest(".row");
    if (row && !row.classList.contains("head")) select(Number(row.dataset.at));
  });
  element("as-list").addEventListener("click", () => view(false));
  element("as-picture").addEventListener("click", () => view(true));
  addEventListener("resize", () => element("picture").hidden ? draw() : picture());
  document.addEventListener("keydown", event => {
    if (event.key === "/" && !/^(INPUT|SELECT)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      element("search").focus();
    }
  });
  filter();
}

start();
