//! What a change means, in the words of a person: which protection is lost, which host is new, which limit has another value.

use serde_json::Value;

use super::report::{Change, Judged, Kind, Side, Target};
use crate::credentials;
use crate::protection::lua::OfCertificate;
use crate::protection::{self, Verdict};

/// What a change is about, in the order in which a reader wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Who may do what: authentication, allow lists, client certificates, limits, TLS.
    Protection,
    /// Hosts, paths and where requests go.
    Route,
    /// Everything else in nginx.conf.
    Setting,
    /// What the controller tells its Lua side without a reload: endpoints, weights, affinity, certificates.
    Dynamic,
}

impl Topic {
    /// All topics in their order.
    pub const ALL: [Self; 4] = [Self::Protection, Self::Route, Self::Setting, Self::Dynamic];

    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Protection => "protection",
            Self::Route => "route",
            Self::Setting => "setting",
            Self::Dynamic => "dynamic",
        }
    }
}

/// A change in words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Words {
    /// What it is about.
    pub topic: Topic,
    /// What became of the protection, if it is about one.
    pub fate: Option<Verdict>,
    /// What happens, as `limit of request bodies changed from 8m to 1m`.
    pub message: String,
}

/// A directive, and what people call it.
type Row = (&'static str, &'static str);

const NOUNS: &[Row] = &[
    ("absolute_redirect", "host names in redirects"),
    ("access_log", "access log"),
    ("allow", "allowed address"),
    ("auth_basic", "password authentication"),
    ("auth_basic_user_file", "password file"),
    ("auth_digest", "password authentication (digest)"),
    ("auth_digest_user_file", "password file"),
    ("auth_request", "external authentication"),
    ("client_body_buffer_size", "buffer for request bodies"),
    ("client_max_body_size", "limit of request bodies"),
    ("deny", "denied address"),
    ("error_page", "error page"),
    ("grpc_pass", "backend"),
    ("keepalive_timeout", "time that connections are kept open"),
    ("limit_conn", "limit of connections"),
    ("limit_rate", "limit of bandwidth"),
    ("limit_req", "limit of requests"),
    ("listen", "listener"),
    ("mirror", "copy of requests"),
    ("modsecurity", "web application firewall"),
    ("modsecurity_rules", "rules of the web application firewall"),
    ("modsecurity_rules_file", "rules of the web application firewall"),
    ("more_set_headers", "response header"),
    ("proxy_buffer_size", "buffer for response headers"),
    ("proxy_buffering", "buffering of responses"),
    ("proxy_buffers", "buffers for responses"),
    ("proxy_connect_timeout", "time to connect to the backend"),
    ("proxy_http_version", "HTTP version towards the backend"),
    ("proxy_next_upstream", "when the next endpoint is tried"),
    ("proxy_next_upstream_tries", "number of endpoints that are tried"),
    ("proxy_pass", "backend"),
    ("proxy_read_timeout", "time to wait for the backend"),
    ("proxy_request_buffering", "buffering of requests"),
    ("proxy_send_timeout", "time to send to the backend"),
    ("proxy_set_header", "header for the backend"),
    ("proxy_ssl_trusted_certificate", "authorities for the backend's certificate"),
    ("proxy_ssl_verify", "check of the backend's certificate"),
    ("return", "fixed answer"),
    ("rewrite", "rewriting of paths"),
    ("satisfy", "whether all checks must pass or any"),
    ("server_name", "names of the host"),
    ("ssl_certificate", "certificate"),
    ("ssl_ciphers", "ciphers"),
    ("ssl_client_certificate", "authorities for client certificates"),
    ("ssl_crl", "revoked client certificates"),
    ("ssl_protocols", "TLS versions"),
    ("ssl_verify_client", "check of client certificates"),
    ("ssl_verify_depth", "length of chains of client certificates"),
    ("worker_processes", "worker processes"),
];

