//! One of the two configurations, with the texts of its directives: what the model does not hold of them counts as it is written.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashMap;

use super::assume::Paths;
use super::test::Test;
use crate::conf::{Arg, Directive};
use crate::route::config::Config;
use crate::route::model::{Condition, Definition, Inside, Instruction, Kind, Level, Locations, Step};
use crate::route::text::{Part, Template, Variable};
use crate::source::{FileId, Span};

/// A block that defines a variable, as it is written.
#[derive(Debug)]
struct Written {
    text: Arc<str>,
    /// It includes files that are not there.
    has_files: bool,
}

/// What stands around all servers of a configuration.
#[derive(Debug)]
pub(in crate::route) struct Around<'t> {
    http: Vec<Directive<'t>>,
    /// The blocks that define variables, as they are written, by the names of these.
    definitions: HashMap<String, Written>,
    /// The controller's own Lua runs.
    pub(in crate::route) is_of_controller: bool,
}

impl<'t> Around<'t> {
    pub(in crate::route) fn of(config: &Config<'t>) -> Self {
        let http: Vec<_> =
            config.lines.http().into_iter().filter(|directive| !(directive.is_block() && directive.name() == "server")).collect();
        let mut definitions = HashMap::new();
        for block in http.iter().filter(|block| block.is_block() && matches!(&*block.name(), "map" | "geo" | "split_clients")) {
            let name = block.args().next_back().map(Arg::value).unwrap_or_default();
            let inside: Vec<String> = config.lines.of(*block).into_iter().map(text).collect();
            // What a table is called does not count.
            let source = if block.args().count() > 1 { block.args().next().map(Arg::value).unwrap_or_default() } else { "".into() };
            let written = format!("{} {source} {}", block.name(), inside.join("\u{2}"));
            let has_files = written.contains("include\u{1}");
            definitions.insert(name.trim_start_matches('$').to_ascii_lowercase(), Written { text: Arc::from(written), has_files });
        }
        let is_lua =
            |directive: &Directive<'_>| directive.name().starts_with("init_by_lua") || directive.name().starts_with("init_worker_by_lua");
        let has_lua = |at: usize| config.lines.of(config.blocks[at]).iter().any(|inner| inner.name().starts_with("ssl_certificate_by_lua"));
        let is_of_controller = http.iter().any(is_lua) || (0..config.blocks.len().min(3)).any(has_lua);
        Self { http, definitions, is_of_controller }
    }
}

/// A configuration that is asked.
#[derive(Debug)]
pub(in crate::route) struct Side<'c, 't> {
    pub(in crate::route) config: &'c Config<'t>,
    /// 0 or 1.
    pub(in crate::route) number: usize,
    /// Both sides are written in the same words, so that texts of directives can be compared.
    pub(in crate::route) is_same_words: bool,
    around: &'c Around<'t>,
    spots: RefCell<HashMap<usize, Spots<'t>>>,
}

/// The blocks around each directive of a server, from outside in, by where it begins; itself the last.
type Spots<'t> = Rc<HashMap<Spot, Vec<Directive<'t>>>>;

/// Where a directive begins: files of a dump have the same offsets.
type Spot = (FileId, u32);

fn spot(at: Span) -> Spot {
    (at.file, at.start)
}

/// The words of a directive and of all in its block.
pub(in crate::route) fn text(directive: Directive<'_>) -> String {
    let words = |directive: Directive<'_>| {
        let words = directive.words().map(|arg| arg.value().into_owned()).chain(directive.lua().map(str::to_owned));
        words.collect::<Vec<_>>().join("\u{1}")
    };
    std::iter::once(words(directive)).chain(directive.descendants().map(words)).collect::<Vec<_>>().join("\u{2}")
}

impl<'c, 't> Side<'c, 't> {
    pub(in crate::route) fn new(config: &'c Config<'t>, around: &'c Around<'t>, number: usize, is_same_words: bool) -> Self {
        Self { config, number, is_same_words, around, spots: RefCell::default() }
    }

    /// How a variable is defined, as it is written.
    pub(in crate::route) fn definition(&self, name: &str) -> Arc<str> {
        self.around.definitions.get(name).map_or_else(|| Arc::from(""), |written| Arc::clone(&written.text))
    }

    /// Whether a part of that stands in files that are not there.
    pub(in crate::route) fn has_files(&self, name: &str) -> bool {
        self.around.definitions.get(name).is_some_and(|written| written.has_files)
    }

