//! Locations that fetch a page for an error code from another upstream.

use std::collections::{BTreeMap, BTreeSet};

use super::super::view::{Raw, view};
use super::printer::{Printer, quoted};
use crate::catalog::releases::LUA_FILES;
use crate::ir::{ErrorPages, Proxy, Route};

view! {
    /// A location for one code.
    struct ErrorPage {
        upstream: Raw,
        upstream_quoted: Raw,
        code: i64,
        waf: bool,
        metrics: bool,
        lua_files: bool,
    }
}

/// The locations for the codes of one upstream.
pub(super) fn pieces(proxy: &Proxy, upstream: &str, codes: &[i64], printer: &mut Printer) -> Vec<Raw> {
    let mut piece = |code: &i64| {
        let view = ErrorPage {
            upstream: printer.tail("custom-http-errors", upstream),
            upstream_quoted: quoted(upstream),
            code: *code,
            waf: proxy.settings.waf.enabled,
            metrics: proxy.runtime.metrics,
            lua_files: LUA_FILES.shows(proxy.form),
        };
        printer.piece("ingress_nginx/error_page.conf", view)
    };
    codes.iter().map(&mut piece).collect()
}

/// The locations for the codes of all routes of a host, each once.
pub(super) fn of_routes(proxy: &Proxy, routes: &[Route], printer: &mut Printer) -> Vec<Raw> {
    let mut codes: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for route in routes {
        let ErrorPages { codes: own, keeps_own: _, intercepts: _, upstream } = &route.steps.error_pages;
        codes.entry(upstream).or_default().extend(&**own);
    }
    let pieces = codes.into_iter().flat_map(|(upstream, codes)| pieces(proxy, upstream, &codes.into_iter().collect::<Vec<_>>(), printer));
    pieces.collect()
}