/// Variables of the controller that say where requests go, and whose location it is.
const BACKEND: [&str; 3] = ["set $service_name", "set $service_port", "set $proxy_upstream_name"];

/// Lines of one location that are one change to a person have the same family.
#[must_use]
pub fn family(change: &Change) -> Option<&'static str> {
    match &*change.name {
        name if BACKEND.contains(&name) => Some("backend"),
        "set $namespace" | "set $ingress_name" => Some("owner"),
        _ => None,
    }
}

/// Says what a change of nginx.conf means.
#[must_use]
pub fn of_configuration(change: &Change) -> Words {
    let name = change.name.split(' ').next().unwrap_or_default();
    let is_block = [&change.before, &change.after].into_iter().flatten().any(|side| side.text.ends_with("{ … }"));
    let route = |message: String| Words { topic: Topic::Route, fate: None, message };
    match name {
        "location" if is_block && is_own(change) => Words { topic: Topic::Setting, fate: None, message: of_block(change) },
        "server" | "location" if is_block && (name == "location" || change.place.host.is_some()) => route(of_block(change)),
        "set" if BACKEND.contains(&&*change.name) => match (&change.place.before, &change.place.after) {
            (Some(before), Some(after)) if (&before.service, &before.port) != (&after.service, &after.port) => {
                route(format!("moved from {} to {}", service(before), service(after)))
            }
            _ => route(values("upstream", change)),
        },
        "set" if family(change) == Some("owner") => route(owner(change)),
        "return" if is_whole_answer(change) => route(answer(change)),
        "server_name" | "proxy_pass" | "grpc_pass" | "rewrite" | "return" => route(values(noun(name).map_or(name, |row| row.1), change)),
        _ => setting(name, change),
    }
}

/// Says what changes mean that are about one protection.
#[must_use]
pub fn of_protection(judged: &Judged) -> Words {
    let topic = if judged.verdict.is_some() { Topic::Protection } else { Topic::Setting };
    Words { topic, fate: judged.verdict, message: credentials::hide(&judged.message).into_owned() }
}

/// Says what became of a host or a path as a whole.
pub(super) fn of_block(change: &Change) -> String {
    if change.name.starts_with("location") { path(change) } else { host(change) }
}

/// Says what a change of backends.json, or of another file for the Lua side, means; the whole documents, where they are asked for, tell
/// what else holds.
#[must_use]
pub fn of_dynamic<'d>(file: &str, change: &Change, documents: impl FnOnce() -> (&'d Value, &'d Value)) -> Words {
    let keys: Vec<&str> = change.path.iter().map(|key| &**key).collect();
    if let ("lua.json", [key]) = (file, keys.as_slice()) {
        let (before, after) = documents();
        if let Some((verdict, message)) = protection::lua::of_setting(key, before, after) {
            return Words { topic: Topic::Protection, fate: Some(verdict), message };
        }
    }
    let message = match (file, keys.as_slice()) {
        ("backends.json", [upstream]) => format!("upstream `{upstream}` {}", happened(change.kind)),
        ("backends.json", [upstream, "endpoints", endpoint]) => format!("endpoint {endpoint} of `{upstream}` {}", happened(change.kind)),
        ("backends.json", [upstream, "trafficShapingPolicy", "weight"]) => values(&format!("weight of canary `{upstream}`"), change),
        ("backends.json", [upstream, rest @ ..]) => values(&format!("`{}` of `{upstream}`", rest.join(".")), change),
        ("certificates.json", [host]) => values(&format!("certificate of host `{host}`"), change),
        (_, keys) => values(&format!("`{}`", keys.join(".")), change),
    };
    Words { topic: Topic::Dynamic, fate: None, message }
}

