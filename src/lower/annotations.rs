//! The pass that reads the annotations of one Ingress.

use std::sync::Arc;

use k8s_openapi::api::networking::v1::Ingress;

use super::asks::Asks;
pub(super) use super::features::affinity::AffinityRequest;
pub(super) use super::features::canary::Canary;
use super::features::{
    Reader, Stop, Verdict, access, affinity, backend_tls, balancing, canary, client_auth, cors, error_pages, external_auth, fastcgi,
    forwarding, global_rate_limits, logging, mirror, password_auth, proxying, rate_limits, redirect, response_headers, rewrite, server,
    tracing, waf,
};
use super::world::World;
use crate::catalog::features::snippets;
use crate::diagnostic::Outcome;
use crate::ir::{self, Protocol};
use crate::manifest::Object;

/// The Ingress is not served because of an annotation.
#[derive(Debug)]
pub(super) struct Rejected;

/// What the annotations of an Ingress say of its hosts and backends.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Annotations {
    /// Other names of the host.
    pub(super) aliases: Vec<String>,
    /// Share of the requests.
    pub(super) canary: Canary,
    /// Certificates that clients must show.
    pub(super) client_auth: Option<Arc<ir::ClientAuth>>,
    /// Why client certificates cannot be checked.
    pub(super) client_auth_error: Option<String>,
    /// Raw configuration for the host.
    pub(super) server_snippet: String,
    /// Raw configuration for TCP and UDP.
    pub(super) stream_snippet: String,
    /// Requests go to the address of the Service.
    pub(super) service_upstream: bool,
    /// Keeping a client on one endpoint.
    pub(super) affinity: AffinityRequest,
    /// TLS is passed to the backend unopened.
    pub(super) tls_passthrough: bool,
    /// Choosing the endpoint by a hash.
    pub(super) hashing: ir::Hashing,
    /// Name of the balancing algorithm; empty: that of the proxy.
    pub(super) algorithm: String,
    /// Ciphers for the host; empty: those of the proxy.
    pub(super) ciphers: String,
    /// Whose order of ciphers counts.
    pub(super) prefer_server_ciphers: Option<bool>,
    /// `namespace/name` of the Service that answers when no endpoint does.
    pub(super) default_backend: Option<String>,
}

/// What the annotations of an Ingress say: of how requests are passed on, of what happens to them, and besides.
pub(super) type Asked = (Arc<ir::Features>, Arc<Asks>, Annotations);

/// Reads the annotations of an Ingress.
pub(super) fn read(object: &Object<Ingress>, world: &World) -> Outcome<Result<Asked, Rejected>> {
    let mut reader = Reader::new(object, world);
    let (mut features, mut asks) = of_paths(&mut reader, world);
    let annotations = of_ingress(&mut reader);
    features.causes = reader.causes();
    let Verdict { denied, is_rejected, findings } = reader.finish();
    let closed = || world.cluster.closed.get(&object.reference);
    let here = || ir::Origin::Manifest(object.span(&["metadata", "name"]));
    asks.refusal = denied.or_else(|| closed().map(|reason| ir::Asked { value: reason.clone(), origin: here() }));
    let (features, asks) = world.share(features, asks);
    Outcome { value: if is_rejected { Err(Rejected) } else { Ok((features, asks, annotations)) }, diagnostics: findings }
}

/// What holds for each path. The order of reading is that of the controller's findings.
fn of_paths(reader: &mut Reader, world: &World) -> (ir::Features, Asks) {
    let access = reader.section(access::read).unwrap_or_default();
    let forwarding = reader.section(forwarding::read).unwrap_or_default();
    let (error_pages, keep_backend_errors) = reader.section(error_pages::read).unwrap_or_default();
    let mut asks = Asks {
        allow: access.allow,
        deny: access.deny,
        password: reader.section(password_auth::read).flatten().map(Arc::new),
        service: reader.section(external_auth::read).flatten().map(Arc::new),
        global_service: reader.section(external_auth::read_global).unwrap_or_default(),
        satisfy: reader.section(access::read_satisfy).flatten(),
        protocol: Protocol::of(&forwarding.backend_protocol),
        is_protocol_small: forwarding.backend_protocol.contains(char::is_lowercase),
        backend_tls: reader.section(backend_tls::read).flatten().map(Arc::new),
        error_pages,
        keep_backend_errors,
        ..Asks::default()
    };
    let mut features = ir::Features {
        proxying: world.proxying.share(reader.section(proxying::read).unwrap_or_default()),
        fastcgi: reader.section(fastcgi::read).unwrap_or_default(),
        body_buffer: forwarding.body_buffer,
        connection_header: forwarding.connection_header,
        host_header: forwarding.host_header,
        forwarded_prefix: forwarding.forwarded_prefix,
        response_headers: reader.section(response_headers::read).unwrap_or_default(),
        push_preload: forwarding.push_preload,
        ..ir::Features::default()
    };
    asks.cors = reader.section(cors::read).flatten().map(Arc::new);
    asks.global_limit = reader.section(global_rate_limits::read).flatten().map(Arc::new);
    asks.limits = reader.section(rate_limits::read).filter(|limits| *limits != ir::RateLimits::default()).map(Arc::new);
    let redirect = reader.section(redirect::read).unwrap_or_default();
    (features.from_twin, features.relative_redirects, asks.redirect) = (redirect.from_twin, redirect.relative, redirect.to);
    asks.rewrite = reader.section(rewrite::read).unwrap_or_default();
    features.port_in_redirects = reader.section(redirect::read_port).unwrap_or_default();
    asks.names_port = features.port_in_redirects;
    asks.mirror = reader.section(mirror::read).flatten();
    features.logging = reader.section(logging::read).unwrap_or_default();
    features.tracing = reader.section(tracing::read).unwrap_or_default();
    asks.firewall = reader.section(waf::read).unwrap_or_default();
    features.snippet = reader.section(|reader| reader.snippet(&snippets::LOCATION)).flatten().unwrap_or_default();
    (features, asks)
}

