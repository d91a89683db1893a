//! `ingressc test`

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::against::{Against, AgainstArgs, Asked};
use super::because::{places, tell_unanswered};
use super::source::SourceArgs;
use crate::cli::console::Console;
use crate::cli::progress::Progress;
use crate::cli::{Failure, Global, Status, files};
use crate::diagnostic::{Diagnostic, Outcome, Severity};
use crate::expect::{self, Coverage, Judged, Problem, Seen, Suite, Summary, Verdict};
use crate::output::expectations::{Report, github, json, junit, text, yaml};
use crate::route::{Config, Decision, Table};
use crate::source::{SourceMap, Span};

const EXAMPLES: &str = "\
Examples:
  ingressc test routes.yaml manifests/ --generate
      Write down what requests come to today: each route, each branch of a canary, each protection
  ingressc test routes.yaml manifests/
      Say where that is otherwise, with the line of the expectation and that of the manifest that decides
  ingressc test routes.yaml --live nginx.conf
      The same for what a running controller serves, without any manifests
  ingressc test routes.yaml manifests/ --coverage --min-coverage 90
      What no expectation touches, with a request for each; fail where that is more than a tenth
  ingressc test routes.yaml manifests/ --against https://10.0.0.5
      Send the requests to a real address too, and compare status, redirects and headers of its answers
  ingressc test routes.yaml manifests/ --format junit > report.xml
      For a CI system

A file of expectations:
  tests:
    - request: https://shop.example.com/api/v1
      expect:
        service: shop/api:http
        path: /v1
        protections: [rate]
    - request: {url: http://shop.example.com/, headers: {X-Canary: always}}
      expect: {status: 308, redirect: https://shop.example.com/}

docs/expectations.md lists all fields.

Exit codes: 0 all expectations hold, 1 some do not or too little is touched, 2 the job could not be done";

/// Arguments of `test`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Test {
    /// The file of expectations, or `-`
    #[arg(value_name = "ROUTES.yaml", value_hint = clap::ValueHint::FilePath)]
    expectations: PathBuf,
    /// Manifests: file, folder, or `-` [default: the current folder, where there is no --live]
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath, conflicts_with = "live")]
    paths: Vec<PathBuf>,
    /// Write the file from what is there; `-` for standard output
    #[arg(long, conflicts_with_all = ["against", "coverage", "min_coverage", "format", "verbose"])]
    generate: bool,
    /// Write over a file that is there
    #[arg(long, requires = "generate")]
    force: bool,
    /// Show routes, branches of canaries and protections that no expectation touches, with a request for each
    #[arg(long)]
    coverage: bool,
    /// Fail where expectations touch less than this part of them
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    min_coverage: Option<f64>,
    /// Show all tests, and why some cannot be checked
    #[arg(short, long)]
    verbose: bool,
    /// How to write the report
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json|junit|github")]
    format: Format,
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    against: AgainstArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// For CI systems.
    Junit,
    /// For pull requests.
    Github,
}

fn percentage(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').parse().map_err(|_| String::from("expected a number"))?;
    if (0.0..=100.0).contains(&number) { Ok(number) } else { Err(String::from("expected a number from 0 to 100")) }
}

