//! `ingressc catalog`

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::Status;
use super::console::Console;
use crate::catalog::flags::Flags;
use crate::catalog::release::Release;
use crate::catalog::{features, removed, settings};
use crate::output::catalog::{Selection, json, markdown, schema, text};

const EXAMPLES: &str = "\
Examples:
  ingressc catalog
      All annotations and ConfigMap keys
  ingressc catalog cors-max-age
      What an annotation does, what it takes, and what a bad value comes to
  ingressc catalog --controller ingress-nginx:1.12.8 --format json
      Those that a controller of that version knows, for scripts
  ingressc catalog --format json-schema > annotations.schema.json
      A schema of `metadata.annotations`, with which editors complete and check
  ingressc catalog --format manifest-schema > ingress.schema.json
      The same for whole manifests, as the YAML language server wants it";

/// Arguments of `catalog`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Catalog {
    /// The annotation or ConfigMap key, with or without the prefix [default: all]
    name: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json|json-schema|manifest-schema|markdown")]
    format: Format,
    /// The controller, as ingress-nginx:1.15.1 [default: the last release]
    #[arg(long, value_name = "NAME:VERSION")]
    controller: Option<Release>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// For editors: the annotations alone.
    JsonSchema,
    /// For editors: whole manifests.
    ManifestSchema,
    /// For documentation.
    Markdown,
}

impl Catalog {
    pub(super) fn run(&self, console: &Console) -> anyhow::Result<Status> {
        let version = self.controller.as_ref().map(|release| release.version).unwrap_or_default();
        let mut selection = Selection::of(version);
        if let Some(name) = &self.name {
            let plain = plain(name);
            selection.narrow(plain);
            if selection.is_empty() {
                return Err(anyhow!("{}", absent(name, plain, version)));
            }
        }
        match self.format {
            Format::Text if self.name.is_some() => console.report(|paint| text::pages(&selection, paint))?,
            Format::Text => console.report(|paint| text::list(&selection, paint))?,
            Format::Json => console.result(&json::report(&selection)?)?,
            Format::JsonSchema => console.result(&schema::report(&selection)?)?,
            Format::ManifestSchema => console.result(&schema::manifests(&selection)?)?,
            Format::Markdown => console.result(&markdown::report(&selection))?,
        }
        Ok(Status::Clean)
    }
}

/// A name without the prefix.
fn plain(name: &str) -> &str {
    let prefix = Flags::default().annotations_prefix;
    name.strip_prefix(&prefix).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name)
}

/// Why there is nothing of a name.
fn absent(name: &str, plain: &str, version: crate::catalog::version::Version) -> String {
    let since = features::find(plain).and_then(|spec| spec.since).or_else(|| settings::find(plain).and_then(|setting| setting.since));
    if let Some(since) = since {
        return format!("the controller {version} does not know `{plain}`: it came with {since}");
    }
    if let Some(removed) = removed::find(plain) {
        return format!("no supported controller reads `{plain}`: {}", removed.advice);
    }
    if let Some(removed) = settings::REMOVED.iter().find(|removed| removed.name == plain) {
        let instead = removed.instead.map(|instead| format!(": use `{instead}`")).unwrap_or_default();
        return format!("the controller knew the ConfigMap key `{plain}` until {}{instead}", removed.last);
    }
    match similar(plain) {
        Some(similar) => format!("there is no annotation or ConfigMap key `{name}`: did you mean `{similar}`?"),
        None => format!("there is no annotation or ConfigMap key `{name}`"),
    }
}

/// The name that was probably meant by one that nothing has.
fn similar(name: &str) -> Option<&'static str> {
    /// Names that differ by more are not meant.
    const LEAST: f64 = 0.8;
    let names = features::all().map(|spec| spec.name).chain(settings::all().map(|setting| setting.name));
    let best = names.map(|known| (strsim::jaro_winkler(known, name), known)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
    best.filter(|(score, _)| *score >= LEAST).map(|(_, name)| name)
}
