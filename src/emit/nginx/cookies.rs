//! Cookies that keep a client on one endpoint: the value is hashed, and its end tells which upstream the client was assigned to.

use std::collections::BTreeSet;

use super::super::dialect::{UNFIT_FOR_SAME_SITE_NONE, regex_literal};
use super::lines::{Lines, Word, words};
use super::names;
use super::plan::{Plan, Plans};
use super::scope::Scope;
use crate::ir::{Route, Server, Upstream};

/// What the value ends with behind a bar.
pub(super) fn mark(upstream: &Upstream) -> String {
    names::mark(&upstream.name)
}

/// The variable that holds a cookie; a name that no variable can have is looked for in the header.
pub(super) fn source(name: &str, part: &str, lines: &mut Lines) -> String {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return format!("$cookie_{name}");
    }
    let (variable, capture) = (names::variable("read_cookie", part), names::variable("value_of_cookie", part));
    lines.block("map", vec![Word::from("$http_cookie"), Word::from(&variable)], |lines| {
        let pattern = format!("~*(?:^|; *){}=(?<{}>[^;]*)", regex_literal(name), &capture[1..]);
        lines.entry(vec![Word::from(pattern), Word::from(capture)]);
        lines.entry(vec![Word::from("default"), Word::from("")]);
    });
    variable
}

/// Writes the map for what is hashed: the cookie up to its bar, else something random.
pub(super) fn key(plan: &Plan, lines: &mut Lines) {
    let id = &plan.id;
    lines.gap();
    lines.comment(&format!("Clients of {} stay on one endpoint by a cookie.", names::shown(&plan.upstream.name)));
    let source = source(plan.upstream.affinity.cookie.shown_name(), &format!("key_{id}"), lines);
    lines.block("map", vec![Word::from(source), Word::from(names::variable("sticky_key", id))], |lines| {
        let value = names::variable("sticky_value", id);
        lines.entry(vec![Word::from(format!("~^(?<{}>[^|]+)", &value[1..])), Word::from(value)]);
        lines.entry(vec![Word::from("default"), Word::from("$request_id")]);
    });
}

/// Who sets a cookie: the upstream and the path.
pub(super) type Setter<'a> = (&'a str, &'a str);

/// The cookies that a route sets for new clients.
pub(super) fn setters<'a>(server: &Server, route: &'a Route, plans: &Plans<'a>) -> Vec<Setter<'a>> {
    let Some(plan) = plans.get(route.upstream.as_str()) else { return Vec::new() };
    let both = [Some(plan.upstream), plan.canary];
    let sticky = both.into_iter().flatten().filter(|upstream| upstream.affinity.is_by_cookie() && !upstream.endpoints.is_empty());
    sticky.filter_map(|upstream| Some((upstream.name.as_str(), upstream.affinity.cookie.path_on(server, route)?))).collect()
}

/// Tells what is different about the cookies that a route sets, and about those that it reads.
pub(super) fn tell(server: &Server, route: &Route, plans: &Plans, scope: &mut Scope) {
    // Whichever path sets the cookie: a client can bring it to any of them.
    let parted = plans.get(route.upstream.as_str()).filter(|plan| plan.canary.is_some() && !route.is_refused());
    if parted.is_some_and(|plan| plan.upstream.affinity.is_by_cookie()) {
        scope.differs("affinity", "clients that come with a cookie of the controller are parted anew between the Service and its canary");
    }
    for plan in setters(server, route, plans).into_iter().filter_map(|(upstream, _)| plans.get(upstream)) {
        let cookie = &plan.upstream.affinity.cookie;
        if cookie.change_on_failure {
            let message = "a client whose endpoint fails comes back to it once that works again: nginx cannot change the cookie";
            scope.differs("session-cookie-change-on-failure", message);
        }
        if !cookie.expires.is_empty() {
            scope.differs("session-cookie-expires", "nginx cannot compute a date: the cookie has `Max-Age` only");
        }
    }
}

