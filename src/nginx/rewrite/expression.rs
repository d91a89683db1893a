//! Regular expressions that are run and also read, to make texts that fit.

use std::cell::OnceCell;

use regex_syntax::hir::{Hir, HirKind};

use super::witness;
use crate::nginx::pcre::{Groups, Pattern, parsed, translate, translate_whole};

/// How often an expression may go back: more would take longer than anybody waits.
const MOST_STEPS: usize = 100_000;

/// A regular expression.
#[derive(Debug)]
pub(super) struct Expression {
    text: String,
    is_caseless: bool,
    /// Made when it is first run: of many only the shape is asked.
    engine: OnceCell<Engine>,
    shape: OnceCell<Option<Hir>>,
}

/// What runs it.
#[derive(Debug)]
enum Engine {
    /// In time that grows with the text.
    Plain(Box<Pattern>),
    /// It has to go back: it looks around, or refers to its groups.
    Back(Box<fancy_regex::Regex>),
    /// Nothing here.
    None,
}

impl Expression {
    pub(super) fn new(text: &str, is_caseless: bool) -> Self {
        Self { text: text.to_owned(), is_caseless, engine: OnceCell::new(), shape: OnceCell::new() }
    }

    fn engine(&self) -> &Engine {
        let back = || {
            let translated = translate_whole(&self.text, r"\z").ok()?;
            let mut builder = fancy_regex::RegexBuilder::new(&translated);
            builder.case_insensitive(self.is_caseless).backtrack_limit(MOST_STEPS).build().ok()
        };
        self.engine.get_or_init(|| match Pattern::new(&self.text, self.is_caseless) {
            Ok(pattern) => Engine::Plain(Box::new(pattern)),
            Err(_) => back().map_or(Engine::None, |regex| Engine::Back(Box::new(regex))),
        })
    }

    /// Whether it can be evaluated at all.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self.engine(), Engine::None)
    }

    /// What its groups fit, the whole first.
    pub(super) fn groups(&self, text: &[u8]) -> Option<Groups> {
        match self.engine() {
            Engine::Plain(pattern) => pattern.groups(text),
            Engine::Back(regex) => {
                let found = regex.captures(std::str::from_utf8(text).ok()?).ok()??;
                Some(found.iter().map(|group| group.map(|group| group.as_str().as_bytes().to_vec()).unwrap_or_default()).collect())
            }
            Engine::None => None,
        }
    }

    /// The names of its groups with their numbers.
    pub(super) fn names(&self) -> Vec<(usize, &str)> {
        match self.engine() {
            Engine::Plain(pattern) => pattern.names().collect(),
            Engine::Back(regex) => regex.capture_names().enumerate().filter_map(|(at, name)| Some((at, name?))).collect(),
            Engine::None => Vec::new(),
        }
    }

    /// What it is made of, without what it looks at around it.
    pub(super) fn shape(&self) -> Option<&Hir> {
        let read = || {
            let translated = translate(&self.text, r"\z").or_else(|_| translate(&without_looks(&self.text), r"\z")).ok()?;
            parsed(&translated, self.is_caseless)
        };
        self.shape.get_or_init(read).as_ref()
    }

    /// Texts that may fit it, the most promising first.
    pub(super) fn texts(&self) -> Vec<Vec<u8>> {
        self.shape().map(|hir| witness::filled(hir, u16::MAX, &[])).unwrap_or_default()
    }

    /// Short texts that fit what it looks at around it.
    pub(super) fn looks(&self) -> Vec<Vec<u8>> {
        let inner = looks(&self.text);
        inner.into_iter().filter_map(|text| Some(witness::short(Self::new(text, self.is_caseless).shape()?))).collect()
    }

    /// Whether two of its groups may fit the same letters: one stands in the other, or where it looks around.
    pub(super) fn has_nested_groups(&self) -> bool {
        !matches!(self.engine(), Engine::Plain(_)) || self.shape().is_none_or(|hir| is_nested(hir, false))
    }
}

