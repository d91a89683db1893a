//! Where each directive of a rendered configuration comes from, for people and machines.

use serde::Serialize;

use super::difference::json::CauseShown;
use super::json::print;
use super::untrusted::one_line;
use crate::compare::Because;

/// Fields are added without a new number; what is there keeps its meaning.
const SCHEMA: u32 = 1;

/// A directive with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced {
    /// The line of the configuration that it starts on, from one.
    pub line: usize,
    /// Its name and its arguments; of a block only its head.
    pub directive: String,
    /// The host whose server it is in or is.
    pub host: Option<String>,
    /// The path whose location it is in or is.
    pub path: Option<String>,
    /// Why it is there as it is.
    pub because: Because,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    file: &'a str,
    directives: Vec<Shown<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    line: usize,
    directive: &'a str,
    host: Option<&'a str>,
    path: Option<&'a str>,
    cause: CauseShown<'a>,
}

/// All origins of a configuration as one JSON document.
///
/// # Errors
///
/// Never: the data is plain.
pub fn json(file: &str, all: &[Traced]) -> serde_json::Result<String> {
    print(&Document { schema: SCHEMA, file, directives: all.iter().map(Shown::new).collect() })
}

impl<'a> Shown<'a> {
    fn new(traced: &'a Traced) -> Self {
        let Traced { line, directive, host, path, because } = traced;
        Self { line: *line, directive, host: host.as_deref(), path: path.as_deref(), cause: CauseShown::new(because) }
    }
}

/// An origin as a comment: `shop/ingress.yaml:12:5: annotation …`. It is one line.
#[must_use]
pub fn comment(because: &Because) -> String {
    one_line(&because.line()).into_owned()
}
