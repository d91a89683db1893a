//! The rules for people: a list, and the page of each.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::Paint;
use crate::diagnostic::Severity;
use crate::lint::rule::Rule;
use crate::lint::rules::RULES;

/// All rules: name, severity and what is wrong.
#[must_use]
pub fn list(paint: Paint) -> String {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for rule in RULES.iter() {
        let style = style(rule.severity, paint);
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{:width$}  {style}{:<7}{style:#}  {}", rule.name, rule.severity.name(), rule.page().summary);
    }
    text
}

/// All rules as JSON.
///
/// # Errors
/// Nothing that a user could cause.
pub fn json() -> serde_json::Result<String> {
    let row = |rule: &&Rule| json!({ "name": rule.name, "severity": rule.severity.name(), "summary": rule.page().summary });
    let rules: Vec<_> = RULES.iter().map(row).collect();
    Ok(serde_json::to_string_pretty(&json!({ "rules": rules }))? + "\n")
}

/// All rules as tables of Markdown, the worst first: what is wrong, and what comes of it.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let _ = writeln!(text, "## {}\n\n| Rule | What is wrong | What comes of it |\n|---|---|---|", heading(severity));
        for rule in RULES.iter().filter(|rule| rule.severity == severity) {
            let page = rule.page();
            let cell = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
            let _ = writeln!(
                text,
                "| `{}` | {} | {} |",
                rule.name,
                cell(page.summary),
                cell(page.why.split("\n\n").next().unwrap_or_default())
            );
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn heading(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Errors: wrong, unsafe, or lost",
        Severity::Warning => "Warnings: probably not what was meant",
        Severity::Info => "Remarks: worth knowing",
    }
}

/// The page of a rule, as it is written, and its severity.
#[must_use]
pub fn page(rule: &Rule, paint: Paint) -> String {
    let style = style(rule.severity, paint);
    let body = rule.text.split_once('\n').map_or("", |(_, body)| body);
    format!("# {} ({style}{}{style:#})\n{body}", rule.name, rule.severity.name())
}

fn style(severity: Severity, paint: Paint) -> Style {
    paint.style(match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Green,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_a_line_a_rule() {
        let text = list(Paint::default());
        assert_eq!(text.lines().count(), RULES.len());
        assert!(text.lines().all(|line| line.ends_with('.')), "{text}");
    }

    #[test]
    fn a_page_begins_with_name_and_severity() {
        for rule in RULES.iter() {
            let text = page(rule, Paint::default());
            assert!(text.starts_with(&format!("# {} ({})\n\n{}", rule.name, rule.severity.name(), rule.page().summary)), "{text}");
        }
    }
}
