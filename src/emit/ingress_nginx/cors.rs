//! Cross-origin requests.

use super::super::dialect::origins_pattern;
use super::super::view::{Raw, view};
use super::printer::Printer;
use crate::ir::Cors;

view! {
    /// Cross-origin requests.
    struct CorsView {
        any_origin: bool,
        /// Regular expression of the origins; none: no origin was valid.
        origins: Option<Raw>,
        credentials: bool,
        methods: Raw,
        headers: Raw,
        expose_headers: Option<Raw>,
        max_age: i64,
    }
}

/// The directives that answer cross-origin requests.
pub(super) fn piece(cors: &Cors, printer: &mut Printer) -> Raw {
    let any_origin = cors.takes_any();
    let origins = (!any_origin && !cors.origins.is_empty()).then(|| printer.tail("cors-allow-origin", &origins_pattern(&cors.origins)));
    let expose_headers = (!cors.expose_headers.is_empty()).then(|| printer.in_single_quotes("cors-expose-headers", &cors.expose_headers));
    let view = CorsView {
        any_origin,
        origins,
        credentials: cors.credentials,
        methods: printer.in_single_quotes("cors-allow-methods", &cors.methods),
        headers: printer.in_single_quotes("cors-allow-headers", &cors.headers),
        expose_headers,
        max_age: cors.max_age,
    };
    printer.piece("ingress_nginx/cors.conf", view)
}
