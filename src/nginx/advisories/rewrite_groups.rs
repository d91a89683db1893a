//! CVE-2026-9256: groups that stand in each other are escaped more often than is reserved for.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Judge};
use super::block::{Block, Found};
use super::rewrites;
use crate::nginx::rewrite::Fault;

pub(super) static ADVISORY: Advisory = Advisory {
    ids: &["CVE-2026-9256"],
    what: "nginx writes more into its memory than it has reserved",
    cost: Cost::Memory,
    attacker: Attacker::Client,
    reached_by: "A `rewrite` that redirects or writes arguments, with several numbered groups that stand in each other, each once, and no variable.",
    cure: "let the groups stand beside each other, or name them, as in `(?<rest>.*)`, and write `$rest` in place of `$1`, which is then sent as it is",
    since: (0, 1, 17),
    fixed: &[(1, 30, 2), (1, 31, 1)],
    source: "changes of nginx 1.31.1; commit ca4f92a27464",
    confirmed: Confirmed::Run,
    beyond: "Paths that Lua or another location makes; expressions with recursion, conditions or verbs.",
    judge: Some(Judge { directives: &["rewrite"], look }),
    examples: &[
        ("server { location / { rewrite ^/((.*))$ https://new.example.com/$1$2; } }", true),
        ("server { location / { rewrite ^/(v1/(.*))$ https://new.example.com/$1?rest=$2 redirect; } }", true),
        ("server { location / { rewrite ^/((.*))$ https://new.example.com/$1; } }", false),
        ("server { location / { rewrite ^/((.*))$ https://$host/$1$2; } }", false),
        ("server { location / { rewrite ^/(?<a>(?<b>.*))$ https://new.example.com/$a$b; } }", false),
    ],
};

fn look<'t>(block: &Block<'_, 't>) -> Vec<Found<'t>> {
    rewrites::found(block, Fault::Overlap)
}
