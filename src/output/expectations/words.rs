//! What is said of tests, in words, without secrets.

use std::borrow::Cow;

use super::Report;
use crate::credentials::{HIDDEN, hide, is_name};
use crate::expect::{Check, Expected, Got, Judged, Verdict};
use crate::output::decision::Place;
use crate::output::region::Region;
use crate::output::untrusted::one_line;
use crate::route::{ClientCertificate, Http, Request};
use crate::source::Span;

/// Something that fails a test.
pub(super) struct Failure {
    /// Where it stands in the file.
    pub(super) at: Span,
    /// The field; nothing where the test as a whole is meant.
    pub(super) field: &'static str,
    /// What it is.
    pub(super) message: String,
    /// What to do.
    pub(super) help: Option<String>,
    /// The line that decided, and what it is.
    pub(super) because: Option<String>,
}

/// What fails a test, in the order of the file.
pub(super) fn failures(report: &Report<'_>, judged: &Judged<'_>) -> Vec<Failure> {
    let problems = judged.problems.iter().map(|problem| Failure {
        at: problem.at,
        field: "",
        message: hide(&problem.message).into_owned(),
        help: None,
        because: None,
    });
    let checks = judged.checks.iter().filter(|check| check.verdict().fails()).map(|check| Failure {
        at: check.expectation.at,
        field: check.expectation.what.field(),
        message: message(check),
        help: help(check.verdict()),
        because: report.places.of(place(check.verdict())).and_then(because),
    });
    problems.chain(checks).collect()
}

/// A line of the manifests or of the configuration, and what it is.
fn because(place: &Place) -> Option<String> {
    let why = place.why.as_deref().map(hide);
    let parts: Vec<String> =
        place.spot.iter().map(ToString::to_string).chain(why.map(Cow::into_owned)).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(": "))
}

/// What of a test cannot be checked, and why: each reason once.
pub(super) fn unchecked(judged: &Judged<'_>) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for check in &judged.checks {
        let Verdict::Unchecked(why) = check.verdict() else { continue };
        let field = check.expectation.what.field();
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, fields)) if fields.contains(&field) => {}
            Some((_, fields)) => fields.push(field),
            None => reasons.push((why, vec![field])),
        }
    }
    reasons.into_iter().map(|(why, fields)| format!("{}: {}", fields.join(", "), hide(why))).collect()
}

/// The directive that decided.
pub(super) fn place(verdict: &Verdict) -> Option<Span> {
    match verdict {
        Verdict::Differs { at, .. } | Verdict::Depends { at, .. } => *at,
        Verdict::Holds | Verdict::Unchecked(_) => None,
    }
}

/// `file:line:column` of a place in the file of expectations.
pub(super) fn spot(report: &Report<'_>, at: Span) -> String {
    let Region { file, line, column, .. } = Region::new(at, report.sources);
    format!("{}:{line}:{column}", one_line(file))
}

/// A value without secrets, as machines get it.
pub(super) fn shown(expected: &Expected, got: &Got) -> String {
    match got {
        Got::Value(_) if expected.header().is_some_and(is_name) => HIDDEN.to_owned(),
        Got::Value(text) | Got::Words(text) => hide(text).into_owned(),
    }
}

/// The same in a sentence.
fn said(expected: &Expected, got: &Got) -> String {
    match got {
        Got::Value(text) if text.is_empty() => String::from("an empty one"),
        Got::Value(_) => format!("`{}`", shown(expected, got)),
        Got::Words(_) => shown(expected, got),
    }
}

fn title(expected: &Expected) -> String {
    match (expected, expected.header()) {
        (Expected::ResponseHeader(..), Some(name)) => format!("header `{name}` of the answer"),
        (_, Some(name)) => format!("header `{name}`"),
        (_, None) => expected.field().to_owned(),
    }
}

fn message(check: &Check<'_>) -> String {
    let expected = &check.expectation.what;
    let wanted = said(expected, &expected.wanted());
    let got_words = |got: &Got| match got {
        Got::Value(_) => format!("got {}", said(expected, got)),
        Got::Words(_) => said(expected, got),
    };
    let rest = match check.verdict() {
        Verdict::Differs { got: Got::Words(words), .. } => format!(", but {}", hide(words)),
        Verdict::Differs { got, .. } => {
            let is_hidden = shown(expected, got).contains(HIDDEN) && said(expected, got) == wanted;
            format!(", {}{}", got_words(got), if is_hidden { ", which is another one" } else { "" })
        }
        Verdict::Depends { holds, otherwise, got, .. } => depends(holds, otherwise, got.as_ref().map(got_words)),
        Verdict::Holds | Verdict::Unchecked(_) => String::new(),
    };
    let place = if check.model.fails() || check.seen.is_none() { "" } else { " of the address" };
    format!("{}{place}: expected {wanted}{rest}", title(expected))
}

/// What an expectation depends on.
fn depends(holds: &[String], otherwise: &[String], got: Option<String>) -> String {
    let all = |texts: &[String]| hide(&texts.join(" and ")).into_owned();
    match (holds, otherwise, got) {
        (_, [], Some(got)) => format!(", which depends: so it is only where {}, and otherwise {got}", all(holds)),
        ([], _, Some(got)) => format!(", which depends on: {}; there, {got}", all(otherwise)),
        (_, _, Some(got)) => format!(", which depends: so it is only where {}; where {}, {got}", all(holds), all(otherwise)),
        (_, _, None) => format!(", which depends on what is not known: {}", all(otherwise)),
    }
}

fn help(verdict: &Verdict) -> Option<String> {
    let Verdict::Depends { holds, otherwise, .. } = verdict else { return None };
    if otherwise.iter().chain(holds).any(|text| text.starts_with("chance ")) {
        return Some(String::from("`canary` says who gets a share of such requests"));
    }
    let named = if holds.is_empty() { otherwise } else { holds };
    let text = hide(&named.join("`, `")).into_owned();
    (!named.is_empty()).then(|| format!("if it is meant where that holds, `when` of the test names it: `{text}`"))
}

/// A request as arguments of `explain`.
pub(super) fn arguments(request: &Request) -> String {
    let quote = |text: &str| match text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/:=,%@+".contains(c)) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    };
    let mut words = vec![quote(&hide(&request.url()))];
    let usual = Request::of_url(&request.url()).ok();
    if request.method != "GET" {
        words.push(format!("-X {}", quote(&request.method)));
    }
    for (name, value) in &request.headers {
        let value = if is_name(name) { Cow::Borrowed(HIDDEN) } else { hide(value) };
        words.push(format!("-H {}", quote(&format!("{name}: {value}"))));
    }
    if usual.as_ref().is_none_or(|usual| usual.client != request.client) {
        words.push(format!("--client-ip {}", request.client));
    }
    if request.certificate != ClientCertificate::None {
        words.push(String::from("--client-cert"));
    }
    if let Some(bytes) = request.body {
        words.push(format!("--body {bytes}"));
    }
    match request.http {
        Http::V11 => {}
        Http::V10 => words.push(String::from("--http 1.0")),
        Http::V2 => words.push(String::from("--http 2")),
    }
    words.join(" ")
}
