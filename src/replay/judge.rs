//! What is said of one request.

use std::sync::Arc;

use crate::access_log::Entry;
use crate::route::{Looks, Request};

use super::difference::{Difference, Reason};

/// Says of a request whether it is answered otherwise.
pub trait Judge: Sync {
    /// What is said of an entry.
    fn judge(&self, entry: &Entry<'_>) -> Judged;

    /// Whether what the log says of the answer has a part in it.
    fn rests_on_log(&self, entry: &Entry<'_>) -> bool;
}

/// What is said of a request.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// What was looked at.
    pub looks: Looks,
    /// A header has a part in it that the log does not tell: it is taken as not sent.
    pub assumes: bool,
    /// The host and the scheme that it was asked with, where it is answered otherwise.
    pub asked: Option<Asked>,
}

/// The host and the scheme that a request was asked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The host.
    pub host: String,
    /// Over TLS.
    pub is_tls: bool,
}

impl Asked {
    pub(super) fn of(request: &Request) -> Self {
        Self { host: request.host.clone().unwrap_or_default(), is_tls: request.is_tls }
    }
}

/// How a request is answered.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// That is not compared.
    Skipped(Reason),
    /// As before.
    Same,
    /// Otherwise.
    Other(Arc<Difference>),
}
