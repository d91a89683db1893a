//! What becomes of all requests that take one way.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::term::{Input, Term};
use crate::route::decision::CheckKind;
use crate::source::Span;

/// What becomes of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::route) struct Leaf {
    pub(in crate::route) end: End,
    /// What they were asked for on the way, in words that are the same where the same is asked.
    pub(in crate::route) checks: Vec<(CheckKind, String)>,
    /// The largest body.
    pub(in crate::route) body: u64,
    /// What has a part in it and is not understood, as it is written.
    pub(in crate::route) doubts: Vec<String>,
}

impl Leaf {
    /// The same, where some parts of the request are known.
    pub(in crate::route) fn with(&self, known: &BTreeMap<Input, Vec<u8>>) -> Self {
        let mut done = HashMap::new();
        let mut with = |term: &Term| term.with(known, &mut done);
        let end = match &self.end {
            End::Answer { status, redirect, text } => {
                let text = text.as_ref().map(&mut with).filter(|text| !text.is_empty());
                End::Answer { status: *status, redirect: redirect.as_ref().map(&mut with), text }
            }
            End::Backend(gets) => {
                let mut gets = gets.clone();
                for term in [&mut gets.method, &mut gets.uri, &mut gets.host]
                    .into_iter()
                    .flatten()
                    .chain(gets.headers.values_mut().flatten())
                    .chain(&mut gets.mirrors)
                {
                    *term = with(term);
                }
                End::Backend(gets)
            }
            End::Closed | End::Beyond(_) => self.end.clone(),
        };
        Self { end, checks: self.checks.clone(), body: self.body, doubts: self.doubts.clone() }
    }
}

/// How they end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::route) enum End {
    /// The proxy answers.
    Answer {
        status: u16,
        redirect: Option<Term>,
        /// What is written in the answer; none where that is the page of nginx for the status.
        text: Option<Term>,
    },
    /// A backend answers.
    Backend(Box<Gets>),
    /// Nobody does.
    Closed,
    /// That cannot be said here: why.
    Beyond(String),
}

/// What a backend gets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::route) struct Gets {
    pub(in crate::route) whom: String,
    pub(in crate::route) protocol: String,
    pub(in crate::route) method: Option<Term>,
    pub(in crate::route) uri: Option<Term>,
    pub(in crate::route) host: Option<Term>,
    /// By their names in small letters.
    pub(in crate::route) headers: BTreeMap<String, Vec<Term>>,
    /// The names of headers that the client's own are not passed on of; `*` for all.
    pub(in crate::route) removed: Vec<String>,
    /// Others that get a share, in thousandths of a percent.
    pub(in crate::route) canary: Vec<(String, u64)>,
    /// Where copies go.
    pub(in crate::route) mirrors: Vec<Term>,
}

/// A way through one side.
#[derive(Debug, Clone)]
pub(in crate::route) struct Way {
    pub(in crate::route) leaf: Leaf,
    /// The first location that took the request.
    pub(in crate::route) location: Option<Span>,
}

/// Who a backend is: its Service, else its address.
pub(in crate::route) fn whom(namespace: Option<&str>, service: Option<&str>, port: Option<&str>, upstream: &str) -> String {
    let upstream = upstream.split("://").last().unwrap_or_default();
    // An address within a cluster names the Service.
    let (host, of_address) = upstream.rsplit_once(':').unwrap_or((upstream, ""));
    let mut labels = host.split('.');
    if let (Some(service), Some(namespace), Some("svc")) = (labels.next(), labels.next(), labels.next()) {
        return format!("{namespace}/{service}:{of_address}");
    }
    match (namespace, service, port) {
        (Some(namespace), Some(service), Some(port)) => format!("{namespace}/{service}:{port}"),
        (Some(namespace), Some(service), None) => format!("{namespace}/{service}"),
        _ => upstream.to_owned(),
    }
}
