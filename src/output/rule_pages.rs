//! The rules for people: a list, and the page of each.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

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
