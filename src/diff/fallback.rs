//! Who answers the requests of a host or path that only one configuration has: nginx takes the next that fits, with its protections.

use std::borrow::Cow;

use hashbrown::{HashMap, HashSet};
use regex::{Regex, RegexSet};

use super::answering::Servers;
use super::report::{Change, Judged, Place};
use super::{pair, place, words};
use crate::conf::Directive;
use crate::protection::{self, Configuration, Judgement, Route, Verdict};

/// A server or a location without a partner.
#[derive(Debug)]
pub(super) struct Stray<'a> {
    /// The change that tells of it.
    pub(super) change: usize,
    /// The blocks around it and its own, from outside in.
    pub(super) blocks: Vec<Directive<'a>>,
    /// Those that the other configuration has around it.
    pub(super) others: Vec<Directive<'a>>,
    /// It is in the second configuration.
    pub(super) is_new: bool,
}

/// What takes requests over says nothing of who may come.
const NO_GUARDS: [&str; 4] = ["backend", "bandwidth", "body", "cors"];
/// Of what is lost so much is told.
const MOST_SENTENCES: usize = 3;

/// Both configurations, with the locations of servers once they were looked at.
pub(super) struct Sides<'c, 'a> {
    pub(super) declared: &'c Configuration<'a>,
    pub(super) live: &'c Configuration<'a>,
    /// The locations of servers, and those that both configurations have.
    pub(super) all: HashMap<(bool, u32), Matcher<'a>>,
    pub(super) shared: HashMap<(bool, u32), Matcher<'a>>,
    /// The servers of each by their names.
    pub(super) servers: HashMap<bool, Servers<'a>>,
    /// The places of all blocks without a partner.
    pub(super) strays: HashSet<(bool, u32)>,
}

impl<'a> Stray<'a> {
    /// What its requests lose, or had to pass before; none where they lose nothing.
    pub(super) fn judge(&self, sides: &mut Sides<'_, 'a>, changes: &[Change]) -> Option<Judged> {
        let block = *self.blocks.last()?;
        let (other, found) = if block.name() == "server" { self.of_host(block, sides)? } else { self.of_path(block, sides)? };
        let counts = |judgement: &&Judgement| {
            let is_worse = judgement.verdict.is_some_and(|verdict| verdict <= Verdict::Changed);
            is_worse && !NO_GUARDS.contains(&judgement.kind)
        };
        let told: Vec<&Judgement> = found.iter().filter(counts).collect();
        let verdict = told.iter().filter_map(|judgement| judgement.verdict).min()?;
        let worst = told.iter().filter(|judgement| judgement.verdict == Some(verdict));
        let mut sentences: Vec<&str> = worst.map(|judgement| judgement.message.as_str()).collect();
        sentences.sort_unstable();
        sentences.dedup();
        let more = sentences.len().saturating_sub(MOST_SENTENCES);
        sentences.truncate(MOST_SENTENCES);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        let (reach, then) = if self.is_new { ("reached", "before") } else { ("reach", "now") };
        let what = words::of_block(changes.get(self.change)?);
        let message = format!("{what}; its requests {reach} {other} {then}: {}{more}", sentences.join("; "));
        Some(Judged { verdict: Some(verdict), message, changes: vec![self.change] })
    }

    fn of_path(&self, block: Directive<'a>, sides: &mut Sides<'_, 'a>) -> Option<(String, Vec<Judgement>)> {
        let path = sample(block)?;
        let next = self.matcher(*self.others.last()?, !self.is_new, sides).answering(&path)?;
        let mut found = self.compare(&self.blocks, &[&self.others[..], &[next]].concat(), sides)?;
        // What the other location itself loses or gains is told there.
        let around = &self.blocks[..self.blocks.len() - 1];
        let beside = around.last().and_then(|server| self.beside(*server, sides).answering(&path));
        if let Some(beside) = beside {
            let (ours, theirs) = (Route::new(self.own(sides), &self.blocks), Route::new(self.own(sides), &[around, &[beside]].concat()));
            let own = if self.is_new { protection::of_path(&theirs, &ours) } else { protection::of_path(&ours, &theirs) };
            found.retain(|judgement| own.iter().any(|own| own.kind == judgement.kind && own.verdict.is_some()));
        }
        let place = place::of_inside(&Place::default(), next);
        Some((format!("path `{}`", place.path().unwrap_or_default()), found))
    }

