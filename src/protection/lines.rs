//! Directives as lines: their places as changes name them, and their words.

use std::borrow::Cow;

use crate::conf::{Arg, Directive};
use crate::source::Span;

/// The first argument of a directive.
pub(super) fn first(directive: Directive<'_>) -> Option<Cow<'_, str>> {
    directive.args().next().map(Arg::value)
}

/// The places of directives as changes name them: of a block its head.
pub(super) fn lines<'d>(directives: impl IntoIterator<Item = Directive<'d>>) -> Vec<Span> {
    directives.into_iter().map(line).collect()
}

/// The place of a directive, of a block that of its head.
pub(super) fn line(directive: Directive<'_>) -> Span {
    if directive.is_block() { directive.head_span() } else { directive.span() }
}

/// The places of a block and of everything in it.
pub(super) fn whole(block: Directive<'_>) -> Vec<Span> {
    std::iter::once(line(block)).chain(block.descendants().map(line)).collect()
}

/// The words of a directive and of all in its block, as one text that is equal only where both mean the same.
pub(super) fn text(directive: Directive<'_>) -> String {
    let words = |directive: Directive<'_>| {
        let code = directive.lua().map(|code| Cow::Owned(code.to_owned()));
        directive.words().map(Arg::value).chain(code).collect::<Vec<_>>().join(" ")
    };
    std::iter::once(words(directive)).chain(directive.descendants().map(words)).collect::<Vec<_>>().join("; ")
}
