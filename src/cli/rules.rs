//! `ingressc rules`

use anyhow::anyhow;
use clap::Args;

use super::Status;
use super::console::Console;
use crate::lint::rules;
use crate::output::rule_pages;

const EXAMPLES: &str = "\
Examples:
  ingressc rules
      All rules with their severity
  ingressc rules lonely-canary
      What a rule is about, with an example that fires and one that does not";

/// Arguments of `rules`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Rules {
    /// The rule that the page is about [default: a list of all]
    name: Option<String>,
}

impl Rules {
    pub(super) fn run(&self, console: &Console) -> anyhow::Result<Status> {
        match &self.name {
            None => console.report(rule_pages::list)?,
            Some(name) => {
                let rule = rules::find(name).ok_or_else(|| match rules::similar(name) {
                    Some(similar) => anyhow!("there is no rule `{name}`: did you mean `{similar}`?"),
                    None => anyhow!("there is no rule `{name}`"),
                })?;
                console.report(|paint| rule_pages::page(rule, paint))?;
            }
        }
        Ok(Status::Clean)
    }
}
