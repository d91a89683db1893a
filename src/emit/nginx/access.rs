//! Who may come in: addresses, passwords and a service, joined as the route asks for.

use super::auth::Auth;
use super::forwarding::Headers;
use super::lines::{Lines, put};
use super::losses;
use super::names;
use super::response::ResponseHeaders;
use super::scope::Scope;
use super::tls;
use crate::ir::{Admission, PasswordAuth, Satisfy};

/// Writes who may come in.
pub(super) fn write(
    admission: &Admission,
    auth: Option<Auth>,
    scope: &mut Scope,
    headers: &mut Headers,
    response: &mut ResponseHeaders,
    lines: &mut Lines,
) {
    for network in &*admission.deny {
        put!(lines, "deny", network);
    }
    for network in &*admission.allow {
        put!(lines, "allow", network);
    }
    if !admission.allow.is_empty() {
        put!(lines, "deny", "all");
    }
    if let Some(auth) = auth {
        auth.answer(headers, response, lines);
    }
    match admission.password().map(|auth| (auth, auth.extra())) {
        Some((_, Some(extra))) => scope.lacks(extra, losses::lack(extra)),
        Some((PasswordAuth { scheme: _, realm, file: _, secret, keys_are_users }, None)) => {
            put!(lines, "auth_basic", names::literal(realm));
            put!(lines, "auth_basic_user_file", tls::passwords(secret, *keys_are_users));
            headers.set("Authorization", "");
        }
        None => {}
    }
    match admission.satisfy.map(|satisfy| satisfy.value) {
        Some(Satisfy::All) => put!(lines, "satisfy", "all"),
        Some(Satisfy::Any) => put!(lines, "satisfy", "any"),
        None => {}
    }
}
