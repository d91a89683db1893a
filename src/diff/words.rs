//! What a change means, in the words of a person: which protection is lost, which host is new, which limit has another value.

use super::report::{Change, Kind, Target};

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

/// What becomes of a protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It is no longer there.
    Lost,
    /// It is there, and otherwise than before.
    Altered,
    /// It is new.
    Gained,
}

impl Fate {
    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Altered => "altered",
            Self::Gained => "gained",
        }
    }
}

/// A change in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What it is about.
    pub topic: Topic,
    /// What becomes of the protection, if it is about one.
    pub fate: Option<Fate>,
    /// What happens, as `limit of request bodies changed from 8m to 1m`.
    pub message: String,
}

/// A directive, or its name with its first argument, what people call it, and whether it protects.
type Row = (&'static str, &'static str, bool);

const NOUNS: &[Row] = &[
    ("absolute_redirect", "host names in redirects", false),
    ("access_log", "access log", false),
    ("allow", "allowed address", true),
    ("auth_basic", "password authentication", true),
    ("auth_basic_user_file", "password file", true),
    ("auth_digest", "password authentication (digest)", true),
    ("auth_digest_user_file", "password file", true),
    ("auth_request", "external authentication", true),
    ("client_body_buffer_size", "buffer for request bodies", false),
    ("client_max_body_size", "limit of request bodies", false),
    ("deny", "denied address", true),
    ("error_page", "error page", false),
    ("grpc_pass", "backend", false),
    ("keepalive_timeout", "time that connections are kept open", false),
    ("limit_conn", "limit of connections", true),
    ("limit_rate", "limit of bandwidth", true),
    ("limit_req", "limit of requests", true),
    ("listen", "listener", false),
    ("mirror", "copy of requests", false),
    ("modsecurity", "web application firewall", true),
    ("modsecurity_rules", "rules of the web application firewall", true),
    ("modsecurity_rules_file", "rules of the web application firewall", true),
    ("more_set_headers", "response header", false),
    ("proxy_buffer_size", "buffer for response headers", false),
    ("proxy_buffering", "buffering of responses", false),
    ("proxy_buffers", "buffers for responses", false),
    ("proxy_connect_timeout", "time to connect to the backend", false),
    ("proxy_http_version", "HTTP version towards the backend", false),
    ("proxy_next_upstream", "when the next endpoint is tried", false),
    ("proxy_next_upstream_tries", "number of endpoints that are tried", false),
    ("proxy_pass", "backend", false),
    ("proxy_read_timeout", "time to wait for the backend", false),
    ("proxy_request_buffering", "buffering of requests", false),
    ("proxy_send_timeout", "time to send to the backend", false),
    ("proxy_set_header", "header for the backend", false),
    ("proxy_ssl_trusted_certificate", "authorities for the backend's certificate", true),
    ("proxy_ssl_verify", "check of the backend's certificate", true),
    ("return", "fixed answer", false),
    ("rewrite", "rewriting of paths", false),
    ("satisfy", "whether all checks must pass or any", true),
    ("server_name", "names of the host", false),
    ("ssl_certificate", "certificate", false),
    ("ssl_ciphers", "ciphers", true),
    ("ssl_client_certificate", "authorities for client certificates", true),
    ("ssl_crl", "revoked client certificates", true),
    ("ssl_protocols", "TLS versions", true),
    ("ssl_verify_client", "check of client certificates", true),
    ("ssl_verify_depth", "length of chains of client certificates", true),
    ("worker_processes", "worker processes", false),
];

/// Variables of the controller that say where requests go, and whose location it is.
const BACKEND: [&str; 3] = ["set $service_name", "set $service_port", "set $proxy_upstream_name"];
/// Variables of the controller that redirect to HTTPS.
const TO_HTTPS: [&str; 2] = ["set $ssl_redirect", "set $force_ssl_redirect"];

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
        "server" if is_block && change.place.host.is_some() => route(host(change)),
        "location" if is_block => route(path(change)),
        "set" if BACKEND.contains(&&*change.name) => match (&change.place.before, &change.place.after) {
            (Some(before), Some(after)) if (&before.service, &before.port) != (&after.service, &after.port) => {
                route(format!("moved from {} to {}", service(before), service(after)))
            }
            _ => route(values("upstream", change)),
        },
        "set" if family(change) == Some("owner") => route(owner(change)),
        "set" if TO_HTTPS.contains(&&*change.name) => to_https(change),
        "server_name" | "proxy_pass" | "grpc_pass" | "rewrite" | "return" => route(values(noun(name).map_or(name, |row| row.1), change)),
        _ => setting(name, change),
    }
}

/// Says what a change of backends.json, or of another file for the Lua side, means.
#[must_use]
pub fn of_dynamic(file: &str, change: &Change) -> Words {
    let keys: Vec<&str> = change.path.iter().map(|key| &**key).collect();
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

fn noun(name: &str) -> Option<&'static Row> {
    NOUNS.binary_search_by(|row| row.0.cmp(name)).ok().map(|at| &NOUNS[at])
}

