//! Faults of nginx that were published, and the configurations that reach them.
//!
//! One file each: which versions have it, what it costs, how it was confirmed, and who looks for it in a configuration. The walk over the
//! blocks is made once for all of them, and only blocks with a directive that one of them asks for are looked at.

mod advisory;
mod block;
mod charsets;
mod elsewhere;
mod includes;
mod long_fields;
mod map_groups;
mod maps;
mod plain_answer;
mod quic;
mod revocation;
mod rewrite_arguments;
mod rewrite_groups;
mod rewrites;
mod sessions;
mod stale_groups;

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use hashbrown::HashMap;
use rayon::prelude::*;

pub use advisory::{Advisory, Attacker, Confirmed, Cost, Version};

use super::reload::{Refusal, owner, server_name};
use crate::conf::{Directive, Tree};
use block::{Block, Found};
use maps::Maps;

/// Those that are looked for, the worst first.
static JUDGED: [&Advisory; 11] = [
    &rewrite_arguments::ADVISORY,
    &rewrite_groups::ADVISORY,
    &map_groups::ADVISORY,
    &long_fields::ADVISORY,
    &quic::ADVISORY,
    &revocation::ADVISORY,
    &includes::ADVISORY,
    &sessions::ADVISORY,
    &stale_groups::ADVISORY,
    &charsets::ADVISORY,
    &plain_answer::ADVISORY,
];

/// All of them: those that are looked for first.
pub fn advisories() -> impl Iterator<Item = &'static Advisory> {
    JUDGED.iter().copied().chain(elsewhere::ADVISORIES)
}

/// A fault that a configuration reaches.
#[derive(Debug, Clone)]
pub struct Reached {
    /// The fault.
    pub advisory: &'static Advisory,
    /// Where.
    pub place: Refusal,
    /// Where that stands without which it were not reached.
    pub others: Vec<Refusal>,
    /// What to write in place of its line, where that means the same.
    pub instead: Option<String>,
}

/// A set of the advisories that are looked for, a bit each.
type Set = u32;

/// Which of them ask for a directive.
static ASKED: LazyLock<HashMap<&str, Set>> = LazyLock::new(|| {
    let mut asked: HashMap<&str, Set> = HashMap::new();
    for (at, advisory) in JUDGED.iter().enumerate() {
        let names = advisory.judge.iter().flat_map(|judge| judge.directives);
        names.for_each(|name| *asked.entry(name).or_default() |= 1 << at);
    }
    asked
});

/// Those that look at the text of all directives.
static OF_ALL_TEXTS: LazyLock<Set> = LazyLock::new(|| {
    let looks = JUDGED.iter().enumerate().filter(|(_, advisory)| advisory.judge.as_ref().is_some_and(|judge| judge.directives.is_empty()));
    looks.fold(0, |set, (at, _)| set | 1 << at)
});

/// All faults that a configuration reaches, with the nginx that has them.
#[must_use]
pub(super) fn reached(tree: &Tree) -> Vec<Reached> {
    let Some(http) = tree.directives().find(|directive| directive.name() == "http" && directive.is_block()) else { return Vec::new() };
    let directives: Vec<Directive> = http.directives().collect();
    let maps = Maps::of(&directives);
    let block = Block {
        name: "http",
        args: &[],
        directives: &directives,
        outer: None,
        maps: &maps,
        overrun: OnceLock::new(),
        first: OnceLock::new(),
    };
    let mut found = Place::default().look(&block);
    let servers: Vec<&Directive> = directives.iter().filter(|directive| directive.name() == "server" && directive.is_block()).collect();
    found.par_extend(servers.par_iter().flat_map_iter(|server| {
        let children: Vec<Directive> = server.directives().collect();
        let place = Place { host: server_name(&children), ..Place::default() };
        place.enter(&Block {
            name: "server",
            args: &[],
            directives: &children,
            outer: Some(&block),
            maps: &maps,
            overrun: OnceLock::new(),
            first: OnceLock::new(),
        })
    }));
    found
}

/// Whose a block is.
#[derive(Debug, Clone, Default)]
struct Place {
    host: Option<String>,
    location: Option<String>,
    owner: Option<(String, String)>,
}

