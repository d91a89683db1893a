//! Which pages of other origins may read the answers.

use std::collections::BTreeSet;

use super::Judgement;
use super::lines::{first, line, whole};
use super::route::Route;
use super::shift::Shift;
use super::units::{difference, list};
use crate::conf::{Arg, Directive};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Cors {
    /// All origins.
    any: bool,
    /// Their names or regular expressions.
    origins: BTreeSet<String>,
    /// With what a browser knows of the user.
    credentials: bool,
    /// The methods, the headers of requests and those of answers.
    lists: [BTreeSet<String>; 3],
}

const LISTS: [(&str, &str); 3] = [
    ("access-control-allow-methods", "methods"),
    ("access-control-allow-headers", "headers of requests"),
    ("access-control-expose-headers", "headers of answers"),
];

impl Cors {
    fn is_on(&self) -> bool {
        self.any || !self.origins.is_empty()
    }

    fn shift(&self, after: &Self) -> Shift {
        let origins = match (self.any, after.any) {
            (true, true) => Shift::SAME,
            (false, false) => origins(&self.origins, &after.origins),
            (before, after) => Shift::rising(&before, &after),
        };
        if !self.is_on() || !after.is_on() {
            return origins;
        }
        let lists = self.lists.iter().zip(&after.lists).map(|(before, after)| wide(before, after));
        lists.fold(origins, Shift::and).and(Shift::rising(&self.credentials, &after.credentials))
    }

    fn shown(&self) -> String {
        match (self.any, self.origins.is_empty()) {
            (true, _) => String::from("every origin"),
            (false, true) => String::from("no origin"),
            (false, false) => list(self.origins.iter().map(String::as_str)),
        }
    }
}

