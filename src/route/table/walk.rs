//! From servers to hosts, from locations to routes.

use hashbrown::HashMap;

use super::facts::{Facts, Reader};
use super::goal::goal;
use super::guards::{Zones, guards};
use super::limits::Written;
use super::place::Place;
use super::row::{Goal, Host, HostKind, HostName, Redirect, RedirectKind, Route};
use crate::conf::{Arg, Directive, Node};
use crate::route::config::Config;
use crate::route::decision::Match;
use crate::route::model::{Inside, Kind, Level, Location, Locations, Lua};
use crate::route::near::by;

/// What holds for all servers.
pub(super) struct Whole<'a> {
    written: Written,
    zones: Zones,
    default: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

impl<'a> Whole<'a> {
    pub(super) fn new(config: &Config<'_>, default: &'a (dyn Fn(&str) -> Option<String> + Sync)) -> Self {
        let top = config.lines.top();
        let http = top.iter().find(|directive| directive.name() == "http").map_or(top.clone(), |http| config.lines.of(*http));
        Self { written: Written::default().within(&http), zones: Zones::of(&http), default }
    }
}

/// The order in which names are compared. Those with a wildcard: the longest first.
pub(super) fn order(host: &Host) -> (HostKind, usize) {
    let is_by_length = matches!(host.kind, HostKind::Wildcard | HostKind::Tail);
    (host.kind, if is_by_length { usize::MAX - host.name.len() } else { 0 })
}

/// A server as a host; none where it is one of the controller's own, or closed to other machines.
pub(super) fn host(config: &Config<'_>, server: usize, whole: &Whole<'_>) -> Option<Host> {
    let known = &config.servers[server];
    let inside = config.inside(server);
    let is_own = config.constant_in(&inside.rewrite, "proxy_upstream_name").is_some_and(|name| name == "internal");
    let ports: Vec<u16> = known.listeners.iter().filter(|listener| listener.is_public).filter_map(|listener| listener.port).collect();
    if is_own || ports.is_empty() {
        return None;
    }
    let directives = config.lines.of(config.blocks[server]);
    let is_default = config.ports.values().any(|servers| servers.is_public && servers.default == server);
    let names = names(&directives);
    // A name that no client can send names nothing.
    let is_named = names.iter().any(|name| name.text != "_" && !name.text.is_empty());
    let kind = match names.first() {
        Some(first) if is_named || !is_default => first.kind,
        _ => HostKind::Default,
    };
    let is_tls = known.listeners.iter().any(|listener| listener.is_tls);
    let owners = owners(config.blocks[server]);
    let mut walk = Walk { config, whole, inside, host: &known.name, owners, routes: Vec::new() };
    walk.whole_server(known.at);
    if walk.routes.is_empty() {
        walk.add(&directives, &inside.locations, None, &whole.written.within(&directives));
    }
    Some(Host {
        name: if known.name.is_empty() { String::from("_") } else { known.name.clone() },
        kind,
        names,
        at: known.at,
        ports: {
            let mut ports = ports;
            ports.sort_unstable();
            ports.dedup();
            ports
        },
        certificate: is_tls.then(|| config.certificate(inside, &known.name)),
        rejects_tls: inside.rejects,
        routes: walk.routes,
    })
}

/// All names, as nginx takes them apart.
fn names(directives: &[Directive<'_>]) -> Vec<HostName> {
    let words = directives.iter().filter(|directive| directive.name() == "server_name").flat_map(|directive| directive.args());
    let name = |word: Arg<'_>| {
        let word = word.value();
        let one = |kind, text: &str| vec![HostName { kind, text: text.to_ascii_lowercase() }];
        match &*word {
            pattern if pattern.starts_with('~') => vec![HostName { kind: HostKind::Regex, text: pattern[1..].to_owned() }],
            head if head.starts_with('*') => one(HostKind::Wildcard, head),
            tail if tail.ends_with('*') => one(HostKind::Tail, tail),
            both if both.starts_with('.') => [one(HostKind::Exact, &both[1..]), one(HostKind::Wildcard, &format!("*{both}"))].concat(),
            name => one(HostKind::Exact, name),
        }
    };
    words.flat_map(name).collect()
}

