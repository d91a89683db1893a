//! In what two ends of the same requests differ.

use std::collections::BTreeSet;

use super::leaf::{End, Gets, Leaf};
use super::term::{CONNECTION, FORWARDED, Input, Op, Shared, Term};
use crate::route::decision::CheckKind;

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Who answers: a backend, or the proxy with a status.
    Answer,
    /// Where a redirect leads.
    Redirect,
    /// What the proxy writes in an answer of its own.
    Text,
    /// The protocol that the backend is spoken to in.
    Protocol,
    /// The method that the backend sees.
    Method,
    /// The path and the arguments that the backend sees.
    Path,
    /// The host that the backend sees.
    Host,
    /// A header that the backend sees.
    Header(String),
    /// Which share of the requests others get.
    Canary,
    /// Where copies go.
    Mirror,
    /// What is asked of requests on the way.
    Check(CheckKind),
    /// The largest body.
    Body,
    /// The certificate that clients get.
    Certificate,
    /// What nobody here understands.
    Doubt,
}

impl Kind {
    /// The word for it in machine formats.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Redirect => "redirect",
            Self::Text => "text",
            Self::Protocol => "protocol",
            Self::Method => "method",
            Self::Path => "path",
            Self::Host => "host",
            Self::Header(_) => "header",
            Self::Canary => "canary",
            Self::Mirror => "mirror",
            Self::Check(kind) => kind.name(),
            Self::Body => "body-size",
            Self::Certificate => "certificate",
            Self::Doubt => "unknown",
        }
    }
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Aspect {
    /// What.
    pub kind: Kind,
    /// As it is on the first side: a text with variables, as people write them.
    pub base: String,
    /// On the second.
    pub head: String,
}

fn aspect(kind: Kind, base: impl Into<String>, head: impl Into<String>) -> Aspect {
    Aspect { kind, base: base.into(), head: head.into() }
}

/// How deep values within values are shown.
const DEEPEST: usize = 6;

/// How much of a table or a list is shown where only that tells two values apart.
const LONGEST: usize = 120;

/// What stands between these in the words for a check tells it from others, and is not shown.
pub(in crate::route) const HIDDEN: [char; 2] = ['\u{3}', '\u{4}'];

/// A value in words.
pub(in crate::route) fn shown(term: &Term) -> String {
    shown_at(term, 0, false)
}

/// The same with all that tells it from others, as how the address of the client is found.
pub(in crate::route) fn shown_whole(term: &Term) -> String {
    shown_at(term, 0, true)
}

/// Two values that differ, in words that differ.
fn both(base: &[&Term], head: &[&Term]) -> [String; 2] {
    let words = |shown: fn(&Term) -> String| [base, head].map(|terms| terms.iter().map(|term| shown(term)).collect::<Vec<_>>().join(", "));
    let plain = words(shown);
    apart(if plain[0] == plain[1] { words(shown_whole) } else { plain })
}

/// The same, where nothing but the spelling tells them apart.
fn apart([base, head]: [String; 2]) -> [String; 2] {
    let head = if base == head && !base.is_empty() { format!("{head} (made otherwise)") } else { head };
    [base, head]
}

fn shown_at(term: &Term, depth: usize, is_whole: bool) -> String {
    if depth > DEEPEST {
        return String::from("…");
    }
    let first = |of: &Shared| of.first().map(|term| shown_at(term, depth + 1, is_whole)).unwrap_or_default();
    let cut = |text: &str| {
        let text = text.replace(['\u{1}', '\u{2}'], " ");
        let mut characters = text.chars();
        let shown: String = characters.by_ref().take(LONGEST).collect();
        if characters.next().is_some() { format!("{shown}…") } else { shown }
    };
    match term {
        Term::Literal(text) => String::from_utf8_lossy(text).into_owned(),
        Term::Input(Input::Client(way)) if is_whole && &**way == CONNECTION => String::from("$remote_addr, as the connection has it"),
        Term::Input(Input::Client(way)) if is_whole => format!("$remote_addr, as {} says it", cut(way)),
        Term::Input(input) => input_shown(input),
        Term::Group(pattern, of) => format!("{{what `{pattern}` finds in {}}}", first(of)),
        Term::Apply(Op::Question, of) => format!("{{?{}}}", first(of)),
        Term::Apply(Op::Ampersand, of) => format!("{{&{}}}", first(of)),
        Term::Apply(Op::EscapePath | Op::EscapePathIfQuoted | Op::EscapeArgsIfQuoted | Op::Unescape, of) => first(of),
        Term::Apply(Op::Skip(length), of) => format!("{{{} without {length} bytes}}", first(of)),
        Term::Apply(Op::Component, of) => format!("{{{} escaped}}", first(of)),
        Term::Apply(_, of) => format!("{{of {}}}", first(of)),
        Term::Lookup(name, _) if &**name == FORWARDED => format!("${FORWARDED}"),
        Term::Lookup(table, of) if is_whole => format!("{{looked up by {} in {}}}", first(of), cut(table)),
        Term::Lookup(_, of) => format!("{{looked up by {}}}", first(of)),
        Term::Join(parts) => parts.iter().map(|part| shown_at(part, depth + 1, is_whole)).collect(),
    }
}

fn input_shown(input: &Input) -> String {
    match input {
        Input::Path => String::from("$uri"),
        Input::Args => String::from("$args"),
        Input::Target => String::from("$request_uri"),
        Input::Method => String::from("$request_method"),
        Input::Host => String::from("$host"),
        Input::HttpHost => String::from("$http_host"),
        Input::Header(name) => format!("$http_{name}"),
        Input::Cookie(name) => format!("$cookie_{name}"),
        Input::Argument(name) => format!("$arg_{name}"),
        Input::Client(_) => String::from("$remote_addr"),
        Input::Outside(what) => what.replace(['\u{1}', '\u{2}'], " "),
    }
}

