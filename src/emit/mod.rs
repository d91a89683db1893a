//! What the proxy shall do, as the configuration text of one product.
//!
//! A target turns the IR into *views*, in which everything is decided down to the words, and templates print them. There is one
//! template environment for all targets; it quotes every value, unless Rust code made it [`Raw`](view::Raw).

#![warn(clippy::wildcard_enum_match_arm, reason = "the compiler asks each target about each new decision")]

mod asked;
mod dialect;
mod environment;
mod file;
mod haproxy;
mod ingress_nginx;
mod names;
mod nginx;
mod options;
mod quote;
mod scope;
mod sink;
mod view;

use crate::diagnostic::{Diagnostic, Outcome};
use crate::ir::Proxy;
use crate::nginx::TakePortions;

pub use file::{FileName, OutputFile, misnamed};
pub use haproxy::{Haproxy, HaproxyOptions, HaproxyVersion};
pub use ingress_nginx::{ByHost, IngressNginx};
pub use nginx::Nginx;
pub use options::{Module, NginxOptions, NginxVersion, Options};
pub use sink::Sink;

/// A product that configuration is written for.
pub trait Target: Sync {
    /// The name on the command line.
    fn name(&self) -> &'static str;

    /// Writes the configuration. The first file is the one that people want to see.
    fn render(&self, proxy: &Proxy, options: &Options) -> Outcome<Vec<OutputFile>>;

    /// Writes the same files to where they go, large ones part by part.
    fn write(&self, proxy: &Proxy, options: &Options, sink: &mut dyn Sink) -> Vec<Diagnostic> {
        let Outcome { value: files, diagnostics } = self.render(proxy, options);
        sink.files(files);
        diagnostics
    }

    /// Says what there is to say of the configuration, for those who want no text.
    fn tell(&self, proxy: &Proxy, options: &Options) -> Vec<Diagnostic> {
        self.render_for_checks(proxy, options, &mut |_: &str, _: &str| {})
    }

    /// Writes only what can be judged: the configuration proper, without files that go to other programs. A large one comes in portions
    /// of one name: each holds what is for all hosts, and some of the hosts or of their routes. Locations whose words were taken before, in a
    /// host where nothing was found, may be left out.
    fn render_for_checks(&self, proxy: &Proxy, options: &Options, reader: &mut dyn TakePortions) -> Vec<Diagnostic> {
        let Outcome { value: files, diagnostics } = self.render(proxy, options);
        files.iter().for_each(|file| reader.take(&file.name, &file.content));
        diagnostics
    }
}

/// All targets.
pub const TARGETS: &[&dyn Target] = &[&IngressNginx, &Nginx, &Haproxy];

/// The target of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Target> {
    TARGETS.iter().copied().find(|target| target.name() == name)
}