/// Says what a change of the certificate of a host means; `follows` says what hangs on it on the first side or the second.
#[must_use]
pub fn of_certificate(host: &str, [before, after]: [&Value; 2], follows: impl Fn(bool) -> OfCertificate) -> Option<Words> {
    let (fate, message) = protection::lua::of_certificate(host, before, after, follows)?;
    let topic = if fate.is_some() { Topic::Protection } else { Topic::Setting };
    Some(Words { topic, fate, message })
}

fn noun(name: &str) -> Option<&'static Row> {
    NOUNS.binary_search_by(|row| row.0.cmp(name)).ok().map(|at| &NOUNS[at])
}

fn setting(name: &str, change: &Change) -> Words {
    let row = noun(name);
    // A header, a variable or a map is known by its own name more than by that of the directive.
    let own = format!("`{}`", change.name);
    let message = match row {
        Some((_, noun)) if *change.name == *name => values(noun, change),
        Some((_, noun)) if matches!(name, "proxy_set_header") => values(&format!("{noun} `{}`", change.name[name.len()..].trim()), change),
        Some((_, noun)) => values(noun, change),
        None => values(&own, change),
    };
    Words { topic: Topic::Setting, fate: None, message }
}

fn host(change: &Change) -> String {
    const MOST: usize = 5;
    let routes = &change.place.routes;
    // To say that there is one more takes no less room than to name it.
    let most = if routes.len() == MOST + 1 { MOST + 1 } else { MOST };
    let mut shown: Vec<String> = routes.iter().take(most).map(|target| format!("`{}` to {}", target.path, service(target))).collect();
    if routes.len() > most {
        shown.push(format!("{} more paths", routes.len() - most));
    }
    let with = if shown.is_empty() { String::new() } else { format!(", with {}", shown.join(", ")) };
    format!("host `{}` {}{with}", change.place.host.as_deref().unwrap_or_default(), happened(change.kind))
}

/// Whether a `return` stands in a host or route itself, and not behind a condition.
fn is_whole_answer(change: &Change) -> bool {
    change.path.last().is_some_and(|block| block.starts_with("location ") || block.starts_with("server "))
}

/// A route or host that answers by itself from now on, or no longer does.
fn answer(change: &Change) -> String {
    let place = &change.place;
    let leads = |target: &Option<std::sync::Arc<Target>>| {
        target.as_ref().filter(|target| !target.service.is_empty()).map(|target| format!(" to {}", service(target))).unwrap_or_default()
    };
    match (change.kind, value(change, true), value(change, false)) {
        (Kind::Added, _, Some(now)) => format!("answers {now} by itself, and no longer leads on{}", leads(&place.before)),
        (Kind::Removed, Some(before), _) => format!("leads on{}, and no longer answers {before} by itself", leads(&place.after)),
        _ => values("fixed answer", change),
    }
}

/// How the names of locations begin that the controller has for itself.
const OWN: [&str; 3] = ["location @", "location = /_external-auth-", "location = /_mirror-"];

/// Whether a location is one that the controller has for itself: that it comes or goes follows from what needs it.
#[must_use]
pub fn is_own(change: &Change) -> bool {
    OWN.iter().any(|beginning| change.name.starts_with(beginning))
}

fn path(change: &Change) -> String {
    let path = change.place.path().unwrap_or_default();
    let target = change.place.after.as_ref().or(change.place.before.as_ref()).filter(|target| !target.service.is_empty());
    let leads = target.map(|target| format!(", to {}", service(target))).unwrap_or_default();
    let is_pattern = |side: &Option<Side>| side.as_ref().is_some_and(|side| side.text.starts_with("location ~"));
    match (change.kind, is_pattern(&change.before), is_pattern(&change.after)) {
        (Kind::Changed, false, true) => format!("path `{path}` became a regular expression"),
        (Kind::Changed, true, false) => format!("path `{path}` is no longer a regular expression"),
        (Kind::Changed, ..) if path.starts_with('@') => String::from("a location of the controller's own has another name"),
        (kind, ..) if is_own(change) => format!("location `{path}` of the controller's own {}", happened(kind)),
        (Kind::Changed, ..) => format!("path `{path}` is matched otherwise"),
        (kind, ..) => format!("path `{path}` {}{leads}", happened(kind)),
    }
}

