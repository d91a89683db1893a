//! `ingressc diff`

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use hashbrown::HashSet;

use super::console::Console;
use super::controller::ControllerOptions;
use super::dump::Live;
use super::progress::Progress;
use super::routing::Prove;
use super::side::{self, Half};
use super::{Failure, Global, Status};
use crate::catalog::release::Release;
use crate::compare::{self, Comparison, Differences, Replicas, Side, Unsaid, unsaid};
use crate::compile::{Circumstances, Lua};
use crate::diff::facts::Facts;
use crate::diff::{self, Verdict};
use crate::lint::upgrade::other_nginx;
use crate::output::difference;

const EXAMPLES: &str = "\
Examples:
  kubectl exec -n ingress-nginx deploy/ingress-nginx-controller -- cat /etc/nginx/nginx.conf > live.conf
  ingressc diff manifests/ --live live.conf
      What the manifests declare and the controller does not serve, and the reverse, with the cause of each
  ingressc diff manifests/ --live live.conf --host shop.example.com
      The same for one host; live.conf may also be the extract for it that the kubectl plugin prints
  ingressc diff manifests/ --live live/
      The same with all that the controller tells Lua: a folder with nginx.conf, backends.json, streams.json, certificates.json, lua.json
  ingressc diff manifests/ --live zone-a.conf --live zone-b.conf
      Which replicas serve the same, and which of them serve what the manifests say; without manifests the first alone
  ingressc diff --base main/manifests --head manifests --format markdown
      What a change does to the running configuration, for a pull request
  ingressc diff --from-version 1.12.8 --to-version 1.15.1 manifests/
      What another release of the controller makes of the same manifests, before it is upgraded
  ingressc diff manifests/ --live live.conf --format html > difference.html
      A page for a ticket, with nothing outside of it
  ingressc diff --base monday.conf --head today.conf
      What became of a live configuration

  ingressc diff --base main/manifests --head manifests --prove
      The same, and what becomes of requests: the smallest one that each difference shows in, or that none is answered otherwise
  ingressc diff --base main/manifests --head manifests --deny weaker
      Exit code 1 only where a protection is lost or lets more through than before, for a gate in CI

Exit codes: 0 equal, 1 different (with --deny: a protection is what was denied), 2 the job could not be done";

