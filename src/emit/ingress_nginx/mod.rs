//! The nginx.conf that the controller ingress-nginx would write, and what it tells its Lua code.
//!
//! Each part of the file has a view and a template of the same name. Quirk: much is printed as it is that should be quoted; where a
//! value breaks out of its directive by that, there is an error that says so (see [`printer`]).

mod auth;
mod configuration;
mod cors;
mod error_pages;
mod geo;
mod http;
mod inline;
mod json;
mod keys;
mod limits;
mod listen;
mod location;
mod main;
mod portions;
mod printer;
mod repeated;
mod server;
mod shared;
mod sizes;
mod stream;
mod tls;
mod whitespace;

use serde_json::Value;

use super::{Options, OutputFile, Sink, Target};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::ir::{Proxy, Upstream};
use crate::nginx::TakePortions;

pub use configuration::ByHost;

/// The file that nginx reads.
const CONFIGURATION: &str = "nginx.conf";

/// The target `ingress-nginx`.
#[derive(Debug, Clone, Copy)]
pub struct IngressNginx;

impl IngressNginx {
    /// What `backends.json` says of an upstream. Read back, the whole file takes many times what it is made of.
    #[must_use]
    pub fn backend(upstream: &Upstream) -> Value {
        json::backend(upstream)
    }

    /// Whether a file is among those that are written beside the configuration.
    #[must_use]
    pub fn writes(proxy: &Proxy, name: &str) -> bool {
        json::names(proxy).any(|known| known == name)
    }
}

impl Target for IngressNginx {
    fn name(&self) -> &'static str {
        "ingress-nginx"
    }

    fn render(&self, proxy: &Proxy, options: &Options) -> Outcome<Vec<OutputFile>> {
        let mut files = Vec::new();
        let diagnostics = self.write(proxy, options, &mut files);
        Outcome { value: files, diagnostics }
    }

    fn write(&self, proxy: &Proxy, _: &Options, sink: &mut dyn Sink) -> Vec<Diagnostic> {
        let names: Vec<&str> = [CONFIGURATION].into_iter().chain(json::names(proxy)).collect();
        sink.announce(&names);
        let findings = if sink.begin(CONFIGURATION) { configuration::whole(proxy, &mut |part| sink.part(part)) } else { Vec::new() };
        json::write(proxy, sink);
        findings
    }

    fn render_for_checks(&self, proxy: &Proxy, _: &Options, reader: &mut dyn TakePortions) -> Vec<Diagnostic> {
        portions::write(proxy, CONFIGURATION, reader)
    }
}
