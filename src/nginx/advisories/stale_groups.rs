//! CVE-2026-60005: groups that nobody has filled.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Judge};
use super::block::{Block, Found};

pub(super) static ADVISORY: Advisory = Advisory {
    ids: &["CVE-2026-60005"],
    what: "memory that nobody has filled gets into a request, or nginx ends",
    cost: Cost::Disclosure,
    attacker: Attacker::Client,
    reached_by: "A cache that is renewed in the background, `proxy_cache_background_update on`, a `map` with a regular expression that has groups, and a numbered group in what is sent to the backend.",
    cure: "name the groups, as in `(?<rest>.*)`, and write `$rest` in place of `$1`",
    since: (1, 11, 10),
    fixed: &[(1, 30, 4), (1, 31, 3)],
    source: "changes of nginx 1.31.3; commit 0cca8e055",
    confirmed: Confirmed::Read,
    beyond: "The directive `slice`, whose module is not in the controller's image.",
    judge: Some(Judge { directives: &["proxy_set_header", "proxy_pass", "proxy_cache_key"], look }),
    examples: &[
        ("map $http_x $m { ~^(.*)$ 1; } proxy_cache_background_update on; server { location ~ ^/(.*) { proxy_set_header X $1; } }", true),
        ("map $http_x $m { ~^(.*)$ 1; } server { location ~ ^/(.*) { proxy_set_header X $1; } }", false),
        ("proxy_cache_background_update on; server { location ~ ^/(?<rest>.*) { proxy_set_header X $rest; } }", false),
    ],
};

fn look<'t>(block: &Block<'_, 't>) -> Vec<Found<'t>> {
    let Some(update) = block.holding_as("proxy_cache_background_update", "on").filter(|_| !block.maps.is_empty()) else {
        return Vec::new();
    };
    let has_group = |text: &str| text.split('$').skip(1).any(|behind| behind.starts_with(|letter: char| ('1'..='9').contains(&letter)));
    let sent = block.directives.iter().find(|directive| directive.name().starts_with("proxy_") && has_group(directive.head_text()));
    sent.map(|directive| Found::at(*directive).with(update)).into_iter().collect()
}
