//! The tables as files, and the backends that they name, each once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use super::super::{FileName, OutputFile};
use super::canary::Questions;
use super::hosts::{Backend, Host, Shapes, Table};
use crate::ir::Server;
use crate::nginx::problem;

/// What all hosts add to the configuration.
#[derive(Debug, Default)]
pub(super) struct Maps {
    texts: BTreeMap<&'static str, String>,
    /// Names of backends by their rules.
    known: HashMap<String, String>,
    names: HashSet<String>,
    /// Backends in the order of their first use, with their names.
    backends: Vec<(String, Backend)>,
    /// Backends whose canary is in the tables.
    with_canary: HashSet<String>,
    /// Ways to ask for a canary.
    pub(super) questions: Questions,
    /// Lists of regular expressions.
    pub(super) shapes: Shapes,
}

/// What stands for a blank in paths.
pub(super) const BLANK: &str = "\u{2423}";

/// Whether a key can be the first word of a line.
fn is_key(key: &str) -> bool {
    !key.contains(|c: char| c == ' ' || c.is_control())
}

impl Maps {
    /// The text of a table.
    fn text(&mut self, name: &'static str) -> &mut String {
        self.texts.entry(name).or_default()
    }

    fn put(&mut self, name: &'static str, key: &str, value: &str) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text(name), "{key} {value}");
    }

    /// Whether a table has any line.
    pub(super) fn has(&self, name: &str) -> bool {
        self.texts.contains_key(name)
    }

    /// Adds the name of a host, which is found under another.
    pub(super) fn name(&mut self, name: &str, host: &str) {
        if is_key(name) {
            match name.strip_prefix("*.") {
                // A label that no client can mean by a star.
                Some(parent) => self.put("wildcards", &format!("_.{}", parent.to_lowercase()), host),
                None => self.put("hosts", &name.to_lowercase(), host),
            }
        }
    }

    /// Adds a name that is a regular expression.
    pub(super) fn name_pattern(&mut self, pattern: &str, host: &str) {
        if is_key(pattern) && problem(pattern).is_none() {
            self.put("host-patterns", pattern, host);
        }
    }

    /// Adds a name that stands for all names which end with it.
    pub(super) fn name_end(&mut self, end: &str, host: &str) {
        if is_key(end) {
            self.put("host-ends", end, host);
        }
    }

    /// The name of a backend with these rules: one that is there, or a new one. A canary is part of what makes backends different.
    fn backend(&mut self, backend: Backend, canary: Option<&(usize, String)>) -> String {
        let key = canary.map_or_else(|| backend.rules.clone(), |(number, name)| format!("{number} {name}\n{}", backend.rules));
        if let Some(name) = self.known.get(&key) {
            return name.clone();
        }
        let mut name = backend.name.clone();
        let mut count = 1;
        while !self.names.insert(name.clone()) {
            count += 1;
            name = format!("{}__{count}", backend.name);
        }
        self.known.insert(key, name.clone());
        self.backends.push((name.clone(), backend));
        name
    }

    /// Adds a host.
    pub(super) fn host(&mut self, server: &Server, host: Host) {
        if !is_key(&server.hostname) {
            // Nobody can ask for such a name.
            return;
        }
        let Host { backends, paths, patterns, .. } = host;
        let mut names: Vec<String> = vec![String::new(); backends.len()];
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
        for (at, backend, canary) in with_canary {
            let number = self.questions.number(&canary.question);
            let target = names[canary.backend].clone();
            let name = self.backend(backend, Some(&(number, target.clone())));
            if self.with_canary.insert(name.clone()) {
                self.put("canary-questions", &name, &number.to_string());
                self.put("canaries", &name, &target);
            }
            names[at] = name;
        }
        self.paths(&server.hostname, &paths, &names);
        if !patterns.is_empty() {
            let number = self.shapes.number(&patterns);
            self.put("pattern-hosts", &server.hostname, &number.to_string());
            for (index, (_, at)) in patterns.iter().enumerate() {
                let key = format!("{}/{index}", server.hostname);
                self.put("pattern-routes", &key, &names[*at]);
            }
        }
    }

    fn paths(&mut self, host: &str, paths: &[(Table, String, usize)], names: &[String]) {
        let mut known: HashSet<(&'static str, &str)> = HashSet::new();
        for (table, path, at) in paths {
            let (table, path) = match table {
                Table::Exact => ("paths-exact", path.as_str()),
                Table::Beginning => ("paths", path.as_str()),
                Table::ExactAnyCase => ("paths-exact-any-case", path.as_str()),
                Table::BeginningAnyCase => ("paths-any-case", path.as_str()),
            };
            if known.insert((table, path)) {
                // A blank would end the key: both sides write it in another way.
                let key = format!("{host}{}", path.replace(' ', BLANK));
                self.put(table, &key, &names[*at]);
            }
        }
    }

    /// Adds a backend that no route has.
    pub(super) fn extra(&mut self, host: &str, backend: Backend) {
        if !is_key(host) {
            return;
        }
        let name = self.backend(backend, None);
        self.put("hosts", host, host);
        self.put("paths", &format!("{host}/"), &name);
    }

    /// All backends with their names, sorted by name.
    pub(super) fn backends(&self) -> Vec<(&str, &Backend)> {
        let mut all: Vec<_> = self.backends.iter().map(|(name, backend)| (name.as_str(), backend)).collect();
        all.sort_by_key(|(name, _)| *name);
        all
    }

    /// The files.
    pub(super) fn files(mut self) -> Vec<OutputFile> {
        for name in ["hosts", "wildcards", "paths", "paths-exact"] {
            // HAProxy does not start without a file that it names.
            self.text(name);
        }
        let shapes = self.shapes.all().into_iter().map(|(number, patterns)| {
            let text = patterns.iter().enumerate().map(|(index, pattern)| format!("{pattern} {index}\n")).collect();
            OutputFile::new(FileName::numbered("maps/patterns-", number, ".map"), text)
        });
        let shapes: Vec<_> = shapes.collect();
        let texts = self.texts.into_iter().map(|(name, text)| OutputFile::new(FileName::within("maps", name, ".map"), text));
        texts.chain(shapes).collect()
    }
}
