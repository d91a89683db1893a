//! Tests as JSON: schema 1. Fields are added without a new number; what is there keeps its meaning.

use serde::Serialize;

use super::Report;
use super::words::{arguments, failures, place, shown, unchecked};
use crate::credentials::hide;
use crate::expect::{Check, Item, ItemKind, Judged, Summary, Verdict};
use crate::output::difference::json::Place;
use crate::output::findings::json::Finding;
use crate::output::json::print;
use crate::output::region::Region;
use crate::output::routes::words::{goal, host, ingress, path};

const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    side: &'a str,
    against: &'a [String],
    summary: Counts,
    tests: Vec<Row<'a>>,
    coverage: Covered,
    findings: Vec<Finding<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Counts {
    total: usize,
    passed: usize,
    failed: usize,
    unchecked: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    name: String,
    result: &'static str,
    method: &'a str,
    url: String,
    location: Region<'a>,
    expectations: Vec<Expected<'a>>,
    /// Why it fails, one sentence each.
    failures: Vec<String>,
    unchecked: Vec<String>,
}

#[derive(Serialize)]
struct Expected<'a> {
    field: &'static str,
    header: Option<&'a str>,
    result: &'static str,
    expected: String,
    got: Option<String>,
    /// Where it is as expected.
    holds_where: Vec<String>,
    /// What it depends on.
    depends_on: Vec<String>,
    location: Region<'a>,
    because: Option<Because<'a>>,
}

#[derive(Serialize)]
struct Because<'a> {
    location: Option<Place<'a>>,
    message: Option<&'a str>,
}

#[derive(Serialize)]
struct Covered {
    percent: f64,
    total: usize,
    touched: usize,
    /// For so many of the others no request was found: they do not count.
    without_request: usize,
    open: Vec<Open>,
}

#[derive(Serialize)]
struct Open {
    kind: &'static str,
    host: String,
    path: String,
    ingress: Option<String>,
    goal: String,
    detail: Option<String>,
    /// The arguments of `explain` for a request that would touch it.
    request: Option<String>,
}

/// The report as one JSON document.
///
/// # Errors
/// Never: the data is plain.
pub fn json(report: &Report<'_>) -> serde_json::Result<String> {
    let (total, touched, without_request) = report.coverage.counts(|_| true);
    let open = report.coverage.items.iter().filter(|item| !item.is_touched);
    print(&Document {
        schema: SCHEMA,
        side: &report.side,
        against: &report.against,
        summary: Counts {
            total: report.tests.len(),
            passed: report.count(Summary::Passed),
            failed: report.count(Summary::Failed),
            unchecked: report.count(Summary::Unchecked),
        },
        tests: report.tests.iter().map(|judged| row(report, judged)).collect(),
        coverage: Covered {
            percent: report.coverage.percent(),
            total,
            touched,
            without_request,
            open: open.map(|item| open_item(report, item)).collect(),
        },
        findings: report.findings.iter().map(|finding| Finding::new(finding, report.sources)).collect(),
        notes: &report.notes,
    })
}

fn row<'a>(report: &'a Report<'_>, judged: &'a Judged<'_>) -> Row<'a> {
    let test = judged.test;
    Row {
        name: hide(&test.name).into_owned(),
        result: judged.summary().name(),
        method: &test.request.method,
        url: hide(&test.request.url()).into_owned(),
        location: Region::new(test.at, report.sources),
        expectations: judged.checks.iter().map(|check| expectation(report, check)).collect(),
        failures: failures(report, judged).into_iter().map(|failure| failure.message).collect(),
        unchecked: unchecked(judged),
    }
}

fn expectation<'a>(report: &'a Report<'_>, check: &'a Check<'_>) -> Expected<'a> {
    let what = &check.expectation.what;
    let texts = |all: &[String]| all.iter().map(|text| hide(text).into_owned()).collect();
    let (result, got, holds_where, depends_on) = match check.verdict() {
        Verdict::Holds => ("passed", None, Vec::new(), Vec::new()),
        Verdict::Unchecked(_) => ("unchecked", None, Vec::new(), Vec::new()),
        Verdict::Differs { got, .. } => ("failed", Some(shown(what, got)), Vec::new(), Vec::new()),
        Verdict::Depends { holds, otherwise, got, .. } => {
            ("depends", got.as_ref().map(|got| shown(what, got)), texts(holds), texts(otherwise))
        }
    };
    let because = report.places.of(place(check.verdict()));
    Expected {
        field: what.field(),
        header: what.header(),
        result,
        expected: shown(what, &what.wanted()),
        got,
        holds_where,
        depends_on,
        location: Region::new(check.expectation.at, report.sources),
        because: because.map(|place| Because { location: place.spot.as_ref().map(Place::new), message: place.why.as_deref() }),
    }
}

fn open_item(report: &Report<'_>, item: &Item) -> Open {
    let (of_host, route) = report.coverage.route(item);
    Open {
        kind: item.kind.name(),
        host: host(of_host).into_owned(),
        path: path(route),
        ingress: ingress(route),
        goal: goal(route),
        detail: match &item.kind {
            ItemKind::Route => None,
            ItemKind::Canary(_, _, whom, when) => Some(hide(&format!("{whom}: {when}")).into_owned()),
            ItemKind::Protection(kind) => Some(kind.name().to_owned()),
        },
        request: item.request.as_ref().map(arguments),
    }
}
