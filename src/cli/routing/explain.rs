//! `ingressc explain`

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use rayon::prelude::*;

use super::answers::{Answering, tree_of};
use super::because::{findings, is_judged_in_part};
use super::listing::{Listed, Wanted};
use super::requests::{RequestArgs, Requests};
use super::source::{Source, SourceArgs};
use crate::cli::console::Console;
use crate::cli::progress::{Bar, Progress};
use crate::cli::{Failure, Global, Status};
use crate::conf::Tree;
use crate::diagnostic::more;
use crate::output::decision::{self, Explained};
use crate::output::{Paint, routes};
use crate::route::{Config, Dynamic, Request};

const EXAMPLES: &str = "\
Examples:
  ingressc explain https://shop.example.com/api/v1 manifests/
      Which Service gets the request, what of it, after which checks, and the lines that decide
  ingressc explain http://shop.example.com/ -H 'X-Canary: always' --client-ip 192.0.2.7 manifests/
      The same for a request with a header, from an address
  ingressc explain https://shop.example.com/api/v1 --live nginx.conf
      What a running controller does with it, without any manifests
  ingressc explain https://shop.example.com/api/v1 manifests/ --live live/
      Both, where they differ
  ingressc explain 'https://shop.example.com/api/*' manifests/
      All routes that paths below /api/ can come to, in the order in which they are compared
  ingressc explain --requests requests.jsonl --format json manifests/
      Many requests, one JSON a line

Exit codes: 0 answered, 1 both sides were asked and differ, 2 the job could not be done";

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Explain {
    /// The URL of the request; with `*` at its end all routes below it
    #[arg(value_name = "URL", required_unless_present = "requests")]
    url: Option<String>,
    /// Manifests: file, folder, or `-` [default: the current folder, where there is no --live]
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    request: RequestArgs,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json")]
    format: Format,
    #[command(flatten)]
    source: SourceArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
}

impl Explain {
    pub(in crate::cli) fn run(&self, global: &Global, console: &Console) -> Result<Status, Failure> {
        let progress = Progress::start(console, "reading the configuration…");
        let (requests, paths) = self.requests()?;
        let live = self.source.live()?;
        let hosts: Vec<String> = requests.hosts()?.into_iter().collect();
        let is_declared = live.is_none() || !paths.is_empty();
        let below = self.below(&requests);
        let asked = (Some(hosts.clone()), below.is_none());
        let declared = if is_declared { Some(self.source.declared_for(asked, &paths, global, live.as_ref())?) } else { None };
        drop(progress);
        let sides: Vec<(&Source, Tree<'_>)> = declared.iter().chain(&live).map(|source| (source, source.tree())).collect();
        let mut notes = Vec::new();
        for (source, tree) in &sides {
            let (findings, left_out) = findings(source, &hosts);
            console.findings(&findings, 0, source.side.sources());
            if left_out > 0 {
                console.remark(&format!("not shown: {} of Ingresses for other hosts, which `check` tells", more(left_out, "error")));
            }
            notes.extend(source.notes(source.is_of_controller(tree)));
            if is_judged_in_part(source) {
                notes.push(String::from("whether nginx refuses anything of other hosts was not looked at: `check` tells it"));
            }
        }
        console.remarks(&notes);
        if let Some(below) = below {
            return self.list(below.1, below.0, &sides, console);
        }
        let bare = declared.as_ref().and_then(Source::bare);
        let is_same = self.answer_all(&requests, &sides, tree_of(&bare), console)?;
        drop(sides);
        // The process ends soon: to give back many small values one by one would take a part of its time.
        std::mem::forget(declared);
        Ok(if is_same { Status::Clean } else { Status::Findings })
    }

    /// The beginning of all paths that are meant, where the URL ends with an asterisk.
    fn below<'r>(&self, requests: &'r Requests) -> Option<(&'r Request, &'r str)> {
        let Requests::One(request) = requests else { return None };
        let is_pattern = self.url.as_ref().is_some_and(|url| url.ends_with('*') && !url.contains('?'));
        let below = std::str::from_utf8(&request.target).ok().filter(|_| is_pattern)?.strip_suffix('*')?;
        Some((request, below))
    }

