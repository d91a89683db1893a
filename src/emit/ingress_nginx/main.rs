//! The process.

use super::super::view::{Raw, switch, view};
use super::http;
use super::printer::Printer;
use crate::catalog::releases::TRACING_MODULE;
use crate::ir::{Proxy, Scheme};

view! {
    /// The process.
    struct Main {
        geo: bool,
        brotli: bool,
        digest: bool,
        waf: bool,
        tracing: bool,
        tracing_module: &'static str,
        workers: Raw,
        cpu_affinity: Option<Raw>,
        open_files: i64,
        shutdown_timeout: Raw,
        snippet: Option<Raw>,
        multi_accept: &'static str,
        connections: i64,
        debug_connections: Vec<Raw>,
    }
}

/// What the file begins with.
pub(super) fn piece(proxy: &Proxy, printer: &mut Printer) -> Raw {
    let (settings, process) = (&proxy.settings, &proxy.settings.process);
    let routes = || proxy.servers.iter().flat_map(|server| &server.routes);
    let view = Main {
        geo: settings.geo.enabled,
        brotli: settings.compression.brotli,
        digest: routes().any(|route| route.steps.admission.password.as_deref().is_some_and(|auth| auth.scheme == Scheme::Digest)),
        waf: settings.waf.enabled || routes().any(|route| route.steps.firewall.enabled == Some(true)),
        tracing: http::is_traced(proxy),
        tracing_module: match TRACING_MODULE.shows(proxy.form) {
            true => "/etc/nginx/modules/otel_ngx_module.so",
            false => "/modules_mount/etc/nginx/modules/otel/otel_ngx_module.so",
        },
        workers: printer.words("worker-processes", &process.workers),
        cpu_affinity: printer.words_if_any("worker-cpu-affinity", &process.cpu_affinity),
        open_files: process.max_open_files,
        shutdown_timeout: printer.words("worker-shutdown-timeout", &process.shutdown_timeout),
        snippet: printer.directives("main-snippet", &settings.snippets.main),
        multi_accept: switch(process.multi_accept),
        connections: process.max_connections,
        debug_connections: process.debug_connections.iter().map(|address| printer.words("debug-connections", address)).collect(),
    };
    printer.piece("ingress_nginx/nginx.conf", view)
}
