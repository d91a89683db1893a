//! A configuration that a controller has written: its nginx.conf, and what it tells Lua beside it.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::mistaken::Mistaken;
use crate::compile::Lua;
use crate::conf::{self, Tree};
use crate::diagnostic::{Diagnostic, Outcome, Severity};
use crate::diff::facts::Facts;
use crate::source::{FileId, SourceMap, Spot};

/// A configuration that a controller has written.
#[derive(Debug)]
pub struct Dump {
    /// The text.
    pub sources: SourceMap,
    file: FileId,
    text: Arc<str>,
    /// What nginx would refuse, and what is understood all the same.
    pub findings: Vec<Diagnostic>,
    /// What the controller tells Lua.
    lua: Vec<(Lua, Value)>,
    /// What the configuration tells of the pod.
    pub facts: Facts,
}

/// Why a text is no configuration that can be compared: what is missing would be reported as removed.
#[derive(Debug)]
pub enum Unusable {
    /// It cannot be parsed as a whole.
    Broken(SourceMap, Vec<Diagnostic>),
    /// It is something else.
    Mistaken(Mistaken),
    /// It holds no directive.
    Empty,
}

impl Dump {
    /// Parses a configuration, with what the controller tells Lua beside it.
    ///
    /// # Errors
    /// It cannot be parsed as a whole, or is empty.
    pub fn new(name: &str, text: String, lua: Vec<(Lua, Value)>) -> Result<Self, Unusable> {
        let text: Arc<str> = text.into();
        let mut sources = SourceMap::default();
        let file = sources.add(name, Arc::clone(&text));
        let given = text;
        let text: Arc<str> = match conf::without_prose(&given) {
            Cow::Borrowed(_) => Arc::clone(&given),
            Cow::Owned(cleaned) => cleaned.into(),
        };
        let Outcome { value: tree, diagnostics: findings } = conf::parse(file, &text);
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            let mistaken = Mistaken::of(&given).map(Unusable::Mistaken);
            return Err(mistaken.unwrap_or(Unusable::Broken(sources, findings)));
        }
        if tree.directives().next().is_none() {
            return Err(Unusable::Empty);
        }
        let facts = Facts::read(&tree);
        Ok(Self { sources, file, text, findings, lua, facts })
    }

    /// The name of the main file, as the user gave it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.sources.file(self.file).name
    }

    /// The place of a byte, where the text is as the file has it.
    #[must_use]
    pub fn position(&self, at: u32) -> Spot {
        let file = self.sources.file(self.file);
        Spot { file: file.name.clone(), position: file.position(at as usize) }
    }

    /// The tree of the main file.
    #[must_use]
    pub fn tree(&self) -> Tree<'_> {
        conf::parse(self.file, &self.text).value
    }

    /// What the controller tells Lua, as far as it was given.
    #[must_use]
    pub fn lua(&self, what: Lua) -> Option<&Value> {
        self.lua.iter().find(|(known, _)| *known == what).map(|(_, value)| value)
    }
}
