//! What is asked of the requests of a route.

use hashbrown::HashMap;

use super::place::Place;
use super::row::Guard;
use super::shown::shown;
use crate::conf::{Arg, Directive};
use crate::route::config::Config;
use crate::route::decision::CheckKind;
use crate::route::model::{Definition, Inside, Level, Lua, Map, Static, Verification, last_set};
use crate::route::text::{Part, Template, Variable};
use crate::source::Span;

/// The rates of the zones of limits.
#[derive(Debug, Default)]
pub(super) struct Zones(HashMap<String, String>);

impl Zones {
    /// Those that `http` defines.
    pub(super) fn of(http: &[Directive<'_>]) -> Self {
        let zone = |directive: &Directive<'_>| {
            let words: Vec<String> = directive.args().map(|arg: Arg<'_>| arg.value().into_owned()).collect();
            let name = words.iter().find_map(|word| word.strip_prefix("zone="))?.split(':').next()?.to_owned();
            Some((name, words.iter().find_map(|word| word.strip_prefix("rate="))?.to_owned()))
        };
        Self(http.iter().filter(|directive| directive.name() == "limit_req_zone").filter_map(zone).collect())
    }
}

/// All of them, in the order in which nginx asks.
pub(super) fn guards(config: &Config<'_>, inside: &Inside, place: Place<'_>, zones: &Zones) -> Vec<Guard> {
    let level = place.level;
    let mut all = Vec::new();
    certificate(inside, &mut all);
    if let Some((true, at)) = level.waf {
        all.push(guard(CheckKind::Waf, "ModSecurity", at));
    }
    for is_of_connections in [false, true] {
        let limits = level.limits.iter().filter(|limit| limit.is_of_connections == is_of_connections);
        all.extend(limits.map(|limit| {
            // A zone of connections has no rate, whatever another one of its name has.
            let rate = zones.0.get(&limit.zone).filter(|_| !is_of_connections);
            let kind = if is_of_connections { CheckKind::Connections } else { CheckKind::Rate };
            Guard { exempt: exempt(config, &limit.zone), ..guard(kind, &limit_text(&limit.text, &limit.zone, rate), limit.at) }
        }));
    }
    addresses(level, &mut all);
    if let Some(basic) = level.basic.as_ref().filter(|basic| basic.realm.literal() != Some(b"off")) {
        all.push(guard(CheckKind::Password, &shown(&basic.realm, &config.variables), basic.at));
    }
    service(config, inside, place, &mut all);
    all
}

fn guard(kind: CheckKind, detail: &str, at: Span) -> Guard {
    Guard { kind, detail: detail.to_owned(), exempt: Vec::new(), at: Some(at) }
}

fn certificate(inside: &Inside, all: &mut Vec<Guard>) {
    let detail = match inside.verification.0 {
        Verification::Off => return,
        Verification::On => "required",
        Verification::Optional => "checked where one is shown",
        Verification::OptionalNoCa => "asked for, by whomever it is signed",
    };
    all.push(Guard { kind: CheckKind::ClientCertificate, detail: detail.to_owned(), exempt: Vec::new(), at: inside.verification.1 });
}

/// `20r/s burst=100 nodelay`, or the number of connections.
fn limit_text(text: &str, zone: &str, rate: Option<&String>) -> String {
    let words = text.split(' ').skip(1).filter(|word| word.strip_prefix("zone=").unwrap_or(word) != zone);
    let rest: Vec<&str> = words.collect();
    match rate {
        Some(rate) if rest.is_empty() => rate.clone(),
        Some(rate) => format!("{rate} {}", rest.join(" ")),
        None => rest.join(" "),
    }
}

/// Networks whose clients are not counted: the controller gives them an empty key.
fn exempt(config: &Config<'_>, zone: &str) -> Vec<String> {
    let own = |template: &Template| match template.0.as_slice() {
        [Part::Variable(Variable::Own(place))] => config.variables.all.get(*place).map(|(_, definition)| definition),
        _ => None,
    };
    let Some(Definition::Map(Map { source, .. })) = config.zones.get(zone).and_then(own) else { return Vec::new() };
    let Some(Definition::Geo { networks, .. }) = own(source) else { return Vec::new() };
    networks.iter().map(|(network, _)| plain(*network)).collect()
}

/// A network; of a single address without its length.
fn plain(network: ipnet::IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() { network.addr().to_string() } else { network.to_string() }
}

fn addresses(level: &Level, all: &mut Vec<Guard>) {
    let Some(first) = level.rules.first() else { return };
    let is_list = level.rules.iter().any(|rule| rule.allows);
    let word = |rule: &crate::route::model::Rule| {
        let whom = match (rule.network, rule.is_local) {
            (Some(network), _) => plain(network),
            (None, true) => String::from("unix:"),
            (None, false) => String::from("all"),
        };
        format!("{} {whom}", if rule.allows { "allow" } else { "deny" })
    };
    let words: Vec<String> = level.rules.iter().map(word).collect();
    all.push(guard(if is_list { CheckKind::Allow } else { CheckKind::Deny }, &words.join(", "), first.at));
}

fn service(config: &Config<'_>, inside: &Inside, place: Place<'_>, all: &mut Vec<Guard>) {
    let (path, at) = match (&place.level.auth, &place.level.lua_access) {
        (Some((Some(to), at)), _) => (to.literal().map(|path| String::from_utf8_lossy(path).into_owned()), *at),
        (_, Some(Lua::Auth(at))) => (place.constant(config, "auth_path"), *at),
        _ => return,
    };
    let address = path.as_ref().and_then(|path| address(config, inside, path));
    let detail = address.or(path).unwrap_or_else(|| String::from("which service is not known"));
    all.push(guard(CheckKind::ExternalAuth, &detail, at));
}

/// The address that a location of the proxy asks.
fn address(config: &Config<'_>, inside: &Inside, path: &str) -> Option<String> {
    let (Static::Exact(at) | Static::Beginning(at)) = inside.locations.find_static(path.as_bytes()) else { return None };
    let location = &inside.locations.all[at];
    let pass = location.level.pass.as_ref()?;
    // The controller writes the address into a variable first.
    let place = match pass.to.0.as_slice() {
        [Part::Variable(Variable::Own(place))] => *place,
        _ => return Some(shown(&pass.to, &config.variables)),
    };
    last_set(&location.rewrite, place).map(|value| shown(value, &config.variables))
}
