//! The process.

use std::sync::Arc;

use super::super::view::{Raw, view};
use super::http;
use super::keys::Keys;
use super::printer::Printer;
use crate::catalog::releases::TRACING_MODULE;
use crate::ir::{Proxy, Scheme};

view! {
    /// The process.
    struct Main {
        keys: Arc<Keys>,
        digest: bool,
        waf: bool,
        tracing: bool,
        tracing_module: &'static str,
        snippet: Option<Raw>,
    }
}

/// What the file begins with.
pub(super) fn piece(proxy: &Proxy, printer: &mut Printer) -> Raw {
    let settings = &proxy.settings;
    let routes = || proxy.servers.iter().flat_map(|server| &server.routes);
    let view = Main {
        keys: printer.keys(settings),
        digest: routes().any(|route| route.steps.admission.password.as_deref().is_some_and(|auth| auth.scheme == Scheme::Digest)),
        waf: settings.waf.enabled || routes().any(|route| route.steps.firewall.enabled == Some(true)),
        tracing: http::is_traced(proxy),
        tracing_module: match TRACING_MODULE.shows(proxy.form) {
            true => "/etc/nginx/modules/otel_ngx_module.so",
            false => "/modules_mount/etc/nginx/modules/otel/otel_ngx_module.so",
        },
        snippet: printer.directives("main-snippet", &settings.snippets.main),
    };
    printer.piece("ingress_nginx/nginx.conf", view)
}
