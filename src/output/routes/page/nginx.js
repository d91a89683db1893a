"use strict";
// What nginx does to find a host and a location, over the table of this page. Paths are strings with one character for each byte.

const EXACT = 0, PREFIX = 1, FINAL = 2, REGEX = 3, CASELESS = 4, SERVER = 5;
const HOST_EXACT = 0, HOST_HEAD = 1, HOST_TAIL = 2, HOST_REGEX = 3;
const INTERNAL = 1, ADDS_SLASH = 2, HIDDEN = 4;

const bytes = text => /^[\x00-\x7f]*$/.test(text) ? text : Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join("");

// The address in its parts, as a client sends them.
function request(text) {
  const parts = /^\s*(?:(https?):\/\/)?([^\/?#\s]+)([^\s]*)\s*$/i.exec(text);
  if (!parts) return null;
  const authority = parts[2].split("@").pop();
  const port = /:(\d+)$/.exec(authority);
  const target = parts[3] === "" ? "/" : parts[3][0] === "/" ? parts[3] : "/" + parts[3];
  return { tls: (parts[1] || "https").toLowerCase() === "https", authority, port: port ? Number(port[1]) : null, target: bytes(target) };
}

// The host in small letters, without port and final dot; null where nginx answers 400.
function validHost(raw) {
  let end = raw.length, dot = -1, state = "usual";
  for (let at = 0; at < raw.length; at++) {
    const letter = raw[at];
    if (letter === ".") {
      if (at > 0 && dot === at - 1) return null;
      dot = at;
    } else if (letter === ":" && state === "usual") {
      end = at;
      state = "rest";
    } else if (letter === "[" && at === 0) state = "literal";
    else if (letter === "]" && state === "literal") {
      end = at + 1;
      state = "rest";
    } else if (letter === "/" || letter <= " " || letter === "\x7f") return null;
  }
  if (end > 0 && dot === end - 1) end--;
  return end > 0 ? raw.slice(0, end).replace(/[A-Z]/g, letter => letter.toLowerCase()) : null;
}

// The path without percent signs, dots and doubled slashes; null where nginx answers 400.
function normal(raw, merges) {
  let path = "", state = "usual", at = 0;
  const climb = () => {
    const slash = path.length < 4 ? -1 : path.lastIndexOf("/", path.length - 4);
    if (slash < 0) return false;
    path = path.slice(0, slash + 1);
    return true;
  };
  for (let all = 0; all < raw.length; all++) if (raw[all] <= " " || raw[all] === "\x7f") return null;
  for (; at < raw.length && raw[at] !== "?" && raw[at] !== "#"; at++) {
    let letter = raw[at];
    if (letter === "%") {
      const digits = raw.slice(at + 1, at + 3);
      if (!/^[0-9a-fA-F]{2}$/.test(digits) || digits === "00") return null;
      letter = String.fromCharCode(parseInt(digits, 16));
      at += 2;
      // What would end the path is a letter of it.
      if ("%#?".includes(letter)) {
        path += letter;
        state = "usual";
        continue;
      }
    }
    if (state === "slash" && letter === "/") {
      if (!merges) path += letter;
    } else if (state === "dot" && letter === "/") {
      path = path.slice(0, -1);
      state = "slash";
    } else if (state === "dots" && letter === "/") {
      if (!climb()) return null;
      state = "slash";
    } else {
      path += letter;
      state = letter === "/" ? "slash" : letter === "." && state === "slash" ? "dot" : letter === "." && state === "dot" ? "dots" : "usual";
    }
  }
  if (state === "dot") path = path.slice(0, -1);
  if (state === "dots" && !climb()) return null;
  return path;
}

// A regular expression; null where this page has none for it. Compiled when it is first asked.
const compiled = new Map();
function pattern(text) {
  if (text === null) return null;
  if (!compiled.has(text)) {
    let expression = null;
    try {
      expression = new RegExp(text);
    } catch {
      // A browser that cannot compile it does not guess either.
    }
    compiled.set(text, expression);
  }
  return compiled.get(text);
}

// Why there is no answer.
class Unclear extends Error {}

// Names of hosts, at all ports.
function namesOf(hosts) {
  const names = { exact: new Map(), heads: new Map(), tails: new Map(), patterns: [] };
  const add = (map, name, at) => map.has(name) ? map.get(name).push(at) : map.set(name, [at]);
  hosts.forEach((host, at) => {
    for (const [kind, text] of host.names) {
      if (kind === HOST_EXACT) add(names.exact, text, at);
      else if (kind === HOST_HEAD) add(names.heads, text.slice(1), at);
      else if (kind === HOST_TAIL) add(names.tails, text.slice(0, -1), at);
      else names.patterns.push({ at, text, order: host.order });
    }
  });
  names.patterns.sort((one, other) => one.order - other.order);
  return names;
}

// The host for a name at a port: exact, the longest with a wildcard in front, the longest with one behind, expressions, the default.
function findHost(table, port, name) {
  const here = list => list === undefined ? undefined : list.find(at => table.hosts[at].ports.includes(port.port));
  let found = here(table.names.exact.get(name));
  for (let dot = name.indexOf(".", 1); found === undefined && dot > 0; dot = name.indexOf(".", dot + 1)) found = here(table.names.heads.get(name.slice(dot)));
  for (let dot = name.lastIndexOf(".", name.length - 2); found === undefined && dot >= 0; dot = dot > 0 ? name.lastIndexOf(".", dot - 1) : -1) found = here(table.names.tails.get(name.slice(0, dot + 1)));
  for (const { at, text } of table.names.patterns) {
    if (found !== undefined) break;
    if (!table.hosts[at].ports.includes(port.port)) continue;
    const expression = pattern(text);
    if (!expression) throw new Unclear();
    if (expression.test(name)) found = at;
  }
  return found === undefined ? port.fallback : found;
}

// The location for a path among those within another: the one found, and whether the path lacks a slash.
function findRoute(routes, path, within) {
  let best = null;
  for (const route of routes) {
    if (route.within !== within || route.kind > FINAL) continue;
    if (route.kind === EXACT && route.path === path) return { route };
    if (route.kind !== EXACT && path.startsWith(route.path) && (!best || route.path.length > best.path.length)) best = route;
  }
  if (!best || best.path !== path) {
    const slash = routes.find(route => route.within === within && route.kind <= FINAL && route.path === path + "/" && route.flags & ADDS_SLASH);
    if (slash) return { route: slash, slash: true };
  }
  let found = best && { route: best, beginning: true };
  if (best) {
    const inner = findRoute(routes, path, best.at);
    if (inner && !inner.beginning) return inner;
    if (inner) found = inner;
  }
  if (!best || best.kind !== FINAL) {
    for (const route of routes) {
      if (route.within !== within || route.kind < REGEX) continue;
      const expression = pattern(route.pattern);
      if (!expression) throw new Unclear();
      if (!expression.test(path)) continue;
      const inner = findRoute(routes, path, route.at);
      return inner ? { route: inner.route, slash: inner.slash } : { route };
    }
  }
  return found;
}

// The port that a request comes to: the one of its address, else the usual one, else the only one that speaks it.
function findPort(table, asked) {
  const wanted = asked.port || (asked.tls ? 443 : 80);
  const known = table.ports.find(port => port.port === wanted);
  if (known) return known;
  const fitting = table.ports.filter(port => port.public && port.tls === asked.tls);
  return asked.port === null || fitting.length === 1 ? fitting[0] : undefined;
}

// What becomes of an address: a host and a route, or what nginx answers.
function explain(table, text) {
  const asked = request(text);
  if (!asked) return { problem: "this is no address" };
  const port = findPort(table, asked);
  if (!port) return { problem: "nothing listens there" };
  if (port.tls !== asked.tls) return { status: 400, problem: port.tls ? "plain HTTP at a port that speaks TLS" : "TLS at a port that speaks plain HTTP" };
  const path = normal(asked.target, port.merges);
  if (path === null) return { status: 400, problem: "the path is none that nginx accepts" };
  const name = validHost(asked.authority);
  if (name === null) return { status: 400, problem: "the host is none that nginx accepts" };
  try {
    const at = findHost(table, port, name);
    if (at === null) return { name, problem: table.partial ? "this page does not hold the host: ask `ingressc explain`" : "no host of this page answers" };
    const host = table.hosts[at];
    if (asked.tls && host.rejects) return { host, name, path, problem: "the handshake is refused" };
    // A server that answers everything itself looks for no location.
    const whole = host.routes.find(route => route.kind === SERVER);
    const found = whole ? { route: whole } : findRoute(host.routes, path, -1);
    if (!found) return { host, name, path, problem: "no location takes the path" };
    if (found.route.flags & INTERNAL) return { host, name, path, status: 404, problem: "the location is for requests of the proxy itself" };
    return { host, name, path, route: found.route, slash: found.slash, asked };
  } catch (error) {
    if (error instanceof Unclear) return { name, path, unclear: true, problem: "a regular expression decides that this page cannot evaluate: ask `ingressc explain`" };
    throw error;
  }
}
