//! What becomes of a request, for people: the answer first, then the way to it, then what nearly happened.

use anstyle::AnsiColor;

use super::json::url;
use super::{Explained, Places};
use crate::output::Paint;
use crate::output::untrusted::one_line as safe;
use crate::route::{Certificate, CheckKind, Decision, End, Match, Near, Passed, Request, Verdict};
use crate::source::Span;

/// Other ways that are shown.
const MOST_WAYS: usize = 8;

/// A request and what its sides say: one of them, where they say the same.
#[must_use]
pub fn text(request: &Request, sides: &[&Explained], paint: Paint) -> String {
    let mut out = format!("{}\n", paint.bold(&safe(&format!("{} {}", request.method, url(request)))));
    let is_same = sides.windows(2).all(|pair| pair[0].is_as(pair[1]));
    if is_same {
        if let Some(first) = sides.first() {
            if sides.len() > 1 {
                out.push_str("  both sides do the same\n");
            }
            out.push_str(&side(first, paint));
        }
        return out;
    }
    for explained in sides {
        out.push_str(&format!("\n{}\n", paint.bold(&safe(&explained.side))));
        out.push_str(&side(explained, paint));
    }
    out
}

fn side(explained: &Explained, paint: Paint) -> String {
    let Explained { decision, places, near, ways, .. } = explained;
    let mut out = format!("  {}\n", answer(decision, paint));
    out.push_str(&facts(decision));
    out.push_str("\n  Why\n");
    for step in &decision.steps {
        out.push_str(&because(&safe(&step.what), places, step.at, paint));
    }
    let asked: Vec<_> = decision.checks.iter().filter(|check| check.verdict != Verdict::Refuse).collect();
    if !asked.is_empty() {
        out.push_str("\n  Checks on the way\n");
        for check in asked {
            let word = match check.verdict {
                Verdict::Pass => "passes",
                Verdict::Refuse => "refuses",
                Verdict::Depends => "depends",
            };
            out.push_str(&because(&safe(&format!("{} {word}: {}", noun(check.kind), check.detail)), places, check.at, paint));
        }
    }
    // That a backend can fail goes without saying, unless it has pages of its own for that.
    let ways: Vec<&Decision> = ways.iter().filter(|way| !is_failure(way)).collect();
    if !ways.is_empty() {
        out.push_str("\n  Otherwise\n");
        for way in ways.iter().take(MOST_WAYS) {
            let when: Vec<&str> = way.when.iter().filter(|word| !decision.when.contains(word)).map(String::as_str).collect();
            out.push_str(&format!("    {}: {}\n", safe(&when.join(", ")), answer(way, Paint { colours: false, ..paint })));
        }
        if ways.len() > MOST_WAYS {
            out.push_str(&format!("    … and {} more ways\n", ways.len() - MOST_WAYS));
        }
    }
    if !near.is_empty() {
        out.push_str("\n  Near misses\n");
        for near in near {
            out.push_str(&because(&nearly(near), places, Some(near.at), paint));
        }
    }
    if !explained.unserved.is_empty() {
        out.push_str("\n  Not served, though it names the host\n");
        for place in &explained.unserved {
            let spot = place.spot.as_ref().map(|spot| format!("\n      {}", paint.dim(&safe(&spot.to_string())))).unwrap_or_default();
            out.push_str(&format!("    {}{spot}\n", safe(place.why.as_deref().unwrap_or_default())));
        }
    }
    if !decision.unknown.is_empty() {
        out.push_str("\n  Not known\n");
        for unknown in &decision.unknown {
            out.push_str(&format!("    {}\n", safe(unknown)));
        }
    }
    out
}

/// Whether a way is only that of a backend that does not answer.
fn is_failure(way: &Decision) -> bool {
    matches!(&way.end, End::Answer(answer) if matches!(answer.status, 502 | 504))
        && way.when.iter().any(|when| when.starts_with("the backend "))
}

/// The answer in one line.
fn answer(decision: &Decision, paint: Paint) -> String {
    let (colour, text) = match &decision.end {
        End::Answer(answer) => match &answer.redirect {
            Some(to) => (AnsiColor::Yellow, format!("{}: the client is sent to {}", answer.status, safe(to))),
            None => (
                if answer.status < 400 { AnsiColor::Green } else { AnsiColor::Red },
                format!("{}: the proxy answers itself", answer.status),
            ),
        },
        End::Backend(passed) => (AnsiColor::Green, gets(decision, passed)),
        End::Closed => (AnsiColor::Red, String::from("the connection is closed without an answer")),
        End::Unknown => (AnsiColor::Yellow, String::from("that cannot be said")),
    };
    paint.styled(colour.on_default().bold(), &text)
}