/// Arguments of `diff`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Diff {
    /// Manifests that declare what should be live: file, folder, or `-`
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath, required_unless_present_any = ["base", "live"])]
    #[arg(conflicts_with_all = ["base", "head"])]
    paths: Vec<PathBuf>,
    /// The nginx.conf of a running controller, the output of `nginx -T`, or a folder with nginx.conf, backends.json, streams.json,
    /// certificates.json and lua.json; repeated for replicas, which are compared too
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::AnyPath, conflicts_with_all = ["base", "head"])]
    live: Vec<PathBuf>,
    /// The answer of the controller at /configuration/backends, for each --live in order
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, requires = "live")]
    live_backends: Vec<PathBuf>,
    /// The controller's settings for Lua, /etc/nginx/lua/cfg.json in its pod, for each --live in order
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, requires = "live")]
    live_lua: Vec<PathBuf>,
    /// Which host has which certificate, in the form of certificates.json of `render -o`, for each --live in order
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, requires = "live")]
    live_certificates: Vec<PathBuf>,
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
    /// End with what the differences do to requests, as `prove` says it: a text may differ and every answer be the same
    #[arg(long, conflicts_with_all = ["stat", "live_backends", "live_lua", "live_certificates"])]
    prove: bool,
    /// End with exit code 1 only where a protection is lost; with `weaker` also where it lets more through, with `changed` also
    /// where nobody can rank it. With --live, whichever side protects less
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
    /// Whether a verdict is denied. Beside a configuration that runs, the one that protects less may be either side.
    fn denies(self, verdict: Verdict, is_beside_live: bool) -> bool {
        let closes = |verdicts: &[Verdict]| is_beside_live && verdicts.contains(&verdict);
        match self {
            Self::Lost => verdict == Verdict::Lost || closes(&[Verdict::Gained]),
            Self::Weaker => verdict.opens() || closes(&[Verdict::Gained, Verdict::Stronger]),
            Self::Changed => Self::Weaker.denies(verdict, is_beside_live) || verdict == Verdict::Changed,
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
        let proof = if self.prove { Some(self.proof()?) } else { None };
        let progress = Progress::start(console, "comparing the configurations…");
        let (differences, sides) = match (&self.from_version, &self.to_version) {
            (Some(from), Some(to)) => self.compare_releases(from, to, global)?,
            _ if !self.base.is_empty() => self.compare(global)?,
            _ if self.live.is_empty() => return Err(anyhow!("there is nothing to compare with: say `--live`, or two releases").into()),
            _ => self.compare_live(global)?,
        };
        drop(progress);

        for side in &sides {
            console.findings(&side.findings(), 0, side.sources());
        }
        if differences.are_urgent || console.is_watched() {
            differences.notes.iter().for_each(|note| console.remark(note));
        }
        self.write(&differences, console)?;
        let is_clean = match self.deny {
            Some(denied) => !differences.verdicts().any(|verdict| denied.denies(verdict, !self.live.is_empty())),
            None => differences.is_empty(),
        };
        let status = if is_clean { Status::Clean } else { Status::Findings };
        let status = status.max(side::reading(&sides, console));
        // The process ends soon: to give back a million small values one by one would take a tenth of its time.
        std::mem::forget((differences, sides));
        if let Some(proof) = proof {
            console.report(|paint| format!("\n{}\n", if self.format == Format::Text { paint.bold("Requests") } else { String::new() }))?;
            // Whether the text differs is what was asked; what is not proved is no failure of the comparison.
            let _ = proof.run_again(global, console)?;
        }
        Ok(status)
    }

    /// What is asked about requests: the same sides.
    fn proof(&self) -> anyhow::Result<Prove> {
        let given = [&self.paths, &self.base, &self.head, &self.live];
        anyhow::ensure!(
            !given.into_iter().flatten().any(|path| path.as_os_str() == "-"),
            "`--prove` reads the manifests again: write them to a file, and name that in place of `-`"
        );
        anyhow::ensure!(
            matches!(self.format, Format::Text | Format::Markdown),
            "`--prove` goes with the formats text and markdown: `ingressc prove` has others"
        );
        let sides = match self.live.as_slice() {
            [] if self.base.is_empty() => [self.paths.clone(), self.paths.clone()],
            [] => [self.base.clone(), self.head.clone()],
            [live] => [vec![live.clone()], self.paths.clone()],
            [one, other] if self.paths.is_empty() => [vec![one.clone()], vec![other.clone()]],
            _ => anyhow::bail!("`--prove` compares two sides: name one configuration that runs, or two without manifests"),
        };
        let proof = Prove::of(sides, &self.controller).for_hosts(&self.host);
        let proof = proof.of_releases([self.from_version.clone(), self.to_version.clone()]);
        Ok(if self.format == Format::Markdown { proof.in_markdown() } else { proof })
    }

    fn compare_live(&self, global: &Global) -> Result<(Differences, Vec<Side>), Failure> {
        let mut lives: Vec<Side> = Vec::new();
        for live in self.lives()? {
            lives.extend(live.read_all()?.into_iter().map(|dump| Side::Dump(Box::new(dump))));
        }
        if self.paths.is_empty() && lives.len() < 2 {
            return Err(anyhow!("there is nothing to compare with: say manifests, or `--live` twice").into());
        }
        let (groups, drift) = compare::groups(&lives, self.comparison());
        let names = |group: &[usize]| group.iter().filter_map(|at| Some(lives.get(*at)?.dump()?.name().to_owned())).collect();
        let mut replicas: Vec<Replicas> = groups.iter().map(|group| Replicas { names: names(group), differences: None }).collect();
        let mut differences =
            Differences { before: lives.first().map(|live| live.name("live")).unwrap_or_default(), drift, ..Differences::default() };
        let mut sides = Vec::new();
        let firsts: Vec<&Side> = groups.iter().filter_map(|group| lives.get(*group.first()?)).collect();
        for (number, live) in firsts.into_iter().enumerate().filter(|_| !self.paths.is_empty()) {
            let facts = live.dump().map(|dump| &dump.facts);
            let declared = self.declared(&self.paths, &self.controller, global, facts)?;
            self.find_hosts(&[live, &declared])?;
            let told = self.comparison().entries(live, &declared);
            if let Some(replicas) = replicas.get_mut(number) {
                replicas.differences = Some(told.entries.len());
            }
            if number == 0 {
                let unsaid = unsaid(live, &declared, true);
                (differences.notes, differences.are_urgent) = (unsaid.notes, unsaid.matters);
                differences.after = declared.name("declared");
                differences.entries = told.entries;
                differences.are_urgent |= !told.notes.is_empty();
                differences.notes.extend(told.notes);
                sides.push(declared);
            }
        }
        if self.paths.is_empty() {
            self.find_hosts(&lives.iter().collect::<Vec<_>>())?;
            let unsaid = lives.first().zip(lives.get(1)).map(|(one, other)| unsaid(one, other, true)).unwrap_or_default();
            (differences.notes, differences.are_urgent) = (unsaid.notes, true);
        }
        differences.replicas = if lives.len() > 1 { replicas } else { Vec::new() };
        sides.splice(0..0, lives);
        Ok((differences, sides))
    }

    /// The live configurations, each with its files for Lua.
    fn lives(&self) -> anyhow::Result<Vec<Live>> {
        let given = [
            (Lua::Backends, "--live-backends", &self.live_backends),
            (Lua::Settings, "--live-lua", &self.live_lua),
            (Lua::Certificates, "--live-certificates", &self.live_certificates),
        ];
        for (_, option, files) in &given {
            anyhow::ensure!(
                files.is_empty() || files.len() == self.live.len(),
                "there must be one {option} for each --live, or none at all"
            );
        }
        let lives = self.live.iter().enumerate().map(|(at, path)| {
            let lua = given.iter().filter_map(|(what, _, files)| Some((*what, files.get(at)?.clone()))).collect();
            Live { path: path.clone(), lua }
        });
        Ok(lives.collect())
    }

    /// Whether each host that is asked for is there at all: a misspelt one would seem to be equal everywhere.
    fn find_hosts(&self, sides: &[&Side]) -> anyhow::Result<()> {
        if self.host.is_empty() {
            return Ok(());
        }
        let known: HashSet<String> = sides.iter().flat_map(|side| diff::hosts_of(&side.tree())).collect();
        let missing: Vec<String> = self.host.iter().filter(|host| !known.contains(*host)).map(|host| format!("`{host}`")).collect();
        anyhow::ensure!(missing.is_empty(), "no side has the host {}", missing.join(", "));
        Ok(())
    }

    fn compare(&self, global: &Global) -> Result<(Differences, Vec<Side>), Failure> {
        let half = |paths| Half { paths, controller: &self.controller };
        let sides = side::pair([half(&self.base), half(&self.head)], global, self.environment, |_| BTreeSet::new(), |_| ())?;
        let [before, after] = &sides;
        self.find_hosts(&[before, after])?;
        let told = self.comparison().entries(before, after);
        let Unsaid { mut notes, matters } = unsaid(before, after, false);
        let are_urgent = matters || !told.notes.is_empty();
        notes.extend(told.notes);
        let (before, after) = (before.name("base"), after.name("head"));
        let differences = Differences { before, after, entries: told.entries, notes, are_urgent, ..Differences::default() };
        Ok((differences, sides.into()))
    }

    fn compare_releases(&self, from: &Release, to: &Release, global: &Global) -> Result<(Differences, Vec<Side>), Failure> {
        let side = |release| self.declared(&self.paths, &self.controller.of_release(release), global, None);
        let (mut before, mut after) = (side(from)?, side(to)?);
        Side::agree_on_words(&mut before, &mut after);
        self.find_hosts(&[&before, &after])?;
        let told = Comparison { is_same: true, ..self.comparison() }.entries(&before, &after);
        let mut notes = told.notes;
        if let (Some(before), Some(after)) = (before.declared(), after.declared()) {
            let others = other_nginx(&before.input.controller, &after.input.controller, &after.proxy);
            notes.extend(others.into_iter().map(|finding| finding.message));
        }
        let differences = Differences {
            before: before.name("from"),
            after: after.name("to"),
            entries: told.entries,
            are_urgent: !notes.is_empty(),
            notes,
            ..Differences::default()
        };
        Ok((differences, vec![after]))
    }

    fn comparison(&self) -> Comparison<'_> {
        Comparison { hosts: &self.host, environment: self.environment, is_same: false }
    }

    fn declared(&self, paths: &[PathBuf], controller: &ControllerOptions, global: &Global, facts: Option<&Facts>) -> Result<Side, Failure> {
        let input = side::read(paths, controller, global, facts)?;
        let circumstances = Circumstances { facts, keep_environment: self.environment, ..Circumstances::default() };
        Ok(Side::Declared(Box::new(side::compile(input, &circumstances)?)))
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
