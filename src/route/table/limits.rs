//! Limits and times of a route, with what it takes over from the blocks around it.

use std::sync::Arc;

use hashbrown::HashMap;

use super::row::Limit;
use crate::conf::{Arg, Directive};

/// A limit: how it is called, its directive or the end of it behind the protocol, and what nginx does where none is written.
struct Kind {
    name: &'static str,
    directive: &'static str,
    is_of_protocol: bool,
    default: &'static str,
}

const fn kind(name: &'static str, directive: &'static str, default: &'static str) -> Kind {
    Kind { name, directive, is_of_protocol: false, default }
}

const fn of_protocol(name: &'static str, directive: &'static str, default: &'static str) -> Kind {
    Kind { name, directive, is_of_protocol: true, default }
}

const KINDS: &[Kind] = &[
    kind("body-size", "client_max_body_size", "1m"),
    of_protocol("connect-timeout", "connect_timeout", "60s"),
    of_protocol("send-timeout", "send_timeout", "60s"),
    of_protocol("read-timeout", "read_timeout", "60s"),
    of_protocol("tries", "next_upstream_tries", "0"),
    of_protocol("tries-timeout", "next_upstream_timeout", "0"),
    kind("rate", "limit_rate", "0"),
    kind("rate-after", "limit_rate_after", "0"),
];

/// What is written so far, by directive. Blocks that write none of them share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Written(Arc<HashMap<String, String>>);

impl Written {
    /// With what stands in a block.
    pub(super) fn within(&self, directives: &[Directive<'_>]) -> Self {
        let is_kept = |name: &str| KINDS.iter().any(|kind| name.ends_with(kind.directive));
        let mut own = self.clone();
        for directive in directives.iter().filter(|directive| !directive.is_block()) {
            let name = directive.name();
            if is_kept(&name) {
                let value = directive.args().next().map(Arg::value).unwrap_or_default();
                if own.0.get(&*name).is_none_or(|held| *held != value) {
                    Arc::make_mut(&mut own.0).insert(name.into_owned(), value.into_owned());
                }
            }
        }
        own
    }

    /// What holds for requests that are passed on by a directive.
    pub(super) fn limits(&self, pass: &str, default: &dyn Fn(&str) -> Option<String>) -> Vec<Limit> {
        let protocol = pass.trim_end_matches("_pass");
        let limit = |kind: &Kind| {
            let directive = if kind.is_of_protocol { format!("{protocol}_{}", kind.directive) } else { kind.directive.to_owned() };
            let usual = if kind.is_of_protocol { format!("proxy_{}", kind.directive) } else { directive.clone() };
            let written = self.0.get(&directive);
            let is_default = written.is_none_or(|value| {
                let usual = default(&usual).unwrap_or_else(|| kind.default.to_owned());
                plain(value) == plain(&usual)
            });
            Limit { name: kind.name, value: written.cloned().unwrap_or_else(|| kind.default.to_owned()), is_default }
        };
        KINDS.iter().map(limit).collect()
    }
}

/// A value without the unit that goes without saying.
fn plain(value: &str) -> String {
    let lower = value.to_ascii_lowercase();
    lower.strip_suffix('s').map_or(lower.clone(), str::to_owned)
}
