//! The nginx.conf that the controller ingress-nginx would write, and what it tells its Lua code.
//!
//! Each part of the file has a view and a template of the same name. Quirk: much is printed as it is that should be quoted; where a
//! value breaks out of its directive by that, there is an error that says so (see [`printer`]).

mod auth;
mod cors;
mod error_pages;
mod geo;
mod http;
mod inline;
mod json;
mod limits;
mod listen;
mod location;
mod main;
mod printer;
mod server;
mod shared;
mod stream;
mod tls;
mod whitespace;

use rayon::prelude::*;

use super::{Options, OutputFile, Target};
use crate::diagnostic::Outcome;
use crate::ir::Proxy;
use printer::Printer;
use shared::Shared;

/// The file that nginx reads.
const CONFIGURATION: &str = "nginx.conf";

/// The target `ingress-nginx`.
#[derive(Debug, Clone, Copy)]
pub struct IngressNginx;

impl Target for IngressNginx {
    fn name(&self) -> &'static str {
        "ingress-nginx"
    }

    fn render(&self, proxy: &Proxy, _: &Options) -> Outcome<Vec<OutputFile>> {
        let (configuration, dynamic) = rayon::join(|| configuration(proxy), || json::files(proxy));
        let mut files = vec![OutputFile::new(CONFIGURATION, configuration.value)];
        files.extend(dynamic);
        Outcome { value: files, diagnostics: configuration.diagnostics }
    }

    fn render_for_checks(&self, proxy: &Proxy, _: &Options) -> Outcome<Vec<OutputFile>> {
        let Outcome { value: content, diagnostics } = configuration(proxy);
        Outcome { value: vec![OutputFile::new(CONFIGURATION, content)], diagnostics }
    }
}

fn configuration(proxy: &Proxy) -> Outcome<String> {
    let mut printer = Printer::for_settings();
    let shared = Shared::new(proxy, &mut printer);
    let servers: Vec<_> = proxy.servers.par_iter().map(|server| server::piece(server, &shared)).collect();
    let (servers, findings): (Vec<_>, Vec<_>) = servers.into_iter().map(|outcome| (outcome.value, outcome.diagnostics)).unzip();
    let pieces = main::pieces(proxy, &shared, servers, &mut printer);
    let mut diagnostics = printer.finish();
    diagnostics.extend(findings.into_iter().flatten());
    Outcome { value: whitespace::clean(pieces, proxy.layout.keeps_carriage_returns), diagnostics }
}
