//! `ingressc render`

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use super::console::Console;
use super::controller::ControllerOptions;
use super::inputs::Inputs;
use super::policy::{self, Judged};
use super::progress::Progress;
use super::project::Project;
use super::{Failure, Global, Status, files};
use crate::conf;
use crate::diagnostic::{Effect, Outcome, Severity};
use crate::diff::{self, Report};
use crate::lower;
use crate::output::{Paint, changes, report, untrusted};
use crate::source::FileId;
use crate::target::{self, OutputFile, TARGETS};

const EXAMPLES: &str = "\
Examples:
  ingressc render manifests/ --target ingress-nginx
      Print the nginx.conf of all manifests in a folder
  kubectl get ingress,service,configmap -A -o yaml | ingressc render - --target ingress-nginx
      Print the nginx.conf of what a cluster holds
  helm template chart/ | ingressc render - --target ingress-nginx --controller ingress-nginx:1.12.8 -o out/
      Write all files that a controller of that version would make
  ingressc render manifests/ --target ingress-nginx -o golden/ --check
      Fail where golden/ holds something else; without --check, update it";

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
    /// Write nothing: compare with what the folder holds
    #[arg(long, requires = "output")]
    check: bool,
    #[command(flatten)]
    controller: ControllerOptions,
}

impl Render {
    pub(super) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        let progress = Progress::start(console, "compiling the manifests…");
        let mut project = Project::load(&self.inputs, &self.controller, global)?;
        let files = self.compile(&mut project);
        drop(progress);

        let equal = self.deliver(&files, console)?;
        let Judged { findings, suppressed } = policy::judge(project.findings, &project.settings);
        console.findings(&findings, suppressed, &project.sources);
        let is_clean = equal && findings.iter().all(|finding| finding.severity < Severity::Error);
        Ok(project.status.max(if is_clean { Status::Clean } else { Status::Findings }))
    }

    fn compile(&self, project: &mut Project) -> Vec<OutputFile> {
        let Outcome { value: proxy, diagnostics } = lower::lower(&project.cluster, &project.controller);
        // Whether an Ingress would be let in is a question to `check`: here it is there, as it can be in a cluster.
        let told = diagnostics.into_iter().filter(|finding| finding.effect != Some(Effect::AdmissionDenied));
        project.findings.extend(told);
        let rendered = target::find(self.target).map(|target| target.render(&proxy)).unwrap_or_default();
        project.findings.extend(rendered.diagnostics);
        rendered.value
    }

    /// Prints, writes or compares the files; whether they are equal.
    fn deliver(&self, files: &[OutputFile], console: &Console) -> anyhow::Result<bool> {
        match &self.output {
            None => {
                console.result(files.first().map(|file| file.content.as_str()).unwrap_or_default())?;
                Ok(true)
            }
            Some(folder) if self.check => compare(folder, files, console),
            Some(folder) => {
                files::create_folder(folder)?;
                files.iter().try_for_each(|file| files::write(folder, file.name, &file.content))?;
                Ok(true)
            }
        }
    }
}

/// Reports which files of a folder differ from those that were made; whether none does.
fn compare(folder: &Path, files: &[OutputFile], console: &Console) -> anyhow::Result<bool> {
    let held: Vec<_> = files.iter().map(|file| files::read(&folder.join(file.name))).collect();
    let differences: Vec<_> = files.iter().zip(&held).filter_map(|(file, held)| Some((file.name, Difference::of(file, held)?))).collect();
    if !differences.is_empty() {
        console.report(|paint| differences.iter().map(|(name, difference)| difference.text(&folder.join(name), paint)).collect())?;
    }
    Ok(differences.is_empty())
}

/// How a file that was made differs from the one that is there.
enum Difference<'a> {
    /// It cannot be read.
    Unreadable(&'a str),
    /// By meaning.
    Meaning(Report),
    /// By lines, where a text has no meaning that is known here.
    Lines(&'a str, &'a str),
}

impl<'a> Difference<'a> {
    /// The difference; none where both files mean the same.
    fn of(file: &'a OutputFile, held: &'a Result<String, String>) -> Option<Self> {
        match held {
            Err(reason) => Some(Self::Unreadable(reason)),
            Ok(held) if *held == file.content => None,
            Ok(held) => match by_meaning(file, held) {
                None => Some(Self::Lines(held, &file.content)),
                Some(report) => Some(report).filter(|report| !report.is_empty()).map(Self::Meaning),
            },
        }
    }

    fn text(&self, path: &Path, paint: Paint) -> String {
        let name = path.to_string_lossy();
        let name = untrusted::one_line(&name);
        match self {
            Self::Unreadable(reason) => format!("{name} {}\n", untrusted::one_line(reason)),
            Self::Meaning(report) => format!("{name} differs:\n{}", report::text(report, paint)),
            Self::Lines(held, made) => format!("{name} differs:\n{}", changes::lines(held, made, paint).unwrap_or_default()),
        }
    }
}

/// The difference by meaning; none where one side cannot be read as what the name says.
fn by_meaning(file: &OutputFile, held: &str) -> Option<Report> {
    match Path::new(file.name).extension()?.to_str()? {
        "json" => Some(diff::json::compare(&serde_json::from_str(&file.content).ok()?, &serde_json::from_str(held).ok()?)),
        "conf" => {
            // Differences are shown as text: the spans never leave this function.
            let (declared, live) = (conf::parse(FileId(0), &file.content), conf::parse(FileId(1), held));
            let is_sound = declared.diagnostics.is_empty() && live.diagnostics.is_empty();
            is_sound.then(|| diff::compare(&declared.value, &live.value))
        }
        _ => None,
    }
}

fn target_parser() -> impl clap::builder::TypedValueParser<Value = &'static str> {
    let names = TARGETS.iter().map(|target| target.name());
    PossibleValuesParser::new(names).try_map(|name| {
        let found = target::find(&name).map(target::Target::name);
        found.ok_or("no such target")
    })
}
