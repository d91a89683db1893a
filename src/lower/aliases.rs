//! Aliases that are hosts of their own.

use std::collections::BTreeSet;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::select::Chosen;
use super::sites::{Site, Sites};
use crate::diagnostic::{Diagnostic, Effect};
use crate::ir::Origin;

/// Takes the aliases away that Ingresses declare as hosts. Quirk: the controller compares them letter by letter.
pub(super) fn leave_hosts(chosen: &[Chosen], sites: &mut Sites, findings: &mut Vec<Diagnostic>) {
    for at in 0..sites.list.len() {
        let site = &mut sites.list[at];
        let aliases: BTreeSet<String> = std::mem::take(&mut site.server.aliases).into_iter().collect();
        let others = aliases.into_iter().filter(|alias| *alias != site.server.hostname);
        let (taken, free): (Vec<_>, Vec<_>) = others.partition(|alias| sites.by_host.contains_key(alias));
        site.server.aliases = free;
        findings.extend(taken.iter().map(|alias| is_host(chosen, &sites.list[at], alias, sites)));
    }
    tell_of_twins(chosen, sites, findings);
}

/// Tells of aliases that several hosts have: nginx gives their requests to the first that it comes to, in the order of names.
fn tell_of_twins(chosen: &[Chosen], sites: &Sites, findings: &mut Vec<Diagnostic>) {
    let mut with_aliases: Vec<&Site> = sites.list.iter().filter(|site| !site.server.aliases.is_empty()).collect();
    with_aliases.sort_by_key(|site| &site.server.hostname);
    let mut first: HashMap<&str, &Site> = HashMap::new();
    for site in with_aliases {
        for alias in &site.server.aliases {
            match first.entry(alias) {
                Entry::Vacant(entry) => _ = entry.insert(site),
                Entry::Occupied(entry) => findings.push(is_alias(chosen, site, alias, entry.get())),
            }
        }
    }
}

fn is_alias(chosen: &[Chosen], site: &Site, alias: &str, other: &Site) -> Diagnostic {
    let (host, first) = (&site.server.hostname, &other.server.hostname);
    let message = format!("`{alias}` does not lead to host `{host}`: it is an alias of host `{first}` too, which comes first");
    told(chosen, site, alias, message).related("this alias applies", other.aliases_at)
}

fn is_host(chosen: &[Chosen], site: &Site, alias: &str, sites: &Sites) -> Diagnostic {
    let message = format!("`{alias}` is no alias of host `{}`: an Ingress declares it as a host", site.server.hostname);
    let finding = told(chosen, site, alias, message);
    finding.related("this host applies", sites.by_host.get(alias).map(|at| sites.list[*at].server.origin).and_then(Origin::span))
}

fn told(chosen: &[Chosen], site: &Site, alias: &str, message: String) -> Diagnostic {
    let finding = Diagnostic::warning("overridden-alias", message).at(site.aliases_at).subject(alias).effect(Effect::Overridden);
    finding.object(site.aliases_by.and_then(|at| chosen.get(at)).map(|ingress| ingress.object.reference.clone()))
}