/// Whose locations are, by where they start, as the comments in front of them say that we write for nginx itself.
fn owners(server: Directive<'_>) -> HashMap<u32, (String, String)> {
    let mut owners = HashMap::new();
    let mut owner = None;
    for node in server.nodes() {
        match node {
            Node::Comment(comment) => owner = owner_in(comment.text()),
            Node::Directive(directive) => {
                if let Some(owner) = owner.take() {
                    owners.insert(directive.head_span().start, owner);
                }
            }
        }
    }
    owners
}

/// `# Ingress namespace/name to …`
fn owner_in(comment: &str) -> Option<(String, String)> {
    let (owner, _) = comment.strip_prefix("# Ingress ")?.split_once(" to ")?;
    let (namespace, name) = owner.split_once('/')?;
    Some((namespace.to_owned(), name.to_owned()))
}

struct Walk<'a, 't> {
    config: &'a Config<'t>,
    whole: &'a Whole<'a>,
    inside: &'a Inside,
    host: &'a str,
    owners: HashMap<u32, (String, String)>,
    routes: Vec<Route>,
}

impl Walk<'_, '_> {
    /// A server that answers everything itself looks for no location.
    fn whole_server(&mut self, at: crate::source::Span) {
        let inside = self.inside;
        let mut reader = Reader { config: self.config, location: None, server: &inside.rewrite, host: self.host, facts: Facts::default() };
        if !reader.read(Place::of_server(inside)) {
            return;
        }
        let facts = reader.facts;
        let mut route = self.route(Place::of_server(inside), facts, &Written::default());
        (route.is_server, route.at) = (true, at);
        self.routes.push(route);
    }

