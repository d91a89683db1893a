//! `ingressc check`

use std::sync::LazyLock;

use anyhow::anyhow;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use hashbrown::HashMap;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::baseline::{self, BaselineArgs};
use super::console::Console;
use super::controller::ControllerOptions;
use super::fix::Fixing;
use super::inputs::Inputs;
use super::levels::Levels;
use super::output::TargetArgs;
use super::policy::{Judged, Policy};
use super::progress::Progress;
use super::project::Project;
use super::watch::{self, Told};
use super::{Failure, Global, Status, rules, target_parser, upgrade};
use crate::catalog::release::Release;
use crate::check::Check as Checker;
use crate::diagnostic::{Diagnostic, ObjectRef, Severity};
use crate::emit;
use crate::lint;
use crate::lower::Controller;
use crate::manifest::helm::Templates;
use crate::output::findings::looked::Looked;
use crate::output::findings::{FORMATS, Findings, Format, Writer};
use crate::source::{FileId, SourceMap};

const EXAMPLES: &str = "\
Examples:
  ingressc check manifests/
      What is wrong with the manifests in a folder
  helm template chart/ | ingressc check - --controller ingress-nginx:1.12.8
      The same for a chart, as a controller of that version sees it
  ingressc check manifests/ --deny warning --format github
      In a workflow: annotate the files, and fail on warnings too
  ingressc check manifests/ --allow placeholder --deny 'missing-*' --deny warning
      Without findings of one rule, those of some others as errors, and fail on warnings too
  ingressc check manifests/ --write-baseline known.json
      Note what is found today; with --baseline known.json, only what comes later is shown
  ingressc check manifests/ --format sarif > ingressc.sarif
      For code scanning
  ingressc check manifests/ --controller ingress-nginx:1.11.8 --upgrade-to 1.15.1
      What an upgrade of the controller changes for the manifests
  ingressc check manifests/ --watch
      While manifests are written: again after each change, only what is new and what is gone
  ingressc check manifests/ --fix --dry-run
      The patch that puts misspelt names right; without --dry-run, it is applied

Exit codes: 0 nothing at or above the level of --deny, 1 something is, 2 the job could not be done";

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    #[command(flatten)]
    inputs: Inputs,
    /// How to write the findings
    #[arg(long, value_parser = format_parser(), default_value = FORMATS[0].name, hide_possible_values = true, value_name = FORMAT_NAMES.as_str())]
    format: &'static Format,
    /// What the manifests are compiled to
    #[arg(long, value_name = "TARGET", value_parser = target_parser(), default_value = "ingress-nginx")]
    target: &'static str,
    /// The time that certificates are judged by, as 2026-12-31 or 2026-12-31T12:00:00Z [default: the clock]
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    now: Option<i64>,
    /// Report what an upgrade of the controller to this release changes for the manifests, and nothing else
    #[arg(long, value_name = "VERSION", conflicts_with = "fix")]
    upgrade_to: Option<Release>,
    /// Say what a rule is about, with examples, and look at nothing
    #[arg(long, value_name = "RULE", exclusive = true)]
    explain: Option<String>,
    /// Say as well what nobody has to act on: which objects the input lacks, and which Ingresses are for other controllers
    #[arg(short, long)]
    verbose: bool,
    /// Look again whenever a file changes, until it is interrupted, and say what is new and what is gone
    #[arg(long, conflicts_with_all = ["format", "fix", "write_baseline"])]
    watch: bool,
    #[command(flatten)]
    controller: ControllerOptions,
    #[command(flatten)]
    targets: TargetArgs,
    #[command(flatten)]
    fixing: Fixing,
    #[command(flatten)]
    baseline: BaselineArgs,
    #[command(flatten)]
    levels: Levels,
}

/// The names of all formats, as the help shows them.
static FORMAT_NAMES: LazyLock<String> = LazyLock::new(|| FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join("|"));

/// Reads the name of a format.
fn format_parser() -> impl TypedValueParser<Value = &'static Format> {
    PossibleValuesParser::new(FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.doc)))
        .try_map(|name| FORMATS.iter().find(|format| format.name == name).ok_or("no such format"))
}

