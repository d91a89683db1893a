//! The classes of hosts: those of one class have the same servers on both sides.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::term::{Input, Term};
use super::test::Test;
use super::walk::Arrival;
use super::words::{self, Budget};
use super::work::Work;
use crate::nginx;
use crate::route::config::Config;
use crate::route::model::{Definition, Found, Name};
use crate::route::streamed::Leads;

/// What a search over hosts may take.
const BUDGET: Budget = Budget { bytes: 32 << 20, states: 100_000 };

/// Hosts with the same servers.
#[derive(Debug, Clone)]
pub(in crate::route) struct Class {
    /// How people call it.
    pub(in crate::route) label: String,
    /// One of them.
    pub(in crate::route) name: String,
    /// There are others.
    pub(in crate::route) is_many: bool,
    /// Both sides have the host in the same words, and it is left out of both.
    pub(in crate::route) is_left_out: bool,
}

impl Class {
    /// That of all hosts which nobody names.
    pub(in crate::route) fn others(name: String) -> Self {
        Self::of_many(String::from(OTHERS), name)
    }

    fn of_one(name: &str, is_left_out: bool) -> Self {
        Self { label: name.to_owned(), name: name.to_owned(), is_many: false, is_left_out }
    }

    fn of_many(label: String, name: String) -> Self {
        Self { label, name, is_many: true, is_left_out: false }
    }
}

/// All classes with hosts that are left out on both sides, and why some hosts are in none of them.
pub(in crate::route) fn classes<'n>(sides: [&'n Config<'_>; 2], left_out: &'n BTreeSet<String>) -> (Vec<Class>, Option<String>) {
    let names = || sides.into_iter().flat_map(|config| config.servers.iter().flat_map(|server| &server.names));
    let (mut exact, mut heads, mut tails, mut patterns, mut open) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), Vec::new(), None);
    for name in names() {
        match name {
            Name::Exact(name) if is_host(name) => drop(exact.insert(name.as_str())),
            Name::Exact(_) => {}
            Name::Head(head) => drop(heads.insert(head.as_str())),
            Name::Tail(tail) => drop(tails.insert(tail.as_str())),
            Name::Pattern(Ok(pattern), _) => patterns.push(pattern),
            Name::Pattern(Err(why), _) => open = Some(format!("a regular expression among names of servers: {why}")),
        }
    }
    for definition in sides.iter().flat_map(|config| config.stream_variables.all.iter().map(|(_, definition)| definition)) {
        let Definition::Map(map) = definition else { continue };
        let texts = map.exact.keys().filter_map(|text| std::str::from_utf8(text).ok());
        exact.extend(texts.filter(|text| is_host(text)));
        heads.extend(map.heads.iter().filter_map(|(text, _)| std::str::from_utf8(text).ok()));
        if !map.patterns.is_empty() || !map.tails.is_empty() {
            open = Some(String::from("expressions among the names by which connections are passed on"));
        }
    }
    let certified: Vec<String> = sides.iter().flat_map(|config| config.dynamic.certified()).collect();
    for host in &certified {
        match host.strip_prefix('*') {
            Some(head) => drop(heads.insert(head)),
            None if is_host(host) => drop(exact.insert(host.as_str())),
            None => {}
        }
    }
    exact.extend(left_out.iter().map(String::as_str));
    let mut classes: Vec<Class> = exact.iter().map(|name| Class::of_one(name, left_out.contains(*name))).collect();
    if tails.is_empty() && patterns.is_empty() {
        for head in &heads {
            classes.push(Class::of_many(format!("*{head}"), fresh(head, &exact, &heads)));
        }
        classes.push(Class::others(fresh("", &exact, &heads)));
        return (classes, open);
    }
    let mut tests: Vec<Test> = exact.iter().map(|name| Test::Is(name.as_bytes().to_vec())).collect();
    let known = tests.len();
    tests.extend(heads.iter().map(|head| Test::Ends(head.as_bytes().to_vec())));
    tests.extend(tails.iter().map(|tail| Test::Begins(tail.as_bytes().to_vec())));
    tests.extend(patterns.into_iter().map(Test::fits));
    let all: Option<Vec<_>> = std::iter::once(nginx::parsed(HOSTS, false)).chain(tests.iter().map(Test::of_path)).collect();
    match all.and_then(|all| words::regions(&all, BUDGET, &Work::new(0, 0))) {
        Some(regions) => {
            let others = regions.into_iter().filter(|region| region.fits.iter().all(|at| *at == 0 || *at > known));
            classes.extend(others.filter_map(|region| {
                let name = String::from_utf8(region.words.into_iter().next()?).ok()?;
                let label = if region.fits.len() == 1 { String::from(OTHERS) } else { format!("hosts like {name}") };
                Some(Class::of_many(label, name))
            }));
        }
        None => open = Some(String::from("names of servers with regular expressions that take too many states together")),
    }
    (classes, open)
}