fn setting(name: &str, change: &Change) -> Words {
    let row = noun(name);
    let protects = row.is_some_and(|row| row.2);
    let fate = protects.then(|| match change.kind {
        Kind::Added => Fate::Gained,
        Kind::Removed => Fate::Lost,
        Kind::Changed | Kind::Moved => switched(change).unwrap_or(Fate::Altered),
    });
    // A header, a variable or a map is known by its own name more than by that of the directive.
    let own = format!("`{}`", change.name);
    let message = match row {
        Some((_, noun, _)) if *change.name == *name => values(noun, change),
        Some((_, noun, _)) if matches!(name, "proxy_set_header") => {
            values(&format!("{noun} `{}`", change.name[name.len()..].trim()), change)
        }
        Some((_, noun, _)) => values(noun, change),
        None => values(&own, change),
    };
    Words { topic: if protects { Topic::Protection } else { Topic::Setting }, fate, message }
}

/// Where a protection is switched on or off.
fn switched(change: &Change) -> Option<Fate> {
    match (value(change, true)?.as_str(), value(change, false)?.as_str()) {
        ("off", _) => Some(Fate::Gained),
        (_, "off") => Some(Fate::Lost),
        _ => None,
    }
}

fn to_https(change: &Change) -> Words {
    let is_on = |before| value(change, before).is_some_and(|value| value.ends_with("true"));
    let (fate, message) = match (is_on(true), is_on(false)) {
        (true, false) => (Fate::Lost, "redirect to HTTPS removed"),
        (false, true) => (Fate::Gained, "redirect to HTTPS added"),
        _ => (Fate::Altered, "redirect to HTTPS changed"),
    };
    let forced = if change.name.contains("force") { " (also without a certificate)" } else { "" };
    Words { topic: Topic::Protection, fate: Some(fate), message: format!("{message}{forced}") }
}

fn host(change: &Change) -> String {
    format!("host `{}` {}", change.place.host.as_deref().unwrap_or_default(), happened(change.kind))
}

fn path(change: &Change) -> String {
    let path = change.place.path().unwrap_or_default();
    let target = change.place.after.as_ref().or(change.place.before.as_ref()).filter(|target| !target.service.is_empty());
    let leads = target.map(|target| format!(", to {}", service(target))).unwrap_or_default();
    format!("path `{path}` {}{leads}", happened(change.kind))
}

fn owner(change: &Change) -> String {
    let name = |target: &Target| match target.ingress.is_empty() {
        true => String::from("no Ingress"),
        false => format!("Ingress `{}/{}`", target.namespace, target.ingress),
    };
    match (&change.place.before, &change.place.after) {
        (Some(before), Some(after)) => format!("belongs to {}, no longer to {}", name(after), name(before)),
        _ => values("owner", change),
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
    let shown = |before| value(change, before).filter(|value| !value.is_empty() && value.len() <= LONGEST && !value.contains('\n'));
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
        let said = report.changes.iter().map(of_configuration);
        said.map(|words| {
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
        for (live, declared, expected) in [
            (String::new(), String::from("server { server_name a.org; }"), "route: host `a.org` added"),
            (location("a", ""), String::new(), "route: path `/` removed, to Service `shop/a` port 80"),
            (location("a", ""), location("b", ""), "route: moved from Service `shop/a` port 80 to Service `shop/b` port 80"),
            (
                "client_max_body_size 8m;".into(),
                "client_max_body_size 1m;".into(),
                "setting: limit of request bodies changed from 8m to 1m",
            ),
            ("auth_basic \"a b\";".into(), String::new(), "protection lost: password authentication removed: a b"),
            (String::new(), "allow 10.0.0.0/8;".into(), "protection gained: allowed address added: 10.0.0.0/8"),
            (
                "proxy_ssl_verify on;".into(),
                "proxy_ssl_verify off;".into(),
                "protection lost: check of the backend's certificate changed from on to off",
            ),
            ("set $ssl_redirect \"true\";".into(), "set $ssl_redirect \"false\";".into(), "protection lost: redirect to HTTPS removed"),
            ("proxy_set_header A 1;".into(), "proxy_set_header A 2;".into(), "setting: header for the backend `A` changed from 1 to 2"),
            ("server_name \"a\" \"b\";".into(), "server_name \"a\";".into(), "route: names of the host changed from \"a\" \"b\" to a"),
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
        let said: Vec<_> = report.changes.iter().map(|change| of_dynamic("backends.json", change).message).collect();
        assert_eq!(
            said,
            ["endpoint 10.0.0.1:80 of `a-80` removed", "weight of canary `a-80` changed from 10 to 20", "upstream `b-80` added"]
        );
    }
}
