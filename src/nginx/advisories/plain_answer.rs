//! CVE-2026-1642: an answer in plain text is taken for one of a TLS backend.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Judge};
use super::block::{Block, Found};

pub(super) static ADVISORY: Advisory = Advisory {
    ids: &["CVE-2026-1642"],
    what: "a plain answer that comes early is taken for the answer of a backend whose certificate is verified",
    cost: Cost::Disclosure,
    attacker: Attacker::Backend,
    reached_by: "A backend that is spoken to over TLS, with its certificate verified. Where nothing is verified, who stands before the backend can answer in its place anyway.",
    cure: "",
    since: (1, 3, 0),
    fixed: &[(1, 28, 2), (1, 29, 5)],
    source: "changes of nginx 1.29.5; commit a59f5f099",
    confirmed: Confirmed::Read,
    beyond: "uwsgi, which the controller does not have; backends of `stream`.",
    judge: Some(Judge { directives: &["proxy_pass", "grpc_pass"], look }),
    examples: &[
        ("server { location / { proxy_ssl_verify on; proxy_pass https://127.0.0.1:1; } }", true),
        ("server { location / { proxy_pass https://127.0.0.1:1; } }", false),
        ("server { location / { proxy_ssl_verify on; proxy_pass http://127.0.0.1:1; } }", false),
    ],
};

fn look<'t>(block: &Block<'_, 't>) -> Vec<Found<'t>> {
    let found = [("proxy_pass", "https://", "proxy_ssl_verify"), ("grpc_pass", "grpcs://", "grpc_ssl_verify")].into_iter().filter_map(
        |(pass, scheme, verify)| {
            let pass = block.own(pass).next()?;
            let is_tls = pass.args().next().is_some_and(|url| url.value().starts_with(scheme));
            let verify = block.holding_as(verify, "on").filter(|_| is_tls)?;
            Some(Found::at(verify).with(pass))
        },
    );
    found.collect()
}