impl Check {
    pub(super) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        if let Some(rule) = &self.explain {
            rules::explain(rule, console)?;
            return Ok(Status::Clean);
        }
        if self.watch {
            let mut told = Told::default();
            return watch::run(&self.inputs, global, console, || self.tell_news(&mut told, global, console));
        }
        let (mut project, mut found) = self.look(global, console)?;
        if self.fixing.is_wanted() {
            let fixed = self.fixing.run(&found.findings, &project.sources, &self.inputs, console)?;
            project.status = project.status.max(fixed.status);
            if !fixed.texts.is_empty() {
                // A name that counts now has a value that counts now: what is left is found by looking again.
                let status = project.status;
                project = project.with_texts(fixed.texts, &self.controller)?;
                project.status = project.status.max(status);
                found = self.judge(&mut project)?;
            }
        }
        if let (Some(file), Some(all)) = (self.baseline.file(), &found.unfolded) {
            baseline::write(file, all, &project.sources)?;
            console.note(&baseline::written(file, found.findings.len(), all.len()));
            return Ok(project.status);
        }
        let report = self.report(&found, &project.sources);
        match self.fixing.owns_stdout(&self.inputs) {
            true => console.findings(report.all, report.suppressed, &project.sources),
            false => self.write(&report, console)?,
        }
        self.tell(&report, console);
        let is_clean = report.all.iter().all(|finding| finding.severity < report.deny);
        Ok(project.status.max(if is_clean { Status::Clean } else { Status::Findings }))
    }

    /// Reads everything, and judges it.
    fn look(&self, global: &Global, console: &Console) -> Result<(Project, Found), Failure> {
        let _progress = Progress::start(console, "checking the manifests…");
        let mut project = Project::load(&self.inputs, &self.controller, global)?;
        project.settle_for(self.target)?;
        let found = self.judge(&mut project)?;
        Ok((project, found))
    }

    /// Tells everything once, and then what differs from the time before.
    fn tell_news(&self, told: &mut Told, global: &Global, console: &Console) -> Result<(), Failure> {
        let (project, found) = self.look(global, console)?;
        let report = self.report(&found, &project.sources);
        let is_first = told.is_first();
        let news = told.since(report.all, &project.sources);
        if is_first {
            self.write(&report, console)?;
            self.tell(&report, console);
            return Ok(());
        }
        Ok(console.report(|paint| news.text(paint))?)
    }

    fn report<'r>(&self, found: &'r Found, sources: &'r SourceMap) -> Findings<'r> {
        let Found { findings: all, suppressed, baseline, withheld, looked, .. } = found;
        let (suppressed, baseline, withheld) = (*suppressed, *baseline, *withheld);
        let deny = self.levels.fails_at().unwrap_or(Severity::Error);
        Findings { all, suppressed, baseline, withheld, deny, looked, sources }
    }

    /// Says what was looked at: to whoever looks on, and to everybody where it was nothing.
    fn tell(&self, report: &Findings, console: &Console) {
        if !matches!(self.format.writer, Writer::Report(_)) {
            report.looked.rest().iter().for_each(|rest| console.note(rest));
            let is_empty = report.looked.is_nothing() && report.all.is_empty();
            if console.is_watched() || is_empty {
                console.note(&report.looked.text(report.all.len()));
                report.withheld().iter().for_each(|rest| console.note(rest));
            }
            if let Some(finding) = report.all.first().filter(|_| console.is_watched()) {
                console.note(&format!("`ingressc check --explain {}` says what a rule is about\n", finding.rule));
            }
        }
    }

    /// All findings, after the settings.
    fn judge(&self, project: &mut Project) -> Result<Found, Failure> {
        let looked = project.looked();
        // To know all objects costs as much as their names.
        let is_asked = self.baseline.is_read() || !project.settings.suppress.is_empty();
        let objects: Vec<ObjectRef> = if is_asked { project.cluster.references().cloned().collect() } else { Vec::new() };
        let before = self.baseline.read()?;
        let target = emit::find(self.target).ok_or_else(|| anyhow!("there is no target `{}`", self.target))?;
        let now = self.now.unwrap_or_else(|| Timestamp::now().as_second());
        let checker = Checker { target, options: self.targets.options().in_one_file(), now: Some(now) };
        let compile = |project: &Project, controller: &Controller| checker.run(&project.cluster, controller);
        let mut findings = if let Some(release) = &self.upgrade_to {
            upgrade::findings(project, &self.controller, release, compile)?
        } else {
            let (proxy, found) = compile(project, &project.controller);
            // To free the memory of a large cluster takes a while, and nobody has to wait for it.
            let done_with = (proxy, std::mem::take(&mut project.cluster));
            rayon::spawn(move || drop(done_with));
            let mut findings = std::mem::take(&mut project.findings);
            findings.extend(found);
            lint::settle_read(&mut findings);
            findings
        };
        findings.iter_mut().for_each(|finding| finding.narrow(&project.sources));
        lint::placeholders::fold(&mut findings, &project.sources);
        name_templates(&mut findings, &project.sources);
        let apart = lint::Apart::of(&findings, &project.sources);
        let policy = || Policy::of(project, &self.levels);
        let Judged { mut findings, suppressed } = match self.upgrade_to {
            // Of what is there now, an upgrade tells only what changes.
            Some(_) => policy().judge(findings),
            None => policy().judge_all(findings, &objects),
        };
        let withheld = if self.verbose { 0 } else { withhold(&mut findings) };
        let mut baseline = 0;
        if let Some(before) = before {
            let (known, stale) = before.take(&mut findings, &objects, &project.sources);
            baseline = lint::fold(known, &apart, self.format.folding).len();
            findings.splice(0..0, policy().judge(stale.into_iter().collect()).findings);
        }
        // A baseline holds each by itself, so that one is found again where others of its kind are gone.
        let unfolded = self.baseline.file().map(|_| findings.clone());
        findings = lint::fold(findings, &apart, self.format.folding);
        Ok(Found { findings, unfolded, suppressed, baseline, withheld, looked })
    }

    fn write(&self, report: &Findings, console: &Console) -> anyhow::Result<()> {
        match self.format.writer {
            Writer::Painted(write) => console.report(|paint| write(report, console.is_quiet(), paint)),
            Writer::Lines(write) => console.result(&write(report, console.is_quiet())),
            Writer::Report(write) => console.result(&write(report)?),
        }
    }
}

