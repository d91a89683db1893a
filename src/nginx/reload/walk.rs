//! The walk over the configuration: which directive stands where, how often, with how many arguments.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;

use super::super::problem;
use super::buffers::Buffers;
use super::directives::{Directive as Row, EVENTS, HTTP, LIMIT_EXCEPT, LOCATION, LOCATION_IF, MAIN, Places, SERVER, SERVER_IF};
use super::directives::{STREAM, STREAM_SERVER, STREAM_UPSTREAM, UPSTREAM};
use super::hashes::Hashes;
use super::refusal::Refusal;
use super::variables::Variables;
use super::zones::Zones;
use super::{Build, arguments, outside, pattern, process, rows, values};
use crate::conf::{Directive, Tree};

/// Hosts that share what is known of lines: most lines stand in every location of every host.
const BATCH: usize = 64;

/// What nginx makes of a configuration.
#[derive(Debug)]
pub(super) struct Verdict<'t> {
    /// Everything that it refuses.
    pub(super) refusals: Vec<Refusal>,
    /// The variables that the configuration defines.
    pub(super) defined: HashSet<Cow<'t, str>>,
    /// The variables that it lacks.
    pub(super) missing: HashSet<String>,
}

/// Judges a configuration.
pub(super) fn judge<'t>(tree: &'t Tree, build: Build) -> Verdict<'t> {
    let known = Known { variables: Variables::of(tree), zones: Zones::of(tree), hashes: Hashes::of(tree), build };
    let mut walk = Walk::new(&known);
    let top: Vec<Directive> = tree.directives().collect();
    walk.block(&top, MAIN, Buffers::default());
    let refusals = walk.refusals;
    let (defined, missing) = known.variables.into_names();
    Verdict { refusals, defined, missing }
}

/// What the whole configuration says.
struct Known<'t> {
    variables: Variables<'t>,
    zones: Zones,
    hashes: Hashes,
    build: Build,
}

