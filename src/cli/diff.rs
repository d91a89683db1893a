//! `ingressc diff`

use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::console::Console;
use super::controller::ControllerOptions;
use super::entries::{Comparison, drift};
use super::progress::Progress;
use super::side::{Declared, Dump, Origin, Side};
use super::{Failure, Global, Status};
use crate::catalog::version::Release;
use crate::diagnostic::Severity;
use crate::diff::Verdict;
use crate::diff::facts::Facts;
use crate::output::difference::{self, Differences};

const EXAMPLES: &str = "\
Examples:
  kubectl exec -n ingress-nginx deploy/ingress-nginx-controller -- cat /etc/nginx/nginx.conf > live.conf
  ingressc diff manifests/ --live live.conf
      What the manifests declare and the controller does not serve, and the reverse, with the cause of each
  ingressc diff manifests/ --live live.conf --host shop.example.com
      The same for one host; live.conf may also be the extract for it that the kubectl plugin prints
  ingressc diff manifests/ --live zone-a.conf --live zone-b.conf
      Whether two replicas serve the same, and what the manifests say
  ingressc diff --base main/manifests --head manifests --format markdown
      What a change does to the running configuration, for a pull request
  ingressc diff --from-version 1.12.8 --to-version 1.15.1 manifests/
      What another release of the controller makes of the same manifests, before it is upgraded
  ingressc diff manifests/ --live live.conf --format html > difference.html
      A page for a ticket, with nothing outside of it
  ingressc diff --base monday.conf --head today.conf
      What became of a live configuration

  ingressc diff --base main/manifests --head manifests --deny weaker
      Exit code 1 only where a protection is lost or lets more through than before, for a gate in CI

Exit codes: 0 equal, 1 different (with --deny: a protection is what was denied), 2 the job could not be done";

/// Arguments of `diff`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Diff {
    /// Manifests that declare what should be live: file, folder, or `-`
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath, required_unless_present = "base", conflicts_with_all = ["base", "head"])]
    paths: Vec<PathBuf>,
    /// The nginx.conf of a running controller, or the output of `nginx -T`; repeated for replicas, which are compared too
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with_all = ["base", "head"], requires = "paths")]
    live: Vec<PathBuf>,
    /// The answer of the controller at /configuration/backends, for each --live in order
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, requires = "live")]
    live_backends: Vec<PathBuf>,
    /// The release of the controller that runs, to see what another one makes of the same manifests
    #[arg(long, value_name = "VERSION", requires_all = ["to_version", "paths"], conflicts_with_all = ["live", "controller"])]
    from_version: Option<Release>,
    /// The release that is to come
    #[arg(long, value_name = "VERSION", requires = "from_version")]
    to_version: Option<Release>,
    /// What was: manifests, or an nginx.conf
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::AnyPath, num_args = 1.., requires = "head")]
    base: Vec<PathBuf>,
    /// What is to be: manifests, or an nginx.conf
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::AnyPath, num_args = 1.., requires = "base")]
    head: Vec<PathBuf>,
    /// Only what is about this host; may be repeated
    #[arg(long, value_name = "HOST")]
    host: Vec<String>,
    /// Also what follows from the machine: processors, name servers, IPv6, limits
    #[arg(long)]
    environment: bool,
    /// How to write the differences
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json|markdown|html")]
    format: Format,
    /// Only how many differences there are for each host
    #[arg(long, conflicts_with = "format")]
    stat: bool,
    /// End with exit code 1 only where a protection is lost; with `weaker` also where it lets more through, with `changed` also
    /// where nobody can rank it
    #[arg(long, value_enum, hide_possible_values = true, value_name = "lost|weaker|changed")]
    deny: Option<Denied>,
    #[command(flatten)]
    controller: ControllerOptions,
}

/// The least of what may not happen to a protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Denied {
    /// It no longer protects.
    Lost,
    /// It lets more through.
    Weaker,
    /// It lets something else through.
    Changed,
}

