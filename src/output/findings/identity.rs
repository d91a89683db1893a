//! What a finding is in the next run too, whatever was written above it in the meantime.

use hashbrown::HashMap;

use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::source::SourceMap;

/// A finding by its rule, by the object, and by what of it the finding is about; where it is about no object, by its file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The rule.
    pub rule: String,
    /// The object.
    pub object: Option<ObjectRef>,
    /// The file of what is about no object.
    pub file: Option<String>,
    /// The annotation, key, path or host; the message of what is about none.
    pub about: String,
}

impl Identity {
    /// That of a finding.
    #[must_use]
    pub fn of(finding: &Diagnostic, sources: &SourceMap) -> Self {
        let file = finding.span.filter(|_| finding.object.is_none()).map(|span| sources.file(span.file).name.clone());
        let about = finding.subject.as_ref().unwrap_or(&finding.message).clone();
        Self { rule: finding.rule.to_owned(), object: finding.object.clone(), file, about }
    }

    /// It as one text.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { rule, object, file, about } = self;
        let object = object.as_ref().map(|ObjectRef { kind, namespace, name }| format!("{kind} {namespace}/{name}"));
        format!("{rule}: {}: {about}", object.as_ref().or(file.as_ref()).map_or("", String::as_str))
    }
}

/// Texts for findings that stay the same while lines move, and differ between findings that say the same of an object.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    seen: HashMap<Identity, usize>,
}

impl Fingerprints {
    /// That of the next finding.
    pub(super) fn next(&mut self, finding: &Diagnostic, sources: &SourceMap) -> String {
        let identity = Identity::of(finding, sources);
        let text = identity.text();
        let before = self.seen.entry(identity).or_default();
        *before += 1;
        if *before == 1 { text } else { format!("{text}: {before}") }
    }
}