/// What holds for the hosts and backends of the Ingress.
fn of_ingress(reader: &mut Reader) -> Annotations {
    let mut client_auth_error = None;
    let client_auth = reader.section(|reader| {
        client_auth::read(reader).inspect_err(|stop| {
            if let Stop::Denied(reason) = stop {
                client_auth_error = Some(reason.value.clone());
            }
        })
    });
    let ciphers = reader.section(server::read_ciphers).unwrap_or_default();
    Annotations {
        aliases: reader.section(server::read_aliases).unwrap_or_default(),
        canary: reader.section(canary::read).unwrap_or_default(),
        client_auth: client_auth.flatten().map(Arc::new),
        client_auth_error,
        server_snippet: reader.section(|reader| reader.snippet(&snippets::SERVER)).flatten().unwrap_or_default(),
        stream_snippet: reader.section(|reader| reader.snippet(&snippets::STREAM)).flatten().unwrap_or_default(),
        service_upstream: reader.section(balancing::read_service_upstream).unwrap_or_default(),
        affinity: reader.section(affinity::read).unwrap_or_default(),
        tls_passthrough: reader.section(server::read_passthrough).unwrap_or_default(),
        hashing: reader.section(balancing::read).unwrap_or_default(),
        algorithm: reader.section(balancing::read_algorithm).unwrap_or_default(),
        ciphers: ciphers.ciphers,
        prefer_server_ciphers: ciphers.prefer_server,
        default_backend: reader.section(error_pages::read_default_backend).flatten(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Effect;
    use crate::lower::features::fixture::Fixture;

    /// The annotations, none of a rejected Ingress, and the fates of the bad ones.
    fn annotations(fixture: Fixture) -> (Option<Asked>, Vec<Effect>) {
        let outcome = fixture.lower(read);
        (outcome.value.ok(), outcome.diagnostics.iter().filter_map(|finding| finding.effect).collect())
    }

    #[test]
    fn an_ingress_without_annotations_gets_the_defaults() {
        let (found, effects) = annotations(Fixture::new(&[]));
        let (features, asks, found) = found.unwrap_or_default();
        assert!(effects.is_empty() && features.causes.is_empty() && asks.refusal.is_none());
        assert!(asks.global_service && features.logging.access && asks.rewrite.to_https);
        assert_eq!((asks.protocol, features.proxying.body_size.as_str()), (Protocol::Http, "1m"));
        assert_eq!((found.hashing.subset_size, found.canary.share.total, found.canary.enabled), (3, 100, false));
    }

    #[test]
    fn what_was_written_is_the_cause() {
        let fixture = Fixture::new(&[("proxy-body-size", "8m"), ("whitelist-source-range", "::1"), ("no-such-annotation", "x")]);
        let causes = annotations(fixture.bare("use-regex", "true")).0.unwrap_or_default().0.causes.clone();
        let names: Vec<&str> = causes.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["nginx.ingress.kubernetes.io/proxy-body-size", "nginx.ingress.kubernetes.io/whitelist-source-range"]);
    }

    #[test]
    fn bad_client_certificates_deny_the_paths_and_the_host() {
        let (found, effects) = annotations(Fixture::new(&[("auth-tls-secret", "shop/missing"), ("denylist-source-range", "x")]));
        let (_, asks, found) = found.unwrap_or_default();
        assert!(found.client_auth.is_none() && found.client_auth_error.is_some() && asks.refusal.is_some());
        // The Secret may be in the cluster.
        assert_eq!(effects, [Effect::LocationDenied; 2]);
    }

    #[test]
    fn one_refused_value_rejects_the_ingress() {
        for (annotation, is_served) in [
            (("server-alias", "a b"), false),
            (("ssl-ciphers", "bad;cipher"), false),
            (("ssl-ciphers", " "), true),
            (("ssl-passthrough", "yes"), false),
            (("ssl-passthrough", ""), true),
            (("ssl-prefer-server-ciphers", "yes"), true),
            (("load-balance", "random"), false),
            (("load-balance", ""), true),
            (("canary", "yes"), true),
            (("proxy-read-timeout", "1h"), true),
            (("configuration-snippet", "deny all;"), false),
        ] {
            let (found, effects) = annotations(Fixture::new(&[annotation, ("proxy-body-size", "8m")]));
            assert_eq!((found.is_some(), effects.contains(&Effect::IngressDropped)), (is_served, !is_served), "{annotation:?}");
        }
    }
}
