//! CVE-2026-42934 and CVE-2026-48142: answers that are put into another character set.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Judge};
use super::block::{Block, Found};

pub(super) static ADVISORY: Advisory = Advisory {
    ids: &["CVE-2026-48142", "CVE-2026-42934"],
    what: "nginx reads beyond what it was given, and sends it to the client or ends",
    cost: Cost::Disclosure,
    attacker: Attacker::Backend,
    reached_by: "A `charset_map` that UTF-8 is decoded with.",
    cure: "",
    since: (0, 0, 0),
    fixed: &[(1, 30, 3), (1, 31, 2)],
    source: "changes of nginx 1.31.0 and 1.31.2; commit 319a0bff1",
    confirmed: Confirmed::Read,
    beyond: "Whether a response goes through the map.",
    judge: Some(Judge { directives: &["charset_map"], look }),
    examples: &[
        ("charset_map utf-8 koi8-r { C2A9 BF; } server { }", true),
        ("charset_map windows-1251 koi8-r { C0 FE; } server { }", false),
    ],
};

fn look<'t>(block: &Block<'_, 't>) -> Vec<Found<'t>> {
    let is_utf = |map: &crate::conf::Directive| map.args().any(|arg| arg.value().eq_ignore_ascii_case("utf-8"));
    block.own("charset_map").filter(is_utf).map(Found::at).collect()
}