    /// Answers the requests, a portion at a time; whether both sides say the same of all.
    fn answer_all(
        &self,
        requests: &Requests,
        sides: &[(&Source, Tree<'_>)],
        bare: Option<(Tree<'_>, Dynamic)>,
        console: &Console,
    ) -> Result<bool, Failure> {
        let is_many = requests.is_many();
        let mut bare = bare.as_ref().map(|(tree, dynamic)| (tree, dynamic.clone()));
        // Only the first side is one that supposes something.
        let mut asked: Vec<Answering<'_>> = sides.iter().map(|(source, tree)| Answering::of(source, tree, bare.take(), is_many)).collect();
        let bar = is_many.then(|| Bar::start(console, "answering the requests…", Some(requests.size())));
        let mut is_same = true;
        for portion in requests.portions() {
            let (portion, bytes) = portion?;
            let answers: Vec<Vec<Explained>> = asked.iter_mut().map(|side| side.answers(&portion)).collect();
            let of = |at: usize| answers.iter().map(|side| &side[at]).collect::<Vec<_>>();
            let differs = |of: &[&Explained]| of.windows(2).any(|pair| !pair[0].compared(pair[1]).differs.is_empty());
            is_same &= !(0..portion.len()).into_par_iter().any(|at| differs(&of(at)));
            match self.format {
                Format::Json => {
                    let lines = portion.par_iter().enumerate().map(|(at, request)| decision::json(request, &of(at), is_many));
                    let lines: Vec<String> = lines.collect::<Result<_, _>>().map_err(anyhow::Error::from)?;
                    console.result(&lines.concat())?;
                }
                Format::Text => {
                    for (at, request) in portion.iter().enumerate() {
                        console.report(|paint| decision::text(request, &of(at), paint))?;
                    }
                }
            }
            if let Some(bar) = &bar {
                bar.count().fetch_add(bytes, Ordering::Relaxed);
            }
        }
        Ok(is_same)
    }

    /// Lists the routes of a host that paths with such a beginning can come to: of each side where they differ.
    fn list(&self, below: &str, request: &Request, sides: &[(&Source, Tree<'_>)], console: &Console) -> Result<Status, Failure> {
        let host = request.host.as_deref().unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let wanted = Wanted { host: Some(host), below: Some(below), is_tls: Some(request.is_tls), namespace: None };
        let listed = sides.iter().map(|(source, tree)| Listed::of(source, tree, &Config::lift(tree, source.dynamic()), &wanted));
        let listed: Vec<Listed> = listed.collect();
        let lists: Vec<_> = sides.iter().zip(&listed).map(|((source, _), listed)| wanted.of(listed, source)).collect();
        let plain: Vec<String> = lists.iter().map(|list| routes::text(list, Paint::default())).collect();
        let is_same = plain.windows(2).all(|pair| pair[0] == pair[1]);
        let shown = if is_same { &lists[..1] } else { &lists[..] };
        for list in shown {
            match self.format {
                Format::Json => console.result(&routes::json(list).map_err(anyhow::Error::from)?)?,
                Format::Text if is_same => console.report(|paint| routes::text(list, paint))?,
                Format::Text => console.report(|paint| format!("{}:\n{}\n", list.side, routes::text(list, paint)))?,
            }
        }
        Ok(if is_same { Status::Clean } else { Status::Findings })
    }

    /// The requests, and the paths: with a file of requests, all words are paths.
    fn requests(&self) -> anyhow::Result<(Requests, Vec<PathBuf>)> {
        if let Some(many) = self.request.many()? {
            let first = self.url.iter().map(PathBuf::from);
            return Ok((many, first.chain(self.paths.iter().cloned()).collect()));
        }
        let url = self.url.as_ref().ok_or_else(|| anyhow!("no URL is given"))?;
        Ok((Requests::One(Box::new(self.request.request(url)?)), self.paths.clone()))
    }
}