struct Walk<'v, 't> {
    known: &'v Known<'t>,
    refusals: Vec<Refusal>,
    /// The block in which a directive was met last.
    seen: HashMap<(&'static str, Places), u32>,
    /// Lines that were judged in such a place and found good, and their rows.
    good: HashMap<(&'t str, Places), &'static Row>,
    block: u32,
    /// The directive that is looked at, as it is written.
    line: &'t str,
    outermost: Range<usize>,
    host: Option<String>,
    location: Option<String>,
    owner: Option<(String, String)>,
}

impl<'v, 't> Walk<'v, 't> {
    fn new(known: &'v Known<'t>) -> Self {
        let (host, location, owner) = (None, None, None);
        let (refusals, seen, good) = (Vec::new(), HashMap::new(), HashMap::new());
        Self { known, refusals, seen, good, block: 0, line: "", outermost: 0..0, host, location, owner }
    }

    fn refuse(&mut self, directive: &str, message: String) {
        let (host, location, owner) = (self.host.clone(), self.location.clone(), self.owner.clone());
        let (directive, line) = (directive.to_owned(), self.line.to_owned());
        let outermost = self.outermost.clone();
        self.refusals.push(Refusal { message, directive, line, outermost, host, location, owner, path: None });
    }

    fn refuse_twin(&mut self, location: &Directive, args: &[&str]) {
        let children: Vec<Directive> = location.directives().collect();
        self.refusals.push(Refusal {
            message: format!("the location `{}` stands twice", args.join(" ")),
            directive: String::from("location"),
            line: String::new(),
            outermost: self.outermost.clone(),
            host: self.host.clone(),
            location: Some(args.join(" ")),
            owner: owner(&children),
            path: args.last().map(|path| (*path).to_owned()),
        });
    }

    fn block(&mut self, directives: &[Directive<'t>], place: Places, inherited: Buffers) {
        self.block += 1;
        let block = self.block;
        let mut buffers = inherited;
        let mut locations = HashSet::new();
        for directive in directives {
            let is_plain = !directive.is_block() && directive.lua().is_none();
            self.line = directive.head_text();
            self.begin(directive, place);
            let line = (self.line, place);
            if let Some(row) = self.good.get(&line).copied().filter(|_| is_plain) {
                self.is_first(row, block);
                continue;
            }
            let name = directive.name();
            if is_too_long(directive) {
                self.refuse(&name, format!("a word of `{name}` has 4,096 bytes or more, which nginx does not read"));
                continue;
            }
            let args: Vec<Cow<str>> = directive.args().map(|arg| arg.value()).collect();
            let args: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
            let rows = rows::find(&name);
            let before = self.refusals.len();
            if let Some(row) = self.row(&name, rows, place, &args)
                && self.is_well_formed(directive, row, &args, block)
            {
                buffers.take(&name, &args);
                self.values(&name, &args, place);
                if name == "location" && !args[0].starts_with(['~', '@']) && !locations.insert(location_key(&args)) {
                    self.refuse_twin(directive, &args);
                }
                if is_plain && self.refusals.len() == before && !Buffers::know(&name) {
                    self.good.insert(line, row);
                }
            }
        }
        self.line = "";
        if place & (HTTP | SERVER | LOCATION | LOCATION_IF) != 0
            && let Some((name, message)) = buffers.refusal(&inherited)
        {
            // Where the directive that is too small is not written, those that are written are too large.
            let is_it = |directive: &&Directive| directive.name() == name;
            let written = || directives.iter().find(|directive| Buffers::know(&directive.name()));
            self.line = directives.iter().find(is_it).or_else(written).map(|directive| directive.head_text()).unwrap_or_default();
            self.refuse(name, message);
        }
        if place & LOCATION != 0
            && let Some(message) = values::default_redirect(directives)
        {
            self.refuse("proxy_redirect", message);
        }
        let blocks = directives.iter().filter(|directive| directive.is_block() && directive.lua().is_none());
        // Hosts know nothing of each other, and large clusters have thousands of them.
        let (hosts, others): (Vec<_>, Vec<_>) = blocks.partition(|directive| place == HTTP && directive.name() == "server");
        others.into_iter().for_each(|directive| self.enter(directive, place, buffers));
        let known = self.known;
        let refusals = hosts.par_chunks(BATCH).flat_map_iter(|hosts| {
            let mut walk = Walk::new(known);
            hosts.iter().for_each(|directive| walk.enter(directive, place, buffers));
            walk.refusals
        });
        self.refusals.par_extend(refusals);
    }

    /// Takes note of the directive that all which follows is in.
    fn begin(&mut self, directive: &Directive, place: Places) {
        if place & (MAIN | HTTP | STREAM) != 0 {
            let span = directive.span();
            self.outermost = span.start as usize..span.end as usize;
        }
    }

    /// The row that fits the place and the number of arguments.
    fn row(&mut self, name: &str, rows: &[&'static Row], place: Places, args: &[&str]) -> Option<&'static Row> {
        if rows.is_empty() {
            self.refuse(name, format!("there is no directive `{name}`"));
            return None;
        }
        let mut here = rows.iter().filter(|row| row.places & place != 0).peekable();
        if here.peek().is_none() {
            self.refuse(name, format!("the directive `{name}` is not allowed here"));
            return None;
        }
        let fitting = here.find(|row| (row.least..=row.most).contains(&args.len()));
        if fitting.is_none() {
            self.refuse(name, format!("`{name}` has a wrong number of arguments: {}", args.len()));
        }
        fitting.copied()
    }

    fn is_well_formed(&mut self, directive: &Directive, row: &'static Row, args: &[&str], block: u32) -> bool {
        let name = row.name;
        if row.has_block != (directive.is_block() || directive.lua().is_some()) {
            let message = if row.has_block { format!("`{name}` has no block") } else { format!("`{name}` takes no block") };
            self.refuse(name, message);
            return false;
        }
        if !self.is_first(row, block) {
            return false;
        }
        if let Some(message) = arguments::refusal(name, row.kind, args) {
            self.refuse(name, message);
            return false;
        }
        true
    }

    /// Refuses a directive that stands in the block already, and may not.
    fn is_first(&mut self, row: &'static Row, block: u32) -> bool {
        let is_first = row.repeats || self.seen.insert((row.name, row.places), block) != Some(block);
        if !is_first {
            self.refuse(row.name, format!("the directive `{}` stands twice in one block", row.name));
        }
        is_first
    }

    fn values(&mut self, name: &str, args: &[&str], place: Places) {
        if let Some(message) = self.known.zones.refusal(name, args).filter(|_| place & (HTTP | SERVER | LOCATION) != 0) {
            self.refuse(name, message);
        }
        if let Some(message) = self.known.hashes.refusal(name, args) {
            self.refuse(name, message);
        }
        if let Some(message) = values::refusal(name, args, self.known.build) {
            self.refuse(name, message);
        }
        if let Some(message) = process::refusal(name, args, self.known.build) {
            self.refuse(name, message);
        }
        if let Some(message) = outside::refusal(name, args, self.known.build).filter(|_| place & (SERVER | LOCATION | LOCATION_IF) != 0) {
            self.refuse(name, message);
        }
        if let Some(message) = pattern::refusal_in(name, args) {
            self.refuse(name, message);
        }
        if place & (STREAM | STREAM_SERVER | STREAM_UPSTREAM) == 0
            && let Some(message) = self.known.variables.refusal(name, args)
        {
            self.refuse(name, message);
        }
    }

    fn enter(&mut self, directive: &Directive<'t>, place: Places, buffers: Buffers) {
        let name = directive.name();
        let inside = match (name.as_ref(), place) {
            ("events", MAIN) => EVENTS,
            ("http", MAIN) => HTTP,
            ("stream", MAIN) => STREAM,
            ("server", HTTP) => SERVER,
            ("server", STREAM) => STREAM_SERVER,
            ("upstream", HTTP) => UPSTREAM,
            ("upstream", STREAM) => STREAM_UPSTREAM,
            ("location", SERVER | LOCATION) => LOCATION,
            ("if", SERVER) => SERVER_IF,
            ("if", LOCATION) => LOCATION_IF,
            ("limit_except", LOCATION) => LIMIT_EXCEPT,
            ("map", HTTP) => {
                self.begin(directive, place);
                return self.map(directive);
            }
            // Tables of other forms, which hold no directives.
            _ => return,
        };
        self.begin(directive, place);
        let children: Vec<Directive> = directive.directives().collect();
        match inside {
            SERVER => self.host = server_name(&children),
            LOCATION => {
                self.owner = owner(&children);
                if place == SERVER {
                    self.location = Some(directive.args().map(|arg| arg.value()).collect::<Vec<_>>().join(" "));
                }
            }
            _ => {}
        }
        self.block(&children, inside, buffers);
        match inside {
            SERVER => self.host = None,
            LOCATION => {
                self.owner = None;
                if place == SERVER {
                    self.location = None;
                }
            }
            _ => {}
        }
    }

    /// The entries of a `map`: patterns, and values that may hold variables.
    fn map(&mut self, map: &Directive<'t>) {
        for entry in map.directives() {
            let name = entry.name();
            let args: Vec<Cow<str>> = entry.args().map(|arg| arg.value()).collect();
            self.line = entry.head_text();
            if is_too_long(&entry) {
                self.refuse("map", String::from("a word of a `map` has 4,096 bytes or more, which nginx does not read"));
            }
            let is_word = matches!(name.as_ref(), "hostnames" | "volatile");
            if !is_word && args.len() != 1 {
                self.refuse("map", format!("the entry `{name}` of a `map` has {} values", args.len()));
            }
            let is_compared = !is_word && !name.starts_with('~') && !matches!(name.as_ref(), "default" | "include");
            if let Some(message) = self.known.hashes.refusal_of_key(name.strip_prefix('\\').unwrap_or(&name)).filter(|_| is_compared) {
                self.refuse("map", message);
            }
            if let Some(problem) = name.strip_prefix('~').and_then(|text| problem(text.strip_prefix('*').unwrap_or(text))) {
                self.refuse("map", format!("`{name}` is no regular expression: {problem}"));
            }
        }
    }
}

/// Whether a word does not fit into what nginx reads at a time. It has to find the end of a word there; a quote before it does not count.
fn is_too_long(directive: &Directive) -> bool {
    const BUFFER: usize = 4096;
    let is_long = |raw: &str| raw.len() - usize::from(raw.starts_with(['"', '\''])) >= BUFFER;
    directive.head_text().len() >= BUFFER && directive.words().any(|word| is_long(word.raw()))
}

fn location_key(args: &[&str]) -> (bool, String) {
    match args {
        ["=", path] => (true, (*path).to_owned()),
        ["^~", path] => (false, (*path).to_owned()),
        [path] => match path.strip_prefix('=') {
            Some(path) => (true, path.to_owned()),
            None => (false, (*path).to_owned()),
        },
        _ => (false, args.join(" ")),
    }
}

fn server_name(directives: &[Directive]) -> Option<String> {
    let named = directives.iter().find(|directive| directive.name() == "server_name")?;
    named.args().next().map(|arg| arg.value().into_owned())
}

/// The Ingress that a location belongs to, which the controller writes into it.
fn owner(directives: &[Directive]) -> Option<(String, String)> {
    let value = |variable: &str| {
        directives.iter().filter(|directive| directive.name() == "set").find_map(|set| {
            let mut args = set.args();
            (args.next()?.value() == variable).then(|| args.next().map(|arg| arg.value().into_owned()))?
        })
    };
    let (namespace, name) = (value("$namespace")?, value("$ingress_name")?);
    (!name.is_empty()).then_some((namespace, name))
}
