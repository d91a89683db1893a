//! What all hosts have in common, made once.

use std::sync::Arc;

use super::super::view::{Raw, view};
use super::printer::{Printer, header_variable, quoted};
use super::{error_pages, inline, listen};
use crate::catalog::releases::{AUTH_ERRORS, AUTH_LUA_FILE, GRPC_TIMEOUTS, LUA_FILES, ORIGINAL_HOST};
use crate::ir::{DEFAULT_UPSTREAM, Form, Proxy};

/// What all hosts have in common.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    /// What the proxy shall do.
    pub(super) proxy: &'a Proxy,
    /// The form of the configuration, for the templates.
    pub(super) layout: Arc<LayoutView>,
    /// What Lua code within the configuration is told; none where it reads a file.
    pub(super) lua: Option<Arc<inline::Lua>>,
    /// Parameters of `listen` for hosts that somebody declared.
    pub(super) listen: Vec<Raw>,
    /// Parameters of `listen` for the catch-all host.
    pub(super) listen_catch_all: Vec<Raw>,
    /// Headers for backends of HTTP.
    pub(super) forwarding: Raw,
    /// Headers for backends of gRPC.
    pub(super) grpc_forwarding: Raw,
    /// Pages for the error codes of all hosts.
    pub(super) error_pages: Vec<Raw>,
    /// Raw configuration of the administrator for each host.
    pub(super) server_snippet: Option<Raw>,
    /// Raw configuration of the administrator for each route.
    pub(super) location_snippet: Option<Raw>,
}

view! {
    /// The form of the configuration.
    #[derive(PartialEq, Eq, Hash)]
    struct LayoutView {
        auth_lua_file: bool,
        grpc_timeouts: bool,
        keeps_auth_errors: bool,
        lua_files: bool,
    }

    /// Headers for backends.
    struct Forwarding {
        /// The directive that sets a header.
        header: &'static str,
        forwarded_for: Raw,
        original_for: Raw,
        original_host: Option<Raw>,
        original_uri: bool,
        custom: Vec<Arc<Header>>,
    }

    /// A header and its value.
    struct Header {
        name: Raw,
        value: Raw,
    }
}

impl<'a> Shared<'a> {
    /// Prepares what all hosts have in common.
    pub(super) fn new(proxy: &'a Proxy, printer: &mut Printer) -> Self {
        let settings = &proxy.settings;
        Self {
            proxy,
            layout: Arc::new(layout(proxy.form)),
            lua: inline::lua(proxy, printer),
            listen: listen::lines(proxy, false, printer),
            listen_catch_all: listen::lines(proxy, true, printer),
            forwarding: forwarding(proxy, "proxy_set_header", printer),
            grpc_forwarding: forwarding(proxy, "grpc_set_header", printer),
            error_pages: error_pages::pieces(proxy, DEFAULT_UPSTREAM, &settings.route_defaults.error_codes, printer),
            server_snippet: printer.directives("server-snippet", &settings.snippets.server),
            location_snippet: printer.directives("location-snippet", &settings.snippets.location),
        }
    }
}

fn layout(form: Form) -> LayoutView {
    LayoutView {
        auth_lua_file: AUTH_LUA_FILE.shows(form),
        grpc_timeouts: GRPC_TIMEOUTS.shows(form),
        keeps_auth_errors: AUTH_ERRORS.shows(form),
        lua_files: LUA_FILES.shows(form),
    }
}

/// The variable that holds the address of the client for backends.
pub(super) fn forwarded_for(proxy: &Proxy) -> Raw {
    let address = &proxy.settings.client_address;
    Raw::new(if address.from_headers && address.full_forwarded_for { "$full_x_forwarded_for" } else { "$remote_addr" })
}

fn forwarding(proxy: &Proxy, header: &'static str, printer: &mut Printer) -> Raw {
    let settings = &proxy.settings;
    let custom =
        proxy.request_headers.iter().map(|(name, value)| Header { name: printer.words("proxy-set-headers", name), value: quoted(value) });
    let custom = custom.map(Arc::new).collect();
    let view = Forwarding {
        header,
        forwarded_for: forwarded_for(proxy),
        original_for: header_variable(printer, "forwarded-for-header", &settings.client_address.for_header),
        original_host: ORIGINAL_HOST
            .shows(proxy.form)
            .then(|| header_variable(printer, "forwarded-host-header", &settings.client_address.host_header)),
        original_uri: settings.headers.original_uri,
        custom,
    };
    printer.piece("ingress_nginx/forwarding.conf", view)
}
