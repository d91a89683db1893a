//! The walk over the configuration: which directive stands where, how often, with how many arguments.

use std::borrow::Cow;
use std::ops::Range;

use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;

use super::buffers::Buffers;
use super::directives::{Directive as Row, EVENTS, HTTP, LIMIT_EXCEPT, LOCATION, LOCATION_IF, MAIN, Places, SERVER, SERVER_IF};
use super::directives::{STREAM, STREAM_SERVER, STREAM_UPSTREAM, UPSTREAM};
use super::hashes::Hashes;
use super::image::Modules;
use super::location::Location;
use super::owner::{owner, server_name};
use super::pairs::{self, Around};
use super::refusal::Refusal;
use super::tables::Table;
use super::variables::Variables;
use super::waf::Rules;
use super::zones::Zones;
use super::{Build, arguments, definitions, pass, pattern, process, rows, values};
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
    let known = Known {
        variables: Variables::of(tree, "http"),
        of_streams: Variables::of(tree, "stream"),
        zones: Zones::of(tree, "http"),
        zones_of_streams: Zones::of(tree, "stream"),
        hashes: Hashes::of(tree),
        modules: Modules::of(tree),
        build,
    };
    let mut walk = Walk::new(&known);
    let top: Vec<Directive> = tree.directives().collect();
    walk.block(Around { directives: &top, outer: None }, MAIN, Buffers::default());
    let mut refusals = walk.refusals;
    refusals.extend(definitions::refusals(tree));
    let (defined, missing) = known.variables.into_names();
    Verdict { refusals, defined, missing }
}

/// What the whole configuration says.
struct Known<'t> {
    variables: Variables<'t>,
    of_streams: Variables<'t>,
    zones: Zones,
    zones_of_streams: Zones,
    hashes: Hashes,
    modules: Modules,
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
    in_stream: bool,
    host: Option<String>,
    location: Option<String>,
    /// The locations that it is in, the outermost first.
    locations: Vec<Location>,
    owner: Option<(String, String)>,
    /// The rules of ModSecurity that hold where the walk is.
    rules: Rules,
}

impl<'v, 't> Walk<'v, 't> {
    fn new(known: &'v Known<'t>) -> Self {
        let (host, location, owner) = (None, None, None);
        let (refusals, seen, good) = (Vec::new(), HashMap::new(), HashMap::new());
        Self {
            known,
            refusals,
            seen,
            good,
            block: 0,
            line: "",
            outermost: 0..0,
            in_stream: false,
            host,
            location,
            locations: Vec::new(),
            owner,
            rules: Rules::default(),
        }
    }

    fn refuse(&mut self, directive: &str, message: String) {
        let (host, location, owner) = (self.host.clone(), self.location.clone(), self.owner.clone());
        let (directive, line) = (directive.to_owned(), self.line.to_owned());
        let outermost = self.outermost.clone();
        self.refusals.push(Refusal {
            message,
            directive,
            line,
            outermost,
            in_stream: self.in_stream,
            host,
            location,
            owner,
            ..Refusal::default()
        });
    }

    fn refuse_twin(&mut self, location: &Directive, args: &[&str]) {
        let children: Vec<Directive> = location.directives().collect();
        self.refusals.push(Refusal {
            message: match &self.host {
                Some(host) => format!("the location `{}` of host `{host}` stands twice", args.join(" ")),
                None => format!("the location `{}` stands twice", args.join(" ")),
            },
            directive: String::from("location"),
            line: String::new(),
            outermost: self.outermost.clone(),
            host: self.host.clone(),
            location: Some(args.join(" ")),
            owner: owner(&children),
            path: args.last().map(|path| (*path).to_owned()),
            ..Refusal::default()
        });
    }

