//! `[[suppress]]` in the settings file: findings that are known and accepted.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use super::config::Suppression;
use super::patterns::{NamePattern, PathPatterns};
use super::project::Project;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::lint::rules;
use crate::source::{FileId, SourceMap, Span};

/// Rule and object where a suppression says them plainly. What it leaves out, or says as a pattern, is tried for all findings.
type Key<'a> = (Option<&'a str>, Option<&'a str>);

/// All of them.
pub(super) struct Suppressions<'a> {
    all: &'a [Suppression],
    file: Option<FileId>,
    by_key: HashMap<Key<'a>, Vec<usize>>,
    paths: Vec<Option<PathPatterns>>,
    places: HashMap<FileId, PathBuf>,
    is_used: Vec<bool>,
}

impl<'a> Suppressions<'a> {
    /// Those of the settings.
    pub(super) fn of(project: &'a Project) -> Self {
        let all = project.settings.suppress.as_slice();
        let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
        for (at, Suppression { rule, name, .. }) in all.iter().enumerate() {
            let key = (plain(rule.as_ref().map(AsRef::as_ref)), plain(name.as_ref()));
            by_key.entry(key).or_default().push(at);
        }
        let paths = all.iter().map(|one| one.file.as_ref().map(|file| PathPatterns::new(&project.root, [file]))).collect();
        Self { all, file: project.settings_file, by_key, paths, places: HashMap::new(), is_used: vec![false; all.len()] }
    }

    /// Whether a finding is accepted.
    pub(super) fn accept(&mut self, finding: &Diagnostic, sources: &SourceMap) -> bool {
        if self.all.is_empty() {
            return false;
        }
        let name = finding.object.as_ref().map(|object| object.name.as_str());
        let mut keys = vec![(Some(finding.rule), None), (None, None)];
        if name.is_some() {
            keys.extend([(Some(finding.rule), name), (None, name)]);
        }
        let candidates: Vec<usize> = keys.iter().flat_map(|key| self.by_key.get(key).into_iter().flatten()).copied().collect();
        let mut is_accepted = false;
        for at in candidates {
            if self.all[at].fits(finding) && self.lies_there(at, finding, sources) {
                (self.is_used[at], is_accepted) = (true, true);
            }
        }
        is_accepted
    }

    fn lies_there(&mut self, at: usize, finding: &Diagnostic, sources: &SourceMap) -> bool {
        let Some(paths) = &self.paths[at] else { return true };
        let Some(span) = finding.span else { return false };
        let place = self.places.entry(span.file).or_insert_with(|| real(&sources.file(span.file).name));
        paths.fit_around(place)
    }

    /// What is said of those that do nothing. What is about objects or files that this run does not hold says nothing.
    pub(super) fn complaints(&self, objects: &[ObjectRef], sources: &SourceMap) -> Vec<Diagnostic> {
        let mut by_name: HashMap<&str, Vec<&ObjectRef>> = HashMap::new();
        for object in objects {
            by_name.entry(&object.name).or_default().push(object);
        }
        let mut files: Option<Vec<PathBuf>> = None;
        let mut found = Vec::new();
        for (at, one) in self.all.iter().enumerate() {
            if let Some(rule) = one.rule.as_ref().filter(|rule| rule.as_ref().rules().next().is_none()) {
                found.push(unknown_rule(rule.as_ref().text(), self.place(&rule.span())));
                continue;
            }
            let is_here = match &one.name {
                None if one.namespace.is_none() && one.kind.is_none() => true,
                Some(name) if name.is_plain() => by_name.get(name.text()).into_iter().flatten().any(|object| one.is_about(Some(object))),
                _ => objects.iter().any(|object| one.is_about(Some(object))),
            };
            let is_read = self.paths[at].as_ref().is_none_or(|paths| {
                let files = files.get_or_insert_with(|| sources.files().map(|(_, file)| real(&file.name)).collect());
                files.iter().any(|file| paths.fit_around(file))
            });
            if !self.is_used[at] && is_here && is_read {
                found.push(self.unused(one));
            }
        }
        found
    }

    fn unused(&self, one: &Suppression) -> Diagnostic {
        let (of_rule, span) = match &one.rule {
            Some(rule) => (format!(" of `{}`", rule.as_ref().text()), rule.span()),
            None => (String::new(), one.reason.span()),
        };
        let finding = Diagnostic::warning("unused-suppression", format!("this suppression{of_rule} fits no finding"));
        let finding = match &one.rule {
            Some(rule) => finding.subject(rule.as_ref().text()),
            None => finding,
        };
        finding.at(self.place(&span)).help("remove it, or say what it is meant for as the finding says it")
    }

    fn place(&self, range: &std::ops::Range<usize>) -> Option<Span> {
        self.file.map(|file| Span::new(file, range.clone()))
    }
}

/// What is said of a name that no rule has.
pub(super) fn unknown_rule(name: &str, place: Option<Span>) -> Diagnostic {
    let finding = Diagnostic::warning("unknown-rule", format!("there is no rule `{name}`"));
    let finding = finding.at(place).subject(name).note("what is said about it has no effect");
    match rules::similar(name) {
        Some(similar) => finding.help(format!("did you mean `{similar}`?")),
        None => finding.help("`ingressc rules` lists them all"),
    }
}

fn plain(pattern: Option<&NamePattern>) -> Option<&str> {
    pattern.filter(|pattern| pattern.is_plain()).map(NamePattern::text)
}

/// Where a file is, without links.
fn real(name: &str) -> PathBuf {
    fs::canonicalize(name).unwrap_or_else(|_| PathBuf::from(name))
}

impl Suppression {
    fn fits(&self, finding: &Diagnostic) -> bool {
        let of_rule = self.rule.as_ref().is_none_or(|rule| rule.as_ref().fits(finding.rule));
        let of_subject = agrees(self.subject.as_ref(), finding.subject.as_deref());
        of_rule && of_subject && self.is_about(finding.object.as_ref())
    }

    fn is_about(&self, object: Option<&ObjectRef>) -> bool {
        let part = |get: fn(&ObjectRef) -> &str| object.map(get);
        agrees(self.kind.as_ref(), part(|object| &object.kind))
            && agrees(self.namespace.as_ref(), part(|object| &object.namespace))
            && agrees(self.name.as_ref(), part(|object| &object.name))
    }
}

fn agrees(wanted: Option<&NamePattern>, found: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| found.is_some_and(|found| wanted.fits(found)))
}
