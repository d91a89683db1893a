//! Aliases that take the hosts of others.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::networking::v1::Ingress;
use regex::{Regex, RegexSet, RegexSetBuilder};

use super::Subject;
use crate::catalog::features::server as keys;
use crate::diagnostic::Diagnostic;
use crate::ir::Server;
use crate::manifest::{Cluster, Object};

/// Hosts that have nothing in common: what covers both covers any.
const UNRELATED: [&str; 2] = ["x7-q4.invalid", "mail.k9z.w3.test"];
/// A label that nobody chose: what covers it covers any.
const ANY_LABEL: &str = "x7-q4-k9z";
/// Bytes that patterns which are tried together may take, compiled.
const MOST_BYTES: usize = 256 << 20;

/// An alias that stands for more than one host.
struct Alias<'a> {
    server: usize,
    text: &'a str,
    pattern: String,
}

/// Looks for aliases that cover hosts of other servers, or hosts of all the world.
///
/// nginx takes the literal name first, then one with a star, then the first regular expression; and the controller writes hosts with
/// a star as regular expressions, in the order of their names.
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    let servers = &subject.proxy.servers;
    let aliases: Vec<Alias> = servers.iter().enumerate().flat_map(|(at, server)| broad(at, server)).collect();
    let sets = sets(&aliases, 0);
    let taken = taken(servers, &aliases, &sets);
    let [here, there] = UNRELATED.map(|host| fitting(&sets, host).collect::<BTreeSet<_>>());
    let annotation = format!("{}/{}", subject.controller.flags.annotations_prefix, keys::ALIASES.spec.name);
    let writers = writers(subject.cluster, &annotation);
    let mut findings = Vec::new();
    for (at, alias) in aliases.iter().enumerate() {
        let text = alias.text;
        let other = taken.get(&at).and_then(|other| servers.get(*other));
        let whole = match text.strip_prefix("*.").or_else(|| text.strip_prefix('.')) {
            Some(parent) if !parent.contains('.') => Some(format!("every host below `{parent}` that no other server names")),
            _ if here.contains(&at) && there.contains(&at) => Some(String::from("every host that no other server names")),
            _ if text.ends_with(".*") => Some(String::from("hosts of every domain that no other server names")),
            _ => None,
        };
        let what = match (other, whole) {
            (Some(other), _) => format!("requests for `{}`", other.hostname),
            (None, Some(whole)) => format!("requests for {whole}"),
            (None, None) => continue,
        };
        let Some(server) = servers.get(alias.server) else { continue };
        let message = format!("the alias `{text}` of host `{}` takes {what}", server.hostname);
        let finding = Diagnostic::warning("greedy-alias", message).help("name the hosts one by one, or bind the pattern with `^` and `$`");
        let finding = finding.related("this host is taken", other.and_then(|other| other.origin.span()));
        findings.push(match writers.get(text) {
            Some(ingress) => {
                let place = ingress.span(&["metadata", "annotations", &annotation]);
                finding.at(place).subject(annotation.as_str()).object(ingress.reference.clone())
            }
            None => finding.at(server.origin.span()).subject(text),
        });
    }
    findings
}

/// Aliases as sets of regular expressions, each with the place of its first: halves where the whole would be too large.
fn sets(aliases: &[Alias], first: usize) -> Vec<(usize, RegexSet)> {
    let patterns = aliases.iter().map(|alias| &alias.pattern);
    match RegexSetBuilder::new(patterns).case_insensitive(true).size_limit(MOST_BYTES).build() {
        Ok(set) => vec![(first, set)],
        // Each of them was compiled alone, with a smaller limit.
        Err(_) if aliases.len() < 2 => Vec::new(),
        Err(_) => {
            let (one, other) = aliases.split_at(aliases.len() / 2);
            [sets(one, first), sets(other, first + one.len())].concat()
        }
    }
}

/// The places of the aliases that a host fits, in order.
fn fitting<'s>(sets: &'s [(usize, RegexSet)], host: &str) -> impl Iterator<Item = usize> + use<'s> {
    let matches: Vec<_> = sets.iter().map(|(first, set)| (first, set.matches(host))).collect();
    matches.into_iter().flat_map(|(first, matches)| matches.into_iter().map(move |at| first + at))
}

/// The first Ingress that writes each alias.
fn writers<'a>(cluster: &'a Cluster, annotation: &str) -> BTreeMap<&'a str, &'a Object<Ingress>> {
    let mut writers = BTreeMap::new();
    for ingress in &cluster.ingresses {
        let list = ingress.value.metadata.annotations.as_ref().and_then(|annotations| annotations.get(annotation));
        for alias in list.into_iter().flat_map(|list| list.split(',')).map(str::trim) {
            writers.entry(alias).or_insert(ingress);
        }
    }
    writers
}

/// The aliases of a server that stand for more than one host and can be compiled.
fn broad(at: usize, server: &Server) -> impl Iterator<Item = Alias<'_>> {
    // What takes hosts of others is told where the hosts are settled.
    server.own_aliases().filter_map(move |alias| {
        let literal = |text: &str| regex::escape(text);
        let pattern = if let Some(pattern) = alias.strip_prefix('~') {
            pattern.to_owned()
        } else if let Some(parent) = alias.strip_prefix('*').filter(|parent| parent.starts_with('.')) {
            format!("^.+{}$", literal(parent))
        } else if alias.starts_with('.') {
            format!("^(.+\\.)?{}$", literal(alias.trim_start_matches('.')))
        } else {
            format!("^{}.+$", literal(alias.strip_suffix('*').filter(|start| start.ends_with('.'))?))
        };
        // What this engine does not know, as looking around, nobody can say anything about here.
        Regex::new(&pattern).is_ok().then_some(Alias { server: at, text: alias, pattern })
    })
}

/// The first host with a star, by its place in the list of servers, that each alias takes, by the place of the alias.
fn taken(servers: &[Server], aliases: &[Alias], sets: &[(usize, RegexSet)]) -> BTreeMap<usize, usize> {
    let mut taken = BTreeMap::new();
    for (other, server) in servers.iter().enumerate() {
        let Some(parent) = server.hostname.strip_prefix('*') else { continue };
        for at in fitting(sets, &format!("{ANY_LABEL}{parent}")) {
            let Some(alias) = aliases.get(at) else { continue };
            let is_first = !alias.text.starts_with('~') || alias.server < other;
            if alias.server != other && is_first {
                taken.entry(at).or_insert(other);
            }
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_found_by_their_places_in_all_sets() {
        let set = |patterns: &[&str]| RegexSet::new(patterns).expect("they are regular expressions");
        let sets = [(0, set(&["^a", "^b", "b$"])), (3, set(&["^c", "b"]))];
        for (host, expected) in [("a", vec![0]), ("b", vec![1, 2, 4]), ("cb", vec![2, 3, 4]), ("x", vec![])] {
            assert_eq!(fitting(&sets, host).collect::<Vec<_>>(), expected, "{host}");
        }
    }
}
