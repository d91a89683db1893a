//! Who may come in: addresses and passwords, joined as the route asks for.

use super::super::scope::Scope;
use super::answers::answer;
use super::filters;
use super::lines::Lines;
use super::losses::lack;
use super::passwords;
use super::scripts::{self, ErrorPages};
use super::shared::Shared;
use super::words::Format;
use crate::ir::{Admission, PasswordAuth};

/// Writes the checks of addresses and passwords, and by a service. `room` is that for the headers of its answer.
pub(super) fn write(admission: &Admission, room: &str, shared: &Shared, pages: &ErrorPages, scope: &mut Scope, lines: &mut Lines) {
    let mut password = admission.password();
    if let Some(extra) = password.and_then(PasswordAuth::extra) {
        scope.lacks(extra, lack(extra));
        password = None;
    }
    let blocked: Vec<_> = shared.proxy.settings.filters.block_cidrs.iter().map(|network| network.trim().to_owned()).collect();
    if !filters::are_readable(&admission.deny) {
        scope.close("denylist-source-range", "not all that it refuses are addresses or networks");
    }
    // Quirk: what a route says about addresses takes the place of what holds for all.
    let deny = if admission.looks_at_addresses() { &*admission.deny } else { &blocked };
    // Quirk of nginx: where only networks of IPv6 are refused, they hold addresses of IPv4 within IPv6 as well.
    if deny.iter().all(|network| network.contains(':')) {
        lines.condition("refused", "var(txn.mapped) -m ip", &filters::readable(deny).1);
    }
    let (refuses, welcomes) = (networks("refused", deny, lines), networks("welcome", &admission.allow, lines));
    let service = admission.service(&shared.proxy.settings);
    let mut unless = Vec::new();
    if admission.is_any() && (password.is_some() || service.is_some()) {
        // A client that is welcome by its address needs no password, and one with a password is not asked about elsewhere.
        if welcomes {
            let and = if refuses { " !refused" } else { "" };
            lines.code(&format!("http-request set-var(txn.is_welcome) bool(true) if welcome{and}"));
            unless.push("!{ var(txn.is_welcome) -m bool }");
        }
        if let Some(auth) = password {
            know(auth, shared, lines);
            unless.push("!{ var(txn.is_known) -m bool }");
        }
    } else {
        if refuses {
            pages.answer(403, "if refused", lines);
        }
        if welcomes {
            pages.answer(403, "if !welcome", lines);
        }
        if let Some(auth) = password {
            know(auth, shared, lines);
        }
    }
    match (password, service) {
        (Some(auth), None) => challenge(auth, &unless, lines),
        (password, Some(service)) => {
            if let Some(auth) = password.filter(|_| !admission.is_any()) {
                challenge(auth, &[], lines);
            }
            scripts::ask(service, room, &unless, shared, scope, lines);
        }
        (None, None) => {}
    }
    if password.is_some() {
        lines.code("http-request del-header Authorization");
    }
}

/// Finds out whether the client has a password.
fn know(auth: &PasswordAuth, shared: &Shared, lines: &mut Lines) {
    let list = passwords::list(auth);
    lines.code(&format!(".if defined({})", passwords::SIGN));
    lines.code(&format!("http-request set-var(txn.password_hash) http_auth_user,map_str({})", passwords::hashes(auth)));
    lines.code(".endif");
    if shared.options.lua {
        lines.code("http-request lua.check_password if { var(txn.password_hash) -m beg '$apr1$' }");
    }
    // A hash of the kind that is a plain SHA-1 is compared here, all others by the list.
    let known = "{ http_auth_pass,sha1,base64,strcmp(txn.password_hash) eq 0 } { var(txn.password_hash) -m found }";
    lines.code(&format!("http-request set-var(txn.is_known) bool(true) if {known} || {{ http_auth({list}) }}"));
}

/// Asks for a password, under conditions.
fn challenge(auth: &PasswordAuth, unless: &[&str], lines: &mut Lines) {
    let challenge = Format::text(&format!("Basic realm=\"{}\"", auth.realm.replace('"', "")));
    lines.rule(
        answer(401).code("hdr WWW-Authenticate").format(&challenge).code("if !{ var(txn.is_known) -m bool }").code(&unless.join(" ")),
    );
}

/// Names the condition that the client has one of these addresses; whether there is anything to ask. What is no address is no use to
/// anybody. Addresses of either kind are compared with their own kind only, as nginx does: to HAProxy `::/0` holds all of IPv4.
pub(super) fn networks(name: &str, all: &[String], lines: &mut Lines) -> bool {
    let (ipv4, ipv6) = filters::readable(all);
    lines.condition(name, "var(txn.ipv4) -m ip", &ipv4);
    lines.condition(name, "var(txn.ipv6) -m ip", &ipv6);
    if ipv4.is_empty() && ipv6.is_empty() && !all.is_empty() {
        // A list that is there but holds nothing readable fits nobody.
        lines.code(&format!("acl {name} always_false"));
    }
    !all.is_empty()
}

/// Writes the address of the client into one of two variables: addresses of IPv4 within IPv6 are those of IPv4.
pub(super) fn families(condition: &str, lines: &mut Lines) {
    let mut put = |variable: &str, more: &str| {
        let all = format!("{condition} {more}");
        lines.code(&format!("http-request set-var(txn.{variable}) src if {}", all.trim_start()));
    };
    put("ipv4", "!{ src -m sub : }");
    put("ipv4", "{ src -m beg ::ffff: } { src -m sub . }");
    put("mapped", "{ src -m beg ::ffff: } { src -m sub . }");
    put("ipv6", "!{ var(txn.ipv4) -m found }");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_addresses_never_become_empty() {
        let networks = |all: &[&str]| {
            let mut lines = Lines::default();
            let asks = networks("n", &all.iter().map(|network| (*network).to_owned()).collect::<Vec<_>>(), &mut lines);
            let text = lines.finish();
            assert_eq!(asks, !text.is_empty());
            text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(networks(&[]), Vec::<String>::new());
        assert_eq!(
            networks(&["10.0.0.0/8", "::1", "10.0.0.1"]),
            ["acl n var(txn.ipv4) -m ip 10.0.0.0/8 10.0.0.1", "acl n var(txn.ipv6) -m ip ::1"]
        );
        assert_eq!(networks(&["::/0"]), ["acl n var(txn.ipv6) -m ip ::/0"]);
        assert_eq!(networks(&["all"]), ["acl n var(txn.ipv4) -m ip 0.0.0.0/0", "acl n var(txn.ipv6) -m ip ::/0"]);
        for nonsense in ["nonsense", "10.0.0.0/33", "::/129", "10.0.0.0/", "1.2.3"] {
            assert_eq!(networks(&[nonsense]), ["acl n always_false"], "{nonsense}");
        }
        assert_eq!(networks(&vec!["10.0.0.1"; 81]).len(), 3);
    }
}
