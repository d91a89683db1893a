//! What is proved of two configurations: for people and for machines.

mod html;
mod json;
mod lines;
mod markdown;
mod requests;
mod text;

pub use html::html;
pub use json::json;
pub use lines::github;
pub use markdown::markdown;
pub use requests::{curl, jsonl};
pub use text::text;

use super::decision::{Place, Places};
use crate::credentials::{HIDDEN, hide, is_name};
use crate::prove::Proved;
use crate::route::{Aspect, CheckKind, Decision, Difference, End, HostProof, Kind, ProofVerdict, Region, Request, Strength};

/// What is proved, and of what.
#[derive(Debug)]
pub struct Shown {
    /// What the sides are called.
    pub names: [String; 2],
    /// What was found.
    pub proved: Proved,
    /// Where the directives of the sides come from.
    pub places: [Places; 2],
    /// What is not compared, in sentences.
    pub notes: Vec<String>,
}

/// The word for a verdict.
fn word(verdict: ProofVerdict) -> &'static str {
    match verdict {
        ProofVerdict::Equal => "equal",
        ProofVerdict::Differs => "differs",
        ProofVerdict::NotProved => "not proved",
    }
}

fn strength_word(strength: Strength) -> &'static str {
    match strength {
        Strength::Weaker => "weaker",
        Strength::Stronger => "stronger",
        Strength::Changed => "changed",
        Strength::Added => "added",
    }
}

fn scheme(host: &HostProof) -> &'static str {
    if host.is_tls { "https" } else { "http" }
}

/// The URL of a request.
fn url(request: &Request) -> String {
    let scheme = if request.is_tls { "https" } else { "http" };
    let url = format!("{scheme}://{}{}", request.host.as_deref().unwrap_or_default(), String::from_utf8_lossy(&request.target));
    hide(&url).into_owned()
}

/// The headers of a request. A value that a configuration asks for can be a secret of it.
fn headers(request: &Request) -> impl Iterator<Item = (&str, String)> {
    request.headers.iter().map(|(name, value)| (name.as_str(), shown_value(name, value)))
}

fn shown_value(name: &str, value: &str) -> String {
    // A letter stands for any value, and two words are what canaries ask for.
    let shown = |value: &str| if value.len() <= 1 || matches!(value, "always" | "never") { value.to_owned() } else { HIDDEN.to_owned() };
    match name {
        _ if !is_name(name) => hide(value).into_owned(),
        _ if name.eq_ignore_ascii_case("cookie") => {
            let pair = |pair: &str| match pair.split_once('=') {
                Some((name, value)) => format!("{name}={}", shown(value)),
                None => shown(pair),
            };
            value.split("; ").map(pair).collect::<Vec<_>>().join("; ")
        }
        _ => shown(value),
    }
}

/// What a request has beyond its URL, as options of `explain`.
fn options(request: &Request) -> Vec<String> {
    let mut all: Vec<String> = headers(request).map(|(name, value)| format!("-H {}", quoted(&format!("{name}: {value}")))).collect();
    if request.client != std::net::Ipv4Addr::LOCALHOST {
        all.push(format!("--client-ip {}", request.client));
    }
    if request.certificate == crate::route::ClientCertificate::Valid {
        all.push(String::from("--client-cert"));
    }
    all.extend(request.body.map(|length| format!("--body {length}")));
    all
}

/// A request in one line, as `explain` takes it.
fn request_line(request: &Request) -> String {
    format!("{} {} {}", request.method, url(request), options(request).join(" ")).trim_end().to_owned()
}

/// A word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// What becomes of a request, in one line.
fn told(decision: &Decision) -> String {
    let text = match &decision.end {
        End::Answer(answer) => match &answer.redirect {
            Some(to) => format!("{} to {to}", answer.status),
            None => answer.status.to_string(),
        },
        End::Backend(passed) => {
            format!("{} gets {} {}", passed.whom(), passed.method, passed.uri.as_deref().unwrap_or("a path that is not known"))
        }
        End::Closed => String::from("the connection is closed"),
        End::Unknown => String::from("that cannot be said"),
    };
    let conditions: Vec<&str> = decision.when.iter().map(String::as_str).filter(|when| !is_usual(when)).collect();
    let text = if conditions.is_empty() { text } else { format!("{text}, where {}", conditions.join(", ")) };
    hide(&text).into_owned()
}

/// What goes without saying.
fn is_usual(when: &str) -> bool {
    matches!(when, "the proxy has no such file" | "requests are seldom enough" | "there are few enough connections")
}

