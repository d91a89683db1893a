//! What becomes of a request as JSON. The schema has a number; fields are added without a new one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::veil::Veil;
use super::{Explained, Unanswered};
use crate::output::difference::json::Place;
use crate::output::json::{escaped, print};
use crate::route::{Answer, Certificate, Decision, End, Http, Match, Matched, Passed, Request, Verdict};
use crate::source::Span;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    request: Asked<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<&'a str>,
    #[serde(flatten)]
    answer: Explanation<'a>,
    /// In what the sides differ; none where there is one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    differs: Option<Vec<String>>,
    /// What one of them does not know, and is not compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_compared: Vec<&'static str>,
    /// What other sides say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<Other<'a>>,
}

#[derive(Serialize)]
struct Other<'a> {
    side: &'a str,
    #[serde(flatten)]
    answer: Explanation<'a>,
}

#[derive(Serialize)]
struct Asked<'a> {
    url: String,
    method: &'a str,
    host: Option<&'a str>,
    headers: BTreeMap<&'a str, Vec<&'a str>>,
    /// `null` where none is given, and what depends on it goes both ways.
    client_ip: Option<String>,
    sni: Option<&'a str>,
    http: &'static str,
}

#[derive(Serialize)]
struct Explanation<'a> {
    server: Option<Named<'a>>,
    certificate: Option<&'a str>,
    route: Option<Route<'a>>,
    status: Option<u16>,
    redirect: Option<String>,
    backend: Option<Backend<'a>>,
    canary: Vec<Canary<'a>>,
    sees: Option<Sees<'a>>,
    checks: Vec<Check<'a>>,
    steps: Vec<Step<'a>>,
    /// Other ways, and what they depend on.
    branches: Vec<Branch<'a>>,
    when: Vec<String>,
    /// What nginx refuses of the configuration, so that what ran before goes on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<Step<'a>>,
    /// Why nobody is there who answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_endpoint: Option<NoEndpoint<'a>>,
    /// Ingresses that name the host and count for nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unserved: Vec<Step<'a>>,
    unknown: Vec<String>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    location: Option<Place<'a>>,
}

#[derive(Serialize)]
struct Route<'a> {
    r#match: &'static str,
    path: &'a str,
    ingress: Option<String>,
    location: &'a str,
    because: Option<Place<'a>>,
}

#[derive(Serialize)]
struct Backend<'a> {
    namespace: Option<&'a str>,
    service: Option<&'a str>,
    port: Option<&'a str>,
    endpoints: &'a [String],
    endpoints_known: bool,
    upstream: &'a str,
    protocol: &'a str,
}

#[derive(Serialize)]
struct Canary<'a> {
    service: &'a str,
    /// The Service as `namespace/name:port`, where it is known.
    whom: &'a str,
    probability: f64,
    when: &'a str,
}

#[derive(Serialize)]
struct Sees<'a> {
    method: &'a str,
    uri: Option<String>,
    host: Option<&'a str>,
    headers: BTreeMap<&'a str, Sent>,
    removed: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    mirrors: &'a [String],
}

/// The values of a header; `null` where one is not known.
#[derive(Serialize)]
#[serde(untagged)]
enum Sent {
    Once(Option<String>),
    Often(Vec<Option<String>>),
}

#[derive(Serialize)]
struct Check<'a> {
    kind: &'static str,
    result: &'static str,
    detail: String,
    because: Option<Place<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    what: String,
    because: Option<Place<'a>>,
}

#[derive(Serialize)]
struct NoEndpoint<'a> {
    rule: &'a str,
    #[serde(flatten)]
    step: Step<'a>,
    notes: &'a [String],
    others: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Branch<'a> {
    when: Vec<String>,
    route: Option<Route<'a>>,
    status: Option<u16>,
    redirect: Option<String>,
    backend: Option<Backend<'a>>,
    sees: Option<Sees<'a>>,
}

/// A request and what its sides say: the first one, and others beside it, with a line break behind. `is_line`: all on one line.
///
/// # Errors
/// Where it cannot be written, which cannot be.
pub fn json(request: &Request, sides: &[&Explained], is_line: bool) -> serde_json::Result<String> {
    let Some((first, others)) = sides.split_first() else { return Ok(String::new()) };
    let teller = |explained| Teller { veil: Veil(request), explained };
    let compared = others.first().map(|other| first.compared(other));
    let veil = Veil(request);
    let document = Document {
        schema: 1,
        request: asked(request),
        side: (!others.is_empty()).then_some(first.side.as_str()),
        answer: teller(*first).explanation(),
        differs: compared.as_ref().map(|compared| compared.differs.iter().map(|what| veil.text(what)).collect()),
        not_compared: compared.map(|compared| compared.open).unwrap_or_default(),
        others: others.iter().map(|other| Other { side: &other.side, answer: teller(*other).explanation() }).collect(),
    };
    if is_line { Ok(escaped(&document)? + "\n") } else { print(&document) }
}

fn asked(request: &Request) -> Asked<'_> {
    let mut headers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in &request.headers {
        headers.entry(name).or_default().push(value);
    }
    Asked {
        url: request.url(),
        method: &request.method,
        host: request.host.as_deref(),
        headers,
        client_ip: (!request.is_from_anywhere).then(|| request.client.to_string()),
        sni: request.sni.as_deref(),
        http: match request.http {
            Http::V10 => "1.0",
            Http::V11 => "1.1",
            Http::V2 => "2",
        },
    }
}

/// Tells what a side says, without secrets.
struct Teller<'a> {
    veil: Veil<'a>,
    explained: &'a Explained,
}

