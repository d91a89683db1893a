//! `ingressc inventory`

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;

use super::check::seconds;
use super::console::Console;
use super::controller::ControllerOptions;
use super::files;
use super::inputs::Inputs;
use super::levels::Levels;
use super::output::TargetArgs;
use super::policy::Policy;
use super::progress::Progress;
use super::project::Project;
use super::{Failure, Global, Status, TableFormat as Format};
use crate::inventory::{Comparison, Inventory as Found, Survey};
use crate::lint;
use crate::output::inventory::{Shown, csv, html, json, markdown, read, text};

const EXAMPLES: &str = "\
Examples:
  ingressc inventory manifests/
      What is there, who has it, what protects it, and what of it nginx, HAProxy and the Gateway API can say
  kubectl get ingress,service,secret,configmap,ingressclass,namespace -A -o yaml | ingressc inventory - --owner-label team
      That of a cluster, by the label that names who owns an Ingress or a namespace
  ingressc inventory manifests/ --format html > inventory.html
      One page with charts and tables, to show to others
  ingressc inventory manifests/ --format json > inventory.json
      To commit it, and to compare with it later
  ingressc inventory manifests/ --base inventory.json
      How far a move has got since then

Exit codes: 0 answered, 2 the job could not be done, or not the whole of it";

/// Arguments of `inventory`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Inventory {
    #[command(flatten)]
    inputs: Inputs,
    /// How to write it: csv has a line for each Ingress
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json|csv|markdown|html")]
    format: Format,
    /// Compare with an inventory that was written as JSON, or with other manifests
    #[arg(long, value_name = "FILE|PATH", value_hint = clap::ValueHint::AnyPath)]
    base: Option<PathBuf>,
    /// The label of Ingresses, else of their namespaces, that names the owner
    #[arg(long, value_name = "LABEL", default_value = "", hide_default_value = true)]
    owner_label: String,
    /// The time that certificates are judged by, as 2026-12-31 or 2026-12-31T12:00:00Z [default: they are not, only their end is told]
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    now: Option<i64>,
    #[command(flatten)]
    controller: ControllerOptions,
    #[command(flatten)]
    targets: TargetArgs,
}

impl Inventory {
    pub(super) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        let progress = Progress::start(console, "taking the inventory…");
        let (inventory, status) = self.take(&self.inputs, global)?;
        let base = self.base.as_deref().map(|base| self.before(base, global)).transpose()?;
        drop(progress);
        let comparison = base.as_ref().map(|before| Comparison::of(before, &inventory));
        let shown = Shown { inventory: &inventory, comparison: comparison.as_ref() };
        match self.format {
            Format::Text => console.report(|paint| text(&shown, paint))?,
            Format::Json => console.result(&json(&shown).map_err(anyhow::Error::from)?)?,
            Format::Csv => console.result(&csv(&shown))?,
            Format::Markdown => console.result(&markdown(&shown))?,
            Format::Html => console.result(&html(&shown))?,
        }
        if status == Status::Failed {
            console.note("not all of the input could be read: `ingressc check` says what\n");
        }
        Ok(status)
    }

    /// The inventory of manifests.
    fn take(&self, inputs: &Inputs, global: &Global) -> Result<(Found, Status), Failure> {
        let mut project = Project::load(inputs, &self.controller, global)?;
        let cluster = std::mem::take(&mut project.cluster);
        let controller = project.controller.clone();
        let read = std::mem::take(&mut project.findings);
        let survey = Survey { options: self.targets.options(), now: self.now, owner_label: &self.owner_label, sources: &project.sources };
        let levels = Levels::default();
        let found = survey.run(cluster, &controller, |found| {
            let mut findings = read;
            findings.extend(found);
            lint::settle_read(&mut findings);
            findings.iter_mut().for_each(|finding| finding.narrow(&project.sources));
            lint::placeholders::fold(&mut findings, &project.sources);
            let mut findings = Policy::of(&project, &levels).judge(findings).findings;
            findings.retain(|finding| !finding.on_demand);
            findings
        });
        Ok((found, project.status))
    }

    /// The inventory that is compared with: one that was written, or that of other manifests.
    fn before(&self, base: &Path, global: &Global) -> Result<Found, Failure> {
        let is_written = base.extension().is_some_and(|end| end == "json") && base.is_file();
        if is_written {
            let content = files::read(base).map_err(|reason| anyhow!("`{}` {reason}", base.display()))?;
            if let Some(found) = read(&content) {
                return found.map_err(|reason| anyhow!("`{}` is no inventory that can be read: {reason}", base.display()).into());
            }
        }
        let (found, status) = self.take(&Inputs::of(vec![base.to_owned()]), global)?;
        if status == Status::Failed {
            return Err(anyhow!("`{}` could not be read as a whole: nothing is compared with it", base.display()).into());
        }
        Ok(found)
    }
}
