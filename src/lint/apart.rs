//! Files that are variants of one another: environments, examples, copies. What is applied together is not in the input.

use hashbrown::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Effect};
use crate::source::{FileId, SourceMap};

/// The rule about objects that are there twice. Where they are in several files, the files are variants.
pub(super) const DUPLICATE: &str = "duplicate-object";

/// The rule about paths that several Ingresses declare.
pub(super) const PATH: &str = "overridden-path";

/// Rules about what objects do to one another, where they are applied to one cluster.
const BETWEEN: &[&str] = &[
    "blocked-reload",
    "borrowed-pattern",
    "contested-certificate",
    "idle-canary",
    "inherited-protection",
    "inherited-redirect",
    "mixed-upstreams",
    "no-fallback-to-wildcard",
    "open-sister-path",
    "overridden-alias",
    "overridden-annotation",
    "overridden-balancing",
    PATH,
    "overridden-redirect",
    "path-lost-to-canary",
    "second-canary",
    "shared-backend-tls",
    "shared-client-certificates",
    "shared-upstream",
    "two-certificates",
    "two-issuers",
    "two-protocols",
    "uncovered-host",
    "unreachable-path",
    "wide-canary",
];

/// Files that are not applied together, as far as the input says: those that declare the same objects are variants of one another.
#[derive(Debug, Default)]
pub struct Apart {
    /// The folder of each file.
    folders: HashMap<FileId, usize>,
    /// Folders with variants in their own files.
    collections: HashSet<usize>,
    /// A folder that each folder is a variant of; the first one of all of them is one of itself.
    variants: Vec<usize>,
}

impl Apart {
    /// What findings about objects that are declared twice say of their files.
    #[must_use]
    pub fn of(findings: &[Diagnostic], sources: &SourceMap) -> Self {
        let twice = findings.iter().filter(|finding| finding.rule == DUPLICATE);
        let pairs = twice.filter_map(|finding| Some((finding.span?.file, finding.related.first()?.span.file)));
        let pairs: Vec<(FileId, FileId)> = pairs.filter(|(one, other)| one != other).collect();
        if pairs.is_empty() {
            return Self::default();
        }
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut apart = Self::default();
        for (id, file) in sources.files() {
            let folder = file.name.rsplit_once('/').map_or("", |(folder, _)| folder);
            let next = numbers.len();
            apart.folders.insert(id, *numbers.entry(folder).or_insert(next));
        }
        apart.variants = (0..numbers.len()).collect();
        for (one, other) in pairs {
            let (one, other) = (apart.folders[&one], apart.folders[&other]);
            if one == other {
                apart.collections.insert(one);
            }
            let (one, other) = (apart.first(one), apart.first(other));
            apart.variants[one.max(other)] = one.min(other);
        }
        // What a folder is a variant of has a smaller number, and is settled before it.
        for folder in 0..apart.variants.len() {
            apart.variants[folder] = apart.variants[apart.variants[folder]];
        }
        apart
    }

    fn first(&mut self, folder: usize) -> usize {
        let mut first = folder;
        while self.variants[first] != first {
            self.variants[first] = self.variants[self.variants[first]];
            first = self.variants[first];
        }
        first
    }

    /// Whether the two files are variants, or lie in folders that are.
    fn are(&self, one: FileId, other: FileId) -> bool {
        let (Some(&of_one), Some(&of_other)) = (self.folders.get(&one), self.folders.get(&other)) else { return false };
        match of_one == of_other {
            true => one != other && self.collections.contains(&of_one),
            false => self.variants[of_one] == self.variants[of_other],
        }
    }

    /// Whether a finding is about objects that do something to one another only where such files are applied together. What opens
    /// something, or takes something from another namespace, is told by itself: that one of them is not there is an assumption.
    pub(super) fn holds_for(&self, finding: &Diagnostic) -> bool {
        let Some(span) = finding.span.filter(|_| BETWEEN.contains(&finding.rule)) else { return false };
        let is_told_by_itself = finding.effect == Some(Effect::FailsOpen) || finding.is_of_several_namespaces;
        // The first place of a shared path is that of the Ingress that is served; those behind are more paths of the two.
        let places = if finding.rule == PATH { &finding.related[..finding.related.len().min(1)] } else { &finding.related[..] };
        !is_told_by_itself && !places.is_empty() && places.iter().all(|label| self.are(span.file, label.span.file))
    }
}
