//! `ingressc render`

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use super::console::Console;
use super::controller::ControllerOptions;
use super::folder::Folder;
use super::inputs::Inputs;
use super::levels::Levels;
use super::origins::{self, Style};
use super::output::{self, Printed, TargetArgs, Written};
use super::policy::{Judged, Policy};
use super::progress::Progress;
use super::project::Project;
use super::routing::Prove;
use super::watch::{self, Told};
use super::{Failure, Global, Status, golden, target_parser};
use crate::diagnostic::{Diagnostic, Outcome, Severity};
use crate::emit::{self, IngressNginx, Nginx, OutputFile, Sink, Target};
use crate::ir::Proxy;
use crate::{lint, lower};

const EXAMPLES: &str = "\
Examples:
  ingressc render manifests/ --target ingress-nginx
      Print the nginx.conf of all manifests in a folder
  kubectl get ingress,service,configmap -A -o yaml | ingressc render - --target ingress-nginx
      Print the nginx.conf of what a cluster holds
  helm template chart/ | ingressc render - --target ingress-nginx --controller ingress-nginx:1.12.8 -o out/
      Write all files that a controller of that version would make
  ingressc render manifests/ --target ingress-nginx --origins
      Print the nginx.conf, and behind each directive the line of the manifests or the default that it comes from
  ingressc render manifests/ --target nginx -o out/ --prove
      The same for nginx itself, with the proof that it answers every request as the controller does, or the requests that show where not
  ingressc render manifests/ --target nginx -o out/ --watch
      While manifests are written: again after each change, only the files that differ
  ingressc render manifests/ --target ingress-nginx -o golden/ --check
      Fail where golden/ holds something else; without --check, update it
  ingressc render manifests/ --target ingress-nginx -o golden/ --check --deny error
      The same, and fail where something is wrong with the manifests as well

Exit codes: 0 written, or equal with --check or --prove; 1 errors found, or files differ with --check, or answers with --prove; 2 not proved, or
the job could not be done, and nothing is written";

/// Arguments of `render`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Render {
    #[command(flatten)]
    inputs: Inputs,
    /// What to write configuration for
    #[arg(long, value_name = "TARGET", value_parser = target_parser())]
    target: &'static str,
    /// Write all files to this folder, not the first one to standard output
    #[arg(short, long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    output: Option<PathBuf>,
    /// Say of each server, location and directive where it comes from: comments behind them, or a document of its own
    #[arg(long, value_name = "comments|json", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "comments")]
    #[arg(hide_possible_values = true)]
    origins: Option<Style>,
    /// Write nothing: compare with what the folder holds
    #[arg(long, requires = "output")]
    check: bool,
    /// End with whether what was written for nginx answers every request as the controller does, as `prove` says it
    #[arg(long, requires = "output", conflicts_with_all = ["check", "build"])]
    prove: bool,
    /// Write again whenever a manifest changes, until it is interrupted: only files that differ, with what is newly found
    #[arg(long, requires = "output", conflicts_with_all = ["check", "prove"])]
    watch: bool,
    /// Write certificates, keys and passwords as well, for nobody but their owner to read
    #[arg(long, requires = "output", conflicts_with = "check")]
    write_secrets: bool,
    #[command(flatten)]
    controller: ControllerOptions,
    #[command(flatten)]
    targets: TargetArgs,
    #[command(flatten)]
    levels: Levels,
}

/// What a run comes to.
struct Made {
    project: Project,
    findings: Vec<Diagnostic>,
    suppressed: usize,
    /// Whether the files are those that the folder holds, where that is asked.
    equal: bool,
}

