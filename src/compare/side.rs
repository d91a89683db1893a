//! One side of a comparison: manifests, compiled, or a configuration that a controller has written.

use serde_json::Value;

use super::dump::Dump;
use crate::catalog::version::Version;
use crate::compile::{Declared, Lua, fitting};
use crate::conf::Tree;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::source::SourceMap;

/// A side that is ready to be compared.
#[derive(Debug)]
pub enum Side {
    /// Manifests.
    Declared(Box<Declared>),
    /// A configuration.
    Dump(Box<Dump>),
}

impl Side {
    /// What the side is called: by its role, and a configuration by its file.
    #[must_use]
    pub fn name(&self, role: &str) -> String {
        match self {
            Self::Declared(declared) => format!("{role} (ingress-nginx {})", declared.release()),
            Self::Dump(dump) => format!("{role} ({})", dump.name()),
        }
    }

    /// Writes what both declare in the words of one release, so that only what the proxy does differs.
    pub fn agree_on_words(before: &mut Self, after: &mut Self) {
        match (before, after) {
            (Self::Declared(before), Self::Declared(after)) if before.needs_old_words() => after.reword(before),
            (Self::Declared(before), Self::Declared(after)) => before.reword(after),
            _ => {}
        }
    }

    /// The release of the controller, as far as it is known.
    #[must_use]
    pub fn release(&self) -> Option<Version> {
        match self {
            Self::Declared(declared) => Some(declared.input.controller.version),
            Self::Dump(dump) => fitting(&dump.facts.layout).map(|fitting| fitting.newest),
        }
    }

    /// The tree of the configuration.
    #[must_use]
    pub fn tree(&self) -> Tree<'_> {
        match self {
            Self::Declared(declared) => declared.tree(),
            Self::Dump(dump) => dump.tree(),
        }
    }

    /// A file for the Lua side.
    #[must_use]
    pub fn dynamic(&self, what: Lua) -> Option<&Value> {
        match self {
            Self::Declared(declared) => declared.lua(what),
            Self::Dump(dump) => dump.lua(what),
        }
    }

    /// Whether there is a file for the Lua side.
    #[must_use]
    pub fn tells(&self, what: Lua) -> bool {
        match self {
            Self::Declared(declared) => declared.tells(what),
            Self::Dump(dump) => dump.lua(what).is_some(),
        }
    }

    /// The configuration, where it is one.
    #[must_use]
    pub fn dump(&self) -> Option<&Dump> {
        match self {
            Self::Declared(_) => None,
            Self::Dump(dump) => Some(dump),
        }
    }

    /// The manifests, where it is made of them.
    #[must_use]
    pub fn declared(&self) -> Option<&Declared> {
        match self {
            Self::Declared(declared) => Some(declared),
            Self::Dump(_) => None,
        }
    }

    /// The texts that places of this side are in.
    #[must_use]
    pub fn sources(&self) -> &SourceMap {
        match self {
            Self::Declared(declared) => &declared.input.sources,
            Self::Dump(dump) => &dump.sources,
        }
    }

    /// What was found on the way that makes a comparison worse: what is wrong with manifests otherwise is a question to `check`.
    #[must_use]
    pub fn findings(&self) -> Vec<Diagnostic> {
        match self {
            Self::Declared(declared) => {
                declared.input.findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect()
            }
            Self::Dump(dump) => dump.findings.clone(),
        }
    }

    /// Whether some of what was given could not be read at all: what is in it is on the side, and is not compared.
    #[must_use]
    pub fn is_in_part(&self) -> bool {
        let is_unread = |finding: &Diagnostic| finding.effect == Some(Effect::NotRead);
        self.declared().is_some_and(|declared| declared.input.findings.iter().any(is_unread))
    }
}