/// Origins as sets: one that a wildcard of the other side takes in is there too.
fn origins(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Shift {
    let has_more = |set: &BTreeSet<String>, other: &BTreeSet<String>| set.iter().any(|one| !other.iter().any(|all| takes_in(all, one)));
    match (has_more(after, before), has_more(before, after)) {
        (false, false) => Shift::SAME,
        (true, false) => Shift::OPENS,
        (false, true) => Shift::CLOSES,
        (true, true) => Shift::DIFFERS,
    }
}

/// Whether an origin is another one, or fits the wildcard in it. The controller makes this expression of an asterisk.
fn takes_in(all: &str, one: &str) -> bool {
    const LABEL: &str = "[A-Za-z0-9-]+";
    let is_label = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    all == one
        || all
            .split_once(LABEL)
            .is_some_and(|(front, end)| one.strip_prefix(front).and_then(|rest| rest.strip_suffix(end)).is_some_and(is_label))
}

/// Of lists in which a star stands for all.
fn wide(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Shift {
    match (before.contains("*"), after.contains("*")) {
        (true, true) => Shift::SAME,
        (false, false) => Shift::admitted(before, after),
        (before, after) => Shift::rising(&before, &after),
    }
}

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let ((old, old_lines), (new, new_lines)) = (read(before), read(after));
    if old == new || !old.is_on() && !new.is_on() {
        return Vec::new();
    }
    // Without it browsers let no other origin read: to allow some is never a gain.
    let verdict = old.shift(&new).verdict(false, false);
    vec![Judgement::new("cors", verdict, message(&old, &new), [old_lines, new_lines])]
}

fn message(old: &Cors, new: &Cors) -> String {
    if (old.any, &old.origins) != (new.any, &new.origins) {
        return format!("origins that may read answers changed from {} to {}", old.shown(), new.shown());
    }
    let credentials = match (old.credentials, new.credentials) {
        (false, true) => Some(String::from("other origins may read answers with the user's credentials")),
        (true, false) => Some(String::from("other origins may no longer read answers with the user's credentials")),
        _ => None,
    };
    let words = |set: &'_ BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>();
    let lists = LISTS.iter().zip(old.lists.iter().zip(&new.lists)).filter(|(_, (old, new))| old != new).map(|((_, noun), (old, new))| {
        let (old, new) = (words(old), words(new));
        let [old, new] = [&old, &new].map(|words| words.iter().map(String::as_str).collect::<Vec<_>>());
        format!("{noun} of other origins: {}", difference(&old, &new))
    });
    credentials.into_iter().chain(lists).collect::<Vec<_>>().join("; ")
}

fn read(route: &Route<'_, '_>) -> (Cors, Vec<Span>) {
    let (mut cors, mut lines) = (Cors::default(), Vec::new());
    let blocks = route.own("if").iter().copied();
    let words = |block: Directive<'_>| block.args().map(Arg::value).collect::<Vec<_>>().join(" ");
    let is_ours = |block: &Directive<'_>, words: &str| {
        let sets = |directive: Directive<'_>| directive.name() == "set" && first(directive).is_some_and(|name| name == "$cors");
        words.contains("$http_origin") || words.contains("$cors") || block.directives().any(sets)
    };
    let ours: Vec<(Directive<'_>, String)> =
        blocks.map(|block| (block, words(block))).filter(|(block, words)| is_ours(block, words)).collect();
    if let Some((value, set)) = route.set("$http_origin") {
        cors.any = value == "*";
        lines.push(line(set));
    }
    lines.extend(route.set("$cors").map(|(_, set)| line(set)));
    for (block, words) in &ours {
        if words.contains("$http_origin") {
            cors.origins.extend(alternatives(words));
        }
        lines.extend(whole(*block));
    }
    let of_controller = cors.is_on();
    let plain = ["add_header"].into_iter().flat_map(|name| route.inherited(&[name])).chain(route.all("more_set_headers"));
    let nested = ours.iter().flat_map(|(block, _)| block.directives().filter(|directive| directive.name() == "more_set_headers"));
    for directive in plain.chain(nested) {
        let is_ours = header(directive, |name, value| cors.take(name, value, of_controller));
        lines.extend(is_ours.then(|| line(directive)));
    }
    (cors, lines)
}

impl Cors {
    /// Takes over a header of answers; whether it is one of these.
    fn take(&mut self, name: &str, value: &str, origins_are_known: bool) -> bool {
        let items = || value.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty());
        match name {
            "access-control-allow-origin" if !origins_are_known => match value {
                "*" | "$http_origin" => self.any = true,
                value => self.origins.extend([value.to_owned()]),
            },
            "access-control-allow-origin" => {}
            "access-control-allow-credentials" => self.credentials |= value == "true",
            name => match LISTS.iter().position(|(known, _)| *known == name) {
                Some(at) => self.lists[at].extend(items()),
                None => return false,
            },
        }
        true
    }
}

/// Tells of the headers that a directive sets; whether any was taken.
fn header(directive: Directive<'_>, mut take: impl FnMut(&str, &str) -> bool) -> bool {
    let words: Vec<_> = directive.args().map(Arg::value).collect();
    if let ("add_header", [name, value, ..]) = (&*directive.name(), words.as_slice()) {
        return take(&name.to_ascii_lowercase(), value);
    }
    let pairs = words.iter().filter_map(|word| word.split_once(':'));
    pairs.fold(false, |taken, (name, value)| take(&name.trim().to_ascii_lowercase(), value.trim()) || taken)
}

/// The origins in a condition of the controller: `($http_origin ~* ((a)|(b))$ )`.
fn alternatives(condition: &str) -> Vec<String> {
    let pattern = condition.split_once("~* ").map_or(condition, |(_, pattern)| pattern).trim_end_matches([')', ' ']);
    let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
    let inner = pattern.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(pattern);
    let plain = |origin: &str| origin.trim_start_matches('(').trim_end_matches(')').replace('\\', "");
    inner.split(")|(").map(plain).filter(|origin| !origin.is_empty()).collect()
}
