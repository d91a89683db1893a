//! Routes as one page that needs nothing else: search, filters, a picture, and where a URL goes.
//!
//! The page holds the table as data in which every text and every list stands once; it draws what is seen, and compares hosts and paths
//! as nginx does.

use hashbrown::HashMap;
use serde::Serialize;

use super::{Routes, Shown, words};
use crate::credentials::hide;
use crate::nginx::javascript;
use crate::output::page::head;
use crate::output::untrusted::one_line;
use crate::route::{Goal, HostKind, Limit, Match, Route};

const BODY: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const NGINX: &str = include_str!("page/nginx.js");
const PAGE: &str = include_str!("page/page.js");

/// A text or a list that is not there.
const NONE: i64 = -1;

/// The page.
#[must_use]
pub fn html(routes: &Routes<'_>) -> String {
    let script = format!("{NGINX}{PAGE}");
    let data = Writer::default().data(routes);
    // Plain data always becomes JSON. A tag in it would end the element.
    let data = serde_json::to_string(&data).unwrap_or_default().replace('<', "\\u003c");
    format!(
        "{}{BODY}<script type=\"application/json\" id=\"data\">{data}</script>\n<script>{script}</script>\n</body>\n</html>\n",
        head("Routes", STYLE, &script)
    )
}

/// The table: short keys, as there may be ten thousand rows.
#[derive(Serialize)]
struct Data {
    side: String,
    notes: Vec<String>,
    /// It is a part of the hosts or routes.
    partial: u8,
    /// Texts.
    s: Vec<String>,
    /// Lists of texts.
    l: Vec<Vec<i64>>,
    /// Sets of ports.
    q: Vec<Vec<u16>>,
    /// Ports: number, TLS, public, default host, whether slashes are merged.
    p: Vec<(u16, u8, u8, i64, u8)>,
    /// Hosts.
    h: Vec<HostRow>,
}

/// Name, kind, order, names, ports, certificate, about, whether handshakes are refused, routes.
#[derive(Serialize)]
struct HostRow(i64, u8, u32, Vec<(u8, i64)>, usize, i64, i64, u8, Vec<Row>);

/// How it is compared, path, path as it is shown, expression, what is around it, flags, then texts and lists in the order of `page.js`.
type Row = [i64; 21];

#[derive(Default)]
struct Writer {
    texts: Vec<String>,
    places: HashMap<String, i64>,
    lists: Vec<Vec<i64>>,
    list_places: HashMap<Vec<i64>, i64>,
    ports: Vec<Vec<u16>>,
}

impl Writer {
    fn data(mut self, routes: &Routes<'_>) -> Data {
        let hosts: Vec<_> = routes.hosts.iter().map(|shown| self.host(routes, shown)).collect();
        let place = |at: usize| routes.hosts.iter().position(|shown| shown.at == at).and_then(|at| i64::try_from(at).ok());
        let port = |port: &crate::route::Port| {
            let default = port.default.and_then(place).unwrap_or(NONE);
            (port.port, u8::from(port.is_tls), u8::from(port.is_public), default, u8::from(port.merges_slashes))
        };
        Data {
            side: one_line(&routes.side).into_owned(),
            notes: routes.notes.iter().map(|note| one_line(note).into_owned()).collect(),
            partial: u8::from(routes.is_part),
            s: self.texts,
            l: self.lists,
            q: self.ports,
            p: routes.ports.iter().map(port).collect(),
            h: hosts,
        }
    }

    fn host(&mut self, routes: &Routes<'_>, shown: &Shown<'_>) -> HostRow {
        let host = shown.host;
        let ports = self.ports.iter().position(|ports| *ports == host.ports).unwrap_or_else(|| {
            self.ports.push(host.ports.clone());
            self.ports.len() - 1
        });
        let names = host.names.iter().map(|name| match name.kind {
            // Hosts are small letters before they are compared.
            HostKind::Regex => (number(name.kind), javascript(&name.text, true).map_or(NONE, |text| self.raw(&text))),
            HostKind::Exact | HostKind::Wildcard | HostKind::Tail | HostKind::Default => (number(name.kind), self.raw(&name.text)),
        });
        let names = names.collect();
        let is_shown = |at: usize| shown.routes.binary_search(&at).is_ok();
        let rows = host.routes.iter().enumerate().map(|(at, route)| self.row(routes, route, is_shown(at))).collect();
        let certificate = words::certificate(host).map_or(NONE, |text| self.text(text));
        let about = self.text(&words::about_host(host).join(", "));
        HostRow(self.text(&host.name), number(host.kind), host.at.start, names, ports, certificate, about, u8::from(host.rejects_tls), rows)
    }

