//! What becomes of a request, for people: the answer first, then the way to it, then what nearly happened.

use anstyle::AnsiColor;

use super::{Explained, Place, Unanswered};
use super::veil::Veil;
use crate::diagnostic;
use crate::output::Paint;
use crate::output::untrusted::one_line;
use crate::route::{CheckKind, Decision, End, Match, Near, Passed, Request, Verdict};
use crate::source::Span;

/// Other ways that are shown.
const MOST_WAYS: usize = 8;

/// A request and what its sides say: one of them, where they say the same.
#[must_use]
pub fn text(request: &Request, sides: &[&Explained], paint: Paint) -> String {
    let teller = Teller { veil: Veil(request), paint };
    let mut out = format!("{}\n", paint.bold(&teller.safe(&format!("{} {}", request.method, request.url()))));
    let is_same = sides.windows(2).all(|pair| pair[0].is_as(pair[1]));
    if is_same {
        if let Some(first) = sides.first() {
            if sides.len() > 1 {
                out.push_str("  both sides do the same\n");
            }
            out.push_str(&teller.side(first));
        }
        return out;
    }
    for explained in sides {
        out.push_str(&format!("\n{}\n", paint.bold(&teller.safe(&explained.side))));
        out.push_str(&teller.side(explained));
    }
    out
}

/// Tells what sides say, without secrets.
#[derive(Clone, Copy)]
struct Teller<'r> {
    veil: Veil<'r>,
    paint: Paint,
}

