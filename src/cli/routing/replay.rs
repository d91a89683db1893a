//! `ingressc replay`

use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use rayon::prelude::*;

use super::because::{places, tell_unanswered};
use super::log_format::{of_tree, usual};
use super::logs::{Log, Piece};
use super::source::{Source, SourceArgs};
use crate::access_log::{Escape, Format, Lack};
use crate::cli::console::Console;
use crate::cli::progress::{Bar, Progress};
use crate::cli::{Failure, Global, Status, files};
use crate::conf::Tree;
use crate::output::replay::{Between, Group, Replayed, Side, json, markdown, text};
use crate::replay::{Cache, Comparison, Drift, Judge, Tally, Usual};
use crate::route::{Config, Decision};

const EXAMPLES: &str = "\
Examples:
  ingressc replay access.log --base main/manifests --head manifests
      Which requests of a log a change of the manifests would answer otherwise, by routes, with an example of each
  ingressc replay access.log* --live live/
      Where a controller has answered otherwise than its configuration says, for rotated logs
  ingressc replay access.log.gz manifests/ --host shop.example.com --scheme https
      Where it has answered otherwise than the manifests say, for a log that tells no hosts
  kubectl logs -n ingress-nginx deploy/ingress-nginx-controller | ingressc replay - --base live.conf --head manifests/
      What would become of the last requests if the manifests took the place of what runs
  ingressc replay access.log --base a/ --head b/ --log-format '$host $remote_addr \"$request\" $status'
      The same for a log in another format than that of the base side

Exit codes: 0 answered the same, 1 answered otherwise, 2 the job could not be done";

/// Pieces of a log that are looked at together.
const PIECES: usize = 16;
/// Groups whose examples are looked at.
const MOST_EXPLAINED: usize = 1000;

/// Arguments of `replay`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Replay {
    /// Logs: files, plain or compressed by gzip or zstd, or `-`. A folder and what ends in .yaml or .yml are manifests, with which the
    /// logs are compared
    #[arg(value_name = "LOG", value_hint = clap::ValueHint::AnyPath, required = true)]
    words: Vec<PathBuf>,
    /// What was: manifests, or an nginx.conf, or a folder with all that the controller has written; may be repeated
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::AnyPath, requires = "head", conflicts_with = "live")]
    base: Vec<PathBuf>,
    /// What is to be; may be repeated
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::AnyPath, requires = "base")]
    head: Vec<PathBuf>,
    /// Manifests that the logs are compared with, whatever their names are; may be repeated
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::AnyPath, conflicts_with_all = ["base", "head", "live"])]
    manifests: Vec<PathBuf>,
    /// The format of the log, as in log-format-upstream: text with variables, or `combined` [default: that of the base side]
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    /// How the log escapes values
    #[arg(long, value_name = "default|json|none", value_parser = ["default", "json", "none"], hide_possible_values = true)]
    #[arg(default_value = "default", hide_default_value = true, requires = "log_format")]
    log_escape: String,
    /// The host of all requests, for a log that does not tell it
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// The scheme of all requests, for a log that does not tell it
    #[arg(long, value_name = "http|https", value_parser = ["http", "https"], hide_possible_values = true)]
    scheme: Option<String>,
    /// Show requests as they were sent, with the values of their arguments
    #[arg(long)]
    show_requests: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Shape::Text, hide_possible_values = true, value_name = "text|json|markdown")]
    format: Shape,
    #[command(flatten)]
    source: SourceArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// For pull requests.
    Markdown,
}

/// What is asked: one configuration or two.
enum Asked<'c, 't> {
    One(Drift<'c, 't>),
    Two(Comparison<'c, 't>),
}

impl<'c, 't> Asked<'c, 't> {
    fn judge(&self) -> &dyn Judge {
        match self {
            Self::One(drift) => drift,
            Self::Two(comparison) => comparison,
        }
    }
}