    /// Of routes that are not shown the page knows only which paths they take.
    fn row(&mut self, routes: &Routes<'_>, route: &Route, is_shown: bool) -> Row {
        let flags = i64::from(route.is_internal) | i64::from(route.adds_slash) << 1 | i64::from(!is_shown) << 2;
        let pattern = match route.by {
            Match::Regex => javascript(&route.path, route.sign == "~*").map_or(NONE, |text| self.raw(&text)),
            Match::Exact | Match::Prefix | Match::Named => NONE,
        };
        let within = route.within.and_then(|at| i64::try_from(at).ok()).unwrap_or(NONE);
        let mut row = [NONE; 21];
        [row[0], row[1], row[2], row[3], row[4], row[5]] = [
            compared(route),
            self.raw(&route.path),
            self.text(if route.is_server { "all paths" } else { &route.path }),
            pattern,
            within,
            flags,
        ];
        row[12..20].fill(self.list(Vec::new()));
        if !is_shown {
            return row;
        }
        row[6] = route.namespace.as_ref().map_or(NONE, |name| self.text(name));
        row[7] = route.ingress.as_ref().map_or(NONE, |name| self.text(name));
        row[8] = route.ingress_path.as_ref().map_or(NONE, |path| self.text(path));
        row[9] = self.text(&words::goal(route));
        let (kind, endpoints) = match &route.goal {
            Goal::Backend(upstream) => (0, words::endpoints(upstream).map(|all| all.join(", "))),
            Goal::Answer(_) => (1, None),
            Goal::Files => (2, None),
            Goal::Unknown => (3, None),
        };
        row[10] = kind;
        row[11] = endpoints.map_or(NONE, |text| self.text(&text));
        row[12] = self.list(route.guards.iter().flat_map(|guard| [guard.kind.name().to_owned(), words::guard(guard)]).collect());
        row[13] =
            self.list(route.redirects.iter().flat_map(|redirect| [redirect.kind.name().to_owned(), words::redirect(redirect)]).collect());
        row[14] = self.list(route.rewrites.clone());
        row[15] = self.list(route.canaries.iter().map(words::canary).collect());
        let limits = |is_default: bool| {
            route.limits.iter().filter(|limit| limit.is_default == is_default).map(words::limit as fn(&Limit) -> String).collect()
        };
        row[16] = self.list(limits(false));
        row[17] = self.list(limits(true));
        row[18] = self.list(route.conditions.iter().map(|text| hide(text).into_owned()).collect());
        row[19] = self.list(route.unknown.clone());
        row[20] = routes.places.get(&route.at.start).map_or(NONE, |spot| self.text(&spot.to_string()));
        row
    }

    /// A text that is shown.
    fn text(&mut self, text: &str) -> i64 {
        let safe = one_line(text);
        self.raw(&safe)
    }

    /// A text that is compared.
    fn raw(&mut self, text: &str) -> i64 {
        if let Some(&place) = self.places.get(text) {
            return place;
        }
        let place = i64::try_from(self.texts.len()).unwrap_or(NONE);
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }

    fn list(&mut self, all: Vec<String>) -> i64 {
        let all: Vec<i64> = all.iter().map(|text| self.text(text)).collect();
        if let Some(&place) = self.list_places.get(&all) {
            return place;
        }
        let place = i64::try_from(self.lists.len()).unwrap_or(NONE);
        self.lists.push(all.clone());
        self.list_places.insert(all, place);
        place
    }
}

/// How a path is compared, as `nginx.js` counts it.
fn compared(route: &Route) -> i64 {
    match route.sign {
        _ if route.is_server => 5,
        "=" => 0,
        "^~" => 2,
        "~" => 3,
        "~*" => 4,
        _ => 1,
    }
}

fn number(kind: HostKind) -> u8 {
    match kind {
        HostKind::Exact => 0,
        HostKind::Wildcard => 1,
        HostKind::Tail => 2,
        HostKind::Regex => 3,
        HostKind::Default => 4,
    }
}