impl Render {
    pub(super) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        if self.levels.fails_at().is_some() && !self.check {
            return Err(anyhow!("`--deny LEVEL` goes with `--check`, which else looks at the files alone").into());
        }
        if self.prove && self.target != Nginx.name() {
            return Err(anyhow!("`--prove` goes with `--target nginx`: of what is written for {} nothing is proved", self.target).into());
        }
        if self.prove && self.inputs.have_stdin() {
            return Err(anyhow!("`--prove` reads the manifests again: write them to a file, and name that in place of `-`").into());
        }
        if self.watch {
            let mut told = Told::default();
            return watch::run(&self.inputs, global, console, || self.tell_news(&mut told, global, console));
        }
        let Made { project, findings, suppressed, equal } = self.make(global, console)?;
        console.findings(&findings, suppressed, &project.sources);
        let denied = if self.check { self.levels.fails_at() } else { Some(Severity::Error) };
        let is_clean = equal && denied.is_none_or(|denied| findings.iter().all(|finding| finding.severity < denied));
        let status = if is_clean { Status::Clean } else { Status::Findings };
        if self.prove {
            let proof = Prove::of_written(self.inputs.paths(), &self.controller, self.targets.options());
            return Ok(status.max(proof.run_again(global, console)?));
        }
        Ok(status)
    }

    /// Tells everything once, and then what differs from the time before.
    fn tell_news(&self, told: &mut Told, global: &Global, console: &Console) -> Result<(), Failure> {
        let Made { project, findings, .. } = self.make(global, console)?;
        let news = told.since(&findings, &project.sources);
        Ok(console.report(|paint| news.text(paint))?)
    }

    /// Makes the files, and delivers them.
    fn make(&self, global: &Global, console: &Console) -> Result<Made, Failure> {
        let progress = Progress::start(console, "compiling the manifests…");
        let mut project = Project::load_whole(&self.inputs, &self.controller, global, None)?;
        project.settle_for(self.target)?;
        if project.is_undecided && self.target != IngressNginx.name() {
            drop(progress);
            let Judged { findings, suppressed } = self.judge(&mut project);
            console.findings(&findings, suppressed, &project.sources);
            return Err(
                anyhow!("nothing is written for {}: the arguments of the wrong controller could open what is closed", self.target).into()
            );
        }
        let proxy = self.compile(&mut project)?;
        let equal = self.deliver(&proxy, &mut project, progress, console)?;
        if !self.watch {
            // The process ends soon: to give back a million small values one by one would take a tenth of its time.
            std::mem::forget((proxy, std::mem::take(&mut project.cluster)));
        }
        let Judged { findings, suppressed } = self.judge(&mut project);
        Ok(Made { project, findings, suppressed, equal })
    }

    fn judge(&self, project: &mut Project) -> Judged {
        let findings = std::mem::take(&mut project.findings);
        Policy::of(project, &self.levels).judge(findings)
    }

    fn compile(&self, project: &mut Project) -> anyhow::Result<Proxy> {
        let Outcome { value: mut proxy, diagnostics } = lower::lower(&project.cluster, &project.controller);
        // Whether an Ingress would be let in is a question to `check`: here it is there, as it can be in a cluster. What it is not served
        // for is told all the same, also where the webhook would refuse it for that.
        let told = diagnostics.into_iter().filter(|finding| !lint::is_of_webhook_alone(finding));
        project.findings.extend(told);
        if let Some(folder) = self.output.as_ref().filter(|_| self.write_secrets) {
            output::add_secrets(&mut proxy, &project.cluster, folder)?;
        }
        if self.origins.is_none() {
            // What is written is as large as what was read, and needs the room.
            drop(std::mem::take(&mut project.cluster));
        }
        Ok(proxy)
    }

    /// Prints, writes or compares the files; whether they are equal.
    fn deliver(&self, proxy: &Proxy, project: &mut Project, progress: Progress, console: &Console) -> anyhow::Result<bool> {
        let files = |project: &mut Project| -> anyhow::Result<Vec<OutputFile>> {
            let mut files = Vec::new();
            self.write(proxy, project, &mut files)?;
            output::check_names(files.iter().map(|file| &*file.name))?;
            Ok(files)
        };
        match &self.output {
            Some(folder) if self.check => {
                let files = files(project)?;
                drop(progress);
                return golden::compare(folder, &files, console);
            }
            Some(folder) if self.watch => {
                let files = files(project)?;
                drop(progress);
                golden::update(folder, &files, console)?;
            }
            Some(folder) => {
                let folder = Folder::create(folder)?;
                let mut written = Written::to(&folder);
                self.write(proxy, project, &mut written)?;
                written.finish()?;
            }
            None => {
                drop(progress);
                let mut printed = Printed::on(console);
                self.write(proxy, project, &mut printed)?;
                printed.written?;
            }
        }
        Ok(true)
    }

    /// Writes the files to where they go, with what is asked for beside them.
    fn write(&self, proxy: &Proxy, project: &mut Project, sink: &mut dyn Sink) -> anyhow::Result<()> {
        let (Some(target), options) = (emit::find(self.target), self.targets.options()) else { return Ok(()) };
        if let Some(style) = self.origins {
            let mut rendered = target.render(proxy, &options);
            let again = |proxy: &Proxy| target.render(proxy, &options).value;
            origins::add(style, &mut rendered.value, project, proxy, &again)?;
            project.findings.extend(rendered.diagnostics);
            sink.files(rendered.value);
        } else {
            project.findings.extend(target.write(proxy, &options, sink));
        }
        Ok(())
    }
}