    fn own<'c>(&self, sides: &Sides<'c, 'a>) -> &'c Configuration<'a> {
        if self.is_new { sides.declared } else { sides.live }
    }

    /// The locations of its own server that both configurations have.
    fn beside<'s>(&self, server: Directive<'a>, sides: &'s mut Sides<'_, 'a>) -> &'s Matcher<'a> {
        let Sides { shared, strays, .. } = sides;
        let is_shared = |location: &Directive<'a>| !strays.contains(&(self.is_new, location.span().start));
        shared.entry((self.is_new, server.span().start)).or_insert_with(|| Matcher::new(server.directives().filter(is_shared)))
    }

    /// A host that names it beside others, one with a star or an expression may take over what a name leaves.
    fn of_host(&self, block: Directive<'a>, sides: &mut Sides<'_, 'a>) -> Option<(String, Vec<Judgement>)> {
        let http = *self.others.last()?;
        let name = pair::server_names(block).next().filter(|name| !name.starts_with(['*', '.', '~']))?;
        let (wide, next) = sides.servers.entry(!self.is_new).or_insert_with(|| Servers::of(http)).answering(&name)?;
        let theirs = [&self.others[..], &[next]].concat();
        let mut found = Vec::new();
        for location in block.directives().filter(|inside| inside.is_block() && inside.name() == "location") {
            let other = sample(location).and_then(|path| self.matcher(next, !self.is_new, sides).answering(&path));
            let compared =
                other.and_then(|other| self.compare(&[&self.blocks[..], &[location]].concat(), &[&theirs[..], &[other]].concat(), sides));
            found.extend(compared.unwrap_or_default());
        }
        let (before, after) = self.routes(&self.blocks, &theirs, sides);
        found.extend(protection::of_host(&before, &after));
        Some((format!("host `{wide}`"), found))
    }

    /// What becomes of requests between the two; none where they reach no Ingress.
    fn compare(&self, ours: &[Directive<'a>], theirs: &[Directive<'a>], sides: &Sides<'_, 'a>) -> Option<Vec<Judgement>> {
        let owner = |blocks: &[Directive<'a>]| place::target(*blocks.last()?).map(|target| target.ingress);
        let (our_owner, their_owner) = (owner(ours), owner(theirs));
        if our_owner.is_some() != their_owner.is_some() || their_owner.is_some_and(|ingress| ingress.is_empty()) {
            return None;
        }
        let (before, after) = self.routes(ours, theirs, sides);
        Some(protection::of_path(&before, &after))
    }

    /// The first side and the second.
    fn routes<'c>(&self, ours: &[Directive<'a>], theirs: &[Directive<'a>], sides: &Sides<'c, 'a>) -> (Route<'c, 'a>, Route<'c, 'a>) {
        let (before, after) = if self.is_new { (theirs, ours) } else { (ours, theirs) };
        (Route::new(sides.live, before), Route::new(sides.declared, after))
    }

    /// All locations of a server of the other configuration.
    fn matcher<'s>(&self, server: Directive<'a>, is_new: bool, sides: &'s mut Sides<'_, 'a>) -> &'s Matcher<'a> {
        sides.all.entry((is_new, server.span().start)).or_insert_with(|| Matcher::new(server.directives()))
    }
}

/// The locations of a server in the order in which nginx asks them.
pub(super) struct Matcher<'a> {
    exact: HashMap<Cow<'a, str>, Directive<'a>>,
    /// Beginnings of paths, and whether they end the search.
    prefixes: HashMap<Cow<'a, str>, (Directive<'a>, bool)>,
    patterns: RegexSet,
    by_pattern: Vec<Directive<'a>>,
}

impl<'a> Matcher<'a> {
    fn new(locations: impl Iterator<Item = Directive<'a>>) -> Self {
        let mut new = Self { exact: HashMap::new(), prefixes: HashMap::new(), patterns: RegexSet::empty(), by_pattern: Vec::new() };
        let mut patterns = Vec::new();
        for location in locations.filter(|inside| inside.is_block()) {
            match pair::location(location) {
                Some(("=", path)) => drop(new.exact.insert(path, location)),
                Some((modifier @ ("" | "^~"), path)) => drop(new.prefixes.insert(path, (location, modifier == "^~"))),
                Some((modifier, path)) => {
                    let pattern = if modifier == "~*" { format!("(?i){path}") } else { path.into_owned() };
                    // What only PCRE reads is not known here, and is passed over.
                    if Regex::new(&pattern).is_ok() {
                        patterns.push(pattern);
                        new.by_pattern.push(location);
                    }
                }
                None => {}
            }
        }
        new.patterns = RegexSet::new(patterns).unwrap_or_else(|_| RegexSet::empty());
        new
    }

    fn answering(&self, path: &str) -> Option<Directive<'a>> {
        if let Some(exact) = self.exact.get(path) {
            return Some(*exact);
        }
        let ends = (0..=path.len()).rev().filter(|end| path.is_char_boundary(*end));
        let longest = ends.filter_map(|end| self.prefixes.get(&path[..end])).next();
        let pattern = || self.patterns.matches(path).iter().next().and_then(|at| self.by_pattern.get(at)).copied();
        match longest {
            Some((location, true)) => Some(*location),
            Some((location, false)) => pattern().or(Some(*location)),
            None => pattern(),
        }
    }
}

/// A path that a location is asked for: its own, or how all that its pattern fits begin.
fn sample(location: Directive<'_>) -> Option<String> {
    let (modifier, path) = pair::location(location)?;
    if path.starts_with('@') {
        return None;
    }
    if !modifier.starts_with('~') {
        return Some(path.into_owned());
    }
    let text = path.strip_prefix('^')?;
    let end = text.find(['(', '[', '{', '.', '*', '+', '?', '|', '^', '$', '\\']).unwrap_or(text.len());
    let text = &text[..end];
    (text.starts_with('/')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf;
    use crate::source::FileId;

    #[test]
    fn the_location_is_found_that_nginx_takes() {
        let text = "server { location / { a; } location = /b { b; } location /c/ { c; } location ~* ^/C/d { d; } location ^~ /e { e; } location ~ ^/e { f; } }";
        let tree = conf::parse(FileId(0), text).value;
        let server = tree.servers().next().expect("there is one");
        let matcher = Matcher::new(server.directives());
        for (path, expected) in [("/", "a"), ("/b", "b"), ("/b/", "a"), ("/c/x", "c"), ("/c/d", "d"), ("/e/x", "e"), ("/x", "a")] {
            let found = matcher.answering(path).and_then(|location| location.directives().next()).map(|first| first.name());
            assert_eq!(found.as_deref(), Some(expected), "{path}");
        }
    }
}
