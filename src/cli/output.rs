//! Options about the output of targets, and the files that it consists of.

use std::path::Path;

use clap::Args;
use clap::builder::PossibleValuesParser;
use rayon::prelude::*;

use super::certificate;
use super::folder::Folder;
use crate::emit::{HaproxyOptions, HaproxyVersion, Module, NginxOptions, NginxVersion, Options, OutputFile};
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
        proxy.secrets.insert(SecretUse::Certificate, "", certificate::self_signed(&proxy.default_certificate.names)?);
    }
    Ok(())
}

/// Writes all files. Whether each can be written is asked before the first one is.
///
/// # Errors
/// A file or folder cannot be written.
pub(super) fn write(folder: &Path, all: &[OutputFile]) -> anyhow::Result<()> {
    let folder = Folder::create(folder)?;
    all.par_iter().try_for_each(|file| folder.check(&file.name))?;
    all.par_iter().try_for_each(|file| folder.write(&file.name, &file.content, file.is_private))
}