impl Test {
    pub(in crate::cli) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        self.says_where()?;
        let against = self.against.addresses()?;
        let mut sources = SourceMap::default();
        let read = if self.generate { None } else { Some(self.read(&mut sources)?) };
        let progress = Progress::start(console, "reading the configuration…");
        let source = self.source.one(None, &self.paths, global)?;
        let tree = source.tree();
        let config = Config::lift(&tree, source.dynamic());
        let table = config.table(&|_| None);
        drop(progress);
        console.findings(&source.side.findings(), 0, source.side.sources());
        let notes = source.notes(source.is_of_controller(&tree));
        console.remarks(&notes);
        let Some(Outcome { value: suite, diagnostics }) = read else {
            self.write(&config, &table, console)?;
            return Ok(Status::Clean);
        };
        console.findings(&diagnostics, 0, &sources);
        let mut coverage = Coverage::of(&table);
        let mut tests: Vec<Judged<'_>> = suite.tests.iter().map(|test| expect::judge(&config, &suite, test, &mut coverage)).collect();
        let unreachable = against.as_ref().and_then(|against| ask(against, &config, &mut tests, console));
        coverage.find_requests(&config);
        let spans: Vec<Span> = tests.iter().flat_map(decisive).collect();
        let mut places = places(&source, &tree, &[], &spans);
        let failed = tests.iter().filter(|judged| judged.summary() == Summary::Failed);
        let failed: Vec<Decision> = failed.map(|judged| config.decide(&judged.test.request)).collect();
        tell_unanswered(&mut places, &source, &failed.iter().collect::<Vec<_>>());
        let report = Report {
            side: source.side.name(source.role()),
            against: against.map(|against| against.names).unwrap_or_default(),
            tests,
            sources: &sources,
            findings: &diagnostics,
            places,
            coverage: &coverage,
            least: self.min_coverage,
            shows_coverage: self.coverage,
            shows_all: self.verbose,
            notes,
        };
        self.show(&report, console)?;
        if let Some(why) = unreachable {
            return Err(anyhow!("an address could not be asked: {why}").into());
        }
        Ok(status(&report, &suite))
    }

    /// Standard input is one of both.
    fn says_where(&self) -> Result<(), Failure> {
        let is_stdin = |path: &Path| path == Path::new("-");
        if is_stdin(&self.expectations) && !self.generate && self.paths.iter().any(|path| is_stdin(path)) {
            return Err(anyhow!("standard input cannot be both the expectations and the manifests").into());
        }
        Ok(())
    }

    fn read(&self, sources: &mut SourceMap) -> Result<Outcome<Suite>, Failure> {
        let name = if self.expectations == Path::new("-") { "<stdin>".into() } else { self.expectations.to_string_lossy() };
        let text = match self.expectations == Path::new("-") {
            true => files::read_stdin().map(|text| text.text),
            false => files::read(&self.expectations),
        };
        let text = text.and_then(|text| if text.trim().is_empty() { Err(String::from("is empty")) } else { Ok(text) });
        let text = text.map_err(|reason| {
            let help = if files::exists(&self.expectations) { "" } else { "; `--generate` writes it from what is there" };
            anyhow!("`{name}` {reason}{help}")
        })?;
        let file = sources.add(name, text.as_str());
        Ok(expect::read(file, &text))
    }

    /// Writes the file of expectations.
    fn write(&self, config: &Config<'_>, table: &Table, console: &Console) -> Result<(), Failure> {
        let draft = expect::generate(config, table);
        let text = yaml(&draft);
        if self.expectations == Path::new("-") {
            return Ok(console.result(&text)?);
        }
        let name = self.expectations.display();
        if files::exists(&self.expectations) && !self.force {
            return Err(anyhow!("`{name}` is there already: `--force` writes over it").into());
        }
        files::write(&self.expectations, &text)?;
        let count: usize = draft.hosts.iter().map(|(_, tests)| tests.len()).sum();
        let without = match draft.without.len() {
            0 => String::new(),
            routes => format!("; for {routes} routes no request was found"),
        };
        console.note(&format!("wrote {count} tests of {} hosts to {name}{without}\n", draft.hosts.len()));
        Ok(())
    }

    fn show(&self, report: &Report<'_>, console: &Console) -> anyhow::Result<()> {
        match self.format {
            Format::Text => console.report(|paint| text(report, paint)),
            Format::Json => console.result(&json(report)?),
            Format::Junit => console.result(&junit(report)),
            Format::Github => console.result(&github(report)),
        }
    }
}

/// Sends all requests, one after the other; says why, where nobody answers.
fn ask(against: &Against, config: &Config<'_>, tests: &mut [Judged<'_>], console: &Console) -> Option<String> {
    let _progress = Progress::start(console, "asking…");
    let mut unreachable = None;
    for judged in tests {
        let seen = match against.ask(judged.test) {
            Asked::Seen(seen) => seen,
            Asked::BadCertificate(why) => {
                judged
                    .problems
                    .push(Problem { at: judged.test.at, message: format!("the certificate of the address is not accepted: {why}") });
                continue;
            }
            Asked::Unreachable(why) => {
                unreachable.get_or_insert_with(|| why.clone());
                Seen::Unasked(why)
            }
        };
        expect::seen(config, judged, &seen, against.is_here(&judged.test.request));
    }
    unreachable
}

/// The directives that decided against expectations.
fn decisive<'j>(judged: &'j Judged<'_>) -> impl Iterator<Item = Span> + 'j {
    judged.checks.iter().filter_map(|check| match check.verdict() {
        Verdict::Differs { at, .. } | Verdict::Depends { at, .. } => *at,
        Verdict::Holds | Verdict::Unchecked(_) => None,
    })
}

fn status(report: &Report<'_>, suite: &Suite) -> Status {
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    let of_file = if report.findings.iter().any(is_error) || suite.tests.is_empty() { Status::Failed } else { Status::Clean };
    let fails = report.count(Summary::Failed) > 0 || report.touches_too_little();
    let of_tests = if fails { Status::Findings } else { Status::Clean };
    of_file.max(of_tests)
}
