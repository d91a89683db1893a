//! Manifests to decisions, in named passes, as the controller does it.
//!
//! The passes run in the order of [`lower`], each in a file of its own: classes and order of Ingresses (`select`), upstreams and their
//! endpoints, servers and certificates, locations and merging, canaries, fallbacks, the order of locations, redirects between hosts,
//! TCP and UDP services.

mod absent;
mod admission;
mod adopt;
mod aliases;
mod annotations;
mod asks;
mod auth_urls;
mod canary;
mod certificates;
mod claims;
mod class;
mod crashes;
mod decide;
mod default_certificate;
mod dh_parameters;
mod endpoints;
mod error_backends;
mod features;
mod headers;
mod host_names;
mod host_settings;
mod inward;
mod locations;
mod namespaces;
mod openssl;
mod passthrough;
mod pem;
mod private_key;
mod redirects;
mod refused;
mod routes;
mod runtime;
mod secrets;
mod select;
mod servers;
mod settings;
mod shared_upstreams;
mod sites;
mod strange_paths;
mod streams;
mod strength;
mod tenants;
mod unserved;
mod upstreams;
mod webhook;
mod world;

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Outcome};
use crate::ir::{Form, Proxy};
use crate::manifest::Cluster;
use decide::Decider;

pub use absent::{Absent, absent};
pub use adopt::adopt;
pub use certificates::{is_for, name_covers, validity};
pub use class::{ANNOTATION as CLASS_ANNOTATION, Class, Classes};
pub use dh_parameters::prime_bits;
pub use refused::close;
pub use secrets::secrets;
pub use select::creation_order;
pub use settings::config_map;
pub use strange_paths::Strange;
pub use strength::{missing_signer, weakness};
pub use world::{Controller, Environment, World, is_found_by_name};

/// Decides what the proxy shall do for the objects of a cluster.
#[must_use]
pub fn lower(cluster: &Cluster, controller: &Controller) -> Outcome<Proxy> {
    lower_classes(cluster, controller, Classes::new(cluster, &controller.flags))
}

/// The same for a controller that serves these classes.
#[must_use]
pub fn lower_classes(cluster: &Cluster, controller: &Controller, classes: Classes) -> Outcome<Proxy> {
    let Outcome { value: settings, diagnostics: mut findings } = settings::read(settings::config_map(cluster, controller), controller);
    let mut world = World::new(cluster, controller, settings);
    settle_dh_parameters(&mut world, &mut findings);
    findings.extend(default_certificate::check(&world));
    let mut selection = select::choose(&world, classes, &mut findings);
    findings.extend(tenants::name_upstreams(&mut selection.chosen, cluster.keeps_tenants_apart));
    findings.extend(crashes::check(&selection));
    shared_upstreams::tell(&selection.chosen, &mut findings);
    let chosen = selection.chosen.as_slice();

    let create = || rayon::join(|| upstreams::create(&world, chosen), || servers::create(&world, chosen));
    let (refused, (mut upstreams, Outcome { value: mut sites, diagnostics })) = rayon::join(|| admission::check(&selection), create);
    findings.extend(refused);
    findings.extend(diagnostics);
    locations::add(&world, chosen, &mut upstreams, &mut sites, &mut findings);
    claims::settle(chosen, &mut sites, &mut findings);
    passthrough::check(&world, chosen, &sites, &mut findings);
    canary::merge(&world, chosen, &mut upstreams, &sites, &mut findings);
    let upstreams = error_backends::add(&world, chosen, upstreams, &mut sites, &mut findings);
    findings.extend(tenants::check(chosen, &sites, &upstreams));
    findings.extend(host_settings::check(&world, chosen, &sites));
    let owners = routes::Owners::new(chosen);
    let decider = Decider::new(&world, &sites, &upstreams);
    let mut servers: Vec<_> = sites.list.into_par_iter().map(|site| routes::complete(site, &owners, &decider)).collect();
    drop(decider);
    servers.sort_by(|a, b| a.hostname.cmp(&b.hostname));
    runtime::derive(&mut world.settings, &servers, &controller.environment);

    let snippets = chosen.iter().map(|ingress| &ingress.annotations.stream_snippet).filter(|snippet| !snippet.is_empty());
    let headers = &world.settings.headers;
    let proxy = Proxy {
        form: Form::of(controller.version.parts()),
        runtime: runtime::runtime(&world),
        request_headers: headers::read(&world, &headers.set_from, "proxy-set-headers", &mut findings),
        response_headers: headers::read(&world, &headers.add_from, "add-headers", &mut findings),
        default_certificate: (*world.default_certificate()).clone(),
        host_redirects: redirects::create(&servers, &mut findings),
        upstreams,
        streams: streams::create(&world, &mut findings),
        stream_snippets: snippets.cloned().collect(),
        settings: world.settings,
        settings_origin: settings::config_map(cluster, controller).map(|config| settings::origin(config, controller)),
        servers,
        secrets: crate::ir::Secrets::default(),
    };
    Outcome { value: proxy, diagnostics: findings }
}

/// Replaces the Secret that `ssl-dh-param` names by the file that the controller makes of it.
fn settle_dh_parameters(world: &mut World, findings: &mut Vec<Diagnostic>) {
    let key = std::mem::take(&mut world.settings.tls.dh_param);
    if key.is_empty() {
        return;
    }
    let Some(secret) = world.secret(&key) else {
        let message = format!("`ssl-dh-param` names the Secret `{key}`, which is not in the input");
        findings.push(Diagnostic::info("absent-object", message).on_demand().subject("ssl-dh-param").note("its parameters are left out"));
        return;
    };
    match certificates::dh_parameters(&key, &secret.value, world.cluster.keeps_tenants_apart) {
        Ok(file) => {
            world.settings.tls.dh_param = file;
            world.settings.tls.dh_param_object = key;
        }
        Err(reason) => findings.push(Diagnostic::warning("missing-dh-parameters", reason).subject("ssl-dh-param")),
    }
}