/// What differs, as people call it.
fn what(kind: &Kind) -> String {
    match kind {
        Kind::Answer => String::from("answer"),
        Kind::Redirect => String::from("redirect"),
        Kind::Text => String::from("text of the answer"),
        Kind::Protocol => String::from("protocol to the backend"),
        Kind::Method => String::from("method at the backend"),
        Kind::Path => String::from("path at the backend"),
        Kind::Host => String::from("host at the backend"),
        Kind::Header(name) => format!("header {name} at the backend"),
        Kind::Canary => String::from("shares"),
        Kind::Mirror => String::from("copies"),
        Kind::Check(kind) => match kind {
            CheckKind::Allow | CheckKind::Deny => "addresses",
            CheckKind::Password => "password",
            CheckKind::ExternalAuth => "authentication service",
            CheckKind::ClientCertificate => "certificate of the client",
            CheckKind::Rate => "limit of requests",
            CheckKind::Connections => "limit of connections",
            CheckKind::BodySize => "size of the body",
            CheckKind::Waf => "firewall",
        }
        .to_owned(),
        Kind::Body => String::from("largest body"),
        Kind::Certificate => String::from("certificate"),
        Kind::Doubt => String::from("what is not understood"),
    }
}

/// A value of an aspect without secrets: that of a header by its name, too.
fn value(aspect: &Aspect, text: &str) -> String {
    match &aspect.kind {
        Kind::Header(name) if crate::credentials::is_name(name) && !text.starts_with('$') && !text.is_empty() => {
            crate::credentials::HIDDEN.to_owned()
        }
        _ => hide(text).into_owned(),
    }
}

/// What differs besides the answers, where those to the smallest request are told and differ.
fn beside_answers(difference: &Difference) -> impl Iterator<Item = &Aspect> {
    let [base, head] = difference.decisions.as_ref();
    let are_told = told(base) != told(head);
    difference.aspects.iter().filter(move |aspect| !are_told || aspect.kind != Kind::Answer)
}

/// Both values of what differs. What looks alike, as both are secret, is told apart; of a check that one side does not make, its
/// beginning says which one it is.
fn both(aspect: &Aspect) -> [String; 2] {
    let is_one_sided = matches!(aspect.kind, Kind::Check(_)) && aspect.base.is_empty() != aspect.head.is_empty();
    let shown = |text: &str| {
        let whole = value(aspect, text);
        if is_one_sided { whole.split("; ").next().unwrap_or_default().to_owned() } else { whole }
    };
    apart([shown(&aspect.base), shown(&aspect.head)])
}

/// Two values that differ, where they may look alike.
fn apart([base, head]: [String; 2]) -> [String; 2] {
    let head = if base == head { format!("{head} (another)") } else { head };
    [base, head]
}

/// What is said of a directive that a side does not have.
const NOT_SAID: &str = "not said";

/// What a side says of a directive, without secrets.
fn said(name: &str, text: &str) -> String {
    if text.is_empty() { NOT_SAID.to_owned() } else { directive(name, text) }
}

/// The value of a directive without secrets.
fn directive(name: &str, text: &str) -> String {
    let whole = format!("{name} {text}");
    let hidden = hide(&whole).into_owned();
    hidden.strip_prefix(name).map_or(hidden.clone(), |rest| rest.trim().to_owned())
}

/// Where a decision comes from: the location that took the request, and the directive that answered it.
fn places_of<'p>(places: &'p Places, decision: &Decision) -> Vec<&'p Place> {
    let end = match &decision.end {
        End::Answer(answer) => answer.at,
        End::Backend(_) | End::Closed | End::Unknown => None,
    };
    let location = decision.location.as_ref().map(|location| location.at);
    let server = decision.server.as_ref().map(|server| server.at).filter(|_| location.is_none());
    let mut found: Vec<&Place> = Vec::new();
    for place in [end, location, server].into_iter().filter_map(|at| places.of(at)) {
        let is_new = found.iter().all(|known| known.spot.as_ref().map(ToString::to_string) != place.spot.as_ref().map(ToString::to_string));
        if is_new && (place.spot.is_some() || place.why.is_some()) {
            found.push(place);
        }
    }
    found.truncate(2);
    found
}

fn place_text(place: &Place) -> String {
    let spot = place.spot.as_ref().map(ToString::to_string).unwrap_or_default();
    let why = place.why.clone().unwrap_or_default();
    let between = if spot.is_empty() || why.is_empty() { "" } else { ": " };
    format!("{spot}{between}{why}")
}

/// The requests of a region, as a sentence.
fn region(region: &Region) -> String {
    let location = |side: &Option<String>| side.as_ref().map_or_else(|| String::from("nothing"), |text| format!("`{text}`"));
    let examples: Vec<&str> = region.paths.iter().map(String::as_str).take(4).collect();
    let examples = if examples.is_empty() { String::new() } else { format!(", as {}", examples.join(" ")) };
    match (&region.base, &region.head) {
        (None, None) => format!("paths{examples}"),
        (base, head) if base == head => format!("paths that {} takes{examples}", location(base)),
        (base, head) => format!("paths that {} takes on the one side and {} on the other{examples}", location(base), location(head)),
    }
}

/// How many others a difference stands for.
fn others(difference: &Difference) -> String {
    match difference.others {
        0 => String::new(),
        1 => String::from("; one other group of paths does the same"),
        count => format!("; {count} other groups of paths do the same"),
    }
}