impl Replay {
    pub(in crate::cli) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        let progress = Progress::start(console, "reading the configuration…");
        let (logs, paths) = self.words();
        let sources = self.sources(&paths, global)?;
        let trees: Vec<Tree<'_>> = sources.iter().map(Source::tree).collect();
        let configs: Vec<Config<'_>> = sources.iter().zip(&trees).map(|(source, tree)| Config::lift(tree, source.dynamic())).collect();
        let format = self.log_format(trees.first());
        let lacks = format.lacks();
        if lacks.contains(&Lack::Target) {
            let text = format.text();
            return Err(anyhow!(
                "the format of the log tells no requests: neither `$request` nor `$request_method` and `$request_uri` are in `{text}`"
            )
            .into());
        }
        let host = Usual { host: self.host.clone(), is_tls: self.scheme.as_ref().map(|scheme| scheme == "https") };
        let asked = match configs.as_slice() {
            [base, head, ..] => Asked::Two(Comparison::new(base, head, host, format.headers())),
            [config] => Asked::One(Drift::new(config, host, format.headers())),
            [] => return Err(anyhow!("there is nothing to compare with").into()),
        };
        drop(progress);
        let (tally, problems) = read(&logs, &format, asked.judge(), console);
        for source in &sources {
            console.findings(&source.side.findings(), 0, source.side.sources());
        }
        problems.iter().for_each(|problem| console.error(&anyhow!("{problem}")));
        let is_drift = matches!(asked, Asked::One(_));
        let between = match &sources[..] {
            [one] if one.side.dump().is_some() => Between::LogAndLive,
            [_] => Between::LogAndManifests,
            _ => Between::BaseAndHead,
        };
        let mut notes = self.notes(&lacks, is_drift);
        sources.iter().zip(&trees).for_each(|(source, tree)| notes.extend(source.notes(source.is_of_controller(tree))));
        notes.dedup();
        let replayed = Replayed {
            before: if is_drift { logs.iter().map(|log| shown(log)).collect::<Vec<_>>().join(", ") } else { sources[0].side.name("base") },
            after: sources.last().map(|source| source.side.name(between.names()[1])).unwrap_or_default(),
            between,
            logs: logs.iter().map(|log| shown(log)).collect(),
            tally: &tally,
            groups: groups(&tally, &asked, &sources, &trees),
            notes,
            shows_requests: self.show_requests,
        };
        // Of a log that could not be read to its end, this has been said.
        if tally.requests == 0 && tally.lines > tally.of_programs + tally.streams && problems.is_empty() {
            return Err(anyhow!("no line of the log is of its format: say with --log-format which one it is").into());
        }
        if tally.lines == 0 && logs.iter().all(|log| log == Path::new("-") || files::is_stream(log)) {
            return Err(anyhow!("`{}` is empty", shown(&logs[0])).into());
        }
        self.write(&replayed, console)?;
        let of_logs = if problems.is_empty() { Status::Clean } else { Status::Failed };
        Ok(of_logs.max(if tally.other == 0 { Status::Clean } else { Status::Findings }))
    }

    /// The logs, and the manifests among the words.
    fn words(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let is_manifest = |path: &&PathBuf| path.is_dir() || path.extension().is_some_and(|end| end == "yaml" || end == "yml");
        let (manifests, logs): (Vec<&PathBuf>, Vec<&PathBuf>) = self.words.iter().partition(is_manifest);
        (logs.into_iter().cloned().collect(), manifests.into_iter().chain(&self.manifests).cloned().collect())
    }

    /// The configurations: one, or two.
    fn sources(&self, paths: &[PathBuf], global: &Global) -> Result<Vec<Source>, Failure> {
        let is_mixed = !paths.is_empty() && (!self.base.is_empty() || self.source.live.is_some());
        if is_mixed {
            let path = shown(&paths[0]);
            return Err(anyhow!("`{path}` is no log: with --base and --head, or with --live, the manifests are not named again").into());
        }
        if !self.base.is_empty() {
            let base = self.source.side(&self.base, global, None)?;
            let head = self.source.side(&self.head, global, Some(&base))?;
            return Ok(vec![base, head]);
        }
        if let Some(live) = self.source.live()? {
            return Ok(vec![live]);
        }
        if paths.is_empty() {
            return Err(anyhow!("there is nothing to compare the log with: name manifests, or say --live, or --base and --head").into());
        }
        Ok(vec![self.source.declared(paths, global, None)?])
    }

    /// The format of the log: what is said, else that of the first side, else the usual one of the controller.
    fn log_format(&self, tree: Option<&Tree<'_>>) -> Format {
        const COMBINED: &str =
            r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#;
        let escape = Escape::named(&self.log_escape).unwrap_or_default();
        match self.log_format.as_deref() {
            Some("combined") => Format::new(COMBINED, Escape::Default),
            Some(text) => Format::new(text, escape),
            None => tree.and_then(of_tree).unwrap_or_else(usual),
        }
    }

    /// What the log does not tell, and what follows.
    fn notes(&self, lacks: &[Lack], is_drift: bool) -> Vec<String> {
        let mut notes = Vec::new();
        let lacks = |lack: Lack| lacks.contains(&lack);
        if lacks(Lack::Host) && self.host.is_none() {
            let how = match (lacks(Lack::Upstream), is_drift) {
                (true, _) => "no request can be compared: say --host, or add `$host` to log-format-upstream",
                (false, false) => {
                    "those with a route to the upstream that it names are tried, and what depends on which one it was is not compared: \
                     `--host`, or `$host` in log-format-upstream, tells more"
                }
                (false, true) => {
                    "a request is taken to have run as it should if it did so under one of the hosts with a route to the upstream that it \
                     names"
                }
            };
            notes.push(format!("the log does not tell hosts: {how}"));
        }
        if lacks(Lack::Scheme) && self.scheme.is_none() {
            notes.push(String::from(
                "the log does not tell whether requests came over TLS: both are tried, and the status and the upstream tell which it was",
            ));
        }
        if lacks(Lack::User) {
            notes.push(String::from("the log does not tell who logs in: requests are taken to bring no password"));
        }
        if is_drift && lacks(Lack::Upstream) && lacks(Lack::Address) {
            notes.push(String::from("the log tells no upstreams: only statuses are compared"));
        }
        notes
    }

    fn write(&self, replayed: &Replayed<'_>, console: &Console) -> Result<(), Failure> {
        match self.format {
            Shape::Text => {
                console.report(|paint| text(replayed, paint))?;
                replayed.notes.iter().for_each(|note| console.remark(note));
            }
            Shape::Json => console.result(&json(replayed).map_err(anyhow::Error::from)?)?,
            Shape::Markdown => console.result(&markdown(replayed))?,
        }
        Ok(())
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Reads all logs: what was counted, and why some could not be read to their ends.
fn read(logs: &[PathBuf], format: &Format, judge: &dyn Judge, console: &Console) -> (Tally, Vec<String>) {
    let sizes: Option<u64> =
        logs.iter().map(|log| std::fs::metadata(log).ok().filter(std::fs::Metadata::is_file).map(|found| found.len())).sum();
    let bar = Bar::start(console, "reading the logs", sizes);
    let cache = Cache::default();
    let (mut tally, mut problems) = (Tally::default(), Vec::new());
    for (number, path) in logs.iter().enumerate() {
        let problem = Log::open(path, number, bar.count()).and_then(|mut log| {
            let (mut next, mut problem) = pieces(&mut log);
            while !next.is_empty() {
                let (counted, (more, stopped)) = rayon::join(|| count(&next, format, judge, &cache), || pieces(&mut log));
                tally.merge(counted);
                next = more;
                problem = problem.take().or(stopped);
            }
            problem.map_or(Ok(()), Err)
        });
        if let Err(problem) = problem {
            problems.push(format!("`{}` {problem}", shown(path)));
        }
    }
    (tally, problems)
}

/// The next pieces of a log, and why there are no more.
fn pieces(log: &mut Log) -> (Vec<Piece>, Option<String>) {
    let mut pieces = Vec::new();
    while pieces.len() < PIECES {
        match log.piece() {
            Ok(Some(piece)) => pieces.push(piece),
            Ok(None) => break,
            Err((problem, piece)) => {
                pieces.extend(piece);
                return (pieces, Some(problem));
            }
        }
    }
    (pieces, None)
}

fn count(pieces: &[Piece], format: &Format, judge: &dyn Judge, cache: &Cache) -> Tally {
    let counted: Vec<Tally> = pieces
        .par_iter()
        .map(|piece| {
            let mut tally = Tally::default();
            tally.add_lines(&piece.text, piece.first, format, judge, cache);
            tally
        })
        .collect();
    let mut whole = Tally::default();
    counted.into_iter().for_each(|tally| whole.merge(tally));
    whole
}

/// The groups, the largest first, with what the sides do with their examples and the lines behind.
fn groups<'a>(tally: &'a Tally, asked: &Asked<'_, '_>, sources: &[Source], trees: &[Tree<'_>]) -> Vec<Group<'a>> {
    let mut all: Vec<_> = tally.groups.iter().collect();
    all.sort_by(|(one, a), (other, b)| b.count.cmp(&a.count).then_with(|| one.cmp(other)));
    let decided = all.iter().enumerate().map(|(at, (_, group))| {
        let request = (at < MOST_EXPLAINED).then(|| group.example.request()).flatten();
        request.map_or([None, None], |request| match asked {
            Asked::One(drift) => [None, Some(drift.decision(&request))],
            Asked::Two(comparison) => comparison.decisions(&request).map(Some),
        })
    });
    let mut decided: Vec<[Option<Decision>; 2]> = decided.collect();
    let mut sides: Vec<[Option<Side>; 2]> = decided.iter().map(|_| [None, None]).collect();
    for side in 0..2 {
        let at = side.min(sources.len() - 1);
        let decisions: Vec<&Decision> = decided.iter().filter_map(|both| both[side].as_ref()).collect();
        if decisions.is_empty() {
            continue;
        }
        let mut places = places(&sources[at], &trees[at], &decisions, &[]);
        tell_unanswered(&mut places, &sources[at], &decisions);
        let places = Rc::new(places);
        for (both, shown) in decided.iter_mut().zip(&mut sides) {
            shown[side] = both[side].take().map(|decision| Side { decision, places: Rc::clone(&places) });
        }
    }
    let groups = all.into_iter().zip(sides);
    groups
        .map(|((difference, group), sides)| Group { difference: difference.clone(), count: group.count, example: &group.example, sides })
        .collect()
}
