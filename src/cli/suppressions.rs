//! `[[suppress]]` in the settings file: findings that are known and accepted.

use std::fs;
use std::path::PathBuf;

use hashbrown::HashMap;

use super::config::Suppression;
use super::patterns::{NamePattern, NamePatterns, PathPatterns};
use super::project::Project;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::lint::rules;
use crate::source::{FileId, SourceMap, Span};

/// Rule, subject, kind, namespace and name where a suppression says them plainly. What it leaves out, or says as a pattern, fits all here.
type Key<'a> = [Option<&'a str>; 5];

/// All of them.
pub(super) struct Suppressions<'a> {
    all: &'a [Suppression],
    file: Option<FileId>,
    by_key: HashMap<Key<'a>, Vec<usize>>,
    /// Those whose name is a pattern, together: thousands are tried at once.
    by_pattern: NamePatterns,
    paths: Vec<Option<PathPatterns>>,
    places: HashMap<FileId, PathBuf>,
    is_used: Vec<bool>,
}

impl<'a> Suppressions<'a> {
    /// Those of the settings.
    pub(super) fn of(project: &'a Project) -> Self {
        let all = project.settings.suppress.as_slice();
        let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
        for (at, one) in all.iter().enumerate() {
            // A pattern fits its own text as well.
            let name = one.name.as_ref().map(NamePattern::text);
            let rule = plain(one.rule.as_ref().map(AsRef::as_ref));
            by_key
                .entry([rule, plain(one.subject.as_ref()), plain(one.kind.as_ref()), plain(one.namespace.as_ref()), name])
                .or_default()
                .push(at);
        }
        let by_pattern = NamePatterns::of(all.iter().map(|one| one.name.as_ref()));
        let paths = all.iter().map(|one| one.file.as_ref().map(|file| PathPatterns::new(&project.root, [file]))).collect();
        Self { all, file: project.settings_file, by_key, by_pattern, paths, places: HashMap::new(), is_used: vec![false; all.len()] }
    }

    /// Whether a finding is accepted.
    pub(super) fn accept(&mut self, finding: &Diagnostic, sources: &SourceMap) -> bool {
        if self.all.is_empty() {
            return false;
        }
        let candidates = self.candidates(finding);
        let mut is_accepted = false;
        for at in candidates {
            if self.all[at].fits(finding) && self.lies_there(at, finding, sources) {
                (self.is_used[at], is_accepted) = (true, true);
            }
        }
        is_accepted
    }

    /// Those that may be about a finding.
    fn candidates(&self, finding: &Diagnostic) -> Vec<usize> {
        let part = |get: fn(&ObjectRef) -> &str| finding.object.as_ref().map(get);
        let name = part(|object| &object.name);
        let all: Key =
            [Some(finding.rule), finding.subject.as_deref(), part(|object| &object.kind), part(|object| &object.namespace), name];
        let mut found: Vec<usize> = parts(all).filter_map(|key| self.by_key.get(&key)).flatten().copied().collect();
        found.extend(name.into_iter().flat_map(|name| self.by_pattern.fitting(name)));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Which of them are about any of the objects, or about no object in particular.
    fn about_any(&self, objects: &[ObjectRef]) -> Vec<bool> {
        let mut here: Vec<bool> = self.all.iter().map(|one| one.kind.is_none() && one.namespace.is_none() && one.name.is_none()).collect();
        let mut by_object: HashMap<[Option<&str>; 3], Vec<usize>> = HashMap::new();
        for (at, one) in self.all.iter().enumerate().filter(|(at, _)| !here[*at]) {
            let key = [plain(one.kind.as_ref()), plain(one.namespace.as_ref()), one.name.as_ref().map(NamePattern::text)];
            by_object.entry(key).or_default().push(at);
        }
        for object in objects {
            let all = [Some(object.kind.as_str()), Some(object.namespace.as_str()), Some(object.name.as_str())];
            let plain = parts(all).filter_map(|key| by_object.get(&key)).flatten().copied();
            for at in plain.chain(self.by_pattern.fitting(&object.name)) {
                here[at] = here[at] || self.all[at].is_about(Some(object));
            }
        }
        here
    }

    fn lies_there(&mut self, at: usize, finding: &Diagnostic, sources: &SourceMap) -> bool {
        let Some(paths) = &self.paths[at] else { return true };
        let Some(span) = finding.span else { return false };
        let place = self.places.entry(span.file).or_insert_with(|| real(&sources.file(span.file).name));
        paths.fit_around(place)
    }

    /// What is said of those that do nothing. What is about objects or files that this run does not hold says nothing.
    pub(super) fn complaints(&self, objects: &[ObjectRef], sources: &SourceMap) -> Vec<Diagnostic> {
        let here = self.about_any(objects);
        let mut files: Option<Vec<PathBuf>> = None;
        let mut found = Vec::new();
        for (at, one) in self.all.iter().enumerate() {
            if let Some(rule) = one.rule.as_ref().filter(|rule| rule.as_ref().rules().next().is_none()) {
                found.push(unknown_rule(rule.as_ref().text(), self.place(&rule.span())));
                continue;
            }
            let is_read = self.paths[at].as_ref().is_none_or(|paths| {
                let files = files.get_or_insert_with(|| sources.files().map(|(_, file)| real(&file.name)).collect());
                files.iter().any(|file| paths.fit_around(file))
            });
            if !self.is_used[at] && here[at] && is_read {
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

/// All ways to leave parts out, of those that are there.
fn parts<const N: usize>(all: [Option<&str>; N]) -> impl Iterator<Item = [Option<&str>; N]> {
    (0..1_usize << N).filter_map(move |mask| {
        let mut key = [None; N];
        for (at, part) in all.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1) {
            key[at] = Some((*part)?);
        }
        Some(key)
    })
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
