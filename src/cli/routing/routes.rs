//! `ingressc routes`

use std::path::PathBuf;

use clap::Args;

use super::listing::{Listed, Wanted};
use super::source::SourceArgs;
use crate::cli::console::Console;
use crate::cli::progress::Progress;
use crate::cli::{Failure, Global, Status, TableFormat as Format};
use crate::output::routes::{csv, html, json, markdown, text};

const EXAMPLES: &str = "\
Examples:
  ingressc routes manifests/
      Each host with its paths in the order in which they are compared: who gets them, and after which checks
  ingressc routes manifests/ --host shop.example.com
      Those of one host
  ingressc routes --live nginx.conf --namespace shop --format csv
      What a running controller serves for a namespace, for a spreadsheet
  ingressc routes manifests/ --format html > routes.html
      One page for a whole cluster, that says of a URL where it goes

Exit codes: 0 answered, 2 the job could not be done";

/// Arguments of `routes`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Routes {
    /// Manifests: file, folder, or `-` [default: the current folder, where there is no --live]
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath, conflicts_with = "live")]
    paths: Vec<PathBuf>,
    /// Only the host that answers for this name
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// Only routes of Ingresses or Services of this namespace
    #[arg(long = "namespace", id = "of_namespace", value_name = "NAMESPACE")]
    of_namespace: Option<String>,
    /// How to write them
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json|csv|markdown|html")]
    format: Format,
    #[command(flatten)]
    source: SourceArgs,
}

impl Routes {
    pub(in crate::cli) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        let progress = Progress::start(console, "reading the configuration…");
        let hosts = self.host.as_ref().map(|host| vec![host.to_ascii_lowercase()]);
        let mut source = self.source.one(hosts, &self.paths, global)?;
        let wanted = Wanted { host: self.host.as_deref(), namespace: self.of_namespace.as_deref(), ..Wanted::default() };
        let listed = Listed::of_all(&mut source, &wanted);
        drop(progress);
        console.findings(&source.side.findings(), 0, source.side.sources());
        let shown = wanted.of(&listed, &source);
        console.remarks(&shown.notes);
        match self.format {
            Format::Text => console.report(|paint| text(&shown, paint))?,
            Format::Json => console.result(&json(&shown).map_err(anyhow::Error::from)?)?,
            Format::Csv => console.result(&csv(&shown))?,
            Format::Markdown => console.result(&markdown(&shown))?,
            Format::Html => console.result(&html(&shown))?,
        }
        Ok(Status::Clean)
    }
}