    /// The locations of a block, in the order in which they are asked.
    fn add(&mut self, directives: &[Directive<'_>], locations: &Locations, within: Option<usize>, written: &Written) {
        let blocks: Vec<Directive<'_>> =
            directives.iter().copied().filter(|directive| directive.is_block() && directive.name() == "location").collect();
        let mut all: Vec<(&Location, &Directive<'_>)> = locations.all.iter().zip(&blocks).collect();
        all.retain(|(location, _)| location.kind != Kind::Named);
        all.sort_by_key(|(location, _)| rank(by(location), location.is_final, location.path.len()));
        for (location, block) in all {
            let inner = self.config.lines.of(*block);
            let written = written.within(&inner);
            let route = self.located(location, *block, within, &written);
            self.routes.push(route);
            if !location.inner.all.is_empty() {
                self.add(&inner, &location.inner, Some(self.routes.len() - 1), &written);
            }
        }
    }

    fn located(&self, location: &Location, block: Directive<'_>, within: Option<usize>, written: &Written) -> Route {
        let inside = self.inside;
        let mut reader =
            Reader { config: self.config, location: Some(location), server: &inside.rewrite, host: self.host, facts: Facts::default() };
        if !location.level.is_internal {
            let _ = reader.read(Place::of_server(inside)) || reader.read(Place::of(location));
        }
        let facts = reader.facts;
        let value = |name: &str| self.config.constant(location, name);
        let owner = self.owners.get(&block.head_span().start);
        Route {
            by: by(location),
            sign: sign(location, block),
            path: location.path.clone(),
            within,
            is_internal: location.level.is_internal,
            adds_slash: location.adds_slash,
            at: location.at,
            namespace: value("namespace").or_else(|| owner.map(|(namespace, _)| namespace.clone())),
            ingress: value("ingress_name").or_else(|| owner.map(|(_, name)| name.clone())),
            ingress_path: value("location_path"),
            ..self.route(Place::of(location), facts, written)
        }
    }

    /// What holds in a location, or in a server that looks for none.
    fn route(&self, place: Place<'_>, facts: Facts, written: &Written) -> Route {
        let level = place.level;
        let Facts { answer, mut redirects, rewrites, conditions } = facts;
        redirects.splice(0..0, self.to_https(place));
        let (goal, canaries) = match answer {
            Some(status) => (Goal::Answer(status), Vec::new()),
            None => goal(self.config, place),
        };
        let pass = level.pass.as_ref().map(|pass| pass.directive.as_str()).filter(|_| matches!(goal, Goal::Backend(_)));
        Route {
            by: Match::Prefix,
            sign: "",
            path: String::from("/"),
            within: None,
            is_server: false,
            is_internal: false,
            adds_slash: false,
            at: self.config.servers.first().map_or(crate::source::Span::new(crate::source::FileId(0), 0..0), |server| server.at),
            namespace: None,
            ingress: None,
            ingress_path: None,
            limits: pass.map(|pass| written.limits(pass, self.whole.default)).unwrap_or_default(),
            guards: if answer.is_some() { Vec::new() } else { guards(self.config, self.inside, place, &self.whole.zones) },
            is_any_enough: level.any == Some(true),
            unknown: unknown(level, &goal),
            goal,
            canaries,
            redirects,
            rewrites,
            conditions,
        }
    }

    /// What the controller's Lua redirects.
    fn to_https(&self, place: Place<'_>) -> Option<Redirect> {
        let Some(Lua::Ingress { inline, .. }) = &place.level.lua_rewrite else { return None };
        let is = |name: &str| match inline {
            Some(settings) => settings.iter().any(|(known, value)| known == name && *value),
            None => place.constant(self.config, name).is_some_and(|value| value == "true"),
        };
        if is("force_no_ssl_redirect") {
            return None;
        }
        // Hosts that nobody names have no certificate of their own.
        let certificate = self.config.dynamic.certificate(if self.host == "_" { "" } else { self.host });
        let when = match certificate {
            _ if is("force_ssl_redirect") => None,
            Some(Some(_)) if is("ssl_redirect") => None,
            None if is("ssl_redirect") && self.host != "_" => Some(", where the host has a certificate"),
            _ => return None,
        };
        let settings = &self.config.dynamic.settings;
        let port = if is("use_port_in_redirects") { format!(":{}", settings.https_port) } else { String::new() };
        Some(Redirect {
            kind: RedirectKind::Https,
            status: settings.is_known.then_some(settings.redirect_code),
            to: format!("https://$host{port}$request_uri"),
            when: Some(format!("plain HTTP{}", when.unwrap_or_default())),
        })
    }
}

/// The order in which the locations of a block are asked: exact ones, final prefixes, patterns as they stand, other prefixes; of the
/// prefixes the longest first.
fn rank(by: Match, is_final: bool, length: usize) -> (u8, usize) {
    match by {
        Match::Exact => (0, 0),
        Match::Prefix if is_final => (1, usize::MAX - length),
        Match::Regex => (2, 0),
        Match::Prefix | Match::Named => (3, usize::MAX - length),
    }
}

/// The same of a route.
pub(super) fn rank_of(route: &Route) -> (u8, usize) {
    rank(route.by, route.sign == "^~", route.path.len())
}

/// The sign in front of a path.
fn sign(location: &Location, block: Directive<'_>) -> &'static str {
    match location.kind {
        Kind::Exact => "=",
        Kind::Prefix if location.is_final => "^~",
        Kind::Prefix | Kind::Named => "",
        Kind::Pattern => {
            let is_caseless = block.args().next().is_some_and(|arg| arg.value().starts_with("~*"));
            if is_caseless { "~*" } else { "~" }
        }
    }
}

/// What is not known of a location.
fn unknown(level: &Level, goal: &Goal) -> Vec<String> {
    let mut all: Vec<String> = level.opaque.iter().map(|(name, _)| format!("what `{name}` does")).collect();
    let lua = [&level.lua_rewrite, &level.lua_access];
    if lua.iter().any(|lua| matches!(lua, Some(Lua::Unknown(_)))) {
        all.push(String::from("what code in Lua does with the request"));
    }
    match goal {
        Goal::Files => all.push(String::from("whether there is such a file at the proxy")),
        Goal::Unknown => all.push(String::from("what code in Lua answers")),
        Goal::Backend(upstream) if upstream.name.contains('$') => all.push(String::from("where requests are passed to")),
        Goal::Backend(_) | Goal::Answer(_) => {}
    }
    all
}