/// What a run comes to.
struct Found {
    findings: Vec<Diagnostic>,
    /// The same one by one, where a baseline is written.
    unfolded: Option<Vec<Diagnostic>>,
    suppressed: usize,
    /// How many were there before.
    baseline: usize,
    /// How many nobody has to act on.
    withheld: usize,
    looked: Looked,
}

/// Leaves out what nobody has to act on, and counts it.
fn withhold(findings: &mut Vec<Diagnostic>) -> usize {
    let all = findings.len();
    findings.retain(|finding| !finding.on_demand);
    all - findings.len()
}

/// A time in seconds since 1970: a date, or a time of a date with its zone.
pub(super) fn seconds(text: &str) -> Result<i64, String> {
    let midnight = |date: Date| date.to_zoned(TimeZone::UTC).map(|time| time.timestamp());
    let time = text.parse::<Timestamp>().or_else(|_| text.parse().and_then(midnight));
    time.map(Timestamp::as_second).map_err(|_| String::from("a time is written as 2026-12-31 or 2026-12-31T12:00:00Z"))
}

/// Names the templates of charts: a line of what Helm wrote is in no file that anybody can open.
fn name_templates(findings: &mut [Diagnostic], sources: &SourceMap) {
    let mut templates: HashMap<FileId, Templates> = HashMap::new();
    for finding in findings {
        let Some(span) = finding.span else { continue };
        let known = templates.entry(span.file).or_insert_with(|| Templates::of(&sources.file(span.file).text));
        finding.notes.extend(known.at(span.range().start).map(|name| format!("Helm rendered this from `{name}`")));
    }
}
