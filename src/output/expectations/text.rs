//! Tests for people: those that fail, and how many there are.

use anstyle::AnsiColor;

use super::Report;
use super::words::{arguments, failures, spot, unchecked};
use crate::credentials::hide;
use crate::expect::{Item, ItemKind, Judged, Summary, Verdict};
use crate::output::Paint;
use crate::output::routes::words::{goal, host, path};
use crate::output::untrusted::one_line;

/// The whole report.
#[must_use]
pub fn text(report: &Report<'_>, paint: Paint) -> String {
    let shown = |judged: &&Judged<'_>| report.shows_all || judged.summary() == Summary::Failed;
    let mut out: String = report.tests.iter().filter(shown).map(|judged| test(report, judged, paint)).collect();
    if report.shows_coverage {
        out.push_str(&open(report, paint));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&summary(report, paint));
    out
}

fn safe(text: &str) -> String {
    one_line(&hide(text)).into_owned()
}

fn test(report: &Report<'_>, judged: &Judged<'_>, paint: Paint) -> String {
    let (word, colour) = match judged.summary() {
        Summary::Passed => ("ok  ", AnsiColor::Green),
        Summary::Unchecked => ("?   ", AnsiColor::Yellow),
        Summary::Failed => ("FAIL", AnsiColor::Red),
    };
    let mut out = format!("{} {}\n", paint.styled(colour.on_default().bold(), word), paint.bold(&safe(&judged.test.name)));
    for failure in failures(report, judged) {
        out.push_str(&format!("  {}: {}\n", spot(report, failure.at), one_line(&failure.message)));
        if let Some(because) = failure.because {
            out.push_str(&format!("    {}\n", paint.dim(&one_line(&because))));
        }
        if let Some(help) = failure.help {
            out.push_str(&format!("    help: {}\n", one_line(&help)));
        }
    }
    if report.shows_all {
        unchecked(judged).iter().for_each(|why| out.push_str(&format!("  unchecked: {}\n", one_line(why))));
    }
    out
}

/// What no expectation touches, route by route.
fn open(report: &Report<'_>, paint: Paint) -> String {
    let mut out = String::new();
    let mut last = None;
    for item in report.coverage.items.iter().filter(|item| !item.is_touched) {
        if last != Some(item.place) {
            let (of_host, route) = report.coverage.route(item);
            let heading = format!("{}  {}  {}", host(of_host), path(route), goal(route));
            out.push_str(&format!("  {}\n", paint.bold(&safe(&heading))));
        }
        last = Some(item.place);
        let request = item.request.as_ref().map_or_else(|| String::from("no request was found for it"), arguments);
        out.push_str(&format!("    {}  {}\n", safe(&what(item)), paint.dim(&one_line(&request))));
    }
    if out.is_empty() { out } else { format!("\nNo expectation touches\n{out}") }
}

fn what(item: &Item) -> String {
    match &item.kind {
        ItemKind::Route => String::from("the route"),
        ItemKind::Canary(_, _, whom, when) => format!("its canary {whom}: {when}"),
        ItemKind::Protection(kind) => format!("its protection: {}", kind.name()),
    }
}

fn summary(report: &Report<'_>, paint: Paint) -> String {
    let count = |summary| report.count(summary);
    let (passed, failed, unchecked) = (count(Summary::Passed), count(Summary::Failed), count(Summary::Unchecked));
    let colour = if failed > 0 { AnsiColor::Red } else { AnsiColor::Green };
    let mut words = vec![format!("{passed} passed"), format!("{failed} failed")];
    if unchecked > 0 {
        words.push(format!("{unchecked} unchecked"));
    }
    let mut out = format!("{} of {}", paint.styled(colour.on_default(), &words.join(", ")), report.tests.len());
    if !report.findings.is_empty() {
        out.push_str("; the file has mistakes, and what is wrong was not run");
    }
    if unchecked > 0 && !report.shows_all {
        out.push_str("; `--verbose` says why");
    }
    if let Some(line) = asked(report) {
        out.push_str(&format!("\n{line}"));
    }
    format!("{out}\n{}\n", coverage(report))
}

/// How many expectations an address was asked about.
fn asked(report: &Report<'_>) -> Option<String> {
    let all = || report.tests.iter().flat_map(|judged| &judged.checks);
    let seen = all().filter(|check| check.seen.as_ref().is_some_and(|seen| !matches!(seen, Verdict::Unchecked(_)))).count();
    let whom = one_line(&report.against.join(", ")).into_owned();
    (!report.against.is_empty()).then(|| format!("{whom}: {seen} of {} expectations could be seen from outside", all().count()))
}

/// How much is touched, in one line.
fn coverage(report: &Report<'_>) -> String {
    let part = |name: &str, is_meant: &dyn Fn(&ItemKind) -> bool| {
        let (all, touched, _) = report.coverage.counts(is_meant);
        (all > 0).then(|| format!("{touched} of {all} {name}"))
    };
    let parts = [
        part("routes", &|kind| *kind == ItemKind::Route),
        part("branches of canaries", &|kind| matches!(kind, ItemKind::Canary(..))),
        part("protections", &|kind| matches!(kind, ItemKind::Protection(_))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return String::from("coverage: there are no routes");
    }
    let lost = report.coverage.counts(|_| true).2;
    let mut line = format!("coverage: {} ({})", parts.join(", "), percent(report.coverage.percent()));
    if lost > 0 {
        line.push_str(&format!("; for {lost} no request was found, and they do not count"));
    }
    if report.touches_too_little() {
        line.push_str(&format!("; {} are wanted", percent(report.least.unwrap_or_default())));
    }
    let is_open = report.coverage.items.iter().any(|item| !item.is_touched);
    if is_open && !report.shows_coverage {
        line.push_str("; `--coverage` shows the rest");
    }
    line
}

/// A percentage that is never rounded up to what it is not.
fn percent(value: f64) -> String {
    format!("{}%", (value * 10.0).floor() / 10.0)
}