fn owner(change: &Change) -> String {
    let name = |target: &Target| match target.ingress.is_empty() {
        true => String::from("no Ingress"),
        false => format!("Ingress `{}/{}`", target.namespace, target.ingress),
    };
    match (&change.place.before, &change.place.after) {
        (Some(before), Some(after)) => format!("belongs to {}, no longer to {}", name(after), name(before)),
        (None, Some(after)) => format!("belongs to {}, and was nobody's", name(after)),
        (Some(before), None) => format!("is nobody's, and no longer of {}", name(before)),
        (None, None) => values("owner", change),
    }
}

fn service(target: &Target) -> String {
    match (target.service.as_str(), target.port.as_str()) {
        ("", _) => String::from("the default backend"),
        (service, "") => format!("Service `{}/{service}`", target.namespace),
        (service, port) => format!("Service `{}/{service}` port {port}", target.namespace),
    }
}

fn happened(kind: Kind) -> &'static str {
    match kind {
        Kind::Added => "added",
        Kind::Removed => "removed",
        Kind::Changed => "changed",
        Kind::Moved => "stands at another place",
    }
}

/// What happened to something that has a value.
fn values(noun: &str, change: &Change) -> String {
    const LONGEST: usize = 80;
    let is_shown = |value: &String| !value.is_empty() && value.len() <= LONGEST && !value.contains('\n') && !value.starts_with("/_mirror-");
    let shown = |before| value(change, before).filter(is_shown);
    match (change.kind, shown(true), shown(false)) {
        (Kind::Changed, Some(before), Some(after)) => format!("{noun} changed from {before} to {after}"),
        (Kind::Added, _, Some(value)) | (Kind::Removed, Some(value), _) => format!("{noun} {}: {value}", happened(change.kind)),
        (kind, ..) => format!("{noun} {}", happened(kind)),
    }
}

/// The arguments of a directive behind those that name it, or a JSON value.
fn value(change: &Change, before: bool) -> Option<String> {
    let side = if before { change.before.as_ref()? } else { change.after.as_ref()? };
    if side.span.is_none() {
        return Some(side.text.clone());
    }
    let text = side.text.trim_end_matches(';');
    let name = change.name.split(' ').next().unwrap_or_default();
    let rest = text.strip_prefix(name).unwrap_or(text).trim_start();
    // Of a directive that is one of many, as a header, the name is no part of the value.
    let own = change.name[name.len()..].trim_start();
    let is_named = matches!(name, "set" | "proxy_set_header" | "grpc_set_header" | "add_header");
    let behind = || Some(rest.trim_start_matches(['"', '\'']).strip_prefix(own)?.trim_start_matches(['"', '\'']).trim_start());
    let value = if is_named { behind().unwrap_or(rest) } else { rest };
    // Of names, each may stand in quotes.
    if name == "server_name" {
        return Some(value.replace(['"', '\''], ""));
    }
    Some(unquoted(value).unwrap_or(value).trim().to_owned())
}