impl Teller<'_> {
    /// A text as a terminal may show it.
    fn safe(self, text: &str) -> String {
        one_line(&self.veil.text(text)).into_owned()
    }

    fn side(self, explained: &Explained) -> String {
        let Explained { decision, near, ways, .. } = explained;
        let mut out = format!("  {}\n", self.answer(decision));
        out.push_str(&explained.unanswered.as_ref().map(|why| self.unanswered(why)).unwrap_or_default());
        out.push_str(&self.facts(decision));
        out.push_str("\n  Why\n");
        for step in &decision.steps {
            out.push_str(&self.because(explained, &step.what, step.at));
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
                out.push_str(&self.because(explained, &format!("{} {word}: {}", noun(check.kind), check.detail), check.at));
            }
        }
        // That a backend can fail goes without saying, unless it has pages of its own for that.
        let ways: Vec<&Decision> = ways.iter().filter(|way| !is_failure(way)).collect();
        if !ways.is_empty() {
            out.push_str("\n  Otherwise\n");
            for way in ways.iter().take(MOST_WAYS) {
                let when: Vec<&str> = way.when.iter().filter(|word| !decision.when.contains(word)).map(String::as_str).collect();
                out.push_str(&format!(
                    "    {}: {}\n",
                    self.safe(&when.join(", ")),
                    Self { paint: Paint { colours: false, ..self.paint }, ..self }.answer(way)
                ));
            }
            if ways.len() > MOST_WAYS {
                out.push_str(&format!("    … and {}\n", diagnostic::more(ways.len() - MOST_WAYS, "way")));
            }
        }
        if !near.is_empty() {
            out.push_str("\n  Near misses\n");
            for near in near {
                out.push_str(&self.because(explained, &nearly(near), Some(near.at)));
            }
        }
        if !explained.unserved.is_empty() {
            out.push_str("\n  Not served, though it names the host\n");
            for place in &explained.unserved {
                let spot = place
                    .spot
                    .as_ref()
                    .map(|spot| format!("\n      {}", self.paint.dim(&self.safe(&spot.to_string()))))
                    .unwrap_or_default();
                out.push_str(&format!("    {}{spot}\n", self.safe(place.why.as_deref().unwrap_or_default())));
            }
        }
        if !decision.unknown.is_empty() {
            out.push_str("\n  Not known\n");
            for unknown in &decision.unknown {
                out.push_str(&format!("    {}\n", self.safe(unknown)));
            }
        }
        out
    }

    /// The answer in one line.
    fn answer(self, decision: &Decision) -> String {
        let (colour, text) = match &decision.end {
            End::Answer(answer) => match &answer.redirect {
                Some(to) => (AnsiColor::Yellow, format!("{}: the client is sent to {}", answer.status, self.safe(to))),
                None => (
                    if answer.status < 400 { AnsiColor::Green } else { AnsiColor::Red },
                    format!("{}: the proxy answers itself", answer.status),
                ),
            },
            End::Backend(passed) => (AnsiColor::Green, self.gets(decision, passed)),
            End::Closed => (AnsiColor::Red, String::from("the connection is closed without an answer")),
            End::Unknown => (AnsiColor::Yellow, String::from("that cannot be said")),
        };
        self.paint.styled(colour.on_default().bold(), &text)
    }

    fn gets(self, decision: &Decision, passed: &Passed) -> String {
        let whom = passed.whom();
        let mut text = format!(
            "{} gets {} {}",
            self.safe(&whom),
            self.safe(&passed.method),
            self.safe(passed.uri.as_deref().unwrap_or("a path that is not known"))
        );
        let after: Vec<&str> =
            decision.checks.iter().filter(|check| check.verdict == Verdict::Depends).map(|check| noun(check.kind)).collect();
        if !after.is_empty() {
            text.push_str(&format!(", after {}", after.join(", ")));
        }
        if let Some(share) = passed.canary.iter().find(|share| share.probability < 1.0) {
            text.push_str(&format!("; {} gets {} of them", self.safe(&share.upstream), self.safe(&share.when)));
        }
        text
    }

    /// What a client and a backend see, a line each.
    fn facts(self, decision: &Decision) -> String {
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
            lines.push(("Certificate", certificate.words()));
        }
        if let End::Backend(passed) = &decision.end {
            if let Some(host) = &passed.host {
                let host = if host.is_empty() { String::from("no Host") } else { format!("Host {host}") };
                lines.push(("Sees", format!("{host}, by {}", passed.protocol)));
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
        lines.into_iter().map(|(name, value)| format!("    {name:<14} {}\n", self.safe(&value))).collect()
    }

    /// Why nobody is there who answers.
    fn unanswered(self, Unanswered { place, others, notes, .. }: &Unanswered) -> String {
        let mut lines = vec![self.safe(place.why.as_deref().unwrap_or_default())];
        lines.extend(place.spot.iter().map(|spot| self.paint.dim(&self.safe(&spot.to_string()))));
        lines.extend(notes.iter().map(|note| self.safe(note)));
        lines.extend(others.iter().map(|other| self.paint.dim(&self.safe(&located(other)))));
        let names = std::iter::once("No endpoint").chain(std::iter::repeat(""));
        names.zip(lines).map(|(name, line)| format!("    {name:<14} {line}\n")).collect()
    }

    /// A line, and where it comes from below it.
    fn because(self, explained: &Explained, what: &str, at: Option<Span>) -> String {
        let mut out = format!("    {}\n", self.safe(what));
        if let Some(place) = explained.places.of(at) {
            let located = located(place);
            if !located.is_empty() {
                out.push_str(&format!("      {}\n", self.paint.dim(&self.safe(&located))));
            }
        }
        out
    }
}

/// A place and what it is, as far as they are known.
fn located(place: &Place) -> String {
    let parts = [place.spot.as_ref().map(ToString::to_string), place.why.clone()];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

/// Whether a way is only that of a backend that does not answer.
fn is_failure(way: &Decision) -> bool {
    matches!(&way.end, End::Answer(answer) if matches!(answer.status, 502 | 504))
        && way.when.iter().any(|when| when.starts_with("the backend "))
}

fn nearly(near: &Near) -> String {
    let path = near.ingress_path.as_deref().unwrap_or(&near.path);
    let whose = match (&near.namespace, &near.ingress) {
        (Some(namespace), Some(ingress)) => format!(" of the Ingress {namespace}/{ingress}"),
        _ => String::new(),
    };
    format!("`{path}`{whose} would take it, but {}", near.why)
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
