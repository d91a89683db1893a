//! The directives, by the family that they belong to.

mod http;
mod main;
mod modules;
mod proxy;
mod stream;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::directives::Directive;

/// All directives.
fn all() -> impl Iterator<Item = &'static Directive> {
    [main::ROWS, http::ROWS, proxy::ROWS, modules::ROWS, stream::ROWS].into_iter().flatten()
}

/// The rows of a directive: several where it differs by place.
pub(super) fn find(name: &str) -> &'static [&'static Directive] {
    static BY_NAME: LazyLock<HashMap<&'static str, Vec<&'static Directive>>> = LazyLock::new(|| {
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for directive in all() {
            found.entry(directive.name).or_default().push(directive);
        }
        found
    });
    BY_NAME.get(name).map_or(&[], Vec::as_slice)
}
