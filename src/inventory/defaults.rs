//! Defaults that nobody wrote and somebody relies on. A move to another product changes them, and nothing in the manifests says so.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Reliance;
use super::routes::passes_on;
use crate::ir::{Proxy, Route, Server};

/// A default of the controller.
struct Row {
    /// The annotation and the key that would say otherwise.
    names: &'static [&'static str],
    meaning: &'static str,
    /// Its value on a route; none where the route does not rely on it.
    value: fn(&Proxy, &Server, &Route) -> Option<String>,
}

const ROWS: &[Row] = &[
    Row {
        names: &["proxy-body-size"],
        meaning: "larger bodies of requests get 413",
        value: |_, _, route| Some(route.features.proxying.body_size.clone()),
    },
    Row {
        names: &["proxy-connect-timeout"],
        meaning: "seconds to connect to the backend",
        value: |_, _, route| Some(route.features.proxying.connect_timeout.to_string()),
    },
    Row {
        names: &["proxy-read-timeout"],
        meaning: "seconds between two reads from the backend, then 504",
        value: |_, _, route| Some(route.features.proxying.read_timeout.to_string()),
    },
    Row {
        names: &["proxy-send-timeout"],
        meaning: "seconds between two writes to the backend, then 504",
        value: |_, _, route| Some(route.features.proxying.send_timeout.to_string()),
    },
    Row {
        names: &["proxy-buffer-size", "proxy-buffers-number"],
        meaning: "buffers for an answer, and the size of each: longer headers of an answer get 502",
        value: |_, _, route| Some(format!("{} of {}", route.features.proxying.buffers_number, route.features.proxying.buffer_size)),
    },
    Row {
        names: &["proxy-request-buffering"],
        meaning: "bodies of requests are read whole before the backend gets them",
        value: |_, _, route| (route.features.proxying.request_buffering == "on").then(|| String::from("on")),
    },
    Row {
        names: &["proxy-next-upstream", "proxy-next-upstream-tries"],
        meaning: "when another endpoint is tried, and how many at most",
        value: |_, _, route| {
            let proxying = &route.features.proxying;
            Some(format!("{}, {} tries", proxying.next_upstream, proxying.next_upstream_tries))
        },
    },
    Row {
        names: &["ssl-redirect", "force-ssl-redirect"],
        meaning: "requests of HTTP are redirected to HTTPS, with this status",
        value: |_, _, route| route.steps.https.happens.then(|| route.steps.https.code.to_string()),
    },
    Row {
        names: &["hsts", "hsts-max-age", "hsts-include-subdomains", "hsts-preload"],
        meaning: "what browsers are told in `Strict-Transport-Security`, over HTTPS",
        value: hsts,
    },
    Row {
        names: &["ssl-protocols"],
        meaning: "versions of TLS that clients may speak",
        value: |proxy, server, _| has_tls(proxy, server).then(|| proxy.settings.tls.protocols.clone()),
    },
];

fn has_tls(proxy: &Proxy, server: &Server) -> bool {
    proxy.certificate_of(server).is_some()
}

fn hsts(proxy: &Proxy, server: &Server, _: &Route) -> Option<String> {
    let tls = &proxy.settings.tls;
    (tls.hsts && has_tls(proxy, server)).then(|| {
        let below = if tls.hsts_include_subdomains { "; includeSubDomains" } else { "" };
        format!("max-age={}{below}", tls.hsts_max_age)
    })
}

/// Counts who relies on which default.
#[derive(Default)]
pub(super) struct Defaults {
    /// By row and value: routes, and numbers of their Ingresses.
    found: BTreeMap<(usize, String), (usize, BTreeSet<usize>)>,
}

impl Defaults {
    /// Looks at a route of an Ingress.
    pub(super) fn look(&mut self, proxy: &Proxy, server: &Server, route: &Route, ingress: usize) {
        if !passes_on(proxy, server, route) {
            return;
        }
        let is_key = |name: &str| proxy.settings_origin.as_ref().is_some_and(|origin| origin.place(name).is_some());
        let is_written = |row: &Row| row.names.iter().any(|name| route.features.cause(name).is_some() || is_key(name));
        for (at, row) in ROWS.iter().enumerate().filter(|(_, row)| !is_written(row)) {
            if let Some(value) = (row.value)(proxy, server, route) {
                let (routes, ingresses) = self.found.entry((at, value)).or_default();
                *routes += 1;
                ingresses.insert(ingress);
            }
        }
    }

    pub(super) fn into_list(self) -> Vec<Reliance> {
        let one = |((at, value), (routes, ingresses)): ((usize, String), (usize, BTreeSet<usize>))| Reliance {
            name: ROWS[at].names.first().copied().unwrap_or_default().to_owned(),
            value,
            meaning: ROWS[at].meaning.to_owned(),
            routes,
            ingresses: ingresses.len(),
        };
        self.found.into_iter().map(one).collect()
    }
}
