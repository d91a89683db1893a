//! Values of variables and of texts with variables, at the time at which they are asked for.

use std::borrow::Cow;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;

use super::Run;
use super::address::listed;
use crate::nginx::Groups;
use crate::route::circumstances::{by_chance, share};
use crate::route::model::{Definition, Map};
use crate::route::request::Http;
use crate::route::target::escape_args;
use crate::route::text::{Part, Template, Value, Variable};

/// How deep variables may be made of each other.
const DEEPEST: usize = 400;

impl<'c> Run<'c, '_> {
    /// A text with its variables filled in; where one is not known, the whole is not.
    pub(super) fn text(&mut self, template: &'c Template) -> Value<'c> {
        self.text_at(template, false, 0).0
    }

    /// The same for what `rewrite` and `set` write: captures are escaped where nginx does so. The place where arguments begin.
    pub(super) fn script(&mut self, template: &'c Template) -> (Value<'c>, Option<usize>) {
        self.text_at(template, true, 0)
    }

    fn text_at(&mut self, template: &'c Template, is_script: bool, depth: usize) -> (Value<'c>, Option<usize>) {
        if let Some(literal) = template.literal() {
            return (Value::of(literal), None);
        }
        // One variable alone is as it is.
        if let [Part::Variable(variable)] = template.0.as_slice() {
            return (self.variable(variable, depth + 1), None);
        }
        let (mut out, mut unknown, mut args) = (Vec::new(), None, None);
        for part in &template.0 {
            match part {
                Part::Literal(text) => out.extend_from_slice(text),
                Part::Arguments => args = Some(out.len()),
                Part::Group(at) => {
                    let group = self.groups.get(*at).map(Vec::as_slice).unwrap_or_default();
                    let is_escaped = is_script && (self.quotes || args.is_some()) && (self.is_quoted || self.has_plus);
                    if is_escaped {
                        out.extend(escape_args(group));
                    } else {
                        out.extend(group);
                    }
                }
                Part::Variable(variable) => match self.variable(variable, depth + 1) {
                    Value::Known(text) => out.extend_from_slice(&text),
                    Value::Unknown(why) => unknown = unknown.or(Some(why)),
                },
            }
        }
        (unknown.map_or_else(|| Value::made(out), Value::Unknown), args)
    }

    /// A variable.
    pub(super) fn variable(&mut self, variable: &'c Variable, depth: usize) -> Value<'c> {
        match variable {
            Variable::Own(place) => self.own(*place, depth),
            Variable::Header(name) => self.header(name),
            Variable::Argument(name) => self.argument(name),
            Variable::Cookie(name) => self.cookie(name).map_or(Value::EMPTY, Value::of),
            Variable::Builtin(name) => self.builtin(name),
        }
    }

    /// A variable of the configuration; nothing where it has none of that name.
    pub(super) fn named(&mut self, place: Option<usize>) -> Value<'c> {
        place.map_or(Value::EMPTY, |place| self.own(place, 0))
    }

    /// Gives a variable a value.
    pub(super) fn set(&mut self, place: usize, value: Value<'c>) {
        self.values.set(place, value, self.config.variables.all.len());
    }

    fn own(&mut self, place: usize, depth: usize) -> Value<'c> {
        if let Some(value) = self.values.get(place) {
            return value.clone();
        }
        if depth > DEEPEST {
            return Value::EMPTY;
        }
        let config = self.config;
        let (_, definition) = &config.variables.all[place];
        let value = match definition {
            Definition::Set(None) => return Value::EMPTY,
            Definition::Set(Some(own)) => return self.variable(own, depth),
            Definition::Map(map) => self.map(map, depth),
            Definition::Geo { .. } => self.geo(definition, depth),
            Definition::Chance(parts) => {
                let shares: Vec<&str> = parts.iter().map(|(share, _)| share.as_str()).collect();
                let words: Vec<String> = shares.iter().map(|share| by_chance(share)).collect();
                self.look(|looks| looks.guesses = true);
                let chosen = self.oracle.choose(&words.iter().map(String::as_str).collect::<Vec<_>>());
                self.decision.odds.push(share(&shares, chosen));
                parts.get(chosen).map_or(Value::EMPTY, |(_, value)| self.text_at(value, false, depth).0)
            }
            Definition::Outside(why) => Value::Unknown(why.clone()),
        };
        self.set(place, value.clone());
        value
    }

    fn map(&mut self, map: &'c Map, depth: usize) -> Value<'c> {
        let source = match self.text_at(&map.source, false, depth).0 {
            Value::Known(source) => source,
            // What all of it comes to needs no knowledge.
            Value::Unknown(_) if map.is_constant() => Cow::Borrowed(b"".as_slice()),
            unknown @ Value::Unknown(_) => return unknown,
        };
        let entry = match map.find(&source) {
            Ok(entry) => entry,
            Err(why) => return Value::unknown(&format!("whether a regular expression of a map fits: {why}")),
        };
        if let Some((groups, names)) = entry.groups {
            self.found(groups, names);
        }
        self.text_at(entry.value, false, depth).0
    }

    fn geo(&mut self, definition: &'c Definition, depth: usize) -> Value<'c> {
        let Definition::Geo { source, networks, proxies, is_recursive, default } = definition else { return Value::EMPTY };
        let address = match self.text_at(source, false, depth).0 {
            Value::Known(text) => String::from_utf8_lossy(&text).parse::<IpAddr>().ok(),
            Value::Unknown(_) if self.client.is_none() => return self.geo_of_any(networks, default),
            unknown @ Value::Unknown(_) => return unknown,
        };
        let address = address.map(|address| self.behind(address, proxies, *is_recursive));
        address.map_or_else(|| Value::of(default), |address| Definition::of_address(networks, default, address))
    }

    /// What a `geo` says of a client whose address nobody gives: each of its values may be.
    fn geo_of_any(&mut self, networks: &'c [(IpNet, Vec<u8>)], default: &'c [u8]) -> Value<'c> {
        let mut ways: Vec<(&'c [u8], Vec<IpNet>)> = Vec::new();
        for (network, value) in networks.iter().filter(|(_, value)| value != default) {
            match ways.iter_mut().find(|(known, _)| known == value) {
                Some((_, all)) => all.push(*network),
                None => ways.push((value, vec![*network])),
            }
        }
        if ways.is_empty() || self.is_shown {
            return Value::of(default);
        }
        let all: Vec<IpNet> = ways.iter().flat_map(|(_, networks)| networks.iter().copied()).collect();
        let mut words = vec![format!("the client is not in {}", listed(&all))];
        words.extend(ways.iter().map(|(_, networks)| format!("the client is in {}", listed(networks))));
        self.client_is_open();
        match self.oracle.choose_again(&words.iter().map(String::as_str).collect::<Vec<_>>()) {
            0 => Value::of(default),
            chosen => Value::of(ways[chosen - 1].0),
        }
    }

    /// What a regular expression found: the numbered groups, and the variables that are named after groups.
    pub(super) fn found(&mut self, groups: Groups, names: &[(usize, usize)]) {
        for (group, place) in names {
            let value = groups.get(*group).cloned().unwrap_or_default();
            self.set(*place, Value::made(value));
        }
        self.groups = groups;
    }

    /// A header of the request by the name of its variable.
    fn header(&self, name: &str) -> Value<'c> {
        if name == "host" {
            return self.request.host.as_ref().map_or(Value::EMPTY, Value::of);
        }
        self.look(|looks| looks.add_header(&name.replace('_', "-")));
        if name == "cookie" {
            return joined(self.request.headers("cookie"), "; ");
        }
        let is_it = |own: &str| {
            own.len() == name.len()
                && own.bytes().zip(name.bytes()).all(|(own, name)| own.to_ascii_lowercase() == name || own == b'-' && name == b'_')
        };
        let found = self.request.headers.iter().filter(|(own, _)| is_it(own) && self.is_read(own));
        joined(found.map(|(_, value)| value.as_str()), ", ")
    }

    /// Whether nginx looks at a header at all: names of other letters are left out.
    pub(super) fn is_read(&self, name: &str) -> bool {
        let (reads_underscores, reads_all) = self.config.reads;
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || reads_all || byte == b'_' && reads_underscores)
    }

    fn argument(&self, name: &str) -> Value<'c> {
        self.look(|looks| looks.args = true);
        let pairs = self.args.split(|byte| *byte == b'&');
        let found = pairs.filter_map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=')?;
            pair[..at].eq_ignore_ascii_case(name.as_bytes()).then(|| pair[at + 1..].to_vec())
        });
        found.into_iter().next().map_or(Value::EMPTY, Value::made)
    }

    /// A cookie of the request.
    pub(super) fn cookie(&self, name: &str) -> Option<&'c str> {
        self.look(|looks| looks.add_header("cookie"));
        let lines = self.request.headers("cookie").flat_map(|line| line.split(';'));
        let pairs = lines.filter_map(|pair| pair.trim_start().split_once('='));
        let mut found = pairs.filter(|(own, _)| own.trim_end().eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim())
    }

    fn user(&self) -> Vec<u8> {
        self.look(|looks| looks.add_header("authorization"));
        let encoded = self.request.headers("authorization").find_map(|value| value.strip_prefix("Basic ").map(str::trim));
        let decoded = encoded.and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default();
        decoded.split(|byte| *byte == b':').next().unwrap_or_default().to_vec()
    }

    fn builtin(&mut self, name: &str) -> Value<'c> {
        let request = self.request;
        self.look(|looks| match name {
            "args" | "query_string" | "request_uri" | "escaped" | "request" => looks.args = true,
            "remote_addr" | "binary_remote_addr" | "realip_remote_addr" | "proxy_protocol_addr" => looks.client = true,
            "proxy_add_x_forwarded_for" => {
                looks.client = true;
                looks.add_header("x-forwarded-for");
            }
            "content_length" => looks.body = true,
            _ => {}
        });
        match name {
            "uri" | "document_uri" => Value::made(self.path.as_slice()),
            "fastcgi_script_name" => {
                let index = self.level.fastcgi_index.as_deref().filter(|_| self.path.ends_with(b"/")).unwrap_or_default();
                Value::made([self.path.as_slice(), index.as_bytes()].concat())
            }
            "args" | "query_string" => Value::made(self.args.as_slice()),
            "is_args" => Value::of(if self.args.is_empty() { "" } else { "?" }),
            "request_uri" => Value::Known(self.unparsed.clone()),
            "escaped" => Value::made(component(&self.unparsed)),
            "request_method" => Value::of(self.method),
            "request" => {
                let version = self.protocol();
                Value::made([request.method.as_bytes(), b" ", &self.unparsed, b" ", version.as_bytes()].concat())
            }
            "scheme" => Value::of(if request.is_tls { "https" } else { "http" }),
            "https" => Value::of(if request.is_tls { "on" } else { "" }),
            "host" if self.host.is_empty() => Value::of(&self.config.servers[self.server].name),
            "host" => Value::Known(self.host_bytes()),
            "server_name" => Value::of(&self.config.servers[self.server].name),
            "server_port" => Value::made(self.port.to_string()),
            "server_protocol" => Value::of(self.protocol()),
            "http2" => Value::of(match (request.http, request.is_tls) {
                (Http::V2, true) => "h2",
                (Http::V2, false) => "h2c",
                (Http::V10 | Http::V11, _) => "",
            }),
            "remote_addr" | "binary_remote_addr" => self.client.map_or_else(client_unknown, |client| Value::made(client.to_string())),
            "realip_remote_addr" => self.peer(),
            "remote_user" => Value::made(self.user()),
            "content_length" => request.body.map_or(Value::EMPTY, |length| Value::made(length.to_string())),
            "content_type" => self.header("content_type"),
            "proxy_add_x_forwarded_for" => {
                let before = request.headers("x-forwarded-for").collect::<Vec<_>>().join(", ");
                let whole = |client| if before.is_empty() { format!("{client}") } else { format!("{before}, {client}") };
                self.client.map_or_else(client_unknown, |client| Value::made(whole(client)))
            }
            "ssl_server_name" => request.sni.as_ref().map_or(Value::EMPTY, Value::of),
            "proxy_protocol_addr" if self.is_announced() => self.peer(),
            "proxy_protocol_server_port" if self.is_announced() => Value::made(self.port.to_string()),
            "proxy_protocol_addr" | "proxy_protocol_port" | "proxy_protocol_server_addr" | "proxy_protocol_server_port" => Value::EMPTY,
            "ssl_client_verify" => self.verified(),
            _ if name.starts_with("ssl_client_") && self.presents_none() => Value::EMPTY,
            _ if name.starts_with("ssl_") && !request.is_tls => Value::EMPTY,
            _ if name.starts_with("www_redirect ") => self.www_redirect(&name["www_redirect ".len()..]),
            _ if name.starts_with("upstream_") || name.starts_with("sent_http_") => Value::unknown(&format!("${name}")),
            _ => crate::route::lift::beyond(name),
        }
    }

    /// The host as bytes.
    pub(super) fn host_bytes(&self) -> Cow<'c, [u8]> {
        match &self.host {
            Cow::Borrowed(host) => Cow::Borrowed(host.as_bytes()),
            Cow::Owned(host) => Cow::Owned(host.clone().into_bytes()),
        }
    }

    /// The address that the connection comes from.
    fn peer(&self) -> Value<'c> {
        if self.request.is_from_anywhere { client_unknown() } else { Value::made(self.request.client.to_string()) }
    }

    /// Whether the client is announced in front of the connection.
    fn is_announced(&self) -> bool {
        self.config.ports.get(&self.port).is_some_and(|port| port.is_proxied)
    }

    fn protocol(&self) -> &'static str {
        match self.request.http {
            Http::V10 => "HTTP/1.0",
            Http::V11 => "HTTP/1.1",
            Http::V2 => "HTTP/2.0",
        }
    }
}

/// Values of headers of one name, as nginx puts them together.
fn joined<'v>(mut values: impl Iterator<Item = &'v str>, between: &str) -> Value<'v> {
    let Some(first) = values.next() else { return Value::EMPTY };
    let mut all = Cow::Borrowed(first.as_bytes());
    for value in values {
        let all = all.to_mut();
        all.extend_from_slice(between.as_bytes());
        all.extend_from_slice(value.as_bytes());
    }
    Value::Known(all)
}

/// The address of a client that nobody gives.
fn client_unknown() -> Value<'static> {
    Value::unknown("the address of the client")
}

/// A text with all but plain letters escaped, as `set_escape_uri` writes it.
fn component(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2);
    for &byte in text {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte);
        } else {
            out.extend(format!("%{byte:02X}").into_bytes());
        }
    }
    out
}
