//! Requests that are refused on a condition: blocked browsers, a subject of a certificate, a method.

use std::collections::{BTreeMap, BTreeSet};

use super::Judgement;
use super::lines::{first, text, whole};
use super::route::Route;
use super::shift::Shift;
use super::units::difference;
use crate::conf::{Arg, Directive};
use crate::source::Span;

/// What is refused, by what people call it.
#[derive(Debug, Default)]
struct Refusals {
    what: BTreeSet<String>,
    lines: Vec<Span>,
}

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let (old, new) = (read(before), read(after));
    let nouns: BTreeSet<&'static str> = old.keys().chain(new.keys()).copied().collect();
    let none = Refusals::default();
    let mut found = Vec::new();
    for noun in nouns {
        let (old, new) = (old.get(noun).unwrap_or(&none), new.get(noun).unwrap_or(&none));
        let verdict = Shift::refused(&old.what, &new.what).verdict(!old.what.is_empty(), !new.what.is_empty());
        if verdict.is_some() {
            let [was, is] = [old, new].map(|refusals| refusals.what.iter().map(String::as_str).collect::<Vec<_>>());
            let message = format!("{noun}: {}", difference(&was, &is));
            found.push(Judgement::new(noun, verdict, message, [old.lines.clone(), new.lines.clone()]));
        }
    }
    found
}

fn read(route: &Route<'_, '_>) -> BTreeMap<&'static str, Refusals> {
    let mut found: BTreeMap<&'static str, Refusals> = BTreeMap::new();
    let mut add = |noun, what: BTreeSet<String>, lines: Vec<Span>| {
        let refusals = found.entry(noun).or_default();
        refusals.what.extend(what);
        refusals.lines.extend(lines);
    };
    for block in route.own("if").iter().filter(|block| block.directives().any(refuses)) {
        let condition = block.args().map(Arg::value).collect::<Vec<_>>().join(" ");
        let condition = condition.trim_start_matches('(').trim_end_matches(')').trim();
        let mut lines = whole(*block);
        let (patterns, of_table) = table(route, condition);
        lines.extend(of_table);
        add(noun(condition), patterns.unwrap_or_else(|| BTreeSet::from([condition.to_owned()])), lines);
    }
    for block in route.own("limit_except") {
        add("methods with rules of their own", BTreeSet::from([text(*block)]), whole(*block));
    }
    found
}

fn refuses(directive: Directive<'_>) -> bool {
    let code = || first(directive).and_then(|code| code.parse::<u16>().ok());
    directive.name() == "return" && code().is_some_and(|code| code >= 400)
}

fn noun(condition: &str) -> &'static str {
    match condition {
        "$block_ua" => "blocked user agents",
        "$block_ref" => "blocked referrers",
        _ if condition.starts_with("$ssl_client_s_dn") => "subject that client certificates must have",
        _ => "requests that are refused",
    }
}

/// What a variable that is looked up in tables refuses, where they only say yes or no, and the lines of the tables.
fn table(route: &Route<'_, '_>, condition: &str) -> (Option<BTreeSet<String>>, Vec<Span>) {
    let variables = condition.split([' ', '(', ')', '!', '=', '~', '"', '\'']).filter(|word| word.starts_with('$'));
    let blocks: Vec<Directive<'_>> = variables.filter_map(|name| route.configuration.variable(name)).collect();
    let lines = blocks.iter().flat_map(|block| whole(*block)).collect();
    let [block] = blocks.as_slice() else { return (None, lines) };
    let is_yes = |word: &str| !matches!(word, "" | "0");
    let mut patterns = BTreeSet::new();
    for entry in block.directives() {
        let (key, value) = (entry.name(), first(entry).unwrap_or_default());
        match &*key {
            "default" | "hostnames" | "volatile" if !is_yes(&value) => {}
            _ if condition.starts_with('$') && !condition.contains(' ') && key != "default" && key != "include" => {
                patterns.extend(is_yes(&value).then(|| key.into_owned()));
            }
            // Whatever else it says is compared as a whole.
            _ => return (Some(BTreeSet::from([format!("{condition} ({})", text(*block))])), lines),
        }
    }
    (Some(patterns), lines)
}
