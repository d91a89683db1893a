//! Faults of HTTP/3.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Judge};
use super::block::{Block, Found};

/// Whoever has one of them before 1.31.2 has the last.
pub(super) static ADVISORY: Advisory = Advisory {
    ids: &["CVE-2026-42530", "CVE-2026-40460"],
    what: "nginx uses memory that it has given back, or takes one client for another",
    cost: Cost::Memory,
    attacker: Attacker::Client,
    reached_by: "HTTP/3: a `listen` with `quic`.",
    cure: "",
    since: (1, 25, 0),
    fixed: &[(1, 31, 2)],
    source: "changes of nginx 1.31.0 and 1.31.2; commit ceccdbd2e",
    confirmed: Confirmed::Read,
    beyond: "CVE-2026-42530 is not named by the changes of 1.30.3: line 1.30 is taken to have it.",
    judge: Some(Judge { directives: &["listen"], look }),
    examples: &[("server { listen 443 quic; }", true), ("server { listen 443 ssl; http2 on; }", false)],
};

fn look<'t>(block: &Block<'_, 't>) -> Vec<Found<'t>> {
    let is_quic = |listen: &crate::conf::Directive| listen.args().any(|arg| arg.value() == "quic");
    block.own("listen").filter(is_quic).map(Found::at).collect()
}
