//! Settings that one namespace makes for a whole host which others share. All of it is what the controller does: who came first, or who
//! asks at all, decides for everybody.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;

use super::select::Chosen;
use super::sites::{Location, Site, Sites, cause};
use super::world::World;
use crate::catalog::features::{backend_tls, client_auth, redirect, rewrite, server, snippets};
use crate::diagnostic::{Diagnostic, Severity, room};
use crate::ir::{CATCH_ALL, Origin};
use crate::source::Span;

/// The part of a manifest that brings certificates, which is no annotation.
pub(super) const TLS: &str = "spec.tls";

/// A setting of a whole host.
struct Setting {
    name: &'static str,
    severity: Severity,
    effect: &'static str,
    /// Whether another Ingress of the host asks for the very same.
    is_same: fn(&Chosen, &Chosen, &Place) -> bool,
}

/// A host, and where its certificates are looked up.
struct Place<'p, 'w> {
    world: &'p World<'w>,
    host: &'p str,
}

impl<'p> Place<'p, '_> {
    /// What the Secret holds that an Ingress names for the host; nothing where it asks for TLS without one.
    fn certificate(&self, ingress: &'p Chosen) -> Option<Option<&'p BTreeMap<String, ByteString>>> {
        let entries = ingress.object.value.spec.as_ref()?.tls.as_deref()?;
        let entry = entries.iter().find(|entry| entry.hosts.iter().flatten().any(|name| name.eq_ignore_ascii_case(self.host)))?;
        match entry.secret_name.as_deref().filter(|name| !name.is_empty()) {
            Some(name) => self.world.secret(&ingress.service_key(name)).map(|secret| secret.value.data.as_ref()),
            None => Some(None),
        }
    }
}

static SETTINGS: [Setting; 10] = [
    Setting {
        name: server::ALIASES.spec.name,
        severity: Severity::Info,
        effect: "its paths answer under the other names too",
        is_same: |one, two, _| one.annotations.aliases == two.annotations.aliases,
    },
    Setting {
        name: server::CIPHERS.spec.name,
        severity: Severity::Info,
        effect: "all clients of the host are offered these ciphers",
        is_same: |one, two, _| one.annotations.ciphers == two.annotations.ciphers,
    },
    Setting {
        name: server::PREFER_SERVER_CIPHERS.spec.name,
        severity: Severity::Info,
        effect: "the order of ciphers is settled for all clients of the host",
        is_same: |one, two, _| one.annotations.prefer_server_ciphers == two.annotations.prefer_server_ciphers,
    },
    Setting {
        name: server::TLS_PASSTHROUGH.spec.name,
        severity: Severity::Warning,
        effect: "TLS is passed to the backend of `/` unopened: the other paths and their protections do not count for HTTPS",
        is_same: |one, two, _| one.annotations.tls_passthrough == two.annotations.tls_passthrough,
    },
    Setting {
        name: snippets::SERVER.spec.name,
        severity: Severity::Warning,
        effect: "it can decide on every request of the host",
        is_same: |one, two, _| one.annotations.server_snippet == two.annotations.server_snippet,
    },
    Setting {
        name: client_auth::SECRET.spec.name,
        severity: Severity::Warning,
        effect: "it decides who may use the host: clients with certificates of its authority, or nobody where that cannot be read",
        is_same: |one, two, _| one.annotations.client_auth == two.annotations.client_auth && two.annotations.client_auth_error.is_none(),
    },
    Setting {
        name: backend_tls::SECRET.spec.name,
        severity: Severity::Warning,
        effect: "paths without a `proxy-ssl-secret` of their own show its certificate to their backends, and trust its authorities",
        is_same: |one, two, _| one.asks.backend_tls.is_some() || one.asks.backend_tls == two.asks.backend_tls,
    },
    Setting {
        name: rewrite::APP_ROOT.spec.name,
        severity: Severity::Warning,
        effect: "requests for `/` are redirected, whoever declares that path",
        is_same: |one, two, _| one.asks.rewrite.app_root == two.asks.rewrite.app_root,
    },
    Setting {
        name: redirect::FROM_TWIN.spec.name,
        severity: Severity::Info,
        effect: "requests for its twin, with or without `www.`, are redirected to the host",
        is_same: |one, two, _| one.features.from_twin == two.features.from_twin,
    },
    Setting {
        name: TLS,
        severity: Severity::Info,
        effect: "the host is served with its certificate, and paths redirect to HTTPS unless `ssl-redirect` is switched off",
        is_same: |one, two, place| place.certificate(one).is_some_and(|one| place.certificate(two) == Some(one)),
    },
];

