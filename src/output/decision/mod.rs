//! What becomes of a request: for people and for machines.

mod compared;
mod json;
mod text;
mod veil;

use std::sync::Arc;

pub use compared::Compared;
use hashbrown::HashMap;
pub use json::json;
pub use text::text;
pub(super) use veil::Veil;

use crate::route::{CheckKind, Decision, End, Near};
use crate::source::{Span, Spot};

/// Where a directive comes from.
#[derive(Debug, Clone)]
pub struct Place {
    /// The line that people can change.
    pub spot: Option<Spot>,
    /// In words; nothing for a configuration of which no manifests are known.
    pub why: Option<String>,
}

/// Where directives come from, by the places where they start.
#[derive(Debug, Clone, Default)]
pub struct Places(pub HashMap<u32, Place>);

impl Places {
    /// Where a directive comes from.
    #[must_use]
    pub fn of(&self, at: Option<Span>) -> Option<&Place> {
        self.0.get(&at?.start)
    }

    fn spot(&self, at: Option<Span>) -> Option<&Spot> {
        self.of(at)?.spot.as_ref()
    }
}

/// What one side says of a request.
#[derive(Debug)]
pub struct Explained {
    /// The side.
    pub side: String,
    /// The way on which everything lets the request through.
    pub decision: Decision,
    /// The other ways.
    pub ways: Vec<Decision>,
    /// What would have taken it otherwise.
    pub near: Vec<Near>,
    /// Ingresses that name the host and count for nothing, and why.
    pub unserved: Vec<Place>,
    /// Why nobody is there who answers, where the proxy answers for that.
    pub unanswered: Option<Unanswered>,
    /// What nginx refuses of the configuration, so that it does not take effect.
    pub refused: Arc<[Place]>,
    /// Why it is not known which endpoints a backend has, where it is not.
    pub open_endpoints: Option<&'static str>,
    /// Where the directives come from.
    pub places: Arc<Places>,
}

/// Why an upstream has no endpoint.
#[derive(Debug, Clone)]
pub struct Unanswered {
    /// The rule that finds it.
    pub rule: &'static str,
    /// The line that people can change, and what is wrong there.
    pub place: Place,
    /// Other lines that have a part in it.
    pub others: Vec<Place>,
    /// What else there is to know, and what to do.
    pub notes: Vec<String>,
}

impl Explained {
    /// All ends of the request.
    pub fn ends(&self) -> impl Iterator<Item = String> {
        std::iter::once(&self.decision).chain(&self.ways).map(|way| end(&way.end))
    }
}

/// The end of a request without places.
#[must_use]
pub fn end(end: &End) -> String {
    match end {
        End::Answer(answer) => format!("{} {:?}", answer.status, answer.redirect),
        End::Backend(passed) => {
            let passed = crate::route::Passed { at: None, ..(**passed).clone() };
            format!("{passed:?}")
        }
        End::Closed => String::from("closed"),
        End::Unknown => String::from("unknown"),
    }
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
