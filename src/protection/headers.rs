//! Headers of answers that tell a browser what to refuse: HSTS, and those against frames, scripts and guessing.

use std::collections::BTreeMap;

use super::Judgement;
use super::lines::line;
use super::lua::{Hsts, field};
use super::route::Route;
use super::shift::Shift;
use crate::conf::{Arg, Directive};
use crate::source::Span;

const HSTS: &str = "strict-transport-security";

/// Headers that are judged by their presence: what they say cannot be ranked.
const OTHERS: [&str; 7] = [
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
];

/// The values of headers by their names in small letters, with their lines.
type Headers = BTreeMap<String, (String, Vec<Span>)>;

/// Whether judgements of a kind are about one of the headers.
pub(super) fn is_one(kind: &str) -> bool {
    kind == "hsts" || OTHERS.contains(&kind)
}

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let (old, new) = (read(before), read(after));
    let of_side = |headers: &Headers, name: &str| headers.get(name).map(|(_, lines)| lines.clone()).unwrap_or_default();
    let value = |headers: &Headers, name: &str| headers.get(name).map(|(value, _)| value.clone());
    let mut found = Vec::new();
    let hsts = |headers: &Headers| value(headers, HSTS).map(|value| Hsts::of_header(&value)).unwrap_or_default();
    if let Some((verdict, message)) = hsts(&old).told(hsts(&new)) {
        found.push(Judgement::new("hsts", Some(verdict), message, [of_side(&old, HSTS), of_side(&new, HSTS)]));
    }
    for name in OTHERS {
        let (was, is) = (value(&old, name), value(&new, name));
        let (shift, what) = match (&was, &is) {
            _ if was == is => continue,
            (Some(_), None) => (Shift::OPENS, "removed"),
            (None, Some(_)) => (Shift::CLOSES, "added"),
            _ => (Shift::DIFFERS, "changed"),
        };
        let message = format!("header `{name}` {what}");
        found.push(Judgement::new(name, shift.verdict(was.is_some(), is.is_some()), message, [of_side(&old, name), of_side(&new, name)]));
    }
    found.extend(of_controller(before, after));
    found
}

/// Before 1.12 the controller's own header is set in Lua.
fn of_controller<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Option<Judgement> {
    let [old, new] = [before.all("init_by_lua_block").pop()?, after.all("init_by_lua_block").pop()?];
    let hsts = |code: Directive<'_>| code.lua().and_then(|code| Hsts::of_fields(|name| field(code, name))).unwrap_or_default();
    let (verdict, message) = hsts(old).told(hsts(new))?;
    Some(Judgement::new("hsts-of-controller", Some(verdict), message, [vec![line(old)], vec![line(new)]]))
}

fn read(route: &Route<'_, '_>) -> Headers {
    let mut headers = Headers::new();
    let mut put = |name: &str, value: &str, directive: Directive<'_>| {
        let name = name.trim().to_ascii_lowercase();
        if name == HSTS || OTHERS.contains(&name.as_str()) {
            let entry = headers.entry(name).or_default();
            value.trim().clone_into(&mut entry.0);
            entry.1.push(line(directive));
        }
    };
    // nginx's own are those of the innermost level that has any, whatever they set.
    for directive in route.inherited(&["add_header"]) {
        let words: Vec<_> = directive.args().map(Arg::value).collect();
        if let [name, value, ..] = words.as_slice() {
            put(name, value, directive);
        }
    }
    for directive in route.all("more_set_headers") {
        for word in directive.args().map(Arg::value) {
            if let Some((name, value)) = word.split_once(':') {
                put(name, value, directive);
            }
        }
    }
    headers.retain(|_, (value, _)| !value.is_empty());
    headers
}
