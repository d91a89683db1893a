//! How the path of a route is matched, be it open or closed.

use super::super::dialect::regex_literal;
use super::lines::{Lines, Word};
use super::names;
use super::scope::Scope;
use crate::ir::{PathMatch, Route};
use crate::nginx;

/// Says whose route it is.
pub(super) fn describe(route: &Route, lines: &mut Lines) {
    match &route.owner {
        Some(owner) => lines.comment(&names::owner(owner)),
        None => lines.comment("No Ingress: the default backend"),
    }
}

/// How the path is matched. Quirk: one path that is a regular expression makes all paths of the host regular expressions.
pub(super) fn matcher(route: &Route, by_pattern: bool) -> Vec<Word> {
    match route.path_match {
        _ if by_pattern => vec![Word::from("~*"), Word::from(format!("^{}", route.path))],
        PathMatch::Exact => vec![Word::from("="), Word::from(&route.path)],
        PathMatch::Prefix => vec![Word::from(&route.path)],
    }
}

/// The same for a route that is closed: a regular expression that nginx cannot read stands for its own letters.
pub(super) fn closed_matcher(route: &Route, by_pattern: bool) -> Vec<Word> {
    let is_readable = nginx::problem(&format!("^{}", route.path)).is_none();
    match by_pattern && !is_readable {
        true => vec![Word::from("~*"), Word::from(format!("^{}", regex_literal(&route.path)))],
        false => matcher(route, by_pattern),
    }
}

/// Writes a route whose path cannot be written as it is: a beginning of it is closed, unless another route has just that.
pub(super) fn closed<'a>(route: &'a Route, matcher: Vec<Word>, is_taken: bool, scope: &mut Scope<'a>, lines: &mut Lines) {
    scope.enter(route);
    scope.refuse("path", "it is too long, or holds a control character");
    if is_taken {
        return;
    }
    describe(route, lines);
    lines.comment("Closed: the path is not fit for a configuration.");
    lines.closed_location(matcher);
    lines.gap();
}
