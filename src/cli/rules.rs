//! `ingressc rules`

use anyhow::{anyhow, bail};
use clap::Args;

use super::console::Console;
use super::{ListFormat as Format, Status};
use crate::lint::rules;
use crate::output::rule_pages;

const EXAMPLES: &str = "\
Examples:
  ingressc rules
      All rules with their severity
  ingressc rules lonely-canary
      What a rule is about, with an example that fires and one that does not
  ingressc rules --format json
      Name, severity and summary of each, for scripts";

/// Arguments of `rules`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Rules {
    /// The rule that the page is about [default: a list of all]
    name: Option<String>,
    /// How to write the list
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json|markdown")]
    format: Format,
}

impl Rules {
    pub(super) fn run(&self, console: &Console) -> anyhow::Result<Status> {
        match (&self.name, self.format) {
            (None, Format::Text) => console.report(rule_pages::list)?,
            (None, Format::Json) => console.result(&rule_pages::json()?)?,
            (None, Format::Markdown) => console.result(&rule_pages::markdown())?,
            (Some(_), Format::Json | Format::Markdown) => bail!("--format is for the list of all rules"),
            (Some(name), Format::Text) => explain(name, console)?,
        }
        Ok(Status::Clean)
    }
}

/// Prints the page of a rule.
///
/// # Errors
/// There is none, or nobody reads on.
pub(super) fn explain(name: &str, console: &Console) -> anyhow::Result<()> {
    let rule = rules::find(name).ok_or_else(|| match rules::similar(name) {
        Some(similar) => anyhow!("there is no rule `{name}`: did you mean `{similar}`?"),
        None => anyhow!("there is no rule `{name}`"),
    })?;
    console.report(|paint| rule_pages::page(rule, paint))
}