impl Place {
    /// Looks at a block and at those in it.
    fn enter(&self, block: &Block) -> Vec<Reached> {
        let mut found = self.look(block);
        for inner in block.directives.iter().filter(|directive| directive.is_block() && directive.lua().is_none()) {
            let name = inner.name();
            let name = match &*name {
                "location" => "location",
                "if" => "if",
                _ => continue,
            };
            let children: Vec<Directive> = inner.directives().collect();
            let args: Vec<Cow<str>> = inner.args().map(|arg| arg.value()).collect();
            let args: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
            let mut place = self.clone();
            if name == "location" {
                place.owner = owner(&children).or(place.owner);
                place.location = place.location.or_else(|| Some(args.join(" ")));
            }
            found.extend(place.enter(&Block {
                name,
                args: &args,
                directives: &children,
                outer: Some(block),
                maps: block.maps,
                overrun: OnceLock::new(),
                first: OnceLock::new(),
            }));
        }
        found
    }

    fn look(&self, block: &Block) -> Vec<Reached> {
        let none = if block.maps.is_empty() { 0 } else { *OF_ALL_TEXTS };
        let asked = block.directives.iter().fold(none, |set, directive| set | ASKED.get(&*directive.name()).copied().unwrap_or_default());
        let looking = JUDGED.iter().enumerate().filter(|(at, _)| asked >> at & 1 == 1);
        let found = looking.flat_map(|(_, advisory)| {
            let found = advisory.judge.as_ref().map(|judge| (judge.look)(block)).unwrap_or_default();
            found.into_iter().map(|found| self.reached(advisory, &found))
        });
        found.collect()
    }

    fn reached(&self, advisory: &'static Advisory, found: &Found) -> Reached {
        let place = |directive: &str, line: &str| Refusal {
            directive: directive.to_owned(),
            line: line.to_owned(),
            host: self.host.clone(),
            location: self.location.clone(),
            owner: self.owner.clone(),
            ..Refusal::default()
        };
        let others = found.others.iter().map(|(directive, line)| place(directive, line)).collect();
        Reached { advisory, place: place(&found.directive, found.line), others, instead: found.instead.clone() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::conf::parse;
    use crate::source::FileId;

    fn ids(http: &str) -> Vec<&'static str> {
        let text = format!("http {{ {http} }}");
        let tree = parse(FileId(0), &text);
        assert!(tree.diagnostics.is_empty(), "{http}");
        reached(&tree.value).iter().map(|reached| reached.advisory.id()).collect()
    }

    #[test]
    fn each_is_seen_in_its_examples_and_in_no_other() {
        for advisory in advisories() {
            assert_eq!(advisory.is_judged(), !advisory.examples.is_empty(), "{}", advisory.id());
            for (http, is_reached) in advisory.examples {
                let expected = if *is_reached { vec![advisory.id()] } else { vec![] };
                assert_eq!(ids(http), expected, "{http}");
            }
        }
    }

    #[test]
    fn each_is_told_once_and_whole() {
        let mut seen = BTreeSet::new();
        for advisory in advisories() {
            assert!(!advisory.ids.is_empty() && advisory.ids.iter().all(|id| seen.insert(*id)), "{:?}", advisory.ids);
            assert!(advisory.reached_by.ends_with('.') && !advisory.what.ends_with('.'), "{}", advisory.id());
            assert!(advisory.fixed.is_sorted() && !advisory.fixed.is_empty(), "{}", advisory.id());
            assert!(advisory.since < advisory.fixed[0], "{}", advisory.id());
        }
    }

    #[test]
    fn versions_are_free_of_it_line_by_line() {
        let advisory = &rewrite_groups::ADVISORY;
        for (version, expected) in [
            ((1, 21, 6), true),
            ((1, 27, 1), true),
            ((1, 30, 1), true),
            ((1, 30, 2), false),
            ((1, 31, 0), true),
            ((1, 31, 1), false),
            ((1, 33, 0), false),
        ] {
            assert_eq!(advisory.concerns(version), expected, "{version:?}");
        }
    }
}
