//! What of a decision clients and backends notice, without what only this request brings along.

use crate::access_log::Entry;
use crate::route::{self, CheckKind, Decision, Followed, Verdict};

/// How requests of a group end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    /// A Service gets them, as `namespace/name:port`, or an upstream.
    Backend(String),
    /// The proxy answers.
    Status(u16),
    /// The proxy sends the client elsewhere.
    Redirect(u16),
    /// The connection is closed.
    Closed,
    /// The log says that there was no upstream, and with which status it ended, where it says that.
    Unpassed(Option<u16>),
    /// Nothing that is declared leads there.
    Nothing,
}

/// What one side does with the requests of a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shown {
    /// The path of the Ingress, or the location as it is written; none where no location is known.
    pub route: Option<String>,
    /// The Ingress as `namespace/name`.
    pub ingress: Option<String>,
    /// The end.
    pub end: End,
    /// What protects them.
    pub protections: Vec<String>,
}

impl Shown {
    pub(super) fn of(decision: &Decision) -> Self {
        let location = decision.location.as_ref();
        let route = location.map(|location| location.ingress_path.clone().unwrap_or_else(|| location.path.clone()));
        let ingress = location.and_then(|location| Some(format!("{}/{}", location.namespace.as_ref()?, location.ingress.as_ref()?)));
        Self { route, ingress, end: end(&decision.end), protections: protections(decision) }
    }
}

fn end(end: &route::End) -> End {
    match end {
        route::End::Backend(passed) => End::Backend(passed.whom()),
        route::End::Answer(answer) if answer.redirect.is_some() => End::Redirect(answer.status),
        route::End::Answer(answer) => End::Status(answer.status),
        route::End::Closed | route::End::Unknown => End::Closed,
    }
}

/// What is asked of a request on its way, without what it answered.
pub(super) fn protections(decision: &Decision) -> Vec<String> {
    let checks = decision.checks.iter().filter(|check| check.kind != CheckKind::BodySize);
    let mut all: Vec<String> = checks
        .map(|check| {
            let name = check.kind.name();
            match check.kind {
                CheckKind::Allow | CheckKind::Deny | CheckKind::ClientCertificate if check.verdict == Verdict::Refuse => {
                    format!("{name} refuses")
                }
                CheckKind::Allow | CheckKind::Deny | CheckKind::ClientCertificate | CheckKind::Password | CheckKind::Waf => name.to_owned(),
                CheckKind::ExternalAuth => format!("{name} {}", site(&check.detail)),
                CheckKind::Rate | CheckKind::Connections => format!("{name} {}", limit(&check.detail)),
                CheckKind::BodySize => String::new(),
            }
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

/// A limit without the name of its zone, which is of an object and not of what is limited.
fn limit(text: &str) -> String {
    text.split(' ').skip(2).filter(|word| !word.starts_with("zone=")).collect::<Vec<_>>().join(" ")
}

/// The scheme and the host of a service that is asked.
fn site(detail: &str) -> &str {
    let address = detail.split(' ').next().unwrap_or_default();
    let start = address.find("://").map_or(0, |at| at + "://".len());
    let end = address[start..].find(['/', '?']).map_or(address.len(), |at| start + at);
    &address[..end]
}

/// Statuses that follow from what only the client knows.
fn is_of_client(status: u16) -> bool {
    matches!(status, 400 | 408 | 411 | 413 | 414 | 416 | 431 | 494..=499)
}

/// Whether a way ends as the log says.
pub(super) fn fits(way: &Followed, entry: &Entry<'_>) -> bool {
    let is_of_client = entry.status.is_some_and(is_of_client) && entry.is_passed != Some(true);
    let logged = entry.upstream.as_deref();
    if let (Some(told), Some(logged)) = (&way.upstream, logged) {
        let told = if told == "-" { "" } else { told.as_str() };
        if told != logged && !(is_of_client && logged.is_empty()) {
            return false;
        }
    }
    if is_of_client {
        return true;
    }
    match &way.decision.end {
        route::End::Backend(_) => entry.is_passed != Some(false),
        route::End::Answer(answer) => {
            let may_be_asked = matches!(answer.status, 502 | 504) || entry.is_passed != Some(true);
            may_be_asked && entry.status.is_none_or(|status| status == answer.status)
        }
        route::End::Closed => entry.status.is_none_or(|status| status == 444),
        route::End::Unknown => true,
    }
}

/// Whether something that has a part in it is not known.
pub(super) fn is_open(decision: &Decision) -> bool {
    !decision.unknown.is_empty() || decision.end == route::End::Unknown
}
