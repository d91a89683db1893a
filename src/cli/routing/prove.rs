//! `ingressc prove`

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::{Args, ValueEnum};

use super::because::places;
use super::source::{Source, dynamics, pair};
use crate::catalog::release::Release;
use crate::cli::console::Console;
use crate::cli::controller::ControllerOptions;
use crate::cli::progress::Progress;
use crate::cli::side::{self, Half};
use crate::cli::{Failure, Global, Status};
use crate::compare::{self, Rest};
use crate::conf::{self, Tree};
use crate::emit::{IngressNginx, Nginx, Options, Target as _};
use crate::output::proof::{Shown, curl, github, html, json, jsonl, markdown, text};
use crate::output::untrusted::many_lines;
use crate::prove::{Proved, Unheld, is_alike, prove};
use crate::route::{Alike, Config, Decision, Dynamic, Limits, ProofVerdict, is_host_alike};
use crate::source::Span;

const EXAMPLES: &str = "\
Examples:
  ingressc prove --base main/manifests --head manifests
      Whether every request is answered as before, or for each difference the smallest request that shows it
  ingressc prove --base live.conf --head manifests/
      Whether a running controller does what the manifests say, for every request
  ingressc prove --base manifests/ --head manifests/ --head-target nginx
      What becomes of requests without the controller, with what `render --target nginx` writes
  ingressc prove --base manifests/ --head manifests/ --base-controller 1.12.8 --head-controller 1.15.1
      What another release of the controller makes of the same manifests
  ingressc prove --base main/manifests --head manifests --implies
      Only whether something is protected less or served no longer, for a gate in CI
  ingressc prove --base main/manifests --head manifests --requests requests.jsonl
      The requests as a file that `explain --requests` reads

Exit codes: 0 equal, 1 different, 2 not proved, or the job could not be done";

/// States that the automaton of one host may have where nobody says it.
const MOST_STATES: usize = 400_000;

/// Arguments of `prove`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Prove {
    /// What was: manifests, an nginx.conf, or a folder with nginx.conf, backends.json, certificates.json and lua.json
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::AnyPath, num_args = 1.., required = true)]
    base: Vec<PathBuf>,
    /// What is to be: the same
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::AnyPath, num_args = 1.., required = true)]
    head: Vec<PathBuf>,
    /// Take manifests as what `render --target` writes of them for this target
    #[arg(long, value_name = "ingress-nginx|nginx", value_parser = ["ingress-nginx", "nginx"], default_value = "ingress-nginx")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    base_target: String,
    /// The same for the other side
    #[arg(long, value_name = "ingress-nginx|nginx", value_parser = ["ingress-nginx", "nginx"], default_value = "ingress-nginx")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    head_target: String,
    /// The release of the controller of the first side
    #[arg(long, value_name = "VERSION", conflicts_with = "controller")]
    base_controller: Option<Release>,
    /// That of the second
    #[arg(long, value_name = "VERSION", conflicts_with = "controller")]
    head_controller: Option<Release>,
    /// Only this host, or this wildcard; may be repeated
    #[arg(long, value_name = "HOST")]
    host: Vec<String>,
    /// Ask only whether the second side protects at least what the first protects, and serves all that it serves
    #[arg(long)]
    implies: bool,
    /// How to write the proof
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json|markdown|html|github")]
    format: Format,
    /// Write one request for each difference and each group of paths to this file, one JSON a line
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    requests: Option<PathBuf>,
    /// Print the requests that show differences as commands
    #[arg(long, conflicts_with = "format")]
    curl: bool,
    /// States that the automaton of one host may have; more are not looked at, and the host is not proved
    #[arg(long, value_name = "COUNT", default_value_t = MOST_STATES)]
    most_states: usize,
    #[command(flatten)]
    controller: ControllerOptions,
    /// How manifests are written for another target than the controller's.
    #[arg(skip)]
    options: Options,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// For pull requests.
    Markdown,
    /// One page with search and filters.
    Html,
    /// For GitHub workflows.
    Github,
}

impl Prove {
    /// Two sides that somebody else has been asked about as well.
    pub(in crate::cli) fn of([base, head]: [Vec<PathBuf>; 2], controller: &ControllerOptions) -> Self {
        let usual = || IngressNginx.name().to_owned();
        Self {
            base,
            head,
            base_target: usual(),
            head_target: usual(),
            base_controller: None,
            head_controller: None,
            host: Vec::new(),
            implies: false,
            format: Format::Text,
            requests: None,
            curl: false,
            most_states: MOST_STATES,
            controller: controller.clone(),
            options: Options::default(),
        }
    }