/// Where requests of a class arrive; nowhere where nothing listens.
pub(in crate::route) fn arrival(config: &Config<'_>, class: &Class, is_tls: bool) -> Result<Option<Arrival>, String> {
    let mut usual = if is_tls { 443 } else { 80 };
    let mut passed = None;
    for _ in 0..=config.streams.len() {
        let Some(stream) = config.streams.get(&usual) else { break };
        match config.leads(stream, if is_tls { &class.name } else { "" }) {
            Some(Leads::Here(port)) => usual = port,
            Some(Leads::On(upstream, _)) => {
                passed = Some(upstream);
                break;
            }
            None => return Err(String::from("TCP that is passed on before requests are read")),
        }
    }
    let led = config.ports.get(&usual).map(|servers| (usual, servers));
    // Who passes it on needs no server of its own.
    let any = || config.ports.iter().next().filter(|_| passed.is_some()).map(|(port, servers)| (*port, servers));
    let Some((port, servers)) = led.or_else(|| config.listener(is_tls, None)).or_else(any) else { return Ok(None) };
    if servers.is_tls != is_tls && passed.is_none() {
        return Ok(None);
    }
    if servers.is_split {
        return Err(format!("servers of port {port} that listen at different addresses"));
    }
    let (server, pattern) = match servers.find(&class.name, &config.servers) {
        Found::Named(at) => (at, None),
        Found::Default => (servers.default, None),
        Found::Unclear(_) => return Err(String::from("a regular expression among names of servers")),
        Found::Fitting(at, index) => match &config.servers[at].names[index] {
            Name::Pattern(Ok(pattern), names) => (at, Some((Arc::clone(pattern), names.clone()))),
            _ => (at, None),
        },
    };
    let host = if class.is_many { Term::Input(Input::Host) } else { Term::of(&class.name) };
    Ok(Some(Arrival { is_tls, port, server, name: class.name.clone(), host, pattern, is_proxied: servers.is_proxied, passed }))
}

/// The class of all hosts that nobody names.
pub(in crate::route) const OTHERS: &str = "any other host";

/// Hosts as nginx compares them.
const HOSTS: &str = r"\A(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\z";

pub(super) fn is_host(name: &str) -> bool {
    crate::route::host::valid(name).as_deref() == Some(name) && name != "_"
}

/// A host with this end that is none of those that have names.
fn fresh(end: &str, exact: &BTreeSet<&str>, heads: &BTreeSet<&str>) -> String {
    let labels = ["a", "b", "c", "other", "another"].into_iter().map(str::to_owned).chain((0..).map(|at| format!("host-{at}")));
    let names = labels.map(|label| if end.is_empty() { format!("{label}.example") } else { format!("{label}{end}") });
    let is_free = |name: &String| {
        let longest = name.char_indices().filter(|(at, letter)| *letter == '.' && *at > 0).find(|(at, _)| heads.contains(&name[*at..]));
        !exact.contains(name.as_str()) && longest.map_or("", |(at, _)| &name[at..]) == end
    };
    names.into_iter().take(100_000).find(is_free).unwrap_or_else(|| format!("zq-zq-zq{end}"))
}
