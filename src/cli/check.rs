//! `ingressc check`

use clap::{Args, ValueEnum};

use super::console::Console;
use super::controller::ControllerOptions;
use super::inputs::Inputs;
use super::output::TargetArgs;
use super::policy::{self, Judged};
use super::progress::Progress;
use super::project::Project;
use super::{Failure, Global, Status, target_parser};
use crate::diagnostic::{Diagnostic, Outcome, Severity};
use crate::lint::{self, Subject};
use crate::lower;
use crate::output::{Findings, github, json, junit, sarif, summary};
use crate::target;

const EXAMPLES: &str = "\
Examples:
  ingressc check manifests/
      What is wrong with the manifests in a folder
  helm template chart/ | ingressc check - --controller ingress-nginx:1.12.8
      The same for a chart, as a controller of that version sees it
  ingressc check manifests/ --deny warning --format github
      In a workflow: annotate the files, and fail on warnings too
  ingressc check manifests/ --format sarif > ingressc.sarif
      For code scanning

Exit codes: 0 nothing at or above the level of --deny, 1 something is, 2 the job could not be done";

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    #[command(flatten)]
    inputs: Inputs,
    /// How to write the findings
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json|sarif|github|junit")]
    format: Format,
    /// The lowest severity that fails the run
    #[arg(long, value_enum, default_value_t = Deny::Error, value_name = "LEVEL")]
    deny: Deny,
    /// What the manifests are compiled to
    #[arg(long, value_name = "TARGET", value_parser = target_parser(), default_value = "ingress-nginx")]
    target: &'static str,
    #[command(flatten)]
    controller: ControllerOptions,
    #[command(flatten)]
    targets: TargetArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// For code scanning.
    Sarif,
    /// Commands of a GitHub workflow, which show findings in a pull request.
    Github,
    /// For CI systems that collect test reports.
    Junit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    Info,
    Warning,
    Error,
}

impl Deny {
    fn severity(self) -> Severity {
        match self {
            Self::Info => Severity::Info,
            Self::Warning => Severity::Warning,
            Self::Error => Severity::Error,
        }
    }
}

impl Check {
    pub(super) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        let progress = Progress::start(console, "checking the manifests…");
        let mut project = Project::load(&self.inputs, &self.controller, global)?;
        let found = self.compile(&mut project);
        project.findings.extend(found);
        let Judged { findings, suppressed, .. } = policy::judge_all(project.findings, &project.settings, project.settings_file);
        drop(progress);

        let deny = self.deny.severity();
        let report = Findings { all: &findings, suppressed, deny, sources: &project.sources };
        self.write(&report, console)?;
        let is_clean = findings.iter().all(|finding| finding.severity < deny);
        Ok(project.status.max(if is_clean { Status::Clean } else { Status::Findings }))
    }

    /// What the passes of the compiler and the checks find.
    fn compile(&self, project: &mut Project) -> Vec<Diagnostic> {
        let Outcome { value: proxy, diagnostics: mut found } = lower::lower(&project.cluster, &project.controller);
        let rendered = target::find(self.target).map(|target| target.render(&proxy, &self.targets.options())).unwrap_or_default();
        found.extend(rendered.diagnostics);
        let files: Vec<_> = rendered.value.iter().map(|file| (file.name.as_ref(), file.content.as_str())).collect();
        let subject = Subject { cluster: &project.cluster, controller: &project.controller, proxy: &proxy, files: &files };
        found.extend(lint::check(&subject));
        found
    }

    fn write(&self, report: &Findings, console: &Console) -> anyhow::Result<()> {
        match self.format {
            Format::Text => console.report(|paint| summary::report(report, console.is_quiet(), paint)),
            Format::Json => console.result(&json::report(report)?),
            Format::Sarif => console.result(&sarif::report(report)?),
            Format::Github => console.result(&github::report(report)),
            Format::Junit => console.result(&junit::report(report)),
        }
    }
}
