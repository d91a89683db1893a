//! CVE-2026-42533: a map changes the groups of a text that is being written.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Judge};
use super::block::{Block, Found};

pub(super) static ADVISORY: Advisory = Advisory {
    ids: &["CVE-2026-42533"],
    what: "nginx writes more into its memory than it has reserved",
    cost: Cost::Memory,
    attacker: Attacker::Client,
    reached_by: "A `map` with a regular expression that has groups, and a text in which one of these groups stands before the variable of the map.",
    cure: "put the value into a variable with `set` before the text, or write the variable of the map before the group",
    since: (0, 9, 6),
    fixed: &[(1, 30, 4), (1, 31, 3)],
    source: "changes of nginx 1.31.3; commits b767540492e8 and 4d32a2703",
    confirmed: Confirmed::Run,
    beyond: "Whether the map was asked before in the same request, after which it does no harm, and whether its groups can be longer than what stood there; Lua that asks for variables; `stream`.",
    judge: Some(Judge { directives: &[], look }),
    examples: &[
        ("map $http_x $m { ~^(?<n>.*)$ $n; } server { location ~ ^/(.*) { return 200 $1$m; } }", true),
        ("map $http_x $m { ~^(?<n>.*)$ $n; } server { location / { set $n a; add_header X $n$m; } }", true),
        ("map $http_x $m { ~^(?<n>.*)$ $n; } server { location ~ ^/(.*) { return 200 $m$1; } }", false),
        ("map $http_x $m { ~^a a; } server { location ~ ^/(.*) { return 200 $1$m; } }", false),
    ],
};

fn look<'t>(block: &Block<'_, 't>) -> Vec<Found<'t>> {
    if block.maps.is_empty() {
        return Vec::new();
    }
    let plain = block
        .directives
        .iter()
        .filter(|directive| !directive.is_block() && directive.lua().is_none() && directive.head_text().contains('$'));
    let disturbed = plain.filter(|directive| {
        let mut texts = directive.args();
        // A variable that is set is no part of the text.
        if directive.name().starts_with("set") {
            texts.next();
        }
        texts.any(|text| block.maps.disturb(&text.value()))
    });
    disturbed.map(|directive| Found::at(*directive)).collect()
}