    fn block(&mut self, around: Around<'_, 't>, place: Places, inherited: Buffers) {
        let directives = around.directives;
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
            let rows = rows::find(&name, self.known.build);
            let before = self.refusals.len();
            if let Some(row) = self.row(&name, rows, place, &args)
                && self.is_well_formed(directive, row, &args, block)
            {
                buffers.take(&name, &args);
                self.values(&name, &args, place);
                if name == "location" {
                    let location = Location::of(&args);
                    let is_twin = location.key().is_some_and(|(is_exact, name)| !locations.insert((is_exact, name.to_owned())));
                    if is_twin {
                        self.refuse_twin(directive, &args);
                    }
                    if let Some(message) = self.locations.last().and_then(|outer| location.refusal_in(outer)) {
                        self.refuse("location", message);
                    }
                }
                if is_plain && self.refusals.len() == before && !Buffers::know(&name) {
                    self.good.insert(line, row);
                }
            }
        }
        self.together(&around, place, buffers, inherited);
        let outside = self.rules.clone();
        for (directive, message) in self.rules.take(directives) {
            self.line = directive.head_text();
            self.begin(&directive, place);
            self.refuse(&directive.name(), message);
        }
        self.enter_all(&around, place, buffers);
        self.rules = outside;
    }

    /// Judges directives that nginx takes alone, but not together.
    fn together(&mut self, around: &Around<'_, 't>, place: Places, buffers: Buffers, inherited: Buffers) {
        let directives = around.directives;
        for (directive, message) in pairs::refusals(around, self.known.build) {
            self.line = directive.head_text();
            self.begin(&directive, place);
            self.refuse(&directive.name(), message);
        }
        self.line = "";
        if place & (HTTP | SERVER | LOCATION | LOCATION_IF) != 0
            && let Some((name, message)) = buffers.refusal(&inherited)
        {
            // Where the directive that is too small is not written, those that are written are too large.
            let is_it = |directive: &&Directive| directive.name() == name;
            let written = || directives.iter().find(|directive| Buffers::know(&directive.name()));
            self.line = directives.iter().find(is_it).or_else(written).map(|directive| directive.head_text()).unwrap_or_default();
            self.refuse(&name, message);
        }
        if place & (HTTP | SERVER | LOCATION) != 0
            && let Some(message) = values::default_redirect(directives)
        {
            self.refuse("proxy_redirect", message);
        }
    }

    /// Goes into the blocks of a block.
    fn enter_all(&mut self, around: &Around<'_, 't>, place: Places, buffers: Buffers) {
        let blocks = around.directives.iter().filter(|directive| directive.is_block() && directive.lua().is_none());
        // Hosts know nothing of each other, and large clusters have thousands of them.
        let (hosts, others): (Vec<_>, Vec<_>) = blocks.partition(|directive| place == HTTP && directive.name() == "server");
        others.into_iter().for_each(|directive| self.enter(directive, place, buffers, around));
        let (known, rules) = (self.known, &self.rules);
        let refusals = hosts.par_chunks(BATCH).flat_map_iter(|hosts| {
            let mut walk = Walk { rules: rules.clone(), ..Walk::new(known) };
            hosts.iter().for_each(|directive| walk.enter(directive, place, buffers, around));
            walk.refusals
        });
        self.refusals.par_extend(refusals);
    }

    /// Takes note of the directive that all which follows is in.
    fn begin(&mut self, directive: &Directive, place: Places) {
        if place & (MAIN | HTTP | STREAM) != 0 {
            let span = directive.span();
            self.outermost = span.start as usize..span.end as usize;
            self.in_stream = place & STREAM != 0;
        }
    }

    /// The row that fits the place and the number of arguments.
    fn row(&mut self, name: &str, rows: &[&'static Row], place: Places, args: &[&str]) -> Option<&'static Row> {
        if rows.is_empty() && self.known.build.is_controller() && self.known.modules.has_strangers() {
            return None;
        }
        if rows.is_empty() {
            self.refuse(name, format!("there is no directive `{name}`"));
            return None;
        }
        if let Some(module) = self.known.modules.missing_for(name).filter(|_| self.known.build.is_controller()) {
            self.refuse(name, format!("there is no directive `{name}` here: the module `{module}` is not loaded"));
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
        if let Some(message) = arguments::refusal(name, row.kind, args, self.known.build) {
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
        let is_stream = place & (STREAM | STREAM_SERVER | STREAM_UPSTREAM) != 0;
        let zones = if is_stream { &self.known.zones_of_streams } else { &self.known.zones };
        if let Some(message) = zones.refusal(name, args) {
            self.refuse(name, message);
        }
        if let Some(message) = self.known.hashes.refusal(name, args) {
            self.refuse(name, message);
        }
        // In streams, `return` takes a text, and zones are those of streams.
        if let Some(message) = values::refusal(name, args, self.known.build).filter(|_| !is_stream || name != "return") {
            self.refuse(name, message);
        }
        if let Some(message) = process::refusal(name, args, self.known.build) {
            self.refuse(name, message);
        }
        if let Some(message) = self.in_location(name, args, place) {
            self.refuse(name, message);
        }
        if let Some(message) = pattern::refusal_in(name, args) {
            self.refuse(name, message);
            let pattern = pattern::bad_in(name, args).map(str::to_owned);
            self.refusals.last_mut().into_iter().for_each(|refusal| refusal.pattern.clone_from(&pattern));
        }
        if let Some(message) = self.variables(is_stream).and_then(|variables| variables.refusal(name, args)) {
            self.refuse(name, message);
        }
    }

    fn enter(&mut self, directive: &Directive<'t>, place: Places, buffers: Buffers, around: &Around<'_, 't>) {
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
            (name, _) => {
                self.begin(directive, place);
                if let Some(table) = Table::of(name, &self.known.hashes) {
                    self.table(directive, table, place);
                }
                return;
            }
        };
        self.begin(directive, place);
        let children: Vec<Directive> = directive.directives().collect();
        match inside {
            SERVER => self.host = server_name(&children),
            LOCATION => {
                self.owner = owner(&children).or_else(|| self.owner.take());
                let args: Vec<Cow<str>> = directive.args().map(|arg| arg.value()).collect();
                self.locations.push(Location::of(&args.iter().map(AsRef::as_ref).collect::<Vec<_>>()));
                if place == SERVER {
                    self.location = Some(directive.args().map(|arg| arg.value()).collect::<Vec<_>>().join(" "));
                }
            }
            _ => {}
        }
        self.block(Around { directives: &children, outer: Some(around) }, inside, buffers);
        match inside {
            SERVER => self.host = None,
            LOCATION => {
                self.locations.pop();
                if place == SERVER {
                    self.location = None;
                    self.owner = None;
                }
            }
            _ => {}
        }
    }

    /// The entries of a table: words, patterns, and values that may hold variables.
    fn table(&mut self, directive: &Directive<'t>, mut table: Table<'_>, place: Places) {
        let owner = directive.name();
        for entry in directive.directives() {
            let name = entry.name();
            let args: Vec<Cow<str>> = entry.args().map(|arg| arg.value()).collect();
            let args: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
            self.line = entry.head_text();
            if is_too_long(&entry) {
                self.refuse(&owner, format!("a word of a `{owner}` has 4,096 bytes or more, which nginx does not read"));
            }
            if entry.is_block() {
                self.refuse(&owner, format!("the entry `{name}` of a `{owner}` has a block"));
            }
            let variables = self.variables(place & STREAM != 0);
            let missing = || variables.and_then(|variables| variables.missing_in(table.evaluated(&name, &args)));
            if let Some(message) = missing().or_else(|| table.refusal(&name, &args)) {
                self.refuse(&owner, message);
            }
        }
    }

    /// The variables that there are; what the controller's modules bring to streams is not known.
    fn variables(&self, is_stream: bool) -> Option<&'v Variables<'t>> {
        let known = self.known;
        match is_stream {
            false => Some(&known.variables),
            true => (!known.build.is_controller()).then_some(&known.of_streams),
        }
    }

    /// What a location, or what stands in it, may not hold, as it is not known what is replaced.
    fn in_location(&self, name: &str, args: &[&str], place: Places) -> Option<String> {
        let location = self.locations.last()?;
        let is_plain = location.replaces() && place & (LOCATION_IF | LIMIT_EXCEPT) == 0;
        match (name, args) {
            ("proxy_pass", [url]) if !is_plain && !url.contains('$') && !pass::uri(name, url).is_empty() => {
                Some(String::from("`proxy_pass` cannot have a URI here: it is not known what it replaces"))
            }
            ("alias", _) if location.is_named() => Some(String::from("`alias` cannot stand in a location that has only a name")),
            _ => None,
        }
    }
}

/// Whether a word does not fit into what nginx reads at a time. It has to find the end of a word there; a quote before it does not count.
fn is_too_long(directive: &Directive) -> bool {
    const BUFFER: usize = 4096;
    let is_long = |raw: &str| raw.len() - usize::from(raw.starts_with(['"', '\''])) >= BUFFER;
    directive.head_text().len() >= BUFFER && directive.words().any(|word| is_long(word.raw()))
}