/// An end in a few words.
pub(in crate::route) fn told(end: &End) -> String {
    match end {
        End::Answer { status, redirect: Some(to), .. } => format!("{status} to {}", shown(to)),
        End::Answer { status, .. } => status.to_string(),
        End::Backend(gets) => gets.whom.clone(),
        End::Closed => String::from("closed"),
        End::Beyond(why) => why.replace(['\u{1}', '\u{2}'], " "),
    }
}

/// All that differs between two leaves.
pub(in crate::route) fn unlike(base: &Leaf, head: &Leaf) -> Vec<Aspect> {
    let mut all = Vec::new();
    match (&base.end, &head.end) {
        (End::Backend(one), End::Backend(other)) => of_backends(one, other, &mut all),
        (End::Answer { status, redirect, text }, End::Answer { status: other_status, redirect: other_redirect, text: other_text }) => {
            if status != other_status || redirect.is_some() != other_redirect.is_some() {
                let [before, after] = apart([told(&base.end), told(&head.end)]);
                all.push(aspect(Kind::Answer, before, after));
            } else if redirect != other_redirect {
                all.push(of_terms(Kind::Redirect, redirect.as_ref(), other_redirect.as_ref()));
            } else if text != other_text {
                all.push(of_terms(Kind::Text, text.as_ref(), other_text.as_ref()));
            }
        }
        (one, other) if one == other => {}
        (one, other) => {
            let [before, after] = apart([told(one), told(other)]);
            all.push(aspect(Kind::Answer, before, after));
        }
    }
    of_checks(base, head, &mut all);
    let reads = |leaf: &Leaf| matches!(leaf.end, End::Backend(_));
    if base.body != head.body && reads(base) && reads(head) {
        all.push(aspect(Kind::Body, base.body.to_string(), head.body.to_string()));
    }
    if base.doubts != head.doubts {
        let text = |leaf: &Leaf| leaf.doubts.join("; ").replace(['\u{1}', '\u{2}'], " ");
        all.push(aspect(Kind::Doubt, text(base), text(head)));
    }
    all
}

fn of_backends(one: &Gets, other: &Gets, all: &mut Vec<Aspect>) {
    if one.whom != other.whom {
        all.push(aspect(Kind::Answer, &*one.whom, &*other.whom));
    }
    if one.protocol != other.protocol {
        all.push(aspect(Kind::Protocol, &*one.protocol, &*other.protocol));
    }
    for (kind, before, after) in
        [(Kind::Method, &one.method, &other.method), (Kind::Path, &one.uri, &other.uri), (Kind::Host, &one.host, &other.host)]
    {
        if before != after {
            all.push(of_terms(kind, before.as_ref(), after.as_ref()));
        }
    }
    let names: BTreeSet<&String> = one.headers.keys().chain(other.headers.keys()).collect();
    for name in names {
        let (before, after) = (one.headers.get(name), other.headers.get(name));
        if before != after {
            // A header that is set to nothing is not sent, as one of the client's would be that nobody sets.
            let own = [Term::header(&name.replace('-', "_"))];
            let [before, after] = [before, after].map(|values| values.map_or(&own[..], Vec::as_slice).iter().collect::<Vec<_>>());
            let [before, after] = both(&before, &after);
            all.push(aspect(Kind::Header(name.clone()), before, after));
        }
    }
    if one.removed != other.removed {
        all.push(aspect(Kind::Header(String::from("*")), one.removed.join(", "), other.removed.join(", ")));
    }
    if one.canary != other.canary {
        let text = |gets: &Gets| gets.canary.iter().map(|(whom, share)| format!("{whom} {}‰", share / 100)).collect::<Vec<_>>().join(", ");
        all.push(aspect(Kind::Canary, text(one), text(other)));
    }
    if one.mirrors != other.mirrors {
        let text = |gets: &Gets| gets.mirrors.iter().map(shown).collect::<Vec<_>>().join(", ").replace('\u{1}', " ").replace('\u{2}', "; ");
        all.push(aspect(Kind::Mirror, text(one), text(other)));
    }
}

/// What is told of two values that differ.
fn of_terms(kind: Kind, before: Option<&Term>, after: Option<&Term>) -> Aspect {
    let [before, after] = both(before.as_slice(), after.as_slice());
    aspect(kind, before, after)
}

/// The words for checks without what only tells them apart.
fn visible(text: &str) -> String {
    let mut parts = text.split(HIDDEN[0]);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shown, part| shown + part.split_once(HIDDEN[1]).map_or("", |(_, rest)| rest))
}

fn of_checks(base: &Leaf, head: &Leaf, all: &mut Vec<Aspect>) {
    let kinds: BTreeSet<CheckKind> = base.checks.iter().chain(&head.checks).map(|(kind, _)| *kind).collect();
    // Who is stopped before is not asked.
    let is_through = |leaf: &Leaf| matches!(leaf.end, End::Backend(_));
    if !(is_through(base) && is_through(head)) && base.end != head.end {
        return;
    }
    for kind in kinds {
        let of = |leaf: &Leaf| leaf.checks.iter().filter(|(known, _)| *known == kind).map(|(_, what)| what.clone()).collect::<Vec<_>>();
        let (before, after) = (of(base), of(head));
        if before != after {
            let text = |checks: Vec<String>| visible(&checks.join("; ")).replace('\u{1}', " ").replace('\u{2}', "; ");
            let [before, after] = apart([text(before), text(after)]);
            all.push(aspect(Kind::Check(kind), before, after));
        }
    }
}
