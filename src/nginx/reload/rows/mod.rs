//! The directives, by the family that they belong to.

mod answers;
mod http;
mod main;
mod modules;
mod newer;
mod passing;
mod proxy;
mod stream;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Build;
use super::directives::Directive;
use super::forms::{Form, Value};

/// Slots of a table, or bytes of one: nginx asks for the memory at the start.
const HASH: &[Form] = &[Form::Is(Value::Range(1, 1 << 24))];

/// A size that may depend on the request.
const SIZE: &[Form] = &[Form::Is(Value::Size), Form::Is(Value::Variable)];

/// All directives that a build knows.
fn all(build: Build) -> impl Iterator<Item = &'static Directive> {
    let usual: &[&[Directive]] = &[main::ROWS, http::ROWS, answers::ROWS, proxy::ROWS, modules::HEADERS_MORE, stream::ROWS];
    let own: &[&[Directive]] = match build {
        Build::Controller => &[modules::ROWS, newer::ROWS],
        Build::Stock => &[answers::FILES],
        Build::Recent => &[answers::FILES, newer::ROWS],
    };
    let gateways = if build == Build::Controller { &[] } else { passing::GATEWAYS };
    [usual, passing::ALL, own, gateways].into_iter().flatten().copied().flatten()
}

type Rows = HashMap<&'static str, Vec<&'static Directive>>;

/// The rows of a directive: several where it differs by place.
pub(super) fn find(name: &str, build: Build) -> &'static [&'static Directive] {
    static CONTROLLER: LazyLock<Rows> = LazyLock::new(|| by_name(Build::Controller));
    static STOCK: LazyLock<Rows> = LazyLock::new(|| by_name(Build::Stock));
    static RECENT: LazyLock<Rows> = LazyLock::new(|| by_name(Build::Recent));
    let rows = match build {
        Build::Controller => &CONTROLLER,
        Build::Stock => &STOCK,
        Build::Recent => &RECENT,
    };
    rows.get(name).map_or(&[], Vec::as_slice)
}

fn by_name(build: Build) -> Rows {
    let mut found = Rows::new();
    for directive in all(build) {
        found.entry(directive.name).or_default().push(directive);
    }
    found
}
