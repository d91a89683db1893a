//! `ingressc explain`

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::because::{findings, is_judged_in_part, places, refused, unanswered, unserved};
use super::listing::{Listed, Wanted};
use super::requests::RequestArgs;
use super::source::{Source, SourceArgs};
use crate::cli::console::Console;
use crate::cli::progress::Progress;
use crate::cli::{Failure, Global, Status};
use crate::compare::Side;
use crate::compile::{Lua, Written};
use crate::conf::Tree;
use crate::diagnostic::more;
use crate::output::decision::{self, Explained};
use crate::output::{Paint, routes};
use crate::route::{Config, Decision, Dynamic, Request};

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
        let hosts: BTreeSet<String> = requests.iter().flat_map(Request::hosts).collect();
        let hosts: Vec<String> = hosts.into_iter().collect();
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
            return self.list(below, &requests[0], &sides, console);
        }
        let is_many = self.request.requests.is_some();
        let mut answers: Vec<Vec<Explained>> = sides.iter().map(|(source, tree)| answers(source, tree, &requests, is_many)).collect();
        if let (Some((bare, dynamic)), Some(explained)) = (declared.as_ref().and_then(Source::bare), answers.first_mut()) {
            add_bare(explained, &bare, dynamic, &requests);
        }
        let mut is_same = true;
        let mut out = String::new();
        for (at, request) in requests.iter().enumerate() {
            let of_request: Vec<&Explained> = answers.iter().map(|side| &side[at]).collect();
            is_same &= of_request.windows(2).all(|pair| pair[0].compared(pair[1]).differs.is_empty());
            match self.format {
                Format::Json => out.push_str(&decision::json(request, &of_request, is_many).map_err(anyhow::Error::from)?),
                Format::Text => {
                    console.report(|paint| decision::text(request, &of_request, paint))?;
                }
            }
        }
        console.result(&out)?;
        drop(sides);
        // The process ends soon: to give back many small values one by one would take a part of its time.
        std::mem::forget(declared);
        Ok(if is_same { Status::Clean } else { Status::Findings })
    }

    /// The beginning of all paths that are meant, where the URL ends with an asterisk.
    fn below<'r>(&self, requests: &'r [Request]) -> Option<&'r str> {
        let [request] = requests else { return None };
        let is_pattern = self.url.as_ref().is_some_and(|url| url.ends_with('*') && !url.contains('?')) && self.request.requests.is_none();
        std::str::from_utf8(&request.target).ok().filter(|_| is_pattern)?.strip_suffix('*')
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
    fn requests(&self) -> anyhow::Result<(Vec<Request>, Vec<PathBuf>)> {
        if self.request.requests.is_some() {
            let first = self.url.iter().map(PathBuf::from);
            return Ok((self.request.many()?, first.chain(self.paths.iter().cloned()).collect()));
        }
        let url = self.url.as_ref().ok_or_else(|| anyhow!("no URL is given"))?;
        Ok((vec![self.request.request(url)?], self.paths.clone()))
    }
}

/// What becomes of requests where nothing is supposed to be there that the manifests name and do not hold.
fn add_bare(explained: &mut [Explained], bare: &Written, dynamic: Dynamic, requests: &[Request]) {
    let tree = bare.tree();
    let config = Config::lift(&tree, dynamic);
    for (explained, request) in explained.iter_mut().zip(requests) {
        let known: Vec<String> = explained.ends().collect();
        let ways = config.branches(request).into_iter().filter(|way| !known.contains(&decision::end(&way.end)));
        explained.ways.extend(ways.map(|mut way| {
            way.when.insert(0, String::from("what the manifests name and do not hold is not in the cluster either"));
            way
        }));
    }
}

/// The way that comes first where requests are read by programs: of a client whom the request does not name, that of its own sender, as
/// the address in it has it; the others are beside it.
fn way_of_sender(config: &Config, request: &Request, ways: &[Decision]) -> usize {
    if !request.is_from_anywhere || ways.iter().all(|way| way.of_client().next().is_none()) {
        return 0;
    }
    let end = decision::end(&config.outcome(&Request { is_from_anywhere: false, ..request.clone() }).end);
    ways.iter().position(|way| decision::end(&way.end) == end).unwrap_or_default()
}

/// What one side says of each request. Of many, the near misses are left out.
fn answers(source: &Source, tree: &Tree<'_>, requests: &[Request], is_many: bool) -> Vec<Explained> {
    let config = Config::lift(tree, source.dynamic());
    let explained = requests.iter().map(|request| {
        let mut ways = config.branches(request);
        let first = if is_many { way_of_sender(&config, request, &ways) } else { 0 };
        let decision = ways.remove(first);
        let near = if is_many { Vec::new() } else { config.near(request, &decision) };
        let unserved = if is_many { Vec::new() } else { unserved(source, request.host.as_deref().unwrap_or_default()) };
        (decision, ways, near, unserved)
    });
    let explained: Vec<_> = explained.collect();
    drop(config);
    let spans: Vec<_> = explained.iter().flat_map(|(_, _, near, _)| near.iter().map(|near| near.at)).collect();
    let decisions: Vec<_> = explained.iter().flat_map(|(decision, ways, ..)| std::iter::once(decision).chain(ways)).collect();
    let places = std::rc::Rc::new(places(source, tree, &decisions, &spans));
    let first: Vec<_> = explained.iter().map(|(decision, ..)| decision).collect();
    let reasons = unanswered(source, &first);
    let refused: std::rc::Rc<[_]> = refused(source).into();
    let name = source.side.name(source.role());
    explained
        .into_iter()
        .zip(reasons)
        .map(|((decision, ways, near, unserved), unanswered)| {
            let (side, places, open_endpoints) = (name.clone(), places.clone(), open_endpoints(source));
            let refused = refused.clone();
            Explained { side, decision, ways, near, unserved, unanswered, refused, open_endpoints, places }
        })
        .collect()
}

/// Why it is not known which endpoints an upstream has, where it is not, and how to know it.
fn open_endpoints(source: &Source) -> Option<&'static str> {
    match &source.side {
        Side::Declared(_) => {
            Some("the input holds no EndpointSlice of its namespace (`kubectl get endpointslices,services -o yaml` has them)")
        }
        Side::Dump(_) if source.side.tells(Lua::Backends) => None,
        Side::Dump(_) => Some(
            "no backends.json was given (`curl -s http://127.0.0.1:10246/configuration/backends` in the pod writes it, --live-backends takes it)",
        ),
    }
}
