//! Comments in manifests that accept findings, as far as the settings permit it.

use hashbrown::HashMap;

use super::patterns::NamePattern;
use super::project::Project;
use super::suppressions::unknown_rule;
use crate::diagnostic::Diagnostic;
use crate::manifest::comments::{Allow, comments};
use crate::source::{FileId, Span};

/// The form of a comment that counts.
const FORM: &str = "write `# ingressc: allow(RULE) REASON`";

/// A comment that is understood.
struct Remark {
    span: Span,
    scope: Span,
    rules: Vec<NamePattern>,
    is_used: bool,
}

/// All comments of the manifests.
pub(super) struct Remarks<'a> {
    permitted: &'a [NamePattern],
    /// Those of each file, in the order of what they hold for.
    by_file: HashMap<FileId, Vec<Remark>>,
    complaints: Vec<Diagnostic>,
}

impl<'a> Remarks<'a> {
    /// Those of a project.
    pub(super) fn of(project: &'a Project) -> Self {
        let mut remarks = Self { permitted: &project.settings.allow_comments, by_file: HashMap::new(), complaints: Vec::new() };
        for (file, source) in project.sources.files().filter(|(file, _)| Some(*file) != project.settings_file) {
            for comment in comments(&source.text) {
                let span = Span::new(file, comment.range);
                match comment.allow {
                    None => remarks.complaints.push(ignored("it is not understood", span).help(FORM)),
                    Some(allow) => remarks.take(span, Span::new(file, comment.scope), &allow),
                }
            }
        }
        remarks.by_file.values_mut().for_each(|all| all.sort_by_key(|remark| remark.scope.start));
        remarks
    }

    fn take(&mut self, span: Span, scope: Span, allow: &Allow) {
        let mut rules = Vec::new();
        for (name, range) in &allow.rules {
            let pattern = NamePattern::from(name.clone());
            if pattern.rules().next().is_none() {
                self.complaints.push(unknown_rule(name, Some(Span::new(span.file, range.clone()))));
            } else if pattern.rules().any(|rule| self.permits(rule.name)) {
                rules.push(pattern);
            } else {
                let finding = ignored(&format!("the settings permit no comment to allow `{name}`"), span).subject(name);
                let help = format!(
                    "`allow-comments = [\"{name}\"]` in `ingressc.toml` permits it, or name the finding there under `[[suppress]]`"
                );
                self.complaints.push(finding.help(help));
            }
        }
        if rules.is_empty() {
            return;
        }
        match allow.reason.is_empty() {
            true => self.complaints.push(ignored("it gives no reason", span).help(FORM)),
            false => self.by_file.entry(span.file).or_default().push(Remark { span, scope, rules, is_used: false }),
        }
    }

    fn permits(&self, rule: &str) -> bool {
        self.permitted.iter().any(|pattern| pattern.fits(rule))
    }

    /// Whether a finding is accepted.
    pub(super) fn accept(&mut self, finding: &Diagnostic) -> bool {
        let Some(span) = finding.span.filter(|_| self.permits(finding.rule)) else { return false };
        let Some(remarks) = self.by_file.get_mut(&span.file) else { return false };
        let behind = remarks.partition_point(|remark| remark.scope.start <= span.start);
        let holds = |remark: &&mut Remark| span.start < remark.scope.end && remark.rules.iter().any(|rule| rule.fits(finding.rule));
        match remarks[..behind].iter_mut().rev().find(holds) {
            Some(remark) => {
                remark.is_used = true;
                true
            }
            None => false,
        }
    }

    /// What is said of comments that do nothing.
    pub(super) fn complaints(&self) -> Vec<Diagnostic> {
        let unused = self.by_file.values().flatten().filter(|remark| !remark.is_used).map(|remark| {
            let names: Vec<String> = remark.rules.iter().map(|rule| format!("`{}`", rule.text())).collect();
            let message = format!("there is nothing of {} that this comment allows", names.join(", "));
            Diagnostic::warning("unused-suppression", message)
                .at(remark.span)
                .help("remove it, or put it at or above the line of the finding")
        });
        self.complaints.iter().cloned().chain(unused).collect()
    }
}

fn ignored(why: &str, span: Span) -> Diagnostic {
    Diagnostic::warning("ignored-comment", format!("this comment does not count: {why}")).at(span)
}