/// Says of each setting of a host for which other namespace it is made too, once for all hosts of an Ingress.
pub(super) fn check(world: &World, chosen: &[Chosen], sites: &Sites) -> Vec<Diagnostic> {
    let mut found: BTreeMap<(usize, usize), Vec<Shared>> = BTreeMap::new();
    for site in sites.list.iter().filter(|site| site.server.hostname != CATCH_ALL && is_shared(chosen, site)) {
        for (number, setting) in SETTINGS.iter().enumerate() {
            let Some(maker) = maker(world, site, setting.name) else { continue };
            if let Some(shared) = Shared::of(world, chosen, site, maker, setting) {
                found.entry((maker, number)).or_default().push(shared);
            }
        }
    }
    let tell = |((maker, number), shared): ((usize, usize), Vec<Shared>)| Some(finding(chosen.get(maker)?, &SETTINGS[number], &shared));
    found.into_iter().filter_map(tell).collect()
}

fn is_shared(chosen: &[Chosen], site: &Site) -> bool {
    let mut namespaces = site.locations.iter().filter_map(|location| Some(chosen.get(location.ingress?)?.namespace));
    namespaces.next().is_some_and(|first| namespaces.any(|other| other != first))
}

/// The Ingress that makes a setting of a host.
fn maker(world: &World, site: &Site, name: &str) -> Option<usize> {
    let first = |asks: fn(&Location) -> bool| {
        let asking = site.locations.iter().filter(|location| asks(location));
        // Of several the one for the longest path stands first.
        asking.max_by(|one, two| one.route.path.len().cmp(&two.route.path.len()).then_with(|| one.route.path.cmp(&two.route.path)))?.ingress
    };
    if name == rewrite::APP_ROOT.spec.name {
        first(|location| !location.asks.rewrite.app_root.is_empty())
    } else if name == redirect::FROM_TWIN.spec.name {
        first(|location| location.route.features.from_twin)
    } else if name == server::TLS_PASSTHROUGH.spec.name && !world.controller.flags.enable_ssl_passthrough {
        None
    } else {
        site.makers.get(name).copied()
    }
}

/// A host, and somebody else whom a setting of it concerns.
struct Shared<'s> {
    host: &'s str,
    namespace: &'s str,
    /// What of theirs does not apply, or what they share.
    place: Option<(String, Span)>,
}

impl<'s> Shared<'s> {
    fn of(world: &World, chosen: &'s [Chosen], site: &'s Site, maker: usize, setting: &Setting) -> Option<Self> {
        let own = chosen.get(maker)?;
        let place = Place { world, host: &site.server.hostname };
        let concerns = |location: &'s Location| {
            let other = chosen.get(location.ingress?)?;
            (other.namespace != own.namespace && !(setting.is_same)(other, own, &place)).then_some((location, other))
        };
        let (location, other) = site.locations.iter().find_map(concerns)?;
        let host = site.server.hostname.as_str();
        let theirs = if setting.name == TLS { tls_place(other, host) } else { cause(other, setting.name) };
        let name = &other.object.reference.name;
        let place = match (theirs, location.route.origin) {
            (Some(span), _) => Some((format!("that of Ingress `{}/{name}` does not hold", other.namespace), span)),
            (None, Origin::Manifest(span)) => Some((format!("Ingress `{}/{name}`", other.namespace), span)),
            (None, Origin::Default) => None,
        };
        Some(Self { host, namespace: other.namespace, place })
    }
}

/// Where an Ingress asks for TLS for a host.
fn tls_place(ingress: &Chosen, host: &str) -> Option<Span> {
    let entries = ingress.object.value.spec.as_ref()?.tls.as_deref()?;
    let lists =
        |entry: &&k8s_openapi::api::networking::v1::IngressTLS| entry.hosts.iter().flatten().any(|name| name.eq_ignore_ascii_case(host));
    entries.iter().any(|entry| lists(&entry)).then(|| ingress.object.span(&["spec", "tls"]))
}

fn finding(maker: &Chosen, setting: &Setting, shared: &[Shared]) -> Diagnostic {
    let hosts: Vec<String> = shared.iter().take(room(shared.len(), 3)).map(|shared| format!("`{}`", shared.host)).collect();
    let others = match shared.len() {
        1 => format!("host {}", hosts.concat()),
        count if count <= hosts.len() => format!("the hosts {}", hosts.join(", ")),
        count => format!("the hosts {} and {} others", hosts.join(", "), count - hosts.len()),
    };
    let first = shared.first();
    let namespace = first.map(|shared| shared.namespace).unwrap_or_default();
    let name = setting.name;
    let message = format!("`{name}` holds for all of {others}, also for what namespace `{namespace}` declares there");
    let finding = match setting.severity {
        Severity::Info => Diagnostic::info("foreign-setting", message),
        _ => Diagnostic::warning("foreign-setting", message),
    };
    let place = if name == TLS { Some(maker.object.span(&["spec", "tls"])) } else { cause(maker, name) };
    let finding = finding.at(place).subject(name).object(maker.object.reference.clone()).note(setting.effect);
    match first.and_then(|shared| shared.place.clone()) {
        Some((words, span)) => finding.related(words, span),
        None => finding,
    }
}
