//! Who may come in: addresses and passwords, joined as the route asks for.

use super::super::scope::Scope;
use super::answers::answer;
use super::lines::Lines;
use super::scripts::{self, ErrorPages};
use super::shared::Shared;
use super::words::{self, Format};
use crate::ir::{Features, PasswordAuth, Route};

/// Whether one of the checks is enough.
fn any_suffices(features: &Features) -> bool {
    features.satisfy == "any"
}

/// The password check that applies to a route.
pub(super) fn password<'a>(route: &'a Route, shared: &Shared) -> Option<&'a PasswordAuth> {
    route.features.password_auth.as_ref().filter(|_| !shared.is_free_of_auth(&route.path))
}

/// Name of the list of users that an object holds.
pub(super) fn users(auth: &PasswordAuth) -> String {
    // An underscore stands in no name of an object.
    let name = words::name(&auth.secret.replace('/', "_"));
    if auth.keys_are_users { format!("{name}_keys") } else { name }
}

/// Writes the checks of addresses and passwords, and by a service.
pub(super) fn write(route: &Route, shared: &Shared, pages: &ErrorPages, scope: &mut Scope, lines: &mut Lines) {
    let features = &*route.features;
    let mut password = password(route, shared);
    if password.is_some_and(|auth| auth.scheme != "basic") {
        scope.close("auth-type", "HAProxy has no digest authentication");
        password = None;
    }
    let blocked: Vec<_> = shared.proxy.settings.filters.block_cidrs.iter().map(|network| network.trim().to_owned()).collect();
    // Quirk: what a route says about addresses takes the place of what holds for all.
    let deny = if features.deny.is_empty() && features.allow.is_empty() { &blocked } else { &features.deny };
    let (refused, welcome) = (networks(deny), networks(&features.allow));
    let service = scripts::auth(route, shared);
    let mut unless = Vec::new();
    if any_suffices(features) && (password.is_some() || service.is_some()) {
        // A client that is welcome by its address needs no password, and one with a password is not asked about elsewhere.
        for group in &welcome {
            lines.code(&format!("http-request set-var(txn.is_welcome) bool(true) if {group} {}", none_of(&refused)));
        }
        unless.extend((!welcome.is_empty()).then_some("!{ var(txn.is_welcome) -m bool }"));
        if let Some(auth) = password {
            know(auth, shared, lines);
            unless.push("!{ var(txn.is_known) -m bool }");
        }
    } else {
        if !refused.is_empty() {
            pages.answer(403, &format!("if {}", refused.join(" || ")), lines);
        }
        if !welcome.is_empty() {
            pages.answer(403, &format!("if {}", none_of(&welcome)), lines);
        }
        if let Some(auth) = password {
            know(auth, shared, lines);
        }
    }
    match (password, service) {
        (Some(auth), None) => challenge(auth, &unless, lines),
        (password, Some(service)) => {
            if let Some(auth) = password.filter(|_| !any_suffices(features)) {
                challenge(auth, &[], lines);
            }
            scripts::ask(service, &unless, shared, scope, lines);
        }
        (None, None) => {}
    }
    if password.is_some() {
        lines.code("http-request del-header Authorization");
    }
}

/// Finds out whether the client has a password.
fn know(auth: &PasswordAuth, shared: &Shared, lines: &mut Lines) {
    let list = users(auth);
    lines.code(&format!(".if defined({})", super::users::SIGN));
    lines.code(&format!("http-request set-var(txn.password_hash) http_auth_user,map_str({})", super::users::hashes(auth)));
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

/// Conditions about addresses, of which one has to hold. What is no address is no use to anybody.
pub(super) fn networks(all: &[String]) -> Vec<String> {
    let fits = |network: &&str| {
        let (address, bits) = network.split_once('/').unwrap_or((network, "0"));
        address.parse::<std::net::IpAddr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 128)
    };
    let words = all.iter().map(String::as_str).flat_map(|network| if network == "all" { vec!["0.0.0.0/0", "::/0"] } else { vec![network] });
    let mut known: Vec<&str> = words.filter(fits).collect();
    if known.is_empty() && !all.is_empty() {
        // A list that is there but holds nothing readable fits nobody.
        known.push("255.255.255.255/32");
    }
    // HAProxy reads at most 64 words of a line.
    known.chunks(40).map(|group| format!("{{ src {} }}", group.join(" "))).collect()
}

/// The condition that none of others holds.
fn none_of(conditions: &[String]) -> String {
    conditions.iter().map(|condition| format!("!{condition}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_addresses_never_become_empty() {
        let networks = |all: &[&str]| networks(&all.iter().map(|network| (*network).to_owned()).collect::<Vec<_>>());
        assert_eq!(networks(&[]), Vec::<String>::new());
        assert_eq!(networks(&["10.0.0.0/8", "::1"]), ["{ src 10.0.0.0/8 ::1 }"]);
        assert_eq!(networks(&["nonsense"]), ["{ src 255.255.255.255/32 }"]);
        assert_eq!(networks(&vec!["10.0.0.1"; 41]).len(), 2);
        assert_eq!(none_of(&networks(&["10.0.0.1"])), "!{ src 10.0.0.1 }");
    }
}
