//! The directives, by the family that they belong to.

mod http;
mod main;
mod modules;
mod proxy;
mod stream;

use super::directives::Directive;

/// All directives.
pub(super) fn all() -> impl Iterator<Item = &'static Directive> {
    [main::ROWS, http::ROWS, proxy::ROWS, modules::ROWS, stream::ROWS].into_iter().flatten()
}
