//! Findings: as text with the lines they are about, and in the formats of others.

pub mod baseline;
pub mod concise;
pub mod excerpt;
pub mod few;
pub mod fixes;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod identity;
pub mod json;
pub mod junit;
pub mod looked;
pub mod patch;
pub mod sarif;
pub mod summary;
pub mod text;

use looked::{Looked, NOTHING};

use super::Paint;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::Folding::{self, All, Remarks};
use crate::lint::rules;
use crate::source::SourceMap;

/// A form that findings are written in.
#[derive(Debug)]
pub struct Format {
    /// The name that people choose it by.
    pub name: &'static str,
    /// Who it is for.
    pub doc: &'static str,
    /// Which findings are told as one.
    pub folding: Folding,
    /// Who writes it.
    pub writer: Writer,
}

/// Who writes findings.
#[derive(Debug)]
pub enum Writer {
    /// For people: it is told whether only errors are asked for, and how the text may be made up.
    Painted(fn(&Findings, bool, Paint) -> String),
    /// A line each: it is told whether only errors are asked for.
    Lines(fn(&Findings, bool) -> String),
    /// For programs, which get everything.
    Report(fn(&Findings) -> serde_json::Result<String>),
}

/// All of them, the usual one first.
pub static FORMATS: &[Format] = &[
    Format { name: "text", folding: All, doc: "For people", writer: Writer::Painted(summary::report) },
    Format { name: "concise", folding: Remarks, doc: "A line each", writer: Writer::Lines(concise::report) },
    Format { name: "json", folding: All, doc: "For scripts", writer: Writer::Report(json::report) },
    Format {
        name: "html",
        folding: All,
        doc: "One page with search and filters",
        writer: Writer::Report(|report| Ok(html::report(report))),
    },
    Format { name: "sarif", folding: Remarks, doc: "For code scanning", writer: Writer::Report(sarif::report) },
    Format {
        name: "github",
        folding: Remarks,
        doc: "Commands of a GitHub workflow, which show findings in a pull request",
        writer: Writer::Report(|report| Ok(github::report(report))),
    },
    Format { name: "gitlab", folding: Remarks, doc: "A report of code quality for GitLab", writer: Writer::Report(gitlab::report) },
    Format {
        name: "junit",
        folding: Remarks,
        doc: "For CI systems that collect test reports",
        writer: Writer::Report(|report| Ok(junit::report(report))),
    },
];

/// What a check found.
#[derive(Debug, Clone, Copy)]
pub struct Findings<'a> {
    /// The findings, in the order in which they are shown.
    pub all: &'a [Diagnostic],
    /// How many more there were that the settings suppress.
    pub suppressed: usize,
    /// How many more there were before.
    pub baseline: usize,
    /// How many more there are that nobody has to act on.
    pub withheld: usize,
    /// The lowest severity that fails the run.
    pub deny: Severity,
    /// What was looked at.
    pub looked: &'a Looked,
    /// All texts that were read.
    pub sources: &'a SourceMap,
}

impl<'a> Findings<'a> {
    /// Findings of which nothing was left out.
    #[must_use]
    pub fn new(all: &'a [Diagnostic], sources: &'a SourceMap) -> Self {
        Self { all, suppressed: 0, baseline: 0, withheld: 0, deny: Severity::Error, looked: &NOTHING, sources }
    }

    /// That there is more to be seen, in one line; none where there is not.
    #[must_use]
    pub fn withheld(&self) -> Option<String> {
        let what = "on objects that the input lacks or that are for others";
        match self.withheld {
            0 => None,
            1 => Some(format!("1 remark {what}: `--verbose` shows it\n")),
            more => Some(format!("{more} remarks {what}: `--verbose` shows them\n")),
        }
    }

    /// The file that stands in where a format demands one and a finding is about the run.
    fn usual_file(&self) -> &'a str {
        self.sources.files().next().map_or(".", |(_, file)| &file.name)
    }
}

/// Where a rule is explained.
fn rule_url(name: &str) -> String {
    format!("{}/blob/v{}/docs/rules.md#{name}", env!("CARGO_PKG_REPOSITORY"), env!("CARGO_PKG_VERSION"))
}

/// The name of a rule that has a page.
fn known_rule(name: &'static str) -> Option<&'static str> {
    rules::find(name).map(|_| name)
}

/// How many findings were left out, as the end of a line.
fn left_out(suppressed: usize, baseline: usize) -> String {
    let counts = [(suppressed, "suppressed"), (baseline, "in the baseline")];
    let parts: Vec<String> = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}
