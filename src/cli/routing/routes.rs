//! `ingressc routes`

use std::collections::HashMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::source::{Source, SourceArgs};
use crate::catalog::settings;
use crate::cli::console::Console;
use crate::cli::progress::Progress;
use crate::cli::{Failure, Global, Status, side};
use crate::output::routes::{Routes as Shown, Shown as ShownHost, csv, html, json, markdown, text};
use crate::output::untrusted::many_lines;
use crate::route::{Config, Goal, Route, Table};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// For spreadsheets.
    Csv,
    /// For documentation.
    Markdown,
    /// A page.
    Html,
}

impl Routes {
    pub(in crate::cli) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        let progress = Progress::start(console, "reading the configuration…");
        let source = match self.source.live()? {
            Some(live) => live,
            None => self.source.declared(&self.paths, global, None)?,
        };
        let tree = source.tree();
        let config = Config::lift(&tree, source.dynamic());
        let usual = if source.is_of_controller(&tree) { usual() } else { HashMap::new() };
        let table = config.table(&|directive| usual.get(directive).cloned());
        drop(progress);
        console.findings(&source.side.findings(), 0, source.side.sources());
        let notes = source.notes(&tree);
        if console.is_watched() {
            notes.iter().for_each(|note| console.note(&format!("note: {}\n", many_lines(note))));
        }
        let shown = self.shown(&source, &config, &table, notes);
        match self.format {
            Format::Text => console.report(|paint| text(&shown, paint))?,
            Format::Json => console.result(&json(&shown).map_err(anyhow::Error::from)?)?,
            Format::Csv => console.result(&csv(&shown))?,
            Format::Markdown => console.result(&markdown(&shown))?,
            Format::Html => console.result(&html(&shown))?,
        }
        Ok(side::status(&source.side))
    }

    fn shown<'a>(&self, source: &Source, config: &Config<'_>, table: &'a Table, notes: Vec<String>) -> Shown<'a> {
        let servers = self.host.as_ref().map(|host| config.servers_of(host));
        let is_meant = |route: &Route| {
            let service = match &route.goal {
                Goal::Backend(upstream) => upstream.namespace.as_ref(),
                Goal::Answer(_) | Goal::Files | Goal::Unknown => None,
            };
            let of_namespace = |namespace: &String| route.namespace.as_ref() == Some(namespace) || service == Some(namespace);
            !route.is_internal && self.of_namespace.as_ref().is_none_or(of_namespace)
        };
        let hosts = table.hosts.iter().enumerate().filter(|(_, host)| servers.as_ref().is_none_or(|servers| servers.contains(&host.at)));
        let hosts = hosts.map(|(at, host)| {
            let routes = host.routes.iter().enumerate().filter(|(_, route)| is_meant(route)).map(|(at, _)| at).collect();
            ShownHost { host, at, routes }
        });
        let hosts: Vec<ShownHost<'a>> = hosts.filter(|host| !host.routes.is_empty()).collect();
        let places = source.side.dump().map_or_else(HashMap::new, |dump| {
            let routes = hosts.iter().flat_map(|shown| shown.routes.iter().map(|at| shown.host.routes[*at].at.start));
            routes.map(|start| (start, dump.position(start))).collect()
        });
        let side = source.side.name(if source.side.dump().is_some() { "live" } else { "declared" });
        let is_part = self.host.is_some() || self.of_namespace.is_some();
        Shown { side, hosts, ports: &table.ports, is_part, places, notes }
    }
}

/// What the controller writes into directives where nobody says anything. Of several keys that govern one, that of its name counts.
fn usual() -> HashMap<&'static str, String> {
    let mut usual = HashMap::new();
    for setting in settings::all() {
        if let [directive] = setting.directives {
            let is_of_its_name = setting.name.replace('-', "_") == *directive;
            if is_of_its_name || !usual.contains_key(directive) {
                usual.insert(*directive, setting.default());
            }
        }
    }
    usual.retain(|_, value| !value.is_empty());
    usual
}
