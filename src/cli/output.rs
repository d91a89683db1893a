//! Options about the output of targets, and the files that it consists of.

use std::path::Path;

use anyhow::Context as _;
use clap::Args;
use clap::builder::PossibleValuesParser;
use rayon::prelude::*;

use super::console::Console;
use super::folder::{Draft, Folder};
use crate::compile::self_signed;
use crate::emit::{HaproxyOptions, HaproxyVersion, Module, NginxOptions, NginxVersion, Options, OutputFile, Sink, misnamed};
use crate::ir::{Proxy, SecretUse};
use crate::lower;
use crate::manifest::Cluster;

/// Options of the target `nginx`.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Target nginx")]
struct NginxArgs {
    /// The nginx that reads the configuration [default: 1.22.1]
    #[arg(long, value_name = "VERSION")]
    nginx_version: Option<NginxVersion>,
    /// A module that is installed besides nginx itself; may be repeated
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(Module::ALL.iter().map(|module| module.name())))]
    nginx_module: Vec<String>,
    /// Folder for logs, process number and temporary files [default: those that nginx was built with]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    nginx_state: Option<String>,
    /// Put each host into a file of its own
    #[arg(long)]
    split_hosts: bool,
}

impl NginxArgs {
    fn options(&self) -> NginxOptions {
        let modules = self.nginx_module.iter().filter_map(|name| Module::find(name)).collect();
        let version = self.nginx_version.unwrap_or_default();
        NginxOptions { version, modules, state: self.nginx_state.clone(), splits_hosts: self.split_hosts }
    }
}

/// Options of the target `haproxy`.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Target haproxy")]
struct HaproxyArgs {
    /// The HAProxy that reads the configuration [default: 2.6]
    #[arg(long, value_name = "VERSION")]
    haproxy_version: Option<HaproxyVersion>,
    /// Ask authentication services, copy requests and fetch error pages by a file of Lua
    #[arg(long)]
    haproxy_lua: bool,
}

impl HaproxyArgs {
    fn options(&self) -> HaproxyOptions {
        HaproxyOptions { version: self.haproxy_version.unwrap_or_default(), lua: self.haproxy_lua }
    }
}

/// Options of all targets.
#[derive(Debug, Default, Args)]
pub(super) struct TargetArgs {
    #[command(flatten)]
    nginx: NginxArgs,
    #[command(flatten)]
    haproxy: HaproxyArgs,
}

impl TargetArgs {
    /// What the targets are to do.
    pub(super) fn options(&self) -> Options {
        Options { nginx: self.nginx.options(), haproxy: self.haproxy.options() }
    }
}

/// Adds what the files with secrets hold, for a folder that they are written to.
///
/// # Errors
/// The certificate of hosts without one cannot be made.
pub(super) fn add_secrets(proxy: &mut Proxy, cluster: &Cluster, folder: &Path) -> anyhow::Result<()> {
    proxy.secrets = lower::secrets(cluster, proxy);
    // One that is there stays: its name may be known to others already.
    if proxy.default_certificate.name.is_empty() && !Folder::open(folder).is_ok_and(|folder| folder.holds("tls/default.pem")) {
        proxy.secrets.insert(
            SecretUse::Certificate,
            "",
            self_signed(&proxy.default_certificate.names).context("cannot make a certificate")?,
        );
    }
    Ok(())
}

/// Why files of such names are not written.
///
/// # Errors
/// They cannot stand beside one another.
pub(super) fn check_names<'n>(names: impl Iterator<Item = &'n str>) -> anyhow::Result<()> {
    misnamed(names).map_or(Ok(()), |reason| Err(anyhow::anyhow!("nothing is written: {reason}")))
}

/// Writes all files to a folder. Whether each can be written is asked before the first one is.
pub(super) struct Written<'f> {
    folder: &'f Folder,
    /// Those that came in parts: they get their names together.
    drafts: Vec<Draft<'f>>,
    failure: Option<anyhow::Error>,
}

impl<'f> Written<'f> {
    /// Nothing yet.
    pub(super) fn to(folder: &'f Folder) -> Self {
        Self { folder, drafts: Vec::new(), failure: None }
    }

    /// The end.
    ///
    /// # Errors
    /// Something could not be written.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        self.failure.map_or(Ok(()), Err)?;
        self.drafts.into_iter().try_for_each(Draft::finish)
    }

    /// Does more, where all went well so far.
    fn then(&mut self, more: impl FnOnce(&mut Self) -> anyhow::Result<()>) -> bool {
        if self.failure.is_none() {
            self.failure = more(self).err();
        }
        self.failure.is_none()
    }
}

impl Sink for Written<'_> {
    fn announce(&mut self, names: &[&'static str]) {
        self.then(|this| {
            check_names(names.iter().copied())?;
            names.iter().try_for_each(|name| this.folder.check(name))
        });
    }

    fn begin(&mut self, name: &'static str) -> bool {
        self.then(|this| this.folder.begin(name).map(|draft| this.drafts.push(draft)))
    }

    fn part(&mut self, text: &str) {
        self.then(|this| this.drafts.last_mut().map_or(Ok(()), |draft| draft.write(text)));
    }

    fn files(&mut self, files: Vec<OutputFile>) {
        self.then(|Self { folder, .. }| {
            check_names(files.iter().map(|file| &*file.name))?;
            files.par_iter().try_for_each(|file| folder.check(&file.name))?;
            files.par_iter().try_for_each(|file| folder.write(&file.name, &file.content, file.is_private))
        });
    }
}

/// Prints the first file.
pub(super) struct Printed<'c> {
    console: &'c Console,
    has_begun: bool,
    /// Whether it could be printed so far.
    pub(super) written: anyhow::Result<()>,
}

impl<'c> Printed<'c> {
    /// Nothing yet.
    pub(super) fn on(console: &'c Console) -> Self {
        Self { console, has_begun: false, written: Ok(()) }
    }
}

impl Sink for Printed<'_> {
    fn begin(&mut self, _: &'static str) -> bool {
        !std::mem::replace(&mut self.has_begun, true)
    }

    fn part(&mut self, text: &str) {
        if self.written.is_ok() {
            self.written = self.console.result(text);
        }
    }

    fn files(&mut self, files: Vec<OutputFile>) {
        self.written = check_names(files.iter().map(|file| &*file.name));
        self.part(files.first().map(|file| file.content.as_str()).unwrap_or_default());
    }
}
