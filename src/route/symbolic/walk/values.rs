//! Values of variables, and texts with variables.

use std::sync::Arc;

use super::lua::chance;
use super::{Groups, Walk};
use crate::route::model::{Definition, Map, Verification};
use crate::route::symbolic::term::{CONNECTION, FORWARDED, Input, Op, Term};
use crate::route::symbolic::test::Test;
use crate::route::text::{Part, Template, Variable};

/// Entries of a table that are looked at one by one where the table is taken as a whole.
const MOST_SETTLED: usize = 4;
/// How deep variables may be made of each other.
const DEEPEST: usize = 400;

impl Walk<'_, '_, '_, '_> {
    pub(super) fn term(&mut self, template: &Template) -> Term {
        self.term_at(template, false, 0).0
    }

    /// The same for what `rewrite` and `set` write, and the arguments in it.
    pub(super) fn script(&mut self, template: &Template) -> (Term, Option<Term>) {
        self.term_at(template, true, 0)
    }

    fn term_at(&mut self, template: &Template, is_script: bool, depth: usize) -> (Term, Option<Term>) {
        if let Some(literal) = template.literal() {
            return (Term::of(literal), None);
        }
        let (mut parts, mut args): (Vec<Term>, Option<Vec<Term>>) = (Vec::new(), None);
        for part in &template.0 {
            let term = match part {
                Part::Literal(text) => Term::of(text),
                Part::Arguments => {
                    args = Some(Vec::new());
                    continue;
                }
                Part::Group(at) => {
                    let group = self.group(*at);
                    if is_script && (self.quotes || args.is_some()) { group.apply(Op::EscapeArgsIfQuoted) } else { group }
                }
                Part::Variable(variable) => self.variable(variable, depth + 1),
            };
            args.as_mut().unwrap_or(&mut parts).push(term);
        }
        (Term::join(parts), args.map(Term::join))
    }

    fn group(&mut self, at: usize) -> Term {
        match self.groups.clone() {
            Groups::Of(pattern, of) => self.assumed.group(&of, &pattern, at),
            Groups::None => Term::of(""),
            Groups::Open => Term::outside(format!("a group of side {}", self.side.number)),
        }
    }

    pub(super) fn variable(&mut self, variable: &Variable, depth: usize) -> Term {
        match variable {
            Variable::Own(place) => self.own(*place, depth),
            Variable::Header(name) if &**name == "host" => Term::Input(Input::HttpHost),
            Variable::Header(name) => Term::header(name),
            Variable::Argument(name) if self.args == Term::Input(Input::Args) => {
                Term::Input(Input::Argument(name.to_ascii_lowercase().into()))
            }
            Variable::Argument(name) => Term::outside(format!("argument {name} of {:?}", self.args)),
            Variable::Cookie(name) => Term::Input(Input::Cookie(name.to_ascii_lowercase().into())),
            Variable::Builtin(name) => self.builtin(name),
        }
    }

    pub(super) fn named(&mut self, name: &str) -> Term {
        match self.side.config.variables.places.get(name) {
            Some(&place) => self.own(place, 0),
            None => Term::of(""),
        }
    }

    fn own(&mut self, place: usize, depth: usize) -> Term {
        if let Some((_, value)) = self.values.iter().find(|(known, _)| *known == place) {
            return value.clone();
        }
        if depth > DEEPEST {
            return Term::outside(format!("variable {place} of side {}", self.side.number));
        }
        let config = self.side.config;
        let (name, definition) = &config.variables.all[place];
        let value = match definition {
            Definition::Set(None) => return Term::of(""),
            Definition::Set(Some(own)) => return self.variable(own, depth),
            Definition::Map(map) => self.map(name, map, depth),
            Definition::Geo { source, networks, proxies, default, .. } => {
                let source = self.term_at(source, false, depth).0;
                let is_plain = proxies.is_empty() && matches!(source, Term::Input(Input::Client(_)));
                if is_plain && self.assumed.opens_tables { self.geo(&source, networks, default) } else { self.lookup(name, vec![source]) }
            }
            Definition::Chance(parts) => {
                let definition = self.side.definition(name);
                let question = match parts.as_slice() {
                    [(share, _), (rest, _)] if rest == "*" && !self.side.is_same_words => thousandths(share).map(chance),
                    _ => None,
                };
                let chosen = self.assumed.choose(question.unwrap_or_else(|| format!("chance {definition}")), parts.len().max(1));
                parts.get(chosen).map_or_else(|| Term::of(""), |(_, value)| self.term_at(value, false, depth).0)
            }
            Definition::Outside(why) => Term::outside(format!("{why} {}", self.side.definition(name))),
        };
        self.set(place, value.clone());
        value
    }

