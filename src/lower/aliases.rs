//! Aliases that take requests of hosts which others declare.
//!
//! Quirk: the controller compares an alias with hosts letter by letter. nginx does not: letters are equal whatever their size, a dot in
//! front is the name itself and all below it, and a name or a star goes before the regular expressions that hosts with a star become.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::select::Chosen;
use super::servers::{Site, Sites};
use crate::diagnostic::{Diagnostic, Effect};
use crate::ir::Origin;

/// Settles what the aliases of all hosts come to.
pub(super) fn settle(chosen: &[Chosen], sites: &mut Sites, findings: &mut Vec<Diagnostic>) {
    for site in &mut sites.list {
        let host = site.server.hostname.clone();
        let aliases: BTreeSet<String> = std::mem::take(&mut site.server.aliases).into_iter().collect();
        let (taken, free): (Vec<_>, Vec<_>) =
            aliases.into_iter().filter(|alias| *alias != host).partition(|alias| sites.by_host.contains_key(alias));
        findings.extend(taken.iter().map(|alias| {
            let message = format!("`{alias}` is no alias of host `{host}`: an Ingress declares it as a host");
            Diagnostic::warning("overridden-alias", message).at(site.aliases_at).subject(alias).effect(Effect::Overridden)
        }));
        site.server.aliases = free;
    }
    let hosts = Hosts::new(&sites.list);
    let takes = |(at, site): (usize, &Site)| {
        let of_site =
            site.server.aliases.iter().filter_map(|alias| Some((at, alias.clone(), hosts.loser(chosen, &sites.list, at, alias)?)));
        of_site.collect::<Vec<_>>()
    };
    let found: Vec<_> = sites.list.iter().enumerate().filter(|(_, site)| !site.server.aliases.is_empty()).flat_map(takes).collect();
    for (at, alias, loser) in found {
        findings.push(takes_host(chosen, &sites.list[at], &alias, &sites.list[loser]));
        sites.list[at].server.contested_aliases.push(alias);
    }
}

fn takes_host(chosen: &[Chosen], site: &Site, alias: &str, loser: &Site) -> Diagnostic {
    let (host, lost) = (&site.server.hostname, &loser.server.hostname);
    let message = format!("the alias `{alias}` of host `{host}` takes requests for `{lost}`, which another Ingress declares");
    let finding = Diagnostic::warning("greedy-alias", message).at(site.aliases_at).subject(alias);
    let finding = match site.aliases_by.and_then(|at| chosen.get(at)) {
        Some(ingress) => finding.object(ingress.object.reference.clone()),
        None => finding,
    };
    let finding = match loser.server.origin {
        Origin::Manifest(place) => finding.related("this host is taken", place),
        Origin::Default => finding,
    };
    finding.note("the controller does not notice it; the targets `nginx` and `haproxy` leave the alias out").help("remove the alias")
}

/// The hosts that Ingresses declare, as nginx compares them.
struct Hosts {
    literal: HashMap<String, usize>,
    /// What follows the star of a wildcard host, written backwards, so that all below a name stand together.
    wildcards: BTreeMap<String, usize>,
}

impl Hosts {
    fn new(list: &[Site]) -> Self {
        let (mut literal, mut wildcards) = (HashMap::new(), BTreeMap::new());
        for (at, site) in list.iter().enumerate().skip(1) {
            let name = folded(&site.server.hostname);
            match name.strip_prefix('*') {
                Some(parent) => wildcards.entry(backwards(parent)).or_insert(at),
                None => literal.entry(name).or_insert(at),
            };
        }
        Self { literal, wildcards }
    }

    /// The first host that an alias of the site `at` takes requests from.
    fn loser(&self, chosen: &[Chosen], list: &[Site], at: usize, alias: &str) -> Option<usize> {
        let mine = list[at].aliases_by;
        // A wildcard of the same namespace, or one that came later, was meant to leave the name to the alias.
        let is_older_foreign = |other: &usize| {
            let declared = list[*other].locations.first().and_then(|root| root.ingress);
            let namespace = |index: Option<usize>| index.and_then(|index| chosen.get(index)).map(|ingress| ingress.namespace);
            *other != at && declared < mine && namespace(declared) != namespace(mine)
        };
        let name = folded(alias);
        let below = |end: &str| {
            let end = backwards(end);
            let range = self.wildcards.range(end.clone()..).take_while(move |(parent, _)| parent.starts_with(&end));
            range.map(|(_, other)| *other).find(is_older_foreign)
        };
        let above = |end: &str| {
            let dots = end.char_indices().filter(|(_, letter)| *letter == '.');
            dots.filter_map(|(dot, _)| self.wildcards.get(&backwards(&end[dot..])).copied()).find(is_older_foreign)
        };
        if let Some(pattern) = name.strip_prefix('~') {
            let end = literal_end(pattern);
            return below(&end).or_else(|| above(&end));
        }
        if let Some(end) = name.strip_prefix('*') {
            return below(end);
        }
        if name.ends_with(".*") {
            return below("");
        }
        let bare = name.trim_start_matches('.');
        let equal = self.literal.get(bare).copied().filter(|other| *other != at);
        let parent = bare.find('.').and_then(|dot| self.wildcards.get(&backwards(&bare[dot..])).copied());
        let all_below = || if bare == name { None } else { below(&name) };
        equal.or(parent.filter(is_older_foreign)).or_else(all_below)
    }
}

/// A name as nginx compares it.
fn folded(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

/// The text that every host which a pattern matches ends with; empty where nothing is sure.
fn literal_end(pattern: &str) -> String {
    let Some(body) = pattern.strip_suffix('$').filter(|body| !body.ends_with('\\')) else { return String::new() };
    if has_branches(body) || body.contains("(?") {
        return String::new();
    }
    let mut end = Vec::new();
    let mut rest = body.chars().rev().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '.' | '-' if rest.peek() == Some(&'\\') => drop(rest.next()),
            'a'..='z' | '0'..='9' | '-' if rest.peek() != Some(&'\\') => {}
            _ => break,
        }
        end.push(letter);
    }
    end.into_iter().rev().collect()
}

/// Whether a pattern is several beside each other; brackets and what is escaped count as one.
fn has_branches(pattern: &str) -> bool {
    let (mut depth, mut is_escaped, mut in_class) = (0_i64, false, false);
    pattern.chars().any(|letter| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match letter {
            _ if was_escaped => {}
            '\\' => is_escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth -= 1,
            '|' if !in_class && depth <= 0 => return true,
            _ => {}
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_pattern_is_what_all_its_hosts_have() {
        for (pattern, end) in [
            (r"^(www|m)\.shop\.example$", ".shop.example"),
            (r"^pay\.shop\.example$", "pay.shop.example"),
            (r"shop\.example", ""),
            (r"^a$|^b\.shop\.example$", ""),
            (r".*$", ""),
            (r"^x\.shop\.example\$", ""),
            (r"(?i)^x\.a$", ""),
            (r"^\d$", ""),
            (r"exampl?e$", "e"),
        ] {
            assert_eq!(literal_end(pattern), end, "{pattern}");
        }
    }
}
