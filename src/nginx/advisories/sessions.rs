//! CVE-2025-23419: a session that a certificate opened is taken up again for another host.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Judge};
use super::block::{Block, Found};
use crate::conf::Directive;

pub(super) static ADVISORY: Advisory = Advisory {
    ids: &["CVE-2025-23419"],
    what: "whoever has a certificate for one host is let in to another that asks for other certificates",
    cost: Cost::Bypass,
    attacker: Attacker::Client,
    reached_by: "The default host asks for certificates of clients, another host of the same port does so too, and TLS 1.3 sessions are kept or put into tickets.",
    cure: "let the host without a name ask for no certificates",
    since: (1, 11, 4),
    fixed: &[(1, 26, 3), (1, 27, 4)],
    source: "changes of nginx 1.27.4; commit 46b9f5d38",
    confirmed: Confirmed::Read,
    beyond: "Whether both hosts ask for certificates of the same authority, and `stream`.",
    judge: Some(Judge { directives: &["server"], look }),
    examples: &[
        (
            "server { listen 443 ssl default_server; ssl_verify_client on; } server { listen 443 ssl; server_name a; ssl_verify_client on; }",
            true,
        ),
        ("server { listen 443 ssl default_server; } server { listen 443 ssl; server_name a; ssl_verify_client on; }", false),
        (
            "ssl_session_cache off; ssl_session_tickets off; server { listen 443 ssl default_server; ssl_verify_client on; } server { listen 443 ssl; server_name a; ssl_verify_client on; }",
            false,
        ),
        (
            "ssl_protocols TLSv1.2; server { listen 443 ssl default_server; ssl_verify_client on; } server { listen 443 ssl; server_name a; ssl_verify_client on; }",
            false,
        ),
    ],
};

fn look<'t>(block: &Block<'_, 't>) -> Vec<Found<'t>> {
    let says = |name: &str, word: &str| block.own(name).any(|directive| directive.args().any(|arg| arg.value() == word));
    let is_new = block.own("ssl_protocols").next().is_none() || says("ssl_protocols", "TLSv1.3");
    let is_kept = !says("ssl_session_tickets", "off") || !(says("ssl_session_cache", "off") || says("ssl_session_cache", "none"));
    if block.name != "http" || !is_new || !is_kept {
        return Vec::new();
    }
    let (mut default, mut other) = (None, None);
    for server in block.own("server") {
        let Some(asks) = asks(server) else { continue };
        let is_default = server
            .directives()
            .filter(|directive| directive.name() == "listen")
            .any(|listen| listen.args().any(|arg| arg.value() == "default_server"));
        let found = if is_default { &mut default } else { &mut other };
        found.get_or_insert(asks);
    }
    let found = other.zip(default).map(|(other, default): (Directive, Directive)| Found::at(other).with(default));
    found.into_iter().collect()
}

/// The directive with which a host asks clients for certificates.
fn asks<'t>(server: Directive<'t>) -> Option<Directive<'t>> {
    server
        .directives()
        .find(|directive| directive.name() == "ssl_verify_client" && directive.args().next().is_some_and(|arg| arg.value() != "off"))
}