/// The text between quotes, where they are around the whole.
fn unquoted(text: &str) -> Option<&str> {
    let inner = text.strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])?;
    (!inner.contains(['"', '\''])).then_some(inner)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::source::FileId;
    use crate::{conf, diff};

    fn words(live: &str, declared: &str) -> Vec<String> {
        let (live, declared) = (conf::parse(FileId(0), live), conf::parse(FileId(1), declared));
        let report = diff::compare(&declared.value, &live.value);
        let told = report.judged.iter().map(of_protection);
        let is_told = |at: &usize| !report.judged.iter().any(|judged| judged.changes.contains(at));
        let others = (0..report.changes.len()).filter(is_told).map(|at| of_configuration(&report.changes[at]));
        told.chain(others)
            .map(|words| {
                let fate = words.fate.map(|fate| format!(" {}", fate.name())).unwrap_or_default();
                format!("{}{fate}: {}", words.topic.name(), words.message)
            })
            .collect()
    }

    #[test]
    fn rows_are_sorted() {
        assert!(NOUNS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn changes_are_told_in_words() {
        let location = |service: &str, more: &str| {
            let own =
                format!("set $namespace \"shop\"; set $ingress_name \"web\"; set $service_name \"{service}\"; set $service_port \"80\";");
            format!("location / {{ {own} set $location_path \"/\"; {more} }}")
        };
        let inside = |text: &str| format!("server {{ server_name a; location / {{ {text} }} }}");
        for (live, declared, expected) in [
            (String::new(), String::from("server { server_name a.org; }"), "route: host `a.org` added"),
            (location("a", ""), String::new(), "route: path `/` removed, to Service `shop/a` port 80"),
            (location("a", ""), location("b", ""), "route: moved from Service `shop/a` port 80 to Service `shop/b` port 80"),
            (
                "client_max_body_size 8m;".into(),
                "client_max_body_size 1m;".into(),
                "setting: limit of request bodies changed from 8m to 1m",
            ),
            (inside("auth_basic \"a b\";"), inside(""), "protection lost: password authentication removed: a b"),
            (
                inside("deny all;"),
                inside("allow 10.0.0.0/8; deny all;"),
                "protection weaker: addresses are no longer all denied; allowed addresses: added 10.0.0.0/8",
            ),
            (
                inside("proxy_ssl_verify on;"),
                inside("proxy_ssl_verify off;"),
                "protection lost: certificate of the backend is no longer checked",
            ),
            (
                inside("allow 10.0.0.0/8; deny all;"),
                inside("allow 10.0.0.0/8; allow 10.0.0.1; deny all;"),
                "setting: allowed addresses: added 10.0.0.1, with the same effect",
            ),
            (inside("auth_basic a; } location /b { auth_basic a;"), inside("auth_basic a;"), "route: path `/b` removed"),
            (
                inside("} location /b { deny all;"),
                inside(""),
                "protection lost: path `/b` removed; its requests reach path `/` now: list of denied addresses (all) removed",
            ),
            (
                inside("auth_basic a;"),
                inside("auth_basic a; } location /b {"),
                "protection lost: path `/b` added; its requests reached path `/` before: password authentication removed: a",
            ),
            ("proxy_set_header A 1;".into(), "proxy_set_header A 2;".into(), "setting: header for the backend `A` changed from 1 to 2"),
            ("server_name \"a\" \"b\";".into(), "server_name \"a\";".into(), "route: names of the host changed from a b to a"),
            ("odd 1;".into(), "odd 2;".into(), "setting: `odd` changed from 1 to 2"),
            ("x_by_lua_block { a }".into(), "x_by_lua_block { b }".into(), "setting: `x_by_lua_block` changed from { a } to { b }"),
        ] {
            assert_eq!(words(&live, &declared).first().map(String::as_str), Some(expected), "{live} / {declared}");
        }
    }

    #[test]
    fn dynamic_changes_are_told_in_words() {
        let live = serde_json::json!([{"name": "a-80", "endpoints": [{"address": "10.0.0.1", "port": "80"}], "trafficShapingPolicy": {"weight": 10}}]);
        let declared = serde_json::json!([{"name": "a-80", "endpoints": [], "trafficShapingPolicy": {"weight": 20}}, {"name": "b-80"}]);
        let report = diff::json::compare(&declared, &live);
        let said: Vec<_> = report.changes.iter().map(|change| of_dynamic("backends.json", change, || (&live, &declared)).message).collect();
        assert_eq!(
            said,
            ["endpoint 10.0.0.1:80 of `a-80` removed", "weight of canary `a-80` changed from 10 to 20", "upstream `b-80` added"]
        );
    }
}
