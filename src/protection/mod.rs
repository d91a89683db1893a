//! What a configuration lets through: who may reach a route, after which checks, over which TLS, how often.
//!
//! Each file is one kind of protection. It reads a value from the levels around a route as nginx does (what is inherited counts as
//! much as what stands there) and compares two of them by what they admit, never by whether a directive is there. What admits more
//! is weaker, whatever was added or taken away for it; of what cannot be ranked it is said that it cannot.

mod access;
mod addresses;
mod answer;
mod backend;
mod body;
mod client_certificate;
mod cors;
mod forwarded;
mod gates;
mod headers;
mod https;
mod key;
mod lines;
pub mod lua;
mod rates;
mod refusals;
mod route;
mod shift;
mod sign_in;
mod tls;
mod units;
mod waf;

use answer::Answer;
pub use https::is_redirected_for_its_certificate;
pub use route::{Configuration, Route};

use crate::source::Span;

/// What became of a protection, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It no longer protects.
    Lost,
    /// It lets more through.
    Weaker,
    /// It lets something else through: neither is a part of the other, or nobody can know.
    Changed,
    /// It lets less through.
    Stronger,
    /// It protects, and did not before.
    Gained,
}

impl Verdict {
    /// All verdicts, worst first.
    pub const ALL: [Self; 5] = [Self::Lost, Self::Weaker, Self::Changed, Self::Stronger, Self::Gained];

    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Weaker => "weaker",
            Self::Changed => "changed",
            Self::Stronger => "stronger",
            Self::Gained => "gained",
        }
    }

    /// Whether something is let through that was not.
    #[must_use]
    pub fn opens(self) -> bool {
        matches!(self, Self::Lost | Self::Weaker)
    }

    /// What several routes come to that one change is about.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            (Self::Lost | Self::Weaker, Self::Lost | Self::Weaker) => Self::Weaker,
            (Self::Gained | Self::Stronger, Self::Gained | Self::Stronger) => Self::Stronger,
            _ => Self::Changed,
        }
    }
}

/// The kind of judgements about routes that answer every request by themselves on one side alone.
const CLOSED: &str = "closed";

/// What became of one protection of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Which protection: judgements of one kind that rest on the same line are one difference.
    pub kind: &'static str,
    /// What became of it; none where it is written otherwise and lets the same through.
    pub verdict: Option<Verdict>,
    /// What happened, in words.
    pub message: String,
    /// The lines that it rests on in the first configuration, the most telling first.
    pub before: Vec<Span>,
    /// The same in the second.
    pub after: Vec<Span>,
}

impl Judgement {
    /// Whether a route answers every request by itself on one side alone.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.kind == CLOSED
    }

    /// Whether it is about requests over HTTP alone.
    #[must_use]
    pub fn is_of_plain_http(&self) -> bool {
        self.kind == https::KIND
    }

    /// Whether it is about a header of answers.
    #[must_use]
    pub fn is_of_headers(&self) -> bool {
        headers::is_one(self.kind)
    }

    fn new(kind: &'static str, verdict: Option<Verdict>, message: impl Into<String>, lines: [Vec<Span>; 2]) -> Self {
        let [before, after] = lines;
        let mut message = message.into();
        if verdict.is_none() {
            message.push_str(", with the same effect");
        }
        Self { kind, verdict, message, before, after }
    }
}

/// Compares one kind of protection of a route on both sides.
type Compare = for<'a> fn(&Route<'_, 'a>, &Route<'_, 'a>) -> Vec<Judgement>;

/// What protects a host as a whole, before a request is read.
const OF_HOSTS: &[Compare] = &[tls::compare, client_certificate::compare, refusals::compare, forwarded::compare];

/// What protects a path.
const OF_PATHS: &[Compare] = &[
    access::compare,
    refusals::compare,
    rates::compare,
    https::compare,
    waf::compare,
    cors::compare,
    headers::compare,
    backend::compare,
    body::compare,
];

/// What became of the protections of a host: the levels end with its server.
#[must_use]
pub fn of_host<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    OF_HOSTS.iter().flat_map(|compare| compare(before, after)).collect()
}

/// What became of the protections of a path: the levels end with its location.
#[must_use]
pub fn of_path<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let (old, new) = (Answer::of(before), Answer::of(after));
    match (&old, &new) {
        (Answer::Passed, Answer::Passed) => OF_PATHS.iter().flat_map(|compare| compare(before, after)).collect(),
        // What cannot be reached needs no checks: it is opened or closed as a whole.
        (Answer::Refused(code), Answer::Passed) => {
            let message = format!("served again, where every request was answered {code}");
            vec![Judgement::new(CLOSED, Some(Verdict::Weaker), message, [before.whole(), after.whole()])]
        }
        (Answer::Passed, Answer::Refused(code)) => {
            let message = format!("closed: every request is answered {code}");
            vec![Judgement::new(CLOSED, Some(Verdict::Stronger), message, [before.whole(), after.whole()])]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
