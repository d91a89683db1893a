//! CVE-2026-56434: server-side includes in the answer of a backend.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Judge};
use super::block::{Block, Found};

pub(super) static ADVISORY: Advisory = Advisory {
    ids: &["CVE-2026-56434"],
    what: "nginx uses memory that it has given back",
    cost: Cost::Memory,
    attacker: Attacker::Backend,
    reached_by: "Server-side includes, `ssi on`, in answers of a backend that are passed on unbuffered.",
    cure: "",
    since: (0, 0, 0),
    fixed: &[(1, 30, 4), (1, 31, 3)],
    source: "changes of nginx 1.31.3; commit 700dc9e0e",
    confirmed: Confirmed::Read,
    beyond: "",
    judge: Some(Judge { directives: &["proxy_pass"], look }),
    examples: &[
        ("server { location / { ssi on; proxy_buffering off; proxy_pass http://127.0.0.1:1; } }", true),
        ("server { location / { ssi on; proxy_buffering on; proxy_pass http://127.0.0.1:1; } }", false),
        ("server { location / { proxy_buffering off; proxy_pass http://127.0.0.1:1; } }", false),
    ],
};

fn look<'t>(block: &Block<'_, 't>) -> Vec<Found<'t>> {
    let found = || {
        block.own("proxy_pass").next()?;
        Some(Found::at(block.holding_as("ssi", "on")?).with(block.holding_as("proxy_buffering", "off")?))
    };
    found().into_iter().collect()
}
