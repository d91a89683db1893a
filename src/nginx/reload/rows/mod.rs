//! The directives, by the family that they belong to.

mod answers;
mod http;
mod lua;
mod main;
mod modules;
mod newer;
mod passing;
mod proxy;
mod set_misc;
mod stream;

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::directives::Directive;
use super::forms::{Form, Value};
use super::{Build, image};

/// Slots of a table, or bytes of one: nginx asks for the memory at the start.
const HASH: &[Form] = &[Form::Is(Value::Range(1, 1 << 24))];

/// A size that may depend on the request.
const SIZE: &[Form] = &[Form::Is(Value::Size), Form::Is(Value::Variable)];

/// All directives that a build knows.
fn all(build: Build) -> impl Iterator<Item = &'static Directive> {
    let usual: &[&[Directive]] = &[main::ROWS, http::ROWS, answers::ROWS, proxy::ROWS, modules::HEADERS_MORE, stream::ROWS];
    let own: &[&[Directive]] = match build {
        Build::Controller(_) => &[modules::ROWS, set_misc::ROWS, newer::ROWS],
        Build::Stock => &[answers::FILES],
        Build::Recent => &[answers::FILES, newer::ROWS],
    };
    let others = if build.is_controller() { lua::ALL } else { passing::GATEWAYS };
    [usual, passing::ALL, own, others].into_iter().flatten().copied().flatten()
}

/// Any release: the rows are those of all.
const LATEST: image::Release = (1, 15, 1);

type Rows = HashMap<&'static str, Vec<&'static Directive>>;

/// The rows of a directive: several where it differs by place.
pub(super) fn find(name: &str, build: Build) -> &'static [&'static Directive] {
    static CONTROLLER: LazyLock<Rows> = LazyLock::new(|| by_name(Build::Controller(LATEST)));
    static STOCK: LazyLock<Rows> = LazyLock::new(|| by_name(Build::Stock));
    static RECENT: LazyLock<Rows> = LazyLock::new(|| by_name(Build::Recent));
    let rows = match build {
        Build::Controller(release) if !image::has(release, name) => return &[],
        Build::Controller(_) => &CONTROLLER,
        Build::Stock => &STOCK,
        Build::Recent => &RECENT,
    };
    rows.get(name).map_or(&[], Vec::as_slice)
}

/// The line of a directive behind which a `;` is missing, because the next one begins with another directive.
#[must_use]
pub fn run_on(directive: &str) -> Option<&str> {
    let is_name = |word: &str| !find(word, Build::Controller(LATEST)).is_empty();
    let mut last = "";
    for line in directive.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let is_whole = last.matches(['"', '\'']).count().is_multiple_of(2);
        if !last.is_empty() && is_whole && line.split_whitespace().next().is_some_and(is_name) {
            return Some(last);
        }
        last = line;
    }
    None
}

fn by_name(build: Build) -> Rows {
    let mut found = Rows::new();
    for directive in all(build) {
        found.entry(directive.name).or_default().push(directive);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::run_on;

    #[test]
    fn a_line_that_begins_with_a_directive_ends_the_one_before() {
        for (text, expected) in [
            ("proxy_set_header A b\n  proxy_set_header C d", Some("proxy_set_header A b")),
            ("# x\nadd_header A b\n# y\nexpires 1h", Some("add_header A b")),
            ("add_header A\n  'b\n  expires c'", None),
            ("add_header A\n  b", None),
            ("add_header A b", None),
        ] {
            assert_eq!(run_on(text), expected, "{text}");
        }
    }
}
