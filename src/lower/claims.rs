//! Whose a name is: which other names a host answers, aliases and `www.` twins, and who had them first.
//!
//! A host that a rule declares is its own, whatever aliases and twins say. A name below a wildcard host, and one that several aliases and
//! twins stand for, is whose Ingress came first, as far as they are of different namespaces. The controller does not ask: it compares
//! letter by letter. nginx does not: letters are equal whatever their size, a dot in front is the name itself and all below it, and it
//! looks for the literal name first, then for the longest name with a star or dot in front, then for those with a star behind, then for
//! regular expressions, which hosts with a star become.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::host_names::folded;
use super::select::Chosen;
use super::sites::{Site, Sites, cause};
use crate::catalog::features::{redirect, server};
use crate::diagnostic::Diagnostic;
use crate::ir::{Server, twin};
use crate::source::Span;

/// Decides which aliases and twins take nothing from others, in the order in which Ingresses ask for them.
pub(super) fn settle(chosen: &[Chosen], sites: &mut Sites, findings: &mut Vec<Diagnostic>) {
    let mut claims = claims(sites);
    if claims.is_empty() {
        return;
    }
    claims.sort_by_key(|claim| (claim.by, claim.site));
    let mut names = Names { chosen, list: &sites.list, hosts: Hosts::new(&sites.list), exact: HashMap::new(), ends: BTreeMap::new() };
    let mut verdicts = Vec::with_capacity(claims.len());
    for claim in claims {
        let verdict = names.judge(&claim);
        if !matches!(verdict, Verdict::Contested(_)) {
            names.keep(&claim);
        }
        findings.extend(names.tell(&claim, &verdict));
        verdicts.push((claim, verdict));
    }
    for (claim, verdict) in verdicts {
        let server = &mut sites.list[claim.site].server;
        match (verdict, claim.is_twin) {
            (Verdict::Contested(_), true) => server.contested_twin = true,
            (Verdict::Contested(_), false) => server.contested_aliases.push(claim.name),
            (Verdict::Yields(_), false) => server.yielding_aliases.push(claim.name),
            _ => {}
        }
    }
    for Site { server: Server { contested_aliases, yielding_aliases, .. }, .. } in &mut sites.list {
        contested_aliases.sort();
        yielding_aliases.sort();
    }
}

/// A name that a host shall have besides its own.
struct Claim {
    name: String,
    site: usize,
    /// The Ingress that asks for it, by its place among the chosen ones.
    by: usize,
    is_twin: bool,
}

fn claims(sites: &Sites) -> Vec<Claim> {
    let of_site = |(at, site): (usize, &Site)| {
        let aliases: Vec<Claim> = match site.aliases_by {
            Some(by) => site.server.aliases.iter().map(|name| Claim { name: name.clone(), site: at, by, is_twin: false }).collect(),
            None => Vec::new(),
        };
        // A twin that is a host is nobody else's.
        let twin = site.twin_by.map(|by| Claim { name: twin(&site.server.hostname), site: at, by, is_twin: true });
        aliases.into_iter().chain(twin.filter(|twin| !sites.by_host.contains_key(&twin.name)))
    };
    sites.list.iter().enumerate().flat_map(of_site).collect()
}

/// What becomes of a name.
enum Verdict {
    /// It takes nothing.
    Free,
    /// It goes before a host with a star that came later.
    Earlier(usize),
    /// It stands for many names, and goes behind a host with a star that came later.
    Yields(usize),
    /// It takes from somebody.
    Contested(Loser),
}

/// Who would lose requests.
enum Loser {
    /// A host that is declared.
    Host(usize),
    /// An Ingress that has the name, or one for many, as an alias or twin.
    Name(String, usize),
}

/// Names, as nginx compares them.
struct Names<'s> {
    chosen: &'s [Chosen<'s>],
    list: &'s [Site],
    hosts: Hosts,
    /// Aliases and twins that stand, letter by letter, each with its Ingress.
    exact: HashMap<String, usize>,
    /// What follows the star of those that stand for all names below one, written backwards.
    ends: BTreeMap<String, usize>,
}

