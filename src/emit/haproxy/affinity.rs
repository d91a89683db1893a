//! Cookies that keep a client on one endpoint: the value is hashed, and its end tells which upstream the client was assigned to.

use super::super::dialect::UNFIT_FOR_SAME_SITE_NONE;
use super::super::names;
use super::lines::{Lines, Rule};
use super::words::{Format, argument};
use crate::ir::{Route, Server, Upstream};

/// What the value ends with behind a bar.
pub(super) fn mark(upstream: &Upstream) -> String {
    names::mark(&upstream.name)
}

/// Writes how an endpoint is chosen by the cookie, and the cookie of new clients.
pub(super) fn write(server: &Server, route: &Route, upstream: &Upstream, lines: &mut Lines) {
    let cookie = argument(upstream.affinity.cookie.shown_name());
    lines.rule(Rule::new("http-request set-var(txn.sticky)").value(&format!("req.cook({cookie}),field(1,|)")));
    let setter = upstream.affinity.cookie.path_on(server, route);
    let is_new = "!{ var(txn.sticky) -m len gt 0 }";
    if setter.is_some() {
        lines.code(&format!("http-request set-var(txn.is_new) bool(true) if {is_new}"));
    }
    lines.code(&format!("http-request set-var(txn.sticky) uuid if {is_new}"));
    lines.code("balance hash var(txn.sticky)");
    lines.code("hash-type consistent sdbm avalanche");
    if let Some(path) = setter {
        set(upstream, path, lines);
    }
}

/// Writes the header `Set-Cookie` of new clients.
fn set(upstream: &Upstream, path: &str, lines: &mut Lines) {
    let cookie = &upstream.affinity.cookie;
    let mut value = Format::text(cookie.shown_name());
    value.push_text("=");
    value.push_sample("var(txn.sticky)");
    value.push_text(&format!("|{}", mark(upstream)));
    if let Ok(seconds) = cookie.expires.parse::<i64>() {
        value.push_text("; Expires=");
        // The date of this kind has blanks where cookies have dashes; all clients read both.
        value.push_sample(&format!("date({seconds}),http_date"));
    }
    let max_age = if cookie.max_age.is_empty() { &cookie.expires } else { &cookie.max_age };
    if !max_age.is_empty() {
        value.push_text(&format!("; Max-Age={max_age}"));
    }
    if !cookie.domain.is_empty() {
        value.push_text(&format!("; Domain={}", cookie.domain));
    }
    value.push_text(&format!("; Path={}", if cookie.path.is_empty() { path } else { &cookie.path }));
    if cookie.secure {
        value.push_text("; Secure");
    } else {
        value.push_sample("ssl_fc,iif(\"; Secure\",)");
    }
    value.push_text("; HttpOnly");
    if cookie.conditional_same_site_none && cookie.same_site == "None" {
        lines.code("http-request set-var-fmt(txn.same_site) '; SameSite=None'");
        for pattern in UNFIT_FOR_SAME_SITE_NONE {
            lines.rule(Rule::new("http-request unset-var(txn.same_site) if { req.fhdr(user-agent) -m reg").value(pattern).code("}"));
        }
        value.push_sample("var(txn.same_site)");
    } else if !cookie.same_site.is_empty() {
        value.push_text(&format!("; SameSite={}", cookie.same_site));
    }
    let answered = "if { var(txn.is_new) -m bool } { var(txn.is_answered) -m bool }";
    lines.rule(Rule::new("http-after-response add-header Set-Cookie").format(&value).code(answered));
}