impl<'a> Teller<'a> {
    fn explanation(&self) -> Explanation<'a> {
        let Explained { decision, ways, unserved, unanswered, .. } = self.explained;
        let (status, redirect, passed) = parts(&decision.end);
        Explanation {
            server: decision.server.as_ref().map(|server| Named { name: &server.name, location: self.place(Some(server.at)) }),
            certificate: decision.certificate.as_ref().and_then(certificate),
            route: decision.location.as_ref().map(|matched| self.route(matched)),
            status,
            redirect: redirect.map(|to| self.veil.text(to)),
            backend: passed.map(backend),
            canary: passed.map(canary).unwrap_or_default(),
            sees: passed.map(|passed| self.sees(passed)),
            checks: decision.checks.iter().map(|check| self.check(check)).collect(),
            steps: decision.steps.iter().map(|step| Step { what: self.veil.text(&step.what), because: self.place(step.at) }).collect(),
            branches: ways.iter().map(|way| self.branch(way)).collect(),
            when: self.texts(&decision.when),
            refused: self.explained.refused.iter().map(told).collect(),
            no_endpoint: unanswered.as_ref().map(no_endpoint),
            unserved: unserved.iter().map(told).collect(),
            unknown: self.texts(&decision.unknown),
        }
    }

    fn texts(&self, all: &[String]) -> Vec<String> {
        all.iter().map(|text| self.veil.text(text)).collect()
    }

    fn place(&self, at: Option<Span>) -> Option<Place<'a>> {
        self.explained.places.spot(at).map(Place::new)
    }

    fn check(&self, check: &crate::route::Check) -> Check<'a> {
        Check {
            kind: check.kind.name(),
            result: match check.verdict {
                Verdict::Pass => "pass",
                Verdict::Refuse => "refuse",
                Verdict::Depends => "depends",
            },
            detail: self.veil.text(&check.detail),
            because: self.place(check.at),
        }
    }

    fn branch(&self, way: &'a Decision) -> Branch<'a> {
        let (status, redirect, passed) = parts(&way.end);
        Branch {
            when: self.texts(&way.when),
            route: way.location.as_ref().map(|matched| self.route(matched)),
            status,
            redirect: redirect.map(|to| self.veil.text(to)),
            backend: passed.map(backend),
            sees: passed.map(|passed| self.sees(passed)),
        }
    }

    fn route(&self, matched: &'a Matched) -> Route<'a> {
        Route {
            r#match: match matched.by {
                Match::Exact => "exact",
                Match::Prefix => "prefix",
                Match::Regex => "regex",
                Match::Named => "named",
            },
            path: matched.ingress_path.as_deref().unwrap_or(&matched.path),
            ingress: matched.ingress.as_ref().map(|ingress| format!("{}/{ingress}", matched.namespace.as_deref().unwrap_or_default())),
            location: &matched.path,
            because: self.place(Some(matched.at)),
        }
    }

    fn sees(&self, passed: &'a Passed) -> Sees<'a> {
        Sees {
            method: &passed.method,
            uri: passed.uri.as_ref().map(|uri| self.veil.text(uri)),
            host: passed.host.as_deref(),
            headers: self.headers(passed),
            removed: &passed.removed,
            mirrors: &passed.mirrors,
        }
    }

    fn headers(&self, passed: &'a Passed) -> BTreeMap<&'a str, Sent> {
        let mut all: BTreeMap<&str, Sent> = BTreeMap::new();
        for (name, value) in &passed.headers {
            let value = value.as_ref().map(|value| self.veil.header(name, value));
            let sent = match all.remove(name.as_str()) {
                None => Sent::Once(value),
                Some(Sent::Once(first)) => Sent::Often(vec![first, value]),
                Some(Sent::Often(mut values)) => {
                    values.push(value);
                    Sent::Often(values)
                }
            };
            all.insert(name, sent);
        }
        // Where nothing is known of a header, that it is sent twice tells nobody more.
        for sent in all.values_mut() {
            if matches!(sent, Sent::Often(values) if values.iter().all(Option::is_none)) {
                *sent = Sent::Once(None);
            }
        }
        all
    }
}

fn no_endpoint(Unanswered { rule, place, others, notes }: &Unanswered) -> NoEndpoint<'_> {
    NoEndpoint { rule, step: told(place), notes, others: others.iter().map(told).collect() }
}

/// What was found at a place; its secrets are hidden where that was.
fn told(place: &super::Place) -> Step<'_> {
    Step { what: place.why.clone().unwrap_or_default(), because: place.spot.as_ref().map(Place::new) }
}

/// The parts of an end: status and redirect of the proxy's own answer, or what a backend gets.
fn parts(end: &End) -> (Option<u16>, Option<&str>, Option<&Passed>) {
    match end {
        End::Answer(Answer { status, redirect, .. }) => (Some(*status), redirect.as_deref(), None),
        End::Backend(passed) => (None, None, Some(passed)),
        End::Closed | End::Unknown => (None, None, None),
    }
}

fn certificate(certificate: &Certificate) -> Option<&str> {
    match certificate {
        Certificate::Secret(secret) => Some(secret),
        Certificate::Default => Some("default"),
        Certificate::File(file) => Some(file),
        Certificate::Unknown => None,
    }
}

fn backend(passed: &Passed) -> Backend<'_> {
    Backend {
        namespace: passed.namespace.as_deref(),
        service: passed.service.as_deref(),
        port: passed.port.as_deref(),
        endpoints: passed.endpoints.as_deref().unwrap_or_default(),
        endpoints_known: passed.endpoints.is_some(),
        upstream: &passed.upstream,
        protocol: &passed.protocol,
    }
}

fn canary(passed: &Passed) -> Vec<Canary<'_>> {
    passed
        .canary
        .iter()
        .map(|share| Canary { service: &share.upstream, whom: share.whom(), probability: share.probability, when: &share.when })
        .collect()
}
