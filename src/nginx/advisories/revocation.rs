//! CVE-2026-40701: certificates of clients whose issuer is asked.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Judge};
use super::block::{Block, Found};

pub(super) static ADVISORY: Advisory = Advisory {
    ids: &["CVE-2026-40701"],
    what: "nginx uses memory that it has given back",
    cost: Cost::Memory,
    attacker: Attacker::Resolver,
    reached_by: "`ssl_ocsp` together with `resolver`.",
    cure: "",
    since: (1, 19, 0),
    fixed: &[(1, 30, 1), (1, 31, 0)],
    source: "changes of nginx 1.31.0; commit 71841dced",
    confirmed: Confirmed::Read,
    beyond: "Responders that are addresses and need no resolver.",
    judge: Some(Judge { directives: &["ssl_ocsp"], look }),
    examples: &[
        ("resolver 127.0.0.1; server { ssl_ocsp on; }", true),
        ("server { ssl_ocsp on; }", false),
        ("resolver 127.0.0.1; server { ssl_ocsp off; }", false),
    ],
};

fn look<'t>(block: &Block<'_, 't>) -> Vec<Found<'t>> {
    let found = || {
        let asked = block.own("ssl_ocsp").next().filter(|asked| asked.args().next().is_some_and(|arg| arg.value() != "off"))?;
        Some(Found::at(asked).with(block.holding("resolver")?))
    };
    found().into_iter().collect()
}