    fn spots(&self, server: usize) -> Spots<'t> {
        if let Some(known) = self.spots.borrow().get(&server) {
            return Rc::clone(known);
        }
        let mut found = HashMap::new();
        let block = self.config.blocks[server];
        self.collect(block, &mut vec![block], &mut found);
        let found = Rc::new(found);
        self.spots.borrow_mut().insert(server, Rc::clone(&found));
        found
    }

    fn collect(&self, block: Directive<'t>, around: &mut Vec<Directive<'t>>, found: &mut HashMap<Spot, Vec<Directive<'t>>>) {
        for directive in self.config.lines.of(block) {
            around.push(directive);
            found.insert(spot(directive.head_span()), around.clone());
            if directive.is_block() && around.len() < 32 {
                self.collect(directive, around, found);
            }
            around.pop();
        }
    }

    /// The blocks around a directive of a server, from outside in, itself the last.
    pub(in crate::route) fn blocks(&self, server: usize, at: Span) -> Vec<Directive<'t>> {
        self.spots(server).get(&spot(at)).cloned().unwrap_or_else(|| vec![self.config.blocks[server]])
    }

    /// A directive as it is written; one that is not found is like no other.
    pub(in crate::route) fn text_at(&self, server: usize, at: Span) -> String {
        if let Some(directive) = self.spots(server).get(&spot(at)).and_then(|blocks| blocks.last()) {
            return text(*directive);
        }
        let around = self.around.http.iter().find(|directive| spot(directive.head_span()) == spot(at));
        around.map_or_else(|| format!("side {} at {}", self.number, at.start), |directive| text(*directive))
    }

    /// The directives of a name that count in a location, or outside of all: those of the innermost block that has any.
    pub(in crate::route) fn inherited(&self, server: usize, at: Option<Span>, name: &str) -> Vec<Directive<'t>> {
        let blocks = at.map_or_else(|| vec![self.config.blocks[server]], |at| self.blocks(server, at));
        let own = |inside: Vec<Directive<'t>>| inside.into_iter().filter(|directive| directive.name() == name).collect::<Vec<_>>();
        let levels = blocks.iter().rev().map(|block| own(self.config.lines.of(*block)));
        let found = levels.chain(std::iter::once_with(|| own(self.around.http.clone()))).find(|found| !found.is_empty());
        found.unwrap_or_default()
    }

    /// The directives around all servers.
    pub(in crate::route) fn around(&self) -> &[Directive<'t>] {
        &self.around.http
    }

    /// Adds the tests of paths that locations are found by.
    pub(in crate::route) fn add_locations(&self, inside: &Inside, paths: &mut Paths) {
        self.of_locations(&inside.locations, paths);
    }

    /// Adds all others that a server may ask.
    pub(in crate::route) fn add_others(&self, inside: &Inside, paths: &mut Paths) {
        self.of_steps(&inside.rewrite, paths);
        self.of_others(&inside.locations, paths);
        for (_, definition) in &self.config.variables.all {
            let Definition::Map(map) = definition else { continue };
            if is_path(&map.source) {
                map.exact.keys().for_each(|text| paths.add(Test::Caseless(text.clone())));
                for (pattern, _, _) in &map.patterns {
                    pattern.iter().for_each(|pattern| paths.add(Test::fits(pattern)));
                }
            }
        }
    }

    fn of_locations(&self, locations: &Locations, paths: &mut Paths) {
        for location in &locations.all {
            let text = || location.path.clone().into_bytes();
            match location.kind {
                Kind::Exact => paths.add(Test::Is(text())),
                Kind::Prefix => paths.add(Test::Begins(text())),
                Kind::Pattern | Kind::Named => {}
            }
            if location.adds_slash {
                paths.add(Test::Is(location.path.as_bytes()[..location.path.len() - 1].to_vec()));
            }
            if let Some(Ok(pattern)) = &location.pattern {
                paths.add(Test::fits(pattern));
            }
            self.of_locations(&location.inner, paths);
        }
    }

    fn of_others(&self, locations: &Locations, paths: &mut Paths) {
        for location in &locations.all {
            self.of_steps(&location.rewrite, paths);
            self.of_others(&location.inner, paths);
        }
    }

    fn of_steps(&self, steps: &[Step], paths: &mut Paths) {
        for step in steps {
            match &step.instruction {
                Instruction::Rewrite { pattern: Ok(pattern), .. } => paths.add(Test::fits(pattern)),
                Instruction::If { test, then, .. } => {
                    match &test.condition {
                        Condition::Fits { left, pattern: Ok(pattern), .. } if is_path(left) => paths.add(Test::fits(pattern)),
                        Condition::Equal { left, right, .. } if is_path(left) => {
                            right.literal().iter().for_each(|text| paths.add(Test::Is(text.to_vec())));
                        }
                        _ => {}
                    }
                    self.of_steps(then, paths);
                }
                _ => {}
            }
        }
    }

    /// The statuses that have pages of their own anywhere in a server.
    pub(in crate::route) fn statuses(&self, inside: &Inside) -> Vec<u16> {
        fn of<'l>(locations: &'l Locations, levels: &mut Vec<&'l Level>) {
            for location in &locations.all {
                levels.push(&location.level);
                of(&location.inner, levels);
            }
        }
        let mut levels: Vec<&Level> = vec![&inside.level];
        of(&inside.locations, &mut levels);
        let mut statuses: Vec<u16> = levels.iter().flat_map(|level| level.error_pages.iter().map(|page| page.status)).collect();
        statuses.sort_unstable();
        statuses.dedup();
        statuses
    }
}

/// Whether a text is the path of the request and nothing else.
fn is_path(template: &Template) -> bool {
    matches!(template.0.as_slice(), [Part::Variable(Variable::Builtin(name))] if matches!(&**name, "uri" | "document_uri"))
}