impl Names<'_> {
    fn namespace(&self, by: Option<usize>) -> Option<&str> {
        by.and_then(|at| self.chosen.get(at)).map(|ingress| ingress.namespace)
    }

    fn is_foreign(&self, claim: &Claim, by: Option<usize>) -> bool {
        self.namespace(by) != self.namespace(Some(claim.by))
    }

    fn judge(&self, claim: &Claim) -> Verdict {
        let name = folded(&claim.name);
        // A dot in front stands for the name itself as well.
        if let Some(loser) =
            [name.as_str(), name.strip_prefix('.').unwrap_or_default()].into_iter().find_map(|name| self.equal(claim, name))
        {
            return Verdict::Contested(loser);
        }
        // Regular expressions go behind hosts with a star: those of other aliases are not compared.
        if name.starts_with('~') {
            return Verdict::Free;
        }
        if name.ends_with(".*") {
            return self.below(claim, "");
        }
        match name.strip_prefix('*').map(|end| (end, None)).or_else(|| name.starts_with('.').then(|| (name.as_str(), name.get(1..)))) {
            None => self.one(claim, &name),
            Some((end, itself)) => match itself.map(|itself| self.one(claim, itself)) {
                Some(verdict @ Verdict::Contested(_)) => verdict,
                _ => self.longer(claim, end).map_or_else(|| self.below(claim, end), Verdict::Contested),
            },
        }
    }

    /// An alias or twin of others with the very name.
    fn equal(&self, claim: &Claim, name: &str) -> Option<Loser> {
        let by = self.exact.get(name).copied().filter(|by| self.is_foreign(claim, Some(*by)))?;
        Some(Loser::Name(name.to_owned(), by))
    }

    /// What becomes of a name without stars.
    fn one(&self, claim: &Claim, name: &str) -> Verdict {
        if let Some(other) = self.hosts.literal.get(name).copied().filter(|other| *other != claim.site) {
            return Verdict::Contested(Loser::Host(other));
        }
        if let Some(loser) = name.find('.').and_then(|dot| self.longer(claim, &name[dot..])) {
            return Verdict::Contested(loser);
        }
        let parent = name.find('.').and_then(|dot| self.hosts.wildcards.get(&backwards(&name[dot..])).copied());
        match parent.filter(|other| *other != claim.site).map(|other| (other, self.list[other].declared_by)) {
            Some((other, by)) if self.is_foreign(claim, by) && by < Some(claim.by) => Verdict::Contested(Loser::Host(other)),
            Some((other, by)) if self.is_foreign(claim, by) => Verdict::Earlier(other),
            _ => Verdict::Free,
        }
    }

    /// What becomes of a name for all names that end with a text: hosts with a star, which are regular expressions, go behind it.
    fn below(&self, claim: &Claim, end: &str) -> Verdict {
        let end = backwards(end);
        let range = self.hosts.wildcards.range(end.clone()..).take_while(|(parent, _)| parent.starts_with(&end));
        let mut later = None;
        for other in range.map(|(_, other)| *other).filter(|other| *other != claim.site) {
            let by = self.list[other].declared_by;
            if self.is_foreign(claim, by) {
                if by < Some(claim.by) {
                    return Verdict::Contested(Loser::Host(other));
                }
                later.get_or_insert(other);
            }
        }
        later.map_or(Verdict::Free, Verdict::Yields)
    }

    /// An alias of others for all names that end with a text, or with less of it.
    fn longer(&self, claim: &Claim, end: &str) -> Option<Loser> {
        let dots = end.char_indices().filter(|(_, letter)| *letter == '.').map(|(dot, _)| &end[dot..]);
        let found = dots.filter_map(|end| Some((end, *self.ends.get(&backwards(end))?)));
        let mut foreign = found.filter(|(_, by)| self.is_foreign(claim, Some(*by)));
        foreign.next().map(|(end, by)| Loser::Name(format!("*{end}"), by))
    }

    fn keep(&mut self, claim: &Claim) {
        let name = folded(&claim.name);
        let end = name.strip_prefix('*').or_else(|| name.starts_with('.').then_some(name.as_str()));
        if let Some(end) = end {
            self.ends.entry(backwards(end)).or_insert(claim.by);
        }
        if let Some(itself) = name.strip_prefix('.') {
            self.exact.entry(itself.to_owned()).or_insert(claim.by);
        }
        self.exact.entry(name).or_insert(claim.by);
    }

    fn tell(&self, claim: &Claim, verdict: &Verdict) -> Option<Diagnostic> {
        let host = &self.list[claim.site].server.hostname;
        let subject = if claim.is_twin { format!("the twin `{}`", claim.name) } else { format!("the alias `{}`", claim.name) };
        let says = |taken: &str| format!("{subject} of host `{host}` takes requests for {taken}");
        let other = |other: usize| format!("`{}`, which another Ingress declares", self.list[other].server.hostname);
        const LEFT_OUT: &str = "the controller does not notice it; the targets `nginx` and `haproxy` leave the name out";
        let finding = match verdict {
            Verdict::Free => return None,
            Verdict::Earlier(at) => {
                let of = self.namespace(self.list[*at].declared_by).unwrap_or_default();
                let message = says(&format!("`{}`, which namespace `{of}` declared later", self.list[*at].server.hostname));
                Diagnostic::info("foreign-host", message)
            }
            Verdict::Yields(at) => Diagnostic::warning("greedy-alias", says(&other(*at)))
                .note("the controller does not notice it; in the targets `nginx` and `haproxy` the host goes before the alias")
                .help("name the hosts one by one"),
            Verdict::Contested(Loser::Host(at)) => Diagnostic::warning("greedy-alias", says(&other(*at))).note(LEFT_OUT),
            Verdict::Contested(Loser::Name(name, by)) => {
                let of = self.namespace(Some(*by)).unwrap_or_default();
                Diagnostic::warning("greedy-alias", says(&format!("`{name}`, which namespace `{of}` had first"))).note(LEFT_OUT)
            }
        };
        let finding = match verdict {
            Verdict::Contested(_) if claim.is_twin => finding.help("remove the annotation"),
            Verdict::Contested(_) => finding.help("remove the alias"),
            _ => finding,
        };
        let annotation = if claim.is_twin { redirect::FROM_TWIN.spec.name } else { server::ALIASES.spec.name };
        let ingress = self.chosen.get(claim.by)?;
        let subject = if claim.is_twin { annotation } else { claim.name.as_str() };
        let finding = finding.at(cause(ingress, annotation)).subject(subject).object(ingress.object.reference.clone());
        Some(match self.place_of_loser(verdict) {
            Some((words, place)) => finding.related(words, place),
            None => finding,
        })
    }

    fn place_of_loser(&self, verdict: &Verdict) -> Option<(&'static str, Span)> {
        match verdict {
            Verdict::Contested(Loser::Name(_, by)) => {
                let loser = self.chosen.get(*by)?;
                let place = cause(loser, server::ALIASES.spec.name).or_else(|| cause(loser, redirect::FROM_TWIN.spec.name));
                Some(("it belongs to this one", place?))
            }
            Verdict::Earlier(at) | Verdict::Yields(at) | Verdict::Contested(Loser::Host(at)) => {
                Some(("this host is taken", self.list[*at].server.origin.span()?))
            }
            Verdict::Free => None,
        }
    }
}

/// The hosts that Ingresses declare.
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
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}
