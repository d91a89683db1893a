//! What all hosts have in common, made once.

use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashSet;

use super::super::scope::Scope;
use super::client_auth;
use super::filters;
use super::options::HaproxyOptions;
use crate::ir::{Proxy, Steps};

/// What all hosts have in common.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    /// What the proxy shall do.
    pub(super) proxy: &'a Proxy,
    /// Choices about the output.
    pub(super) options: &'a HaproxyOptions,
    /// Names of upstreams that some routes reach with TLS.
    pub(super) with_tls: HashSet<&'a str>,
    /// Why no route of the whole proxy may answer; none in most cases.
    pub(super) closed: Option<&'static str>,
    /// The rules of backends, each once.
    rules: Mutex<HashSet<Arc<str>>>,
}

impl<'a> Shared<'a> {
    /// Prepares what all hosts have in common.
    pub(super) fn new(proxy: &'a Proxy, options: &'a HaproxyOptions, scope: &mut Scope) -> Self {
        let mut shared = Self { proxy, options, with_tls: HashSet::new(), closed: None, rules: Mutex::default() };
        let routes = || proxy.servers.iter().flat_map(|server| &server.routes);
        let with_tls = routes().filter(|route| route.steps.backend.protocol.is_tls());
        shared.with_tls = with_tls.map(|route| route.upstream.as_str()).collect();
        shared.close(scope);
        shared
    }

    /// The rules of a backend. Those of most routes are the same.
    pub(super) fn share(&self, rules: String) -> Arc<str> {
        let mut known = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = known.get(rules.as_str()) {
            return Arc::clone(rules);
        }
        let rules: Arc<str> = Arc::from(rules);
        known.insert(Arc::clone(&rules));
        rules
    }

    fn close(&mut self, scope: &mut Scope) {
        let (settings, snippets) = (&self.proxy.settings, &self.proxy.settings.snippets);
        if settings.waf.enabled {
            self.closed = Some("ModSecurity, which all routes ask for, cannot be expressed");
        }
        let all = &self.proxy.settings.filters;
        let blocked: Vec<String> = all.block_cidrs.iter().map(|network| network.trim().to_owned()).collect();
        let fit = |entries: &[String]| entries.iter().all(|entry| filters::is_filter(entry.trim()));
        for (name, is_fit) in [
            ("block-cidrs", filters::are_readable(&blocked)),
            ("block-user-agents", fit(&all.block_user_agents)),
            ("block-referers", fit(&all.block_referers)),
        ] {
            if !is_fit {
                scope.refuse(name, "not all of it is fit for a configuration");
                self.closed = Some("a filter that holds for all routes cannot be expressed");
            }
        }
        let raw = [
            ("main-snippet", &snippets.main),
            ("http-snippet", &snippets.http),
            ("server-snippet", &snippets.server),
            ("location-snippet", &snippets.location),
            ("stream-snippet", &snippets.stream),
        ];
        for (name, _) in raw.iter().filter(|(_, text)| !text.trim().is_empty()) {
            // Nobody can tell what raw configuration protects, but what stands outside of hosts and routes refuses nobody.
            if matches!(*name, "main-snippet" | "stream-snippet") {
                scope.lost(name, "raw configuration of nginx means nothing to HAProxy");
            } else {
                scope.close(name, "raw configuration of nginx means nothing to HAProxy, and it may protect something");
                self.closed = Some("a snippet that holds for all routes cannot be expressed");
            }
        }
    }

    /// Whether any route asks for the address of the client.
    pub(super) fn asks_for_addresses(&self) -> bool {
        let exempts = |steps: &Steps| steps.limits.as_ref().is_some_and(|limits| !limits.exempt.is_empty());
        let asks = |steps: &Steps| steps.admission.looks_at_addresses() || exempts(steps);
        let mut routes = self.proxy.servers.iter().flat_map(|server| &server.routes);
        !self.proxy.settings.filters.block_cidrs.is_empty() || routes.any(|route| asks(&route.steps))
    }

    /// Whether any host asks clients for certificates.
    pub(super) fn asks_for_certificates(&self) -> bool {
        self.proxy.servers.iter().any(|server| client_auth::of(server).is_some())
    }

    /// Whether the scheme, host and port that clients see are read from headers.
    pub(super) fn trusts_headers(&self) -> bool {
        self.proxy.settings.client_address.from_headers
    }

    /// Whether requests are sent again that may do something twice; HAProxy decides for all routes or for none.
    pub(super) fn retries_all(&self) -> bool {
        let usual = &self.proxy.settings.route_defaults.proxying.next_upstream;
        self.proxy.settings.upstreams.retry_non_idempotent || usual.contains("non_idempotent")
    }
}
