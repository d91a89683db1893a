//! Where the requests of a route go.

use super::place::Place;
use super::row::{Canary, CanaryRule, Goal, Upstream};
use super::shown::shown;
use crate::route::config::Config;
use crate::route::controller::Policy;
use crate::route::model::{Definition, Map, Pass};
use crate::route::text::{Part, Template, Variable};

/// How deep variables may be made of each other.
const DEEPEST: usize = 8;

/// Where requests go that no instruction answers, and who gets some of them instead.
pub(super) fn goal(config: &Config<'_>, place: Place<'_>) -> (Goal, Vec<Canary>) {
    let Some(pass) = &place.level.pass else { return (Goal::Files, Vec::new()) };
    match pass.directive.as_str() {
        _ if pass.is_to_backend() => backend(config, place, pass),
        "stub_status" | "empty_gif" => (Goal::Answer(200), Vec::new()),
        directive if directive.starts_with("content_by") || matches!(directive, "js_content" | "echo") => (Goal::Unknown, Vec::new()),
        _ => (Goal::Files, Vec::new()),
    }
}

fn backend(config: &Config<'_>, place: Place<'_>, pass: &Pass) -> (Goal, Vec<Canary>) {
    let mut canaries = Vec::new();
    let to = main(config, &pass.to, &mut canaries, 0);
    let (protocol, address, _) = pass.parts(&to);
    let namespace = place.constant(config, "namespace");
    let mut upstream = match config.upstreams.get(address) {
        Some(None) => balanced(config, place, &mut canaries),
        Some(Some(servers)) => named(config, address, namespace.as_deref(), Some(servers.clone())),
        None if address.contains('$') => named(config, address, None, None),
        None => named(config, address, None, Some(vec![address.to_owned()])),
    };
    upstream.protocol = protocol.to_owned();
    if config.is_own_page(&upstream.name, upstream.endpoints.as_deref()) {
        return (Goal::Answer(404), canaries);
    }
    for canary in &mut canaries {
        let service = config.dynamic.service(&canary.upstream, upstream.namespace.as_deref());
        canary.service = service.map(|service| service.to_string());
    }
    (Goal::Backend(upstream), canaries)
}

/// The address of most requests: of what chance or a header decides, the rest are canaries.
fn main(config: &Config<'_>, to: &Template, canaries: &mut Vec<Canary>, depth: usize) -> String {
    let mut out = String::new();
    for part in &to.0 {
        let Part::Variable(Variable::Own(place)) = part else {
            out.push_str(&shown(&Template(vec![part.clone()]), &config.variables));
            continue;
        };
        let (name, definition) = &config.variables.all[*place];
        match definition {
            Definition::Chance(parts) if depth < DEEPEST => {
                let (last, others) = parts.split_last().map_or((None, [].as_slice()), |(last, others)| (Some(last), others));
                for (share, value) in others {
                    canaries.push(canary(
                        main(config, value, &mut Vec::new(), depth + 1),
                        format!("{share} of requests"),
                        CanaryRule::Chance,
                    ));
                }
                out.push_str(&last.map(|(_, value)| main(config, value, canaries, depth + 1)).unwrap_or_default());
            }
            Definition::Map(Map { source, exact, patterns, default, .. }) if depth < DEEPEST => {
                let usual = main(config, default, canaries, depth + 1);
                let asked = source;
                let source = shown(source, &config.variables);
                let mut exact: Vec<_> = exact.iter().collect();
                exact.sort_by_key(|(key, _)| *key);
                for (key, value) in exact {
                    let other = main(config, value, &mut Vec::new(), depth + 1);
                    if other != usual {
                        let key = String::from_utf8_lossy(key);
                        canaries.push(canary(other, format!("{source} is `{key}`"), rule(asked, &key)));
                    }
                }
                for (_, _, value) in patterns {
                    let other = main(config, value, &mut Vec::new(), depth + 1);
                    if other != usual {
                        canaries.push(canary(other, format!("{source} fits a regular expression"), CanaryRule::Other));
                    }
                }
                out.push_str(&usual);
            }
            _ => {
                out.push('$');
                out.push_str(name);
            }
        }
    }
    out
}

fn canary(upstream: String, when: String, rule: CanaryRule) -> Canary {
    Canary { upstream, service: None, when: vec![when], rules: vec![rule] }
}

/// What a `map` that looks at one header or cookie asks of it.
fn rule(source: &Template, value: &str) -> CanaryRule {
    match source.0.as_slice() {
        [Part::Variable(Variable::Header(name))] => CanaryRule::Header(name.replace('_', "-"), value.to_owned()),
        [Part::Variable(Variable::Cookie(name))] => CanaryRule::Cookie(name.to_string(), value.to_owned()),
        _ => CanaryRule::Other,
    }
}

/// The upstream that the controller's Lua sends requests to.
fn balanced(config: &Config<'_>, place: Place<'_>, canaries: &mut Vec<Canary>) -> Upstream {
    let name = place.constant(config, "proxy_upstream_name").unwrap_or_default();
    let value = |name: &str| place.constant(config, name);
    let backend = config.dynamic.backend(&name);
    // What Lua does not know has no endpoint.
    let endpoints = match backend {
        Some(backend) => backend.endpoints.clone(),
        None if config.dynamic.knows_backends() => Some(Vec::new()),
        None => None,
    };
    if let Some((other, canary)) = backend.and_then(|backend| config.dynamic.canary_of(backend)) {
        let (when, rules): (Vec<String>, Vec<CanaryRule>) = asked(&canary.policy).into_iter().unzip();
        if !when.is_empty() {
            canaries.push(Canary { upstream: other.clone(), service: None, when, rules });
        }
    }
    let called = (value("namespace"), value("service_name"), value("service_port"));
    let (namespace, service, port) = config.dynamic.whose(&name, called);
    Upstream { name, namespace, service, port, endpoints, protocol: String::new() }
}

/// An upstream by its name.
fn named(config: &Config<'_>, name: &str, namespace: Option<&str>, endpoints: Option<Vec<String>>) -> Upstream {
    let service = config.dynamic.service(name, namespace);
    Upstream {
        name: name.to_owned(),
        namespace: service.as_ref().map(|service| service.namespace.clone()),
        port: service.as_ref().and_then(|service| service.port.clone()),
        service: service.map(|service| service.name),
        endpoints,
        protocol: String::new(),
    }
}

/// Which requests a canary takes, in the order of asking.
fn asked(policy: &Policy) -> Vec<(String, CanaryRule)> {
    let mut when = Vec::new();
    if !policy.header.is_empty() {
        let value = match &policy.pattern {
            _ if !policy.value.is_empty() => format!("is `{}`", policy.value),
            Some(Ok(_)) => String::from("fits a regular expression"),
            Some(Err(why)) => format!("fits a regular expression that is not understood here ({why})"),
            None => String::from("is `always`"),
        };
        let rule = match &policy.pattern {
            _ if !policy.value.is_empty() => CanaryRule::Header(policy.header.clone(), policy.value.clone()),
            Some(_) => CanaryRule::HeaderLike(policy.header.clone(), policy.expression.clone()),
            None => CanaryRule::Header(policy.header.clone(), String::from("always")),
        };
        when.push((format!("the header `{}` {value}", policy.header), rule));
    }
    if !policy.cookie.is_empty() {
        let rule = CanaryRule::Cookie(policy.cookie.clone(), String::from("always"));
        when.push((format!("the cookie `{}` is `always`", policy.cookie), rule));
    }
    if policy.weight > 0 {
        when.push((format!("{} of {} requests", policy.weight.min(policy.total), policy.total), CanaryRule::Chance));
    }
    when
}
