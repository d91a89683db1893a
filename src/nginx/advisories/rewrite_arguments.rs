//! CVE-2026-42945: the rule of escaping stays behind a target with arguments.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Judge};
use super::block::{Block, Found};
use super::rewrites;
use crate::nginx::rewrite::Fault;

pub(super) static ADVISORY: Advisory = Advisory {
    ids: &["CVE-2026-42945"],
    what: "nginx writes more into its memory than it has reserved",
    cost: Cost::Memory,
    attacker: Attacker::Client,
    reached_by: "A `rewrite` whose target has a `?` and after which the block goes on, and behind it a numbered group: in `set`, in `if`, or in the target of a `rewrite` with a variable.",
    cure: "name the groups, as in `(?<rest>.*)`, and write `$rest` in place of `$1`",
    since: (0, 6, 27),
    fixed: &[(1, 30, 1), (1, 31, 0)],
    source: "changes of nginx 1.31.0; commits 2046b45aa0c6 and 475732a3f9df",
    confirmed: Confirmed::Run,
    beyond: "Paths that Lua or another location makes; conditions on what only the request says count either way; expressions with recursion, conditions or verbs.",
    judge: Some(Judge { directives: &["rewrite"], look }),
    examples: &[
        ("server { location / { rewrite ^(.*) /new?c=1; set $v $1; } }", true),
        (r"server { location / { rewrite ^/old/(.*)$ /new/$1?from=old; rewrite ^/new/(.*)$ /$host/$1 break; } }", true),
        ("server { location / { rewrite ^(?<rest>.*) /new?c=1; set $v $rest; } }", false),
        ("server { location / { rewrite ^/old/(.*)$ /new/$1?from=old; rewrite ^/new/(.*)$ /$1 break; } }", false),
    ],
};

fn look<'t>(block: &Block<'_, 't>) -> Vec<Found<'t>> {
    rewrites::found(block, Fault::StaleArguments)
}
