//! `ingressc advisories`

use anyhow::{anyhow, bail};
use clap::Args;

use super::console::Console;
use super::{ListFormat as Format, Status};
use crate::output::advisories::{self, find};

const EXAMPLES: &str = "\
Examples:
  ingressc advisories
      All published faults of the controller and of nginx, with the versions that are free of them
  ingressc advisories CVE-2026-9256
      What one of them takes, what it costs, and a configuration that reaches it beside one that does not
  ingressc advisories --format json
      The same for scripts
  ingressc check manifests/
      Which of them your manifests reach";

/// Arguments of `advisories`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Advisories {
    /// The fault that the page is about, as CVE-2026-9256 [default: a list of all]
    id: Option<String>,
    /// How to write the list
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json|markdown")]
    format: Format,
}

impl Advisories {
    pub(super) fn run(&self, console: &Console) -> anyhow::Result<Status> {
        match (&self.id, self.format) {
            (None, Format::Text) => console.report(advisories::list)?,
            (None, Format::Json) => console.result(&advisories::json()?)?,
            (None, Format::Markdown) => console.result(&advisories::markdown())?,
            (Some(_), Format::Markdown) => bail!("--format markdown is for the list of all advisories"),
            (Some(id), format) => {
                let fault = find(id).ok_or_else(|| anyhow!("there is no advisory `{id}`: `ingressc advisories` lists them"))?;
                match format {
                    Format::Json => console.result(&advisories::json_of(&fault)?)?,
                    Format::Text | Format::Markdown => console.report(|_| advisories::page(&fault))?,
                }
            }
        }
        Ok(Status::Clean)
    }
}