/// The variable with the cookie.
pub(super) fn variable((upstream, path): Setter) -> String {
    names::variable("new_cookie", &format!("{}_{}", names::variable_part(upstream), names::variable_part(path)))
}

/// Writes the maps for the cookies of new clients: only where there is none yet, and only on answers of the endpoint that it is for.
pub(super) fn maps<'a>(all: &BTreeSet<Setter<'a>>, plans: &Plans<'a>, lines: &mut Lines) {
    if !all.is_empty() {
        shared(all, plans, lines);
    }
    for &(upstream, path) in all {
        let Some(plan) = plans.get(upstream) else { continue };
        let part = format!("{}_{}", plan.id, names::variable_part(path));
        lines.gap();
        let source = source(plan.upstream.affinity.cookie.shown_name(), &format!("new_{part}"), lines);
        let fresh = names::variable("fresh_cookie", &part);
        lines.block("map", vec![Word::from(source), Word::from(&fresh)], |lines| {
            lines.entry(vec![Word::from("~^[^|]"), Word::from("")]);
            lines.entry(vec![Word::from("default"), Word::from(value(plan.upstream, path))]);
        });
        // The name of the upstream that answered is not known to maps, but its endpoints are.
        lines.block("map", vec![Word::from("$upstream_addr"), Word::from(variable((upstream, path)))], |lines| {
            for endpoint in &plan.upstream.endpoints {
                let address = regex_literal(&endpoint.authority());
                lines.entry(vec![Word::from(format!("~{address}$")), Word::from(&fresh)]);
            }
            lines.entry(vec![Word::from("default"), Word::from("")]);
        });
    }
}

/// The value of the header `Set-Cookie`.
fn value(upstream: &Upstream, path: &str) -> String {
    let cookie = &upstream.affinity.cookie;
    let mut value = format!("{}=$request_id|{}", names::literal(upstream.affinity.cookie.shown_name()), mark(upstream));
    let max_age = if cookie.max_age.is_empty() { &cookie.expires } else { &cookie.max_age };
    if !max_age.is_empty() {
        value.push_str(&format!("; Max-Age={}", names::literal(max_age)));
    }
    if !cookie.domain.is_empty() {
        value.push_str(&format!("; Domain={}", names::literal(&cookie.domain)));
    }
    value.push_str(&format!("; Path={}", names::literal(if cookie.path.is_empty() { path } else { &cookie.path })));
    value.push_str(if cookie.secure { "; Secure" } else { "$secure_cookie" });
    value.push_str("; HttpOnly");
    if cookie.conditional_same_site_none && cookie.same_site == "None" {
        value.push_str("$same_site_none");
    } else if !cookie.same_site.is_empty() {
        value.push_str(&format!("; SameSite={}", names::literal(&cookie.same_site)));
    }
    value
}

/// The maps that all cookies share.
fn shared(all: &BTreeSet<Setter>, plans: &Plans, lines: &mut Lines) {
    let cookies = || all.iter().filter_map(|(upstream, _)| Some(&plans.get(upstream)?.upstream.affinity.cookie));
    if cookies().any(|cookie| !cookie.secure) {
        lines.gap();
        lines.block("map", words("$https $secure_cookie"), |lines| {
            lines.entry(vec![Word::from("on"), Word::from("; Secure")]);
            lines.entry(vec![Word::from("default"), Word::from("")]);
        });
    }
    if cookies().any(|cookie| cookie.conditional_same_site_none && cookie.same_site == "None") {
        lines.gap();
        lines.comment("Browsers that take SameSite=None for something else, as the controller knows them.");
        lines.block("map", words("$http_user_agent $same_site_none"), |lines| {
            for pattern in UNFIT_FOR_SAME_SITE_NONE {
                lines.entry(vec![Word::from(format!("~{pattern}")), Word::from("")]);
            }
            lines.entry(vec![Word::from("default"), Word::from("; SameSite=None")]);
        });
    }
}
