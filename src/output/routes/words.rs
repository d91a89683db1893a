//! What is said of a route, in a few words. Passwords and tokens in addresses are hidden.

use std::borrow::Cow;

use crate::credentials::hide;
use crate::route::{Canary, Certificate, CheckKind, Goal, Guard, Host, HostKind, Limit, Match, Redirect, RedirectKind, Route, Upstream};

/// A host, as it is named to people.
pub(in crate::output) fn host(host: &Host) -> Cow<'_, str> {
    if host.kind == HostKind::Default { Cow::Borrowed("all other hosts") } else { Cow::Borrowed(&host.name) }
}

/// How a name is compared, for machines.
pub(super) fn kind(kind: HostKind) -> &'static str {
    match kind {
        HostKind::Exact => "exact",
        HostKind::Wildcard | HostKind::Tail => "wildcard",
        HostKind::Regex => "regex",
        HostKind::Default => "default",
    }
}

/// The other names of a host.
pub(super) fn aliases(host: &Host) -> Vec<String> {
    let shown = |name: &crate::route::HostName| if name.kind == HostKind::Regex { format!("~{}", name.text) } else { name.text.clone() };
    host.names.iter().skip(1).map(shown).collect()
}

/// The certificate of a host; none where there is none or it is not known.
pub(super) fn certificate(host: &Host) -> Option<&str> {
    match host.certificate.as_ref()? {
        Certificate::Secret(secret) => Some(secret),
        Certificate::Default => Some("default"),
        Certificate::File(file) => Some(file),
        Certificate::Unknown => None,
    }
}

/// What follows the name of a host.
pub(super) fn about_host(host: &Host) -> Vec<String> {
    let mut words = Vec::new();
    let aliases = aliases(host);
    if !aliases.is_empty() {
        words.push(format!("also {}", aliases.join(", ")));
    }
    match &host.certificate {
        _ if host.rejects_tls => words.push(String::from("handshakes are refused")),
        None => words.push(String::from("without TLS")),
        Some(Certificate::Secret(secret)) => words.push(format!("certificate {secret}")),
        Some(Certificate::Default) => words.push(String::from("the default certificate")),
        Some(Certificate::File(file)) => words.push(format!("certificate in {file}")),
        Some(Certificate::Unknown) => words.push(String::from("which certificate is not known")),
    }
    words
}

/// How a path is compared, for machines.
pub(super) fn by(route: &Route) -> &'static str {
    match route.by {
        _ if route.is_server => "server",
        Match::Exact => "exact",
        Match::Prefix => "prefix",
        Match::Regex => "regex",
        Match::Named => "named",
    }
}

/// The path with its sign, as nginx has it.
pub(in crate::output) fn path(route: &Route) -> String {
    if route.is_server {
        return String::from("all paths");
    }
    if route.sign.is_empty() { route.path.clone() } else { format!("{} {}", route.sign, route.path) }
}

/// The Ingress as `namespace/name`.
pub(in crate::output) fn ingress(route: &Route) -> Option<String> {
    route.ingress.as_ref().map(|ingress| format!("{}/{ingress}", route.namespace.as_deref().unwrap_or_default()))
}

/// Who gets the requests.
pub(in crate::output) fn goal(route: &Route) -> String {
    match &route.goal {
        Goal::Backend(upstream) => whom(upstream),
        Goal::Answer(status) => format!("answers {status}"),
        Goal::Files => String::from("files of the proxy"),
        Goal::Unknown => String::from("not known"),
    }
}

/// A Service as `namespace/name:port`, else the upstream.
pub(super) fn whom(upstream: &Upstream) -> String {
    match (&upstream.namespace, &upstream.service) {
        (Some(namespace), Some(service)) => {
            let port = upstream.port.as_ref().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{namespace}/{service}{port}")
        }
        _ => address(&upstream.name),
    }
}

/// An address without its password, which stands without a scheme.
pub(super) fn address(text: &str) -> String {
    const SCHEME: &str = "http://";
    if !text.contains('@') {
        return text.to_owned();
    }
    let hidden = hide(&format!("{SCHEME}{text}")).into_owned();
    hidden.strip_prefix(SCHEME).map_or(hidden.clone(), str::to_owned)
}