    fn lookup(&self, name: &str, of: Vec<Term>) -> Term {
        Term::lookup(self.side.definition(name), of)
    }

    fn geo(&mut self, source: &Term, networks: &[(ipnet::IpNet, Vec<u8>)], default: &[u8]) -> Term {
        let table = Arc::new((networks.to_vec(), default.to_vec()));
        let mut values: Vec<&Vec<u8>> = networks.iter().map(|(_, value)| value).collect();
        values.sort();
        values.dedup();
        let found = values.into_iter().find(|value| self.assumed.ask(source, &Test::Network(Arc::clone(&table), (*value).clone())));
        Term::of(found.map_or(default, Vec::as_slice))
    }

    fn map(&mut self, name: &str, map: &Map, depth: usize) -> Term {
        let source = self.term_at(&map.source, false, depth).0;
        let literal = source.literal().map(<[u8]>::to_vec);
        if map.is_constant() {
            return self.term_at(&map.default, false, depth).0;
        }
        // Expressions about what others have found are not looked into: tables that are made of each other would have a way for each.
        let is_plain = matches!(source, Term::Input(_)) || map.patterns.is_empty();
        if !self.side.has_files(name) && (literal.is_some() || self.assumed.opens_tables && is_plain) {
            return self.entry(map, &source, depth);
        }
        // Whatever the value is, the first expression fits it.
        let is_first = map.exact.is_empty() && map.heads.is_empty() && map.tails.is_empty() && !map.is_of_hosts;
        if !self.side.has_files(name)
            && let Some((Ok(pattern), names, value)) = map.patterns.first().filter(|_| is_first)
            && Test::fits(pattern).is_always()
        {
            self.found(pattern, &source, names);
            return self.term_at(value, false, depth).0;
        }
        if !self.side.has_files(name)
            && let Some(value) = self.settled_entry(map, &source)
        {
            return self.term_at(value, false, depth).0;
        }
        let values = map.exact.values().chain(map.heads.iter().chain(&map.tails).map(|(_, value)| value));
        let values = values.chain(map.patterns.iter().map(|(_, _, value)| value)).chain([&map.default]);
        let mut variables: Vec<&Variable> = Vec::new();
        for part in values.flat_map(|value| &value.0) {
            if let Part::Variable(variable) = part
                && !variables.contains(&variable)
            {
                variables.push(variable);
            }
        }
        variables.sort_by_key(|variable| format!("{variable:?}"));
        // Groups with names are functions of the source.
        let groups: Vec<usize> = map.patterns.iter().flat_map(|(_, names, _)| names.iter().map(|(_, place)| *place)).collect();
        let is_group = |variable: &&Variable| matches!(variable, Variable::Own(place) if groups.contains(place));
        let others: Vec<Term> =
            variables.into_iter().filter(|variable| !is_group(variable)).map(|variable| self.variable(variable, depth + 1)).collect();
        let all: Vec<Term> = std::iter::once(source).chain(others).collect();
        if !map.patterns.is_empty() {
            self.groups = Groups::Open;
            for (group, place) in map.patterns.iter().flat_map(|(_, names, _)| names) {
                let value = Term::lookup(format!("group {group} of {}", self.side.definition(name)), all.clone());
                self.set(*place, value);
            }
        }
        self.lookup(name, all)
    }

    /// What a table has for a value, in nginx's order.
    fn entry(&mut self, map: &Map, source: &Term, depth: usize) -> Term {
        let plain = match source.literal() {
            Some(text) => map.plain(text),
            None => self.plain_entry(map, source),
        };
        if let Some(value) = plain {
            return self.term_at(value, false, depth).0;
        }
        for (pattern, names, value) in &map.patterns {
            match pattern {
                Ok(pattern) if self.assumed.ask(source, &Test::fits(pattern)) => {
                    self.found(pattern, source, names);
                    return self.term_at(value, false, depth).0;
                }
                Ok(_) => {}
                Err(why) => return Term::outside(format!("a map: {why} {source:?} side {}", self.side.number)),
            }
        }
        self.term_at(&map.default, false, depth).0
    }