fn gets(decision: &Decision, passed: &Passed) -> String {
    let whom = whom(passed);
    let mut text =
        format!("{} gets {} {}", safe(&whom), safe(&passed.method), safe(passed.uri.as_deref().unwrap_or("a path that is not known")));
    let after: Vec<&str> = decision.checks.iter().filter(|check| check.verdict == Verdict::Depends).map(|check| noun(check.kind)).collect();
    if !after.is_empty() {
        text.push_str(&format!(", after {}", after.join(", ")));
    }
    if let Some(share) = passed.canary.iter().find(|share| share.probability < 1.0) {
        text.push_str(&format!("; {} gets {} of them", safe(&share.upstream), safe(&share.when)));
    }
    text
}

/// The Service as `namespace/name:port`, else the address.
fn whom(passed: &Passed) -> String {
    match (&passed.namespace, &passed.service, &passed.port) {
        (Some(namespace), Some(service), Some(port)) => format!("{namespace}/{service}:{port}"),
        (Some(namespace), Some(service), None) => format!("{namespace}/{service}"),
        _ => passed.upstream.clone(),
    }
}

/// What a client and a backend see, a line each.
fn facts(decision: &Decision) -> String {
    let mut lines = Vec::new();
    if let Some(location) = &decision.location
        && let (Some(namespace), Some(ingress)) = (&location.namespace, &location.ingress)
    {
        let path = location.ingress_path.as_deref().unwrap_or(&location.path);
        lines.push((
            "Ingress",
            format!("{namespace}/{ingress}, path {path}{}", if location.by == Match::Regex { " as a regular expression" } else { "" }),
        ));
    }
    if let Some(certificate) = &decision.certificate {
        lines.push((
            "Certificate",
            match certificate {
                Certificate::Secret(secret) => format!("of the Secret {secret}"),
                Certificate::Default => String::from("the default one of the controller"),
                Certificate::File(file) => format!("in {file}"),
                Certificate::Unknown => String::from("not known"),
            },
        ));
    }
    if let End::Backend(passed) = &decision.end {
        if let Some(host) = &passed.host {
            lines.push(("Sees", format!("Host {host}, by {}", passed.protocol)));
        }
        if let Some(endpoints) = &passed.endpoints {
            let shown = endpoints.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            let more = if endpoints.len() > 3 { format!(" and {} more", endpoints.len() - 3) } else { String::new() };
            lines.push(("Endpoints", format!("{shown}{more}")));
        }
        if !passed.removed.is_empty() {
            lines.push(("Not passed on", passed.removed.join(", ")));
        }
        if !passed.mirrors.is_empty() {
            lines.push(("Copies go to", passed.mirrors.join(", ")));
        }
    }
    lines.into_iter().map(|(name, value)| format!("    {name:<14} {}\n", safe(&value))).collect()
}

/// A line, and where it comes from below it.
fn because(what: &str, places: &Places, at: Option<Span>, paint: Paint) -> String {
    let mut out = format!("    {what}\n");
    if let Some(place) = places.of(at) {
        let spot = place.spot.as_ref().map(ToString::to_string).unwrap_or_default();
        let why = place.why.as_deref().unwrap_or_default();
        let between = if spot.is_empty() || why.is_empty() { "" } else { ": " };
        if !spot.is_empty() || !why.is_empty() {
            out.push_str(&format!("      {}\n", paint.dim(&safe(&format!("{spot}{between}{why}")))));
        }
    }
    out
}

fn nearly(near: &Near) -> String {
    let path = near.ingress_path.as_deref().unwrap_or(&near.path);
    let whose = match (&near.namespace, &near.ingress) {
        (Some(namespace), Some(ingress)) => format!(" of the Ingress {namespace}/{ingress}"),
        _ => String::new(),
    };
    safe(&format!("`{path}`{whose} would take it, but {}", near.why)).into_owned()
}

/// A check as people call it.
fn noun(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Allow => "the list of addresses",
        CheckKind::Deny => "the list of refused addresses",
        CheckKind::Password => "a password",
        CheckKind::ExternalAuth => "an authentication service",
        CheckKind::ClientCertificate => "a client certificate",
        CheckKind::Rate => "a limit of requests",
        CheckKind::Connections => "a limit of connections",
        CheckKind::BodySize => "the size of the body",
        CheckKind::Waf => "a firewall",
    }
}
