//! What belongs to an upstream and is said by several Ingresses.
//!
//! All paths that name one port of one Service share an upstream. The first Ingress that names it makes it, and what the others say
//! of it does not count (`upstreams`).

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::annotations::Annotations;
use super::select::{Backend, Chosen};
use super::sites::cause;
use crate::catalog::features::{affinity, balancing as keys};
use crate::catalog::key::Spec;
use crate::diagnostic::{Diagnostic, Effect};
use crate::ir::DEFAULT_UPSTREAM;

/// What an upstream takes from the Ingress that makes it, as text; empty where the Ingress says nothing.
type Setting = (&'static Spec, fn(&Annotations) -> String);

static SETTINGS: [Setting; 3] = [
    (&keys::HASH_BY.spec, |annotations| annotations.hashing.key.clone()),
    (&keys::ALGORITHM.spec, |annotations| annotations.algorithm.clone()),
    (&keys::SERVICE_UPSTREAM.spec, |annotations| if annotations.service_upstream { String::from("true") } else { String::new() }),
];

/// Tells of settings that come too late for an upstream, and of those that hold for paths of others too.
pub(super) fn tell(chosen: &[Chosen], findings: &mut Vec<Diagnostic>) {
    let mut makers: HashMap<&str, &Chosen> = HashMap::new();
    let mut sharing: BTreeMap<(usize, &str, &str), (&Chosen, Vec<&Chosen>)> = BTreeMap::new();
    for ingress in chosen {
        let paths = ingress.rules.iter().filter_map(|rule| rule.paths.as_ref()).flatten();
        let mut told: Vec<&str> = Vec::new();
        for backend in paths.filter_map(|path| path.backend.as_ref()).filter(|backend| backend.upstream != DEFAULT_UPSTREAM) {
            let maker = *makers.entry(&backend.upstream).or_insert(ingress);
            if maker.index == ingress.index || told.contains(&backend.upstream.as_str()) {
                continue;
            }
            told.push(&backend.upstream);
            for (spec, value) in &SETTINGS {
                let (first, own) = (value(&maker.annotations), value(&ingress.annotations));
                if first == own {
                    continue;
                }
                if own.is_empty() {
                    sharing.entry((maker.index, spec.name, &backend.service)).or_insert_with(|| (maker, Vec::new())).1.push(ingress);
                } else {
                    findings.push(too_late(maker, ingress, backend, spec.name));
                }
            }
        }
    }
    tell_affinity(chosen, findings);
    findings.extend(sharing.into_iter().filter_map(|((_, name, service), (maker, others))| holds_for(maker, &others, service, name)));
}

/// Keeping clients on an endpoint belongs to an upstream as well. Quirk: its cookie is that of the last Ingress, and only the hosts of
/// those that ask for it get one.
fn tell_affinity(chosen: &[Chosen], findings: &mut Vec<Diagnostic>) {
    let mut users: BTreeMap<(&str, &str), Vec<&Chosen>> = BTreeMap::new();
    for ingress in chosen.iter().filter(|ingress| !ingress.annotations.canary.enabled) {
        let paths = ingress.rules.iter().filter_map(|rule| rule.paths.as_ref()).flatten();
        for backend in paths.filter_map(|path| path.backend.as_ref()).filter(|backend| backend.upstream != DEFAULT_UPSTREAM) {
            let users = users.entry((&backend.upstream, &backend.service)).or_default();
            if users.last().is_none_or(|last| last.index != ingress.index) {
                users.push(ingress);
            }
        }
    }
    for ((_, service), users) in users {
        let (askers, others): (Vec<&Chosen>, Vec<&Chosen>) = users.into_iter().partition(|user| user.annotations.affinity.kind == "cookie");
        let Some((last, earlier)) = askers.split_last() else { continue };
        let name_of = |ingress: &Chosen| ingress.annotations.affinity.cookie.name.clone();
        findings.extend(earlier.iter().filter(|own| name_of(own) != name_of(last)).map(|own| lost_cookie(own, last, service)));
        findings.extend(holds_for(last, &others, service, affinity::KIND.spec.name));
    }
}

fn lost_cookie(own: &Chosen, last: &Chosen, service: &str) -> Diagnostic {
    let place = |ingress: &Chosen| cause(ingress, affinity::COOKIE_NAME.spec.name).or_else(|| cause(ingress, affinity::KIND.spec.name));
    let cookie = &last.annotations.affinity.cookie.name;
    let message = format!(
        "the cookie of this Ingress is not used for Service `{}/{service}`: the younger Ingress `{}` names that of the upstream, `{cookie}`",
        own.namespace, last.object.reference.name
    );
    let finding = Diagnostic::warning("overridden-annotation", message).at(place(own)).subject(affinity::COOKIE_NAME.spec.name);
    let finding = finding.object(own.object.reference.clone()).effect(Effect::Overridden).related("this one applies", place(last));
    finding.note("paths that name one port of a Service share an upstream, and its cookie is that of the last Ingress")
}

fn too_late(maker: &Chosen, ingress: &Chosen, backend: &Backend, name: &str) -> Diagnostic {
    let (first, service) = (&maker.object.reference.name, &backend.service);
    let message =
        format!("`{name}` is ignored for Service `{}/{service}`: the older Ingress `{first}` made its upstream", ingress.namespace);
    let finding = Diagnostic::warning("overridden-annotation", message).at(cause(ingress, name)).subject(name);
    let finding = finding.object(ingress.object.reference.clone()).effect(Effect::Overridden);
    let place = cause(maker, name).unwrap_or_else(|| maker.object.span(&["metadata", "name"]));
    finding
        .related("this Ingress made it", place)
        .note("paths that name one port of a Service share an upstream, which the first Ingress makes")
}

fn holds_for(maker: &Chosen, others: &[&Chosen], service: &str, name: &str) -> Option<Diagnostic> {
    let (first, more) = others.split_first()?;
    let other = &first.object.reference;
    let (more, share) = match more {
        [] => (String::new(), "shares"),
        [one] => (format!(" and `{}/{}`", one.object.reference.namespace, one.object.reference.name), "share"),
        more => (format!(" and {} more", more.len()), "share"),
    };
    let message = format!("`{name}` holds for Ingress `{}/{}`{more} too, which {share} Service `{service}`", other.namespace, other.name);
    let finding = Diagnostic::info("shared-upstream", message).at(cause(maker, name)).subject(name);
    let finding = finding.object(maker.object.reference.clone()).related("it does not say so", first.object.span(&["metadata", "name"]));
    Some(finding.note("paths that name one port of a Service share an upstream, which the first Ingress makes"))
}
