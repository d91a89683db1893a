//! The tables as files, and the backends that they name, each once.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::super::scope::Scope;
use super::super::{FileName, OutputFile};
use super::canary::Questions;
use super::formats::{MapFile, PathKeys, SectionName, Unfit};
use super::hosts::{Backend, Host, Shapes, Table};
use crate::nginx::problem;

/// The number of the questions that a canary is asked for by, and its backend.
type Asked = (usize, SectionName);

/// What all hosts add to the configuration.
#[derive(Debug, Default)]
pub(super) struct Maps {
    tables: BTreeMap<&'static str, MapFile>,
    /// How paths become keys.
    pub(super) keys: PathKeys,
    /// Names of backends by their canaries and rules.
    known: HashMap<(Option<Asked>, Arc<str>), SectionName>,
    names: HashSet<SectionName>,
    /// How often a name was wanted that was taken.
    counts: HashMap<SectionName, usize>,
    /// Backends in the order of their first use, with their names.
    backends: Vec<(SectionName, Backend)>,
    /// Backends whose canary is in the tables.
    with_canary: HashSet<SectionName>,
    /// Ways to ask for a canary.
    pub(super) questions: Questions,
    /// Lists of regular expressions.
    pub(super) shapes: Shapes,
}

impl Maps {
    fn put(&mut self, name: &'static str, key: &str, value: &str) -> Result<(), Unfit> {
        self.tables.entry(name).or_default().put(key, value)
    }

    /// Whether a table has any line.
    pub(super) fn has(&self, name: &str) -> bool {
        self.tables.get(name).is_some_and(|table| !table.is_empty())
    }

    /// Adds the name of a host, which is found under another.
    pub(super) fn name(&mut self, name: &str, host: &str) -> Result<(), Unfit> {
        match name.strip_prefix("*.") {
            // A label that no client can mean by a star.
            Some(parent) => self.put("wildcards", &format!("_.{}", parent.to_lowercase()), host),
            None => self.put("hosts", &name.to_lowercase(), host),
        }
    }

    /// Adds a name that is a regular expression.
    pub(super) fn name_pattern(&mut self, pattern: &str, host: &str) -> Result<(), Unfit> {
        if problem(pattern).is_some() { Err(Unfit) } else { self.put("host-patterns", pattern, host) }
    }

    /// Adds a name that stands for all names which end with it.
    pub(super) fn name_end(&mut self, end: &str, host: &str) -> Result<(), Unfit> {
        self.put("host-ends", &end.to_lowercase(), host)
    }

    /// Adds a name that stands for all names which begin with it.
    pub(super) fn name_start(&mut self, start: &str, host: &str) -> Result<(), Unfit> {
        self.put("host-starts", &start.to_lowercase(), host)
    }

    /// The name of a backend with these rules: one that is there, or a new one. A canary is part of what makes backends different.
    fn backend(&mut self, backend: Backend, canary: Option<&Asked>) -> SectionName {
        let key = (canary.cloned(), Arc::clone(&backend.rules));
        if let Some(name) = self.known.get(&key) {
            return name.clone();
        }
        let mut name = backend.name.clone();
        while !self.names.insert(name.clone()) {
            let count = self.counts.entry(backend.name.clone()).or_insert(1);
            *count += 1;
            name = backend.name.again(*count);
        }
        self.known.insert(key, name.clone());
        self.backends.push((name.clone(), backend));
        name
    }

    /// Adds a host.
    pub(super) fn host(&mut self, site: &str, host: Host, scope: &mut Scope) {
        let Host { backends, paths, patterns, .. } = host;
        let mut names = vec![SectionName::fixed(SectionName::NOT_FOUND); backends.len()];
        let (mut plain, mut with_canary) = (Vec::new(), Vec::new());
        for (at, (backend, canary)) in backends.into_iter().enumerate() {
            match canary {
                None => plain.push((at, backend)),
                Some(canary) => with_canary.push((at, backend, canary)),
            }
        }
        for (at, backend) in plain {
            names[at] = self.backend(backend, None);
        }
        let mut written = Ok(());
        for (at, backend, canary) in with_canary {
            let number = self.questions.number(&canary.questions);
            let target = names[canary.backend].clone();
            let name = self.backend(backend, Some(&(number, target.clone())));
            if self.with_canary.insert(name.clone()) {
                written = written.and(self.put("canary-questions", name.as_str(), &number.to_string()));
                written = written.and(self.put("canaries", name.as_str(), target.as_str()));
            }
            names[at] = name;
        }
        written = written.and(self.paths(site, &paths, &names));
        if !patterns.is_empty() {
            let number = self.shapes.number(&patterns);
            written = written.and(self.put("pattern-hosts", site, &number.to_string()));
            for (index, (_, at)) in patterns.iter().enumerate() {
                written = written.and(self.put("pattern-routes", &format!("{site}/{index}"), names[*at].as_str()));
            }
        }
        if written.is_err() {
            scope.unserved("path", "a host or path is none that HAProxy can look up");
        }
    }

    fn paths(&mut self, host: &str, paths: &[(Table, String, usize)], names: &[SectionName]) -> Result<(), Unfit> {
        let mut known: HashSet<(&'static str, &str)> = HashSet::new();
        let mut written = Ok(());
        for (table, path, at) in paths {
            let (table, path) = match table {
                Table::Exact => ("paths-exact", path.as_str()),
                Table::Beginning => ("paths", path.as_str()),
                Table::ExactAnyCase => ("paths-exact-any-case", path.as_str()),
                Table::BeginningAnyCase => ("paths-any-case", path.as_str()),
            };
            if known.insert((table, path)) {
                let key = format!("{host}{}", self.keys.of(path));
                written = written.and(self.put(table, &key, names[*at].as_str()));
            }
        }
        written
    }

    /// Adds a backend that no route has.
    pub(super) fn extra(&mut self, host: &str, backend: Backend) -> Result<(), Unfit> {
        let name = self.backend(backend, None);
        self.put("hosts", host, host)?;
        self.put("paths", &format!("{host}/"), name.as_str())
    }

    /// All backends with their names, sorted by name.
    pub(super) fn backends(&self) -> Vec<(&SectionName, &Backend)> {
        let mut all: Vec<_> = self.backends.iter().map(|(name, backend)| (name, backend)).collect();
        all.sort_by_key(|(name, _)| *name);
        all
    }

    /// The files.
    pub(super) fn files(mut self) -> Vec<OutputFile> {
        for name in ["hosts", "wildcards", "paths", "paths-exact"] {
            // HAProxy does not start without a file that it names.
            self.tables.entry(name).or_default();
        }
        if let Some(ends) = self.tables.get_mut("host-ends") {
            ends.longest_first();
        }
        let shapes = self.shapes.all().into_iter().map(|(number, patterns)| {
            let mut table = MapFile::default();
            for (index, pattern) in patterns.iter().enumerate() {
                // What is no word was closed when the pattern was read.
                let _ = table.put(pattern, &index.to_string());
            }
            table.file(FileName::numbered("maps/patterns-", number, ".map"))
        });
        let shapes: Vec<_> = shapes.collect();
        let tables = self.tables.into_iter().map(|(name, table)| table.file(FileName::within("maps", name, ".map")));
        tables.chain(shapes).collect()
    }
}
