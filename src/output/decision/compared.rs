//! In what two sides differ for a request: what a client and a backend see of it.

use std::collections::BTreeMap;

use super::{Explained, noun};
use crate::route::{Certificate, Check, CheckKind, End, Passed};

/// What a comparison of two sides says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// In what they differ; nothing where they do the same.
    pub differs: Vec<String>,
    /// What one of them does not know, and is not compared.
    pub open: Vec<&'static str>,
}

impl Explained {
    /// What another side does otherwise.
    #[must_use]
    pub fn compared(&self, other: &Self) -> Compared {
        let mut found = Compared::default();
        let (own, its) = (&self.decision, &other.decision);
        if how(&own.end) != how(&its.end) {
            found.differs.push(format!("who answers ({}: {}, {}: {})", self.role(), how(&own.end), other.role(), how(&its.end)));
        }
        if let (End::Backend(own), End::Backend(its)) = (&own.end, &its.end)
            && found.differs.is_empty()
        {
            found.passed(own, its);
        }
        let kinds: Vec<&str> =
            CheckKind::ALL.into_iter().filter(|kind| of_kind(&own.checks, *kind) != of_kind(&its.checks, *kind)).map(noun).collect();
        if !kinds.is_empty() {
            found.differs.push(format!("what is asked on the way: {}", kinds.join(", ")));
        }
        // What is told on one side alone is not known on the other, or was asked there alone.
        for way in &self.ways {
            let other = other.ways.iter().find(|other| other.when == way.when && how(&other.end) != how(&way.end));
            if let Some(other) = other {
                let when = way.when.join(" and ");
                found.differs.push(format!("what happens where {when} ({} and {})", how(&way.end), how(&other.end)));
            }
        }
        let is_known = |certificate: &Option<Certificate>| *certificate != Some(Certificate::Unknown);
        let is_same = own.certificate == its.certificate;
        found.same("the certificate", is_same, is_known(&own.certificate) && is_known(&its.certificate));
        found
    }

    /// Which of two sides it is: the first word of its name.
    fn role(&self) -> &str {
        self.side.split(' ').next().unwrap_or_default()
    }
}

impl Compared {
    /// Adds something that is the same or not, as far as both know it.
    fn same(&mut self, what: &'static str, is_same: bool, is_known: bool) {
        match (is_known, is_same) {
            (false, false) => self.open.push(what),
            (true, false) => self.differs.push(what.to_owned()),
            (_, true) => {}
        }
    }

    /// What one backend gets from both.
    fn passed(&mut self, own: &Passed, its: &Passed) {
        self.same("the path at the backend", own.uri == its.uri, own.uri.is_some() && its.uri.is_some());
        self.same("the method at the backend", own.method == its.method, true);
        self.same("the host that the backend sees", own.host == its.host, own.host.is_some() && its.host.is_some());
        self.same("the protocol of the backend", own.protocol == its.protocol, true);
        let (before, after) = (headers(own), headers(its));
        let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
        let is_other = |name: &&String| match (before.get(*name), after.get(*name)) {
            (Some(own), Some(its)) => own != its && !own.iter().chain(its).any(Option::is_none),
            (own, its) => own.is_some() != its.is_some(),
        };
        let names: Vec<&str> = names.filter(is_other).map(String::as_str).collect();
        if !names.is_empty() {
            self.differs.push(format!("headers that the backend sees: {}", names.join(", ")));
        }
        self.same("headers that are not passed on", own.removed == its.removed, true);
        self.same("what gets copies", own.mirrors == its.mirrors, true);
        self.same("the canary", own.canary == its.canary, true);
        self.same("errors that have pages of the proxy", own.error_pages == its.error_pages, true);
        self.same("the endpoints", own.endpoints == its.endpoints, own.endpoints.is_some() && its.endpoints.is_some());
    }
}

/// Who answers, in a few words.
fn how(end: &End) -> String {
    match end {
        End::Answer(answer) => match &answer.redirect {
            Some(to) => format!("{} to {to}", answer.status),
            None => answer.status.to_string(),
        },
        End::Backend(passed) => passed.whom(),
        End::Closed => String::from("the connection is closed"),
        End::Unknown => String::from("not known"),
    }
}

fn of_kind(checks: &[Check], kind: CheckKind) -> Vec<(crate::route::Verdict, &str)> {
    checks.iter().filter(|check| check.kind == kind).map(|check| (check.verdict, check.detail.as_str())).collect()
}

fn headers(passed: &Passed) -> BTreeMap<String, Vec<Option<&str>>> {
    let mut all: BTreeMap<String, Vec<Option<&str>>> = BTreeMap::new();
    for (name, value) in &passed.headers {
        all.entry(name.to_ascii_lowercase()).or_default().push(value.as_deref());
    }
    all
}
