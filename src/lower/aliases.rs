//! Aliases that are hosts of their own.

use std::collections::BTreeSet;

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
}

fn is_host(chosen: &[Chosen], site: &Site, alias: &str, sites: &Sites) -> Diagnostic {
    let message = format!("`{alias}` is no alias of host `{}`: an Ingress declares it as a host", site.server.hostname);
    let finding = Diagnostic::warning("overridden-alias", message).at(site.aliases_at).subject(alias).effect(Effect::Overridden);
    let finding = finding.object(site.aliases_by.and_then(|at| chosen.get(at)).map(|ingress| ingress.object.reference.clone()));
    finding.related("this host applies", sites.by_host.get(alias).map(|at| sites.list[*at].server.origin).and_then(Origin::span))
}
