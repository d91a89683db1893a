//! Whether plain HTTP is answered with a redirect to HTTPS.

use std::borrow::Cow;

use super::lines::{first, lines, whole};
use super::lua::field;
use super::route::{Configuration, Route};
use super::shift::Shift;
use super::{Judgement, Verdict};
use crate::conf::{Arg, Directive};
use crate::source::Span;

/// For whom plain HTTP is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Redirect {
    Never,
    WithCertificate,
    Always,
}

/// The kind of judgements about this.
pub(super) const KIND: &str = "https";

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let ((asked_before, old_lines), (asked_after, new_lines)) = (read(before), read(after));
    // That a certificate comes or goes is a difference of its own.
    if asked_before == asked_after {
        return Vec::new();
    }
    let (old, new) = (asked_before.of(before), asked_after.of(after));
    let (verdict, message) = match Shift::falling(&old, &new).verdict(old != Redirect::Never, new != Redirect::Never) {
        Some(verdict) => (verdict, told(old, new)),
        // As it is, requests are answered as before, but for another reason.
        None if asked_before < asked_after => (Verdict::Stronger, asked(asked_before, asked_after)),
        None => (Verdict::Weaker, asked(asked_before, asked_after)),
    };
    vec![Judgement::new(KIND, Some(verdict), message, [old_lines, new_lines])]
}

impl Redirect {
    /// What it comes to on a route of which it is known whether its host has a certificate.
    fn of(self, route: &Route<'_, '_>) -> Self {
        match (self, route.has_certificate()) {
            (Self::WithCertificate, Some(true)) => Self::Always,
            (Self::WithCertificate, Some(false)) => Self::Never,
            (own, _) => own,
        }
    }
}

/// What became of it.
fn told(old: Redirect, new: Redirect) -> &'static str {
    match (old, new) {
        (Redirect::WithCertificate, Redirect::Never) => {
            "requests over http are no longer redirected to https, as they are where the host has a certificate"
        }
        (_, Redirect::Never) => "requests over http are no longer redirected to https",
        (Redirect::Never, Redirect::WithCertificate) => "requests over http are redirected to https where the host has a certificate",
        (Redirect::Never, _) => "requests over http are redirected to https",
        (_, Redirect::WithCertificate) => "requests over http are redirected to https only where the host has a certificate",
        (_, Redirect::Always) => "requests over http are redirected to https also where the host has no certificate",
    }
}

/// What is asked for otherwise, and comes to the same.
fn asked(old: Redirect, new: Redirect) -> &'static str {
    match (old, new) {
        (Redirect::Always, Redirect::WithCertificate) => {
            "the redirect of http to https is no longer forced: it follows from the certificate of the host"
        }
        (Redirect::WithCertificate, Redirect::Always) => {
            "the redirect of http to https is forced, where it followed from the certificate of the host"
        }
        (_, Redirect::WithCertificate) => "http would be redirected to https if the host had a certificate",
        _ => "http would no longer be redirected to https if the host had a certificate",
    }
}

/// Whether a host has a route that is redirected to HTTPS for no other reason than its certificate.
#[must_use]
pub fn is_redirected_for_its_certificate(server: Directive<'_>) -> bool {
    let configuration = Configuration::new(None);
    let locations = server.directives().filter(|inner| inner.is_block() && inner.name() == "location");
    locations.into_iter().any(|location| read(&Route::new(&configuration, &[server, location])).0 == Redirect::WithCertificate)
}

fn read(route: &Route<'_, '_>) -> (Redirect, Vec<Span>) {
    const FLAGS: [&str; 3] = ["force_ssl_redirect", "ssl_redirect", "force_no_ssl_redirect"];
    let code = route.own("rewrite_by_lua_block").first().copied();
    let value = |name: &str| {
        let set = route.set(&format!("${name}")).map(|(value, _)| value);
        set.or_else(|| field(code?.lua()?, name).map(Cow::Borrowed)).is_some_and(|value| value == "true")
    };
    let sets = FLAGS.iter().filter_map(|name| route.set(&format!("${name}"))).map(|(_, line)| line);
    let mut found = lines(sets.chain(code));
    let [force, with_certificate, never] = FLAGS.map(value);
    let by_condition: Vec<Directive<'_>> = route.inside_host("if").into_iter().filter(|block| sends_to_https(*block)).collect();
    found.extend(by_condition.iter().flat_map(|block| whole(*block)));
    let redirect = match (by_condition.is_empty() && !force, with_certificate) {
        _ if never && by_condition.is_empty() => Redirect::Never,
        (false, _) => Redirect::Always,
        (true, true) => Redirect::WithCertificate,
        (true, false) => Redirect::Never,
    };
    (redirect, found)
}

/// Whether a condition on the scheme ends in a redirect to HTTPS.
fn sends_to_https(block: Directive<'_>) -> bool {
    const SCHEMES: [&str; 4] = ["$scheme", "$https", "$pass_access_scheme", "$http_x_forwarded_proto"];
    let asks = block.args().map(Arg::value).any(|word| SCHEMES.iter().any(|scheme| word.contains(scheme)));
    let answers = |directive: Directive<'_>| {
        let is_redirect =
            directive.name() == "return" && first(directive).is_some_and(|code| code.starts_with('3') || code.starts_with("https:"));
        is_redirect || directive.name() == "rewrite" && directive.args().any(|arg| arg.value().starts_with("https:"))
    };
    asks && block.directives().any(answers)
}
