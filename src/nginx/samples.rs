//! Texts that a regular expression of nginx fits: the shortest ones of each of its branches.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

use super::pcre::{parsed, translate};

/// How many texts are made.
const MOST: usize = 12;
/// How long one may become.
const LONGEST: usize = 512;

/// Some texts that an expression is likely to fit, short ones first; none where it has no counterpart here. What looks around
/// (`\b`) is passed over, so that whoever needs to be sure compares.
#[must_use]
pub fn samples(text: &str, is_caseless: bool) -> Vec<Vec<u8>> {
    let parsed = translate(text, r"\z").ok().and_then(|text| parsed(&text, is_caseless));
    let mut all = parsed.map(|hir| texts(&hir)).unwrap_or_default();
    all.sort_by_key(Vec::len);
    all.dedup();
    all
}

fn texts(hir: &Hir) -> Vec<Vec<u8>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![Vec::new()],
        HirKind::Literal(literal) => vec![literal.0.to_vec()],
        HirKind::Class(class) => letters(class).into_iter().map(|letter| vec![letter]).collect(),
        HirKind::Repetition(repetition) => repeated(repetition),
        HirKind::Capture(capture) => texts(&capture.sub),
        HirKind::Concat(parts) => parts.iter().fold(vec![Vec::new()], |before, part| joined(&before, &texts(part))),
        HirKind::Alternation(parts) => {
            // One of each branch, before others of the first.
            let mut all: Vec<Vec<Vec<u8>>> = parts.iter().take(MOST).map(texts).collect();
            all.iter_mut().for_each(|texts| texts.reverse());
            let rounds = (0..MOST).flat_map(|_| all.iter_mut().filter_map(Vec::pop).collect::<Vec<_>>());
            rounds.take(MOST).collect()
        }
    }
}

fn joined(before: &[Vec<u8>], after: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let both = |head: &Vec<u8>, tail: &Vec<u8>| [head.as_slice(), tail].concat();
    let all = after.iter().flat_map(|tail| before.iter().map(move |head| both(head, tail)));
    all.filter(|text| text.len() <= LONGEST).take(MOST).collect()
}

fn repeated(repetition: &Repetition) -> Vec<Vec<u8>> {
    let once = texts(&repetition.sub);
    let times = |count: u32| (0..count.min(LONGEST as u32)).fold(vec![Vec::new()], |before, _| joined(&before, &once));
    let mut all = times(repetition.min);
    if repetition.max != Some(repetition.min) {
        all.extend(times(repetition.min + 1));
        all.truncate(MOST);
    }
    all
}

/// A letter or two of a class that stand in paths and names, if there are such.
fn letters(class: &Class) -> Vec<u8> {
    let holds = |byte: u8| match class {
        Class::Bytes(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&byte)),
        Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&char::from(byte))),
    };
    // Small letters before others: of a letter that may be either, the small one is meant.
    let others = (b'a'..=b'z').chain(b'0'..=b'9').chain(b'A'..=b'Z').chain(0x21..=0x7e).chain(0x80..=0xff);
    let mut found: Vec<u8> = b"xa1-_./=".iter().copied().chain(others).filter(|byte| holds(*byte)).take(2).collect();
    if found.len() == 2 && found[0].eq_ignore_ascii_case(&found[1]) {
        found.truncate(1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nginx::Pattern;

    #[test]
    fn samples_fit() {
        for text in [
            r"^/api(/|$)(.*)",
            r"^/(?<id>\d+)/x$",
            r"^/[^/]+/b{2,3}",
            r"^/a|/b$",
            r"\.(gif|png)$",
            r"^/\w+\.php$",
            r"(?i)^/Case",
            r"^/[[:upper:]]{4}",
            "^/a.b",
            "",
        ] {
            let (all, pattern) = (samples(text, true), Pattern::new(text, true).expect("it is one"));
            assert!(!all.is_empty() && all.iter().any(|sample| pattern.is_match(sample)), "{text}: {all:?}");
        }
        assert_eq!(samples(r"^(a)\1", false), Vec::<Vec<u8>>::new());
        assert!(samples("(a|b|c|d)*(a|b|c|d){1,900}", false).len() <= MOST);
    }
}
