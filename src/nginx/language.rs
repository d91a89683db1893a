//! Regular expressions as sets of words: what an automaton needs of them, and what two of them have in common.

use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};

use super::Pattern;
use super::pcre::{parsed, translate};

/// The expression as a tree. `$` fits before the last line break as well as at the end, as PCRE takes it.
#[must_use]
pub fn hir(pattern: &Pattern) -> Option<Hir> {
    parsed(&translate(pattern.text(), r"\n?\z").ok()?, pattern.is_caseless())
}

/// What one of the groups finds, as a text that is the same for expressions that differ in their other groups alone, or in how they
/// are written.
#[must_use]
pub fn capture(pattern: &Pattern, group: usize) -> Option<String> {
    Some(only(hir(pattern)?, u32::try_from(group).ok()?).to_string())
}

/// The tree with one of its groups alone.
fn only(hir: Hir, group: u32) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(repeat) => Hir::repetition(Repetition { sub: Box::new(only(*repeat.sub, group)), ..repeat }),
        HirKind::Capture(capture) if capture.index == group => {
            Hir::capture(Capture { index: 1, name: None, sub: Box::new(only(*capture.sub, group)) })
        }
        HirKind::Capture(capture) => only(*capture.sub, group),
        HirKind::Concat(all) => Hir::concat(all.into_iter().map(|one| only(one, group)).collect()),
        HirKind::Alternation(all) => Hir::alternation(all.into_iter().map(|one| only(one, group)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_are_the_same_whatever_else_is_captured() {
        let of = |text: &str, group| capture(&Pattern::new(text, false).expect(text), group);
        assert_eq!(of("^/api(/|$)(.*)", 2), of("^/api(?:/|$)(.*)", 1));
        assert_eq!(of("^/(?<rest>.*)$", 1), of("^/(.*)$", 1));
        assert_ne!(of("^/api(/|$)(.*)", 1), of("^/api(/|$)(.*)", 2));
        assert_ne!(of("^/a(.*)", 1), of("^/a(.+)", 1));
    }
}
