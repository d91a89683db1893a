//! Whether plain HTTP is answered with a redirect to HTTPS.

use std::borrow::Cow;

use super::Judgement;
use super::lines::{first, lines, whole};
use super::lua::field;
use super::route::Route;
use super::shift::Shift;
use crate::conf::{Arg, Directive};
use crate::source::Span;

/// For whom plain HTTP is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Redirect {
    Never,
    WithCertificate,
    Always,
}

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let ((old, old_lines), (new, new_lines)) = (read(before), read(after));
    let Some(verdict) = Shift::falling(&old, &new).verdict(old != Redirect::Never, new != Redirect::Never) else { return Vec::new() };
    let message = match (old, new) {
        (_, Redirect::Never) => "redirect to HTTPS removed",
        (Redirect::Never, Redirect::WithCertificate) => "redirect to HTTPS added",
        (Redirect::Never, Redirect::Always) => "redirect to HTTPS added, also without a certificate",
        (_, Redirect::WithCertificate) => "redirect to HTTPS only where the host has a certificate",
        (_, Redirect::Always) => "redirect to HTTPS also without a certificate",
    };
    vec![Judgement::new("https", Some(verdict), message, [old_lines, new_lines])]
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
