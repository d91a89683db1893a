//! What hangs on the certificate of a host, on either side: whether HTTP is redirected, and whether HSTS is sent.

use std::borrow::Cow;
use std::sync::OnceLock;

use hashbrown::HashSet;

use super::side::Side;
use crate::cause::Causes;
use crate::compile::Lua;
use crate::diff::{self, OfCertificate, is_redirected_for_its_certificate, sends_hsts};
use crate::ir::Route;

/// One side, asked about its hosts.
pub(super) struct Certified<'a> {
    side: &'a Side,
    /// Of a configuration: the hosts with routes that are redirected to HTTPS for no other reason than a certificate.
    redirected: OnceLock<HashSet<String>>,
}

impl<'a> Certified<'a> {
    pub(super) fn new(side: &'a Side) -> Self {
        Self { side, redirected: OnceLock::new() }
    }

    /// What hangs on the certificate of a host; `causes` knows the servers, where the side is made of manifests.
    pub(super) fn of(&self, host: &str, causes: Option<&Causes>) -> OfCertificate {
        let redirects = match causes {
            Some(causes) => causes.server(host).is_some_and(|server| server.routes.iter().any(is_redirected)),
            None => self.redirected.get_or_init(|| self.read()).contains(host),
        };
        OfCertificate { redirects, hsts: self.side.dynamic(Lua::Settings).is_some_and(sends_hsts) }
    }

    fn read(&self) -> HashSet<String> {
        let tree = self.side.tree();
        let redirected = tree.servers().filter(|server| is_redirected_for_its_certificate(*server));
        redirected.flat_map(diff::names_of).map(Cow::into_owned).collect()
    }
}

fn is_redirected(route: &Route) -> bool {
    let https = &route.steps.https;
    https.with_certificate && !https.is_forced && !https.is_exempt
}