    /// Whether what is written of manifests for nginx itself answers as the controller does.
    pub(in crate::cli) fn of_written(manifests: &[PathBuf], controller: &ControllerOptions, options: Options) -> Self {
        let sides = [manifests.to_vec(), manifests.to_vec()];
        Self { head_target: Nginx.name().to_owned(), options: options.in_one_file(), ..Self::of(sides, controller) }
    }

    /// The same of these releases of the controller.
    pub(in crate::cli) fn of_releases(self, [base, head]: [Option<Release>; 2]) -> Self {
        Self { base_controller: base, head_controller: head, ..self }
    }

    /// The same for some hosts; none: all.
    pub(in crate::cli) fn for_hosts(self, hosts: &[String]) -> Self {
        Self { host: hosts.to_vec(), ..self }
    }

    /// The same for pull requests.
    pub(in crate::cli) fn in_markdown(self) -> Self {
        Self { format: Format::Markdown, ..self }
    }

    pub(in crate::cli) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        let (sources, shown) = self.shown(global, console)?;
        for source in &sources {
            console.findings(&source.side.findings(), 0, source.side.sources());
        }
        let read = side::reading(sources.iter().map(|source| &source.side), console);
        // The process ends soon: to give back many small values one by one would take a part of its time.
        std::mem::forget(sources);
        Ok(read.max(self.end(shown, console)?))
    }

    /// The same for whoever has read the manifests and told what is to be said of them.
    pub(in crate::cli) fn run_again(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        let (_, shown) = self.shown(global, console)?;
        self.end(shown, console)
    }

    fn end(&self, shown: Shown, console: &Console) -> Result<Status, Failure> {
        self.write(&shown, console)?;
        let status = self.status(&shown.proved);
        // As above.
        std::mem::forget(shown);
        Ok(status)
    }

    fn shown(&self, global: &Global, console: &Console) -> Result<([Source; 2], Shown), Failure> {
        let progress = Progress::start(console, "comparing all requests…");
        let sources = self.sources(global)?;
        let (dynamics, is_settled) = dynamics(&sources);
        // What only one side names can hold anything, and the words say nothing of it.
        let rest = if is_alike(&unheld(&sources)) { rest(&sources, &dynamics) } else { None };
        let proved = rest.and_then(|rest| self.without_same(&sources, &dynamics, rest));
        let mut shown = proved.unwrap_or_else(|| {
            let (base, head) = rayon::join(|| sources[0].tree(), || sources[1].tree());
            let trees = [base, head];
            self.prove(&sources, &trees, &lift(&trees, dynamics), BTreeSet::new())
        });
        self.find_hosts(&shown.proved)?;
        drop(progress);
        if is_settled {
            shown.notes.push(String::from(
                "endpoints that are not in the input, and Secrets that may be missing, are taken to be as in the configuration that runs",
            ));
        }
        Ok((sources, shown))
    }

    /// Proves what is left beside the hosts that both sides have in the same words; none where these depend on more.
    fn without_same(&self, sources: &[Source; 2], dynamics: &[Dynamic; 2], rest: Rest) -> Option<Shown> {
        let Rest { texts, same, has_snippets } = rest;
        let (base, head) = rayon::join(|| conf::parse(Span::NOWHERE.file, &texts[0]), || conf::parse(Span::NOWHERE.file, &texts[1]));
        let trees = [base.value, head.value];
        let configs = lift(&trees, dynamics.clone());
        Config::can_leave_out(&configs[0], &configs[1], has_snippets).then(|| self.prove(sources, &trees, &configs, same))
    }

    /// Proves two configurations, with hosts that are left out of both.
    fn prove<'t>(&self, sources: &[Source; 2], trees: &'t [Tree<'t>; 2], configs: &[Config<'t>; 2], left_out: BTreeSet<String>) -> Shown {
        let limits = Limits { states: self.most_states, hosts: self.host.clone(), left_out, ..Limits::default() };
        let [base, head] = configs;
        let proved = prove((base, &trees[0]), (head, &trees[1]), &limits, &unheld(sources));
        let decisions = |side: usize| -> Vec<&Decision> {
            proved.proof.hosts.iter().flat_map(|host| host.differences.iter().map(move |difference| &difference.decisions[side])).collect()
        };
        let places_of = |at: usize| places(&sources[at], &trees[at], &decisions(at), &[]);
        let places = rayon::join(|| places_of(0), || places_of(1)).into();
        let names = [sources[0].side.name("base"), sources[1].side.name("head")];
        let notes = self.notes(sources, trees, &proved);
        Shown { names, proved, places, notes }
    }

    fn sources(&self, global: &Global) -> Result<[Source; 2], Failure> {
        let options = |release: &Option<Release>| {
            release.as_ref().map_or_else(|| self.controller.clone(), |release| self.controller.of_release(release))
        };
        let (base, head) = (options(&self.base_controller), options(&self.head_controller));
        let halves = [Half { paths: &self.base, controller: &base }, Half { paths: &self.head, controller: &head }];
        pair(halves, [&self.base_target, &self.head_target], &self.options, global)
    }

    /// Whether each host that is asked for is there: a misspelt one would seem to be equal.
    fn find_hosts(&self, proved: &Proved) -> Result<(), Failure> {
        let missing: Vec<String> = self
            .host
            .iter()
            .filter(|host| !proved.proof.hosts.iter().any(|known| known.host == **host))
            .map(|host| format!("`{host}`"))
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(anyhow!("no side has the host {}", missing.join(", ")).into()) }
    }

    fn notes(&self, sources: &[Source; 2], trees: &[Tree<'_>; 2], proved: &Proved) -> Vec<String> {
        let mut notes: Vec<String> = Vec::new();
        for (source, tree) in sources.iter().zip(trees) {
            for note in source.notes(source.is_of_controller(tree)) {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
        }
        if proved.proof.hosts.iter().any(|host| host.has_reserved) {
            notes.push(String::from("paths that begin with /_external-auth- are the controller's own and are not compared"));
        }
        if !proved.proof.is_same_words {
            notes.push(String::from(
                "one side is written for the controller and the other is not: passwords, certificates, versions of TLS and headers of answers are not compared",
            ));
        }
        notes
    }

    fn write(&self, shown: &Shown, console: &Console) -> Result<(), Failure> {
        if let Some(path) = &self.requests {
            let lines = jsonl(shown).map_err(anyhow::Error::from)?;
            std::fs::write(path, lines).with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        if self.curl {
            console.result(&curl(shown))?;
            return Ok(());
        }
        match self.format {
            Format::Text => console.report(|paint| text(shown, paint))?,
            Format::Json => console.result(&json(shown).map_err(anyhow::Error::from)?)?,
            Format::Markdown => console.result(&markdown(shown))?,
            Format::Html => console.result(&html(shown))?,
            Format::Github => console.result(&github(shown))?,
        }
        if self.implies {
            let answer = match shown.proved.is_implied() {
                Some(true) => "the second side protects at least what the first protects, and serves all that it serves",
                Some(false) => "the second side protects less than the first, or does not serve all that it serves",
                None => "whether the second side protects what the first protects is not proved",
            };
            let more = if shown.proved.is_more_served() { "; it also serves what nobody serves on the first" } else { "" };
            console.note(&format!("{}\n", many_lines(&format!("{answer}{more}"))));
        }
        Ok(())
    }

    fn status(&self, proved: &Proved) -> Status {
        if self.implies {
            return match proved.is_implied() {
                Some(true) => Status::Clean,
                Some(false) => Status::Findings,
                None => Status::Failed,
            };
        }
        match proved.whole() {
            ProofVerdict::Equal => Status::Clean,
            ProofVerdict::Differs => Status::Findings,
            ProofVerdict::NotProved => Status::Failed,
        }
    }
}

/// What each side names and does not hold.
fn unheld(sources: &[Source; 2]) -> [Option<Unheld<'_>>; 2] {
    [0, 1].map(|at| sources[at].unheld())
}

/// Both sides, ready to be asked.
fn lift<'t>(trees: &'t [Tree<'t>; 2], [of_base, of_head]: [Dynamic; 2]) -> [Config<'t>; 2] {
    rayon::join(|| Config::lift(&trees[0], of_base), || Config::lift(&trees[1], of_head)).into()
}

/// What there is beside the hosts that both sides have in the same words, where both are made of manifests for the controller.
fn rest(sources: &[Source; 2], dynamics: &[Dynamic; 2]) -> Option<Rest> {
    let [base, head] = [sources[0].in_hosts()?, sources[1].in_hosts()?];
    let sides = [&dynamics[0], &dynamics[1]];
    let alike = Alike::of(sides);
    compare::rest([base, head], &|name| is_host_alike(sides, name), &|text| alike.serves(text))
}
