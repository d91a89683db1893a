//! Findings as a report of code quality for GitLab, which shows them in a merge request.

use serde_json::{Value, json};
use sha1_smol::Sha1;

use super::Findings;
use super::identity::Fingerprints;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::output::json::print;
use crate::output::region::Region;

/// The findings as one list.
///
/// # Errors
/// Never: the data is plain.
pub fn report(report: &Findings) -> serde_json::Result<String> {
    let mut seen = Fingerprints::default();
    let issues: Vec<Value> = report.all.iter().map(|finding| issue(finding, report, &mut seen)).collect();
    print(&issues)
}

fn issue(finding: &Diagnostic, report: &Findings, seen: &mut Fingerprints) -> Value {
    let (path, begin, end) = match finding.span {
        Some(span) => {
            let Region { file, line, end_line, .. } = Region::new(span, report.sources);
            (file, line, end_line)
        }
        // GitLab refuses what has no place.
        None => (report.usual_file(), 1, 1),
    };
    json!({
        "description": description(finding),
        "check_name": finding.rule,
        "fingerprint": Sha1::from(seen.next(finding, report.sources)).digest().to_string(),
        "severity": severity(finding),
        "location": { "path": path.trim_start_matches("./"), "lines": { "begin": begin, "end": end } },
    })
}

fn description(finding: &Diagnostic) -> String {
    let help = finding.help.iter().map(|help| format!("help: {help}"));
    std::iter::once(finding.message.clone()).chain(help).collect::<Vec<_>>().join("; ")
}

fn severity(finding: &Diagnostic) -> &'static str {
    match (finding.severity, finding.effect) {
        (Severity::Error, Some(Effect::FailsOpen | Effect::BlocksReload)) => "blocker",
        (Severity::Error, _) => "critical",
        (Severity::Warning, _) => "minor",
        (Severity::Info, _) => "info",
    }
}

#[cfg(test)]
mod tests {
    use hashbrown::HashSet;

    use super::*;
    use crate::source::{SourceMap, Span};

    fn made(head: &str) -> Vec<Value> {
        let mut sources = SourceMap::default();
        let file = sources.add("./a.yaml", format!("{head}a: 1\nhost: one\n"));
        let at = |start: usize| Span::new(file, head.len() + start..head.len() + start + 1);
        let odd = Diagnostic::warning("odd-host", "is odd").help("what to do").at(at(11));
        let open = Diagnostic::error("odd-run", "of no place").effect(Effect::FailsOpen);
        let all = [odd.clone(), Diagnostic { span: Some(at(0)), ..odd }, open, Diagnostic::info("odd-run", "x").subject("y")];
        let text = report(&Findings::new(&all, &sources)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    #[test]
    fn issues_have_what_gitlab_demands() {
        let issues = made("");
        assert_eq!(issues.len(), 4);
        let first = &issues[0];
        assert_eq!(first["description"], "is odd; help: what to do");
        assert_eq!((&first["check_name"], &first["severity"]), (&json!("odd-host"), &json!("minor")));
        assert_eq!(first["location"], json!({"path": "a.yaml", "lines": {"begin": 2, "end": 2}}));
        assert_eq!((&issues[2]["severity"], &issues[2]["location"]["path"]), (&json!("blocker"), &json!("a.yaml")));
        assert_eq!(issues[3]["severity"], "info");
    }

    #[test]
    fn fingerprints_differ_and_stay_where_lines_move() {
        let prints = |head: &str| made(head).iter().map(|issue| issue["fingerprint"].to_string()).collect::<Vec<_>>();
        let unmoved = prints("");
        assert_eq!(unmoved, prints("# more\n# lines\n"));
        assert_eq!(unmoved.iter().collect::<HashSet<_>>().len(), unmoved.len());
    }
}
