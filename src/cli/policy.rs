//! What of the findings counts, and how much: levels of rules, suppressions and comments.

use toml::Spanned;

use super::config::Level;
use super::levels::Levels;
use super::patterns::NamePattern;
use super::project::Project;
use super::remarks::Remarks;
use super::suppressions::{Suppressions, unknown_rule};
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::source::Span;

/// Findings after the user's settings.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// What is left, in the order of the sources and each once.
    pub(super) findings: Vec<Diagnostic>,
    /// How many were suppressed.
    pub(super) suppressed: usize,
}

/// What the user says about findings.
pub(super) struct Policy<'a> {
    project: &'a Project,
    levels: &'a Levels,
    /// Levels of patterns in the settings, the longest pattern first: it says more.
    patterns: Vec<(NamePattern, Level)>,
    suppressions: Suppressions<'a>,
    remarks: Remarks<'a>,
}

impl<'a> Policy<'a> {
    /// That of the settings and of the command line.
    pub(super) fn of(project: &'a Project, levels: &'a Levels) -> Self {
        let named = project.settings.rules.iter().map(|(name, level)| (NamePattern::from(name.as_ref().clone()), *level));
        let mut patterns: Vec<_> = named.filter(|(pattern, _)| !pattern.is_plain()).collect();
        patterns.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.text().len()));
        Self { project, levels, patterns, suppressions: Suppressions::of(project), remarks: Remarks::of(project) }
    }

    /// Applies it to findings.
    pub(super) fn judge(mut self, findings: Vec<Diagnostic>) -> Judged {
        let mut judged = Judged::default();
        self.take(findings, &mut judged);
        arrange(&mut judged.findings);
        judged
    }

    /// Applies it to all findings that there can be of these objects, so that what is said for nothing is found as well.
    pub(super) fn judge_all(mut self, findings: Vec<Diagnostic>, objects: &[ObjectRef]) -> Judged {
        let mut judged = Judged::default();
        self.take(findings, &mut judged);
        let mut complaints = self.unknown_rules();
        complaints.extend(self.suppressions.complaints(objects, &self.project.sources));
        complaints.extend(self.remarks.complaints());
        self.take(complaints, &mut judged);
        arrange(&mut judged.findings);
        judged
    }

    fn take(&mut self, findings: Vec<Diagnostic>, judged: &mut Judged) {
        for mut finding in findings {
            match self.level(finding.rule).map(Level::severity) {
                Some(None) => continue,
                // Whoever gives a rule a level wants to see it.
                Some(Some(severity)) => (finding.severity, finding.on_demand) = (severity, false),
                None => {}
            }
            let is_suppressed = self.suppressions.accept(&finding, &self.project.sources);
            if self.remarks.accept(&finding) || is_suppressed {
                judged.suppressed += 1;
            } else {
                judged.findings.push(finding);
            }
        }
    }

    /// The command line counts before the settings, and a name before a pattern.
    fn level(&self, rule: &str) -> Option<Level> {
        let by_name = || self.project.settings.rules.get(rule).copied();
        let by_pattern = || self.patterns.iter().find(|(pattern, _)| pattern.fits(rule)).map(|(_, level)| *level);
        self.levels.of(rule).or_else(by_name).or_else(by_pattern)
    }

    fn unknown_rules(&self) -> Vec<Diagnostic> {
        let is_known = |name: &Spanned<String>| NamePattern::from(name.as_ref().clone()).rules().next().is_some();
        let place = |name: &Spanned<String>| self.project.settings_file.map(|file| Span::new(file, name.span()));
        let unknown = self.project.settings.rules.keys().filter(|name| !is_known(name));
        unknown.map(|name| unknown_rule(name.as_ref(), place(name))).collect()
    }
}

/// What has no place comes first: it is about the whole run.
fn arrange(findings: &mut Vec<Diagnostic>) {
    findings.sort_by(|a, b| (a.span, a.rule, &a.object, &a.message).cmp(&(b.span, b.rule, &b.object, &b.message)));
    findings.dedup();
}