fn is_nested(hir: &Hir, in_group: bool) -> bool {
    match hir.kind() {
        HirKind::Capture(capture) => in_group || is_nested(&capture.sub, true),
        HirKind::Repetition(repetition) => is_nested(&repetition.sub, in_group),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(|part| is_nested(part, in_group)),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

/// The expression without the groups that look around, and with repeats and groups that give back.
fn without_looks(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        if byte == b'\\' {
            let is_reference = rest.get(1).is_some_and(|byte| (b'1'..=b'9').contains(byte));
            out.extend_from_slice(if is_reference { b".*" } else { &rest[..rest.len().min(2)] });
            at += 2;
        } else if [&b"(?="[..], b"(?!", b"(?<=", b"(?<!"].iter().any(|head| rest.starts_with(head)) {
            at += group_length(rest);
        } else if rest.starts_with(b"(?>") {
            out.extend_from_slice(b"(?:");
            at += 3;
        } else {
            out.push(byte);
            at += if matches!(byte, b'*' | b'+' | b'?' | b'}') && rest.get(1) == Some(&b'+') { 2 } else { 1 };
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What stands in the groups that look around.
fn looks(text: &str) -> Vec<&str> {
    let heads = ["(?=", "(?!", "(?<=", "(?<!"];
    let found = text.match_indices("(?").filter_map(|(at, _)| {
        let rest = &text[at..];
        let head = heads.iter().find(|head| rest.starts_with(**head))?;
        rest.get(head.len()..group_length(rest.as_bytes()).max(1) - 1)
    });
    found.collect()
}

/// How long the group is that a text begins with.
fn group_length(text: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at.min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_that_go_back_are_run_too() {
        for (text, path, expected) in [
            ("^/((?!api)(.*))$", "/x+", Some(vec!["/x+", "x+", "x+"])),
            ("^/((?!api)(.*))$", "/api", None),
            ("^/(?=(.*))(.*)$", "/a", Some(vec!["/a", "a", "a"])),
            ("^/((.*+))$", "/a", Some(vec!["/a", "a", "a"])),
            (r"^/(.)\1$", "/aa", Some(vec!["/aa", "a"])),
        ] {
            let groups = Expression::new(text, false).groups(path.as_bytes());
            let groups = groups.map(|groups| groups.iter().map(|group| String::from_utf8_lossy(group).into_owned()).collect::<Vec<_>>());
            assert_eq!(groups, expected.map(|groups| groups.into_iter().map(str::to_owned).collect()), "{text}");
        }
    }

    #[test]
    fn groups_in_groups_are_seen() {
        for (text, expected) in [
            ("^/(.*)$", false),
            ("^/(a)(b)$", false),
            ("/((.*))", true),
            ("/(?:(a)|(b))", false),
            ("/((a)|b)+", true),
            ("/(?=(.*))(.*)", true),
        ] {
            assert_eq!(Expression::new(text, false).has_nested_groups(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_looked_for_is_tried_too() {
        for (text, expected) in
            [("^/(?!api)(.*)$", vec!["api"]), ("^/(?!(a|b)/)(?=c).", vec!["a/", "c"]), ("(?=", vec![]), ("(?:a)", vec![])]
        {
            let expected: Vec<Vec<u8>> = expected.into_iter().map(|text| text.as_bytes().to_vec()).collect();
            assert_eq!(Expression::new(text, false).looks(), expected, "{text}");
        }
    }

    #[test]
    fn what_looks_around_is_left_out() {
        for (text, expected) in [("^/(?!a(b)c)(.*)$", "^/(.*)$"), ("(?>a)b*+", "(?:a)b*"), (r"(a)\1\)", r"(a).*\)"), ("(?=", "")] {
            assert_eq!(without_looks(text), expected, "{text}");
        }
    }
}