impl Denied {
    fn denies(self, verdict: Verdict) -> bool {
        match self {
            Self::Lost => verdict == Verdict::Lost,
            Self::Weaker => verdict.opens(),
            Self::Changed => verdict.opens() || verdict == Verdict::Changed,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// For pull requests.
    Markdown,
    /// For tickets and archives.
    Html,
}

impl Diff {
    pub(super) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        let progress = Progress::start(console, "comparing the configurations…");
        let (differences, sides) = match (&self.from_version, &self.to_version) {
            (Some(from), Some(to)) => self.compare_releases(from, to, global)?,
            _ if !self.base.is_empty() => self.compare(global)?,
            _ if self.live.is_empty() => return Err(anyhow!("there is nothing to compare with: say `--live`, or two releases").into()),
            _ => self.compare_live(global)?,
        };
        drop(progress);

        for side in &sides {
            // What is wrong with manifests is told by `check`: here only what is missing on this side.
            let lost = |finding: &&crate::diagnostic::Diagnostic| finding.severity == Severity::Error;
            let findings = match side {
                Side::Declared(declared) => declared.project.findings.iter().filter(lost).cloned().collect(),
                Side::Dump(dump) => dump.findings.clone(),
            };
            console.findings(&findings, 0, side.sources());
        }
        self.write(&differences, console)?;
        let is_clean = match self.deny {
            Some(denied) => !differences.verdicts().any(|verdict| denied.denies(verdict)),
            None => differences.is_empty(),
        };
        let status = if is_clean { Status::Clean } else { Status::Findings };
        let status = sides.iter().map(Side::status).fold(status, Status::max);
        // The process ends soon: to give back a million small values one by one would take a tenth of its time.
        std::mem::forget((differences, sides));
        Ok(status)
    }

    fn compare_live(&self, global: &Global) -> Result<(Differences, Vec<Side>), Failure> {
        if !self.live_backends.is_empty() && self.live_backends.len() != self.live.len() {
            return Err(anyhow!("there must be one --live-backends for each --live, or none at all").into());
        }
        let backends = self.live_backends.iter().map(|path| Some(path.as_path())).chain(std::iter::repeat(None));
        let mut dumps = Vec::new();
        for (path, backends) in self.live.iter().zip(backends) {
            dumps.push(Side::Dump(Box::new(Dump::read(path, backends)?)));
        }
        let others = dumps.split_off(1);
        let live = dumps.pop().ok_or_else(|| anyhow!("there is nothing to compare with"))?;
        let facts = if let Side::Dump(dump) = &live { dump.facts.clone() } else { Facts::default() };
        let declared = self.declared(&self.paths, &self.controller, global, &facts)?;
        let comparison = self.comparison();
        let drift = others.iter().map(|other| drift(&live, other, comparison)).collect();
        let entries = comparison.entries(&live, &declared);
        let differences = Differences { before: live.name("live"), after: declared.name("declared"), drift, entries };
        Ok((differences, vec![live, declared].into_iter().chain(others).collect()))
    }

    fn compare(&self, global: &Global) -> Result<(Differences, Vec<Side>), Failure> {
        let (base, head) = (Origin::of(&self.base), Origin::of(&self.head));
        let read = |origin: &Origin| match origin {
            Origin::Dump(path) => Ok::<_, Failure>(Some(Dump::read(path, None)?)),
            Origin::Manifests(_) => Ok(None),
        };
        let dumps = (read(&base)?, read(&head)?);
        let facts = dumps.0.as_ref().or(dumps.1.as_ref()).map(|dump| dump.facts.clone()).unwrap_or_default();
        let side = |origin: Origin, dump: Option<Dump>| match (origin, dump) {
            (Origin::Manifests(paths), None) => self.declared(&paths, &self.controller, global, &facts),
            (Origin::Dump(_) | Origin::Manifests(_), dump) => {
                dump.map(|dump| Side::Dump(Box::new(dump))).ok_or_else(|| anyhow!("there is nothing to compare with").into())
            }
        };
        let (mut before, mut after) = (side(base, dumps.0)?, side(head, dumps.1)?);
        Side::agree_on_words(&mut before, &mut after);
        let entries = self.comparison().entries(&before, &after);
        let differences = Differences { before: before.name("base"), after: after.name("head"), drift: Vec::new(), entries };
        Ok((differences, vec![before, after]))
    }

    fn compare_releases(&self, from: &Release, to: &Release, global: &Global) -> Result<(Differences, Vec<Side>), Failure> {
        let side = |release| self.declared(&self.paths, &self.controller.of_release(release), global, &Facts::default());
        let (mut before, mut after) = (side(from)?, side(to)?);
        Side::agree_on_words(&mut before, &mut after);
        let entries = Comparison { is_same: true, ..self.comparison() }.entries(&before, &after);
        let differences = Differences { before: before.name("from"), after: after.name("to"), drift: Vec::new(), entries };
        // What cannot be read is the same for both.
        Ok((differences, vec![after]))
    }

    fn comparison(&self) -> Comparison<'_> {
        Comparison { hosts: &self.host, environment: self.environment, is_same: false }
    }

    fn declared(&self, paths: &[PathBuf], controller: &ControllerOptions, global: &Global, facts: &Facts) -> Result<Side, Failure> {
        let declared = Declared::compile(paths, controller, global, facts, self.environment)?;
        Ok(Side::Declared(Box::new(declared)))
    }

    fn write(&self, differences: &Differences, console: &Console) -> anyhow::Result<()> {
        match self.format {
            Format::Json => console.result(&difference::json(differences)?),
            Format::Html => console.result(&difference::html(differences)),
            Format::Text | Format::Markdown if differences.is_empty() => Ok(()),
            Format::Text if self.stat => console.report(|_| difference::stat(differences)),
            Format::Text => console.report(|paint| difference::text(differences, paint)),
            Format::Markdown => console.result(&difference::markdown(differences)),
        }
    }
}