    /// What a table without expressions has for a value, where that follows from what is assumed.
    fn settled_entry<'m>(&mut self, map: &'m Map, source: &Term) -> Option<&'m Template> {
        if map.is_of_hosts || !map.patterns.is_empty() || map.exact.len() + map.heads.len() + map.tails.len() > MOST_SETTLED {
            return None;
        }
        for (test, value) in tests(map) {
            if self.assumed.settled(source, &test)? {
                return Some(value);
            }
        }
        Some(&map.default)
    }

    /// The same without a look at the expressions.
    fn plain_entry<'m>(&mut self, map: &'m Map, source: &Term) -> Option<&'m Template> {
        let is_of_hosts = map.is_of_hosts;
        for (test, value) in tests(map) {
            // A final dot of a host does not count, and its case does not.
            let holds = if is_of_hosts {
                self.assumed.choose(format!("{source:?} as a host: {test:?}"), 2) == 1
            } else {
                self.assumed.ask(source, &test)
            };
            if holds {
                return Some(value);
            }
        }
        None
    }

    pub(super) fn builtin(&mut self, name: &str) -> Term {
        let config = self.side.config;
        let server_name = || Term::of(&config.servers[self.arrival.server].name);
        match name {
            "uri" | "document_uri" => self.path.clone(),
            "fastcgi_script_name" => {
                let index = Term::of(self.level.fastcgi_index.clone().unwrap_or_default());
                if index.is_empty() { self.path.clone() } else { Term::lookup("script name", vec![self.path.clone(), index]) }
            }
            "args" | "query_string" => self.args.clone(),
            "is_args" => self.args.apply(Op::IsArgs),
            "request_uri" => Term::Input(Input::Target),
            "escaped" => Term::Input(Input::Target).apply(Op::Component),
            "request_method" => self.method.clone(),
            "scheme" => Term::of(if self.arrival.is_tls { "https" } else { "http" }),
            "https" => Term::of(if self.arrival.is_tls { "on" } else { "" }),
            "host" => self.arrival.host.clone(),
            "server_name" => server_name(),
            "server_port" => Term::of(self.arrival.port.to_string()),
            "remote_addr" | "binary_remote_addr" => self.client.clone(),
            "realip_remote_addr" => Term::Input(Input::Client(CONNECTION.into())),
            "remote_user" => Term::header("authorization").apply(Op::User),
            "content_type" => Term::header("content_type"),
            FORWARDED => Term::lookup(FORWARDED, vec![Term::header("x_forwarded_for"), self.client.clone()]),
            "ssl_server_name" if self.arrival.is_tls => self.arrival.host.clone(),
            "ssl_client_verify" => self.verified(),
            _ if name.starts_with("ssl_") && !self.arrival.is_tls => Term::of(""),
            _ if name.starts_with("ssl_client_") && self.presents_none() => Term::of(""),
            _ if name.starts_with("proxy_protocol_") && !self.arrival.is_proxied => Term::of(""),
            _ if name.starts_with("www_redirect ") => self.www_redirect(&name["www_redirect ".len()..]),
            "lua" => Term::outside(format!("lua of side {}", self.side.number)),
            // What the connection, the time or the machine says is the same for both.
            _ => Term::outside(format!("${name}")),
        }
    }

    /// Whether the client has shown no certificate.
    fn presents_none(&mut self) -> bool {
        !self.arrival.is_tls || self.verification() == Verification::Off || self.shown_certificate() == 0
    }

    pub(super) fn verification(&self) -> Verification {
        self.side.config.inside(self.arrival.server).verification.0
    }

    /// What the client presents: nothing, a valid one, another.
    pub(super) fn shown_certificate(&mut self) -> usize {
        self.assumed.choose(CERTIFICATE, 3)
    }

    fn verified(&mut self) -> Term {
        if !self.arrival.is_tls {
            return Term::of("");
        }
        if self.presents_none() {
            return Term::of("NONE");
        }
        if self.shown_certificate() == 1 { Term::of("SUCCESS") } else { Term::outside("$ssl_client_verify") }
    }
}

/// What a table without expressions asks of a value, in nginx's order.
fn tests(map: &Map) -> impl Iterator<Item = (Test, &Template)> {
    let mut exact: Vec<(&Vec<u8>, &Template)> = map.exact.iter().collect();
    exact.sort_by_key(|(text, _)| *text);
    // What has no letters has no case.
    let is = |text: &Vec<u8>| {
        if text.iter().any(u8::is_ascii_alphabetic) { Test::Caseless(text.clone()) } else { Test::Is(text.clone()) }
    };
    let exact = exact.into_iter().map(move |(text, value)| (is(text), value));
    let heads = map.heads.iter().map(|(text, value)| (Test::Ends(text.clone()), value));
    let tails = map.tails.iter().map(|(text, value)| (Test::Begins(text.clone()), value));
    exact.chain(heads).chain(tails)
}

/// A share as `10.00%`, in thousandths of a percent.
fn thousandths(share: &str) -> Option<u64> {
    let (whole, part) = share.strip_suffix('%')?.split_once('.').unwrap_or((share.strip_suffix('%')?, ""));
    let part: u64 = if part.is_empty() { 0 } else { format!("{part:0<3}").get(..3)?.parse().ok()? };
    Some(whole.parse::<u64>().ok()? * 1000 + part)
}

/// The question for the certificate of the client.
pub(in crate::route) const CERTIFICATE: &str = "certificate of the client";