/// The addresses of a backend; none where they are not known.
pub(super) fn endpoints(upstream: &Upstream) -> Option<Vec<String>> {
    upstream.endpoints.as_ref().map(|all| all.iter().map(|endpoint| address(endpoint)).collect())
}

/// What a protection asks.
pub(super) fn guard(guard: &Guard) -> String {
    let detail = hide(&guard.detail);
    let mut text = match guard.kind {
        CheckKind::Allow => match only(&detail) {
            Some(networks) => format!("only {networks}"),
            None => format!("addresses: {detail}"),
        },
        CheckKind::Deny => format!("not {}", detail.replace("deny ", "")),
        CheckKind::Password => String::from("password"),
        CheckKind::ExternalAuth => format!("asks {detail}"),
        CheckKind::ClientCertificate => format!("client certificate {detail}"),
        CheckKind::Rate => format!("at most {detail}"),
        CheckKind::Connections => format!("at most {detail} connections"),
        CheckKind::BodySize => format!("body {detail}"),
        CheckKind::Waf => String::from("firewall"),
    };
    if !guard.exempt.is_empty() {
        text.push_str(&format!(", but not {}", guard.exempt.join(", ")));
    }
    text
}

/// The networks of a list that allows them and nobody else.
fn only(rules: &str) -> Option<String> {
    let allowed = rules.strip_suffix(", deny all")?;
    (!allowed.contains("deny ")).then(|| allowed.replace("allow ", ""))
}

/// A redirect.
pub(super) fn redirect(redirect: &Redirect) -> String {
    let to = hide(&redirect.to);
    let when = redirect.when.as_deref().unwrap_or_default();
    match redirect.kind {
        RedirectKind::Https if when.contains("where") => String::from("HTTPS where the host has a certificate"),
        RedirectKind::Https => String::from("HTTPS only"),
        RedirectKind::Www | RedirectKind::AppRoot | RedirectKind::Permanent | RedirectKind::Temporary => {
            let to = if redirect.kind == RedirectKind::Www { to.trim_end_matches(":$server_port$request_uri") } else { &to };
            let when = if when.is_empty() { String::new() } else { format!(" if {when}") };
            format!("to {to}{when}")
        }
    }
}

/// A canary.
pub(super) fn canary(canary: &Canary) -> String {
    format!("{}: {}", canary.service.as_deref().unwrap_or(&canary.upstream), canary.when.join(", or "))
}

/// A limit or a time.
pub(super) fn limit(limit: &Limit) -> String {
    format!("{} {}", limit.name, limit.value)
}

/// What becomes of some requests. The controller marks a preflight in a variable of its own.
fn condition(text: &str) -> String {
    match text.strip_suffix(" if $cors = trueoptions") {
        Some(status) => format!("{status} to preflights of CORS"),
        None => hide(text).into_owned(),
    }
}

/// Everything about a route that is not as usual.
pub(super) fn notes(route: &Route) -> Vec<String> {
    let mut words = Vec::new();
    if let Goal::Backend(upstream) = &route.goal {
        if upstream.endpoints.as_ref().is_some_and(Vec::is_empty) {
            words.push(String::from("no endpoint: 503"));
        }
        if upstream.protocol != "http" {
            words.push(format!("by {}", upstream.protocol));
        }
    }
    words.extend(route.redirects.iter().map(redirect));
    words.extend(route.guards.iter().map(guard));
    if route.is_any_enough {
        words.push(String::from("one of these is enough"));
    }
    words.extend(route.rewrites.iter().map(|path| format!("path becomes {path}")));
    words.extend(route.canaries.iter().map(canary));
    words.extend(route.limits.iter().filter(|limit| !limit.is_default).map(limit));
    words.extend(route.conditions.iter().map(|text| condition(text)));
    words.extend(route.unknown.iter().map(|text| format!("not known: {text}")));
    words
}
