//! What the proxy shall do, as the configuration text of one product.
//!
//! A target turns the IR into *views*, in which everything is decided down to the words, and templates print them. There is one
//! template environment for all targets; it quotes every value, unless Rust code made it [`Raw`](view::Raw).

mod environment;
mod ingress_nginx;
mod quote;
mod shape;
mod view;

use crate::diagnostic::Outcome;
use crate::ir::Proxy;

pub use ingress_nginx::IngressNginx;

/// One file of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// The name, without a folder.
    pub name: &'static str,
    /// The text.
    pub content: String,
}

/// A product that configuration is written for.
pub trait Target: Sync {
    /// The name on the command line.
    fn name(&self) -> &'static str;

    /// Writes the configuration. The first file is the one that people want to see.
    fn render(&self, proxy: &Proxy) -> Outcome<Vec<OutputFile>>;

    /// Writes only what can be judged: the configuration proper, without files that go to other programs.
    fn render_for_checks(&self, proxy: &Proxy) -> Outcome<Vec<OutputFile>> {
        self.render(proxy)
    }
}

/// All targets.
pub const TARGETS: &[&dyn Target] = &[&IngressNginx];

/// The target of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Target> {
    TARGETS.iter().copied().find(|target| target.name() == name)
}
