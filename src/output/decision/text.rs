//! What becomes of a request, for people: the answer first, then the way to it, then what nearly happened.

use anstyle::AnsiColor;

use super::veil::Veil;
use super::{Explained, Place, Unanswered, end, noun};
use crate::diagnostic::{self, few, room};
use crate::output::Paint;
use crate::output::untrusted::one_line;
use crate::route::{CheckKind, Decision, End, Match, Near, Passed, Request, Verdict};
use crate::source::Span;

/// Other ways that are shown.
const MOST_WAYS: usize = 8;
/// What nginx refuses that is shown.
const MOST_REFUSED: usize = 2;
/// Endpoints that are shown.
const MOST_ENDPOINTS: usize = 3;

/// A request and what its sides say: one of them, where they say the same.
#[must_use]
pub fn text(request: &Request, sides: &[&Explained], paint: Paint) -> String {
    let teller = Teller { veil: Veil(request), paint };
    let mut out = format!("{}\n", paint.bold(&teller.safe(&format!("{} {}", request.method, request.url()))));
    let compared = match sides {
        [one] => {
            out.push_str(&teller.side(one));
            return out;
        }
        [one, other, ..] => one.compared(other),
        [] => return out,
    };
    let open = if compared.open.is_empty() {
        String::new()
    } else {
        format!("; not compared, as one side does not know it: {}", compared.open.join(", "))
    };
    if compared.differs.is_empty() {
        out.push_str(&format!("  declared and live answer alike{open}\n"));
        // That which knows more of it says it.
        let knows = |side: &&&Explained| matches!(&side.decision.end, End::Backend(passed) if passed.endpoints.is_some());
        out.push_str(&sides.iter().find(knows).or(sides.first()).map(|side| teller.side(side)).unwrap_or_default());
        return out;
    }
    let differs = format!("declared and live differ in {}{open}", compared.differs.join("; "));
    out.push_str(&format!("  {}\n", paint.styled(AnsiColor::Yellow.on_default().bold(), &teller.safe(&differs))));
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
        let where_from = match depends_on_client(decision, ways) {
            true => format!(", where {}", self.safe(&decision.of_client().collect::<Vec<_>>().join(" and "))),
            false => String::new(),
        };
        let mut out = format!("  {}{where_from}\n", self.answer(decision));
        out.push_str(&self.refused(explained));
        out.push_str(&explained.unanswered.as_ref().map(|why| self.unanswered(why)).unwrap_or_default());
        out.push_str(&self.facts(decision, explained.open_endpoints));
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
        out.push_str(&self.otherwise(decision, ways));
        if !near.is_empty() {
            out.push_str("\n  Near misses\n");
            for near in near {
                out.push_str(&self.because(explained, &nearly(near), Some(near.at)));
            }
        }
        out.push_str(&self.unserved(&explained.unserved));
        if !decision.unknown.is_empty() {
            out.push_str("\n  Not known\n");
            for unknown in &decision.unknown {
                out.push_str(&format!("    {}\n", self.safe(unknown)));
            }
        }
        out
    }

    /// What keeps the configuration from taking effect.
    fn refused(self, explained: &Explained) -> String {
        let mut out = String::new();
        let most = room(explained.refused.len(), MOST_REFUSED);
        for refused in &explained.refused[..most] {
            out.push_str(&format!("    {:<14} {}\n", "Not in effect", self.safe(refused.why.as_deref().unwrap_or_default())));
            if let Some(spot) = &refused.spot {
                out.push_str(&format!("    {:<14} {}\n", "", self.paint.dim(&self.safe(&spot.to_string()))));
            }
        }
        if explained.refused.len() > most {
            let more = diagnostic::more(explained.refused.len() - most, "refusal");
            out.push_str(&format!("    {:<14} and {more}, which `check` tells\n", ""));
        }
        out
    }

    /// The other ways.
    fn otherwise(self, decision: &Decision, ways: &[Decision]) -> String {
        let mut out = String::new();
        // That a backend can fail goes without saying, unless it has pages of its own for that.
        let ways: Vec<&Decision> = ways.iter().filter(|way| !is_failure(way)).collect();
        if !ways.is_empty() {
            out.push_str("\n  Otherwise\n");
            let most = room(ways.len(), MOST_WAYS);
            for way in ways.iter().take(most) {
                let when: Vec<&str> = way.when.iter().filter(|word| !decision.when.contains(word)).map(String::as_str).collect();
                out.push_str(&format!(
                    "    {}: {}\n",
                    self.safe(&when.join(", ")),
                    Self { paint: Paint { colours: false, ..self.paint }, ..self }.answer(way)
                ));
            }
            if ways.len() > most {
                out.push_str(&format!("    … and {}\n", diagnostic::more(ways.len() - most, "way")));
            }
        }
        out
    }

    /// Ingresses that name the host and count for nothing.
    fn unserved(self, unserved: &[Place]) -> String {
        let mut out = String::new();
        if !unserved.is_empty() {
            out.push_str("\n  Not served, though it names the host\n");
            for place in unserved {
                let spot = place
                    .spot
                    .as_ref()
                    .map(|spot| format!("\n      {}", self.paint.dim(&self.safe(&spot.to_string()))))
                    .unwrap_or_default();
                out.push_str(&format!("    {}{spot}\n", self.safe(place.why.as_deref().unwrap_or_default())));
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
        let after: Vec<&str> = decision
            .checks
            .iter()
            .filter(|check| check.verdict == Verdict::Depends && !is_of_address(check.kind))
            .map(|check| noun(check.kind))
            .collect();
        if !after.is_empty() {
            text.push_str(&format!(", after {}", after.join(", ")));
        }
        if let Some(share) = passed.canary.iter().find(|share| share.probability < 1.0) {
            text.push_str(&format!(", and {} gets {} instead", self.safe(share.whom()), self.safe(&share.when)));
        }
        text
    }

    /// What a client and a backend see, a line each.
    fn facts(self, decision: &Decision, open_endpoints: Option<&str>) -> String {
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
            match (&passed.endpoints, open_endpoints) {
                (Some(endpoints), _) => lines.push(("Endpoints", few(endpoints, MOST_ENDPOINTS).join(", "))),
                (None, Some(why)) => lines.push(("Endpoints", format!("not known: {why}"))),
                (None, None) => {}
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

/// Whether a check asks for the address alone: what it depends on is named in its own words.
fn is_of_address(kind: CheckKind) -> bool {
    matches!(kind, CheckKind::Allow | CheckKind::Deny)
}

/// Whether another client would get another answer, and nobody says which one asks.
fn depends_on_client(decision: &Decision, ways: &[Decision]) -> bool {
    let is_of_other = |way: &&Decision| way.of_client().any(|condition| decision.of_client().all(|own| own != condition));
    ways.iter().filter(is_of_other).any(|way| end(&way.end) != end(&decision.end))
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
