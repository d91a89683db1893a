//! `ingressc releases`

use clap::Args;

use super::console::Console;
use super::{ListFormat as Format, Status};
use crate::catalog::releases::{FIRST, LATEST};
use crate::catalog::version::Version;
use crate::output::releases::{between, json, markdown, text};

const EXAMPLES: &str = "\
Examples:
  ingressc releases
      All differences between the releases of the controller
  ingressc releases --from 1.11.8 --to 1.15.1
      What an upgrade can change; `ingressc check --upgrade-to` says what it changes for your manifests
  ingressc releases --format json
      The same for scripts";

/// Arguments of `releases`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Releases {
    /// The one release
    #[arg(long, value_name = "VERSION", default_value_t = FIRST)]
    from: Version,
    /// The other release
    #[arg(long, value_name = "VERSION", default_value_t = LATEST)]
    to: Version,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json|markdown")]
    format: Format,
}

impl Releases {
    pub(super) fn run(&self, console: &Console) -> anyhow::Result<Status> {
        let differences = between(self.from, self.to);
        match self.format {
            Format::Text => console.report(|paint| text(&differences, paint))?,
            Format::Json => console.result(&json(self.from, self.to, &differences)?)?,
            Format::Markdown => console.result(&markdown(&differences))?,
        }
        Ok(Status::Clean)
    }
}
