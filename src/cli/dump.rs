//! A configuration that a controller has written: its nginx.conf, and what it tells Lua beside it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::anyhow;
use serde_json::Value;

use super::folder::Folder;
use super::{Failure, files, text};
use crate::conf::{self, Tree};
use crate::diagnostic::{Diagnostic, Outcome, Severity};
use crate::diff::facts::Facts;
use crate::output::difference::Spot;
use crate::source::{FileId, SourceMap};

/// The main file in a folder that holds what a controller has written.
pub(super) const MAIN: &str = "nginx.conf";
/// What the settings for Lua are called in the image of the controller.
const SETTINGS_OF_THE_IMAGE: &str = "cfg.json";

/// What the controller tells Lua, by the names that `render -o` gives to the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lua {
    /// Endpoints, affinity, canaries.
    Backends,
    /// TCP and UDP services.
    Streams,
    /// Which host has which certificate.
    Certificates,
    /// Settings, since 1.12.
    Settings,
}

impl Lua {
    pub(super) const ALL: [Self; 4] = [Self::Backends, Self::Streams, Self::Certificates, Self::Settings];

    /// The name of the file.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Backends => "backends.json",
            Self::Streams => "streams.json",
            Self::Certificates => "certificates.json",
            Self::Settings => "lua.json",
        }
    }
}

/// Where a live configuration is.
#[derive(Debug, Clone, Default)]
pub(super) struct Live {
    /// A file, or a folder with all files.
    pub(super) path: PathBuf,
    /// Files of their own for Lua.
    pub(super) lua: Vec<(Lua, PathBuf)>,
}

/// A configuration that a controller has written.
#[derive(Debug)]
pub(super) struct Dump {
    /// The text.
    pub(super) sources: SourceMap,
    file: FileId,
    text: Arc<str>,
    /// What nginx would refuse, and what is understood all the same.
    pub(super) findings: Vec<Diagnostic>,
    /// What the controller tells Lua.
    lua: Vec<(Lua, Value)>,
    /// What the configuration tells of the pod.
    pub(super) facts: Facts,
}

impl Dump {
    /// Reads a configuration. One that cannot be parsed as a whole is of no use: what is missing would be reported as removed.
    pub(super) fn read(live: &Live) -> Result<Self, Failure> {
        let is_folder = live.path.is_dir();
        let (main, text, mut lua) = if is_folder { read_folder(&live.path)? } else { (name(&live.path), read(&live.path)?, Vec::new()) };
        for (what, path) in &live.lua {
            lua.retain(|(known, _)| known != what);
            lua.push((*what, json(&name(path), &read(path)?)?));
        }
        let text: Arc<str> = text.into();
        let mut sources = SourceMap::default();
        let file = sources.add(main.clone(), Arc::clone(&text));
        let text: Arc<str> = match conf::without_prose(&text) {
            Cow::Borrowed(_) => Arc::clone(&text),
            Cow::Owned(cleaned) => cleaned.into(),
        };
        let Outcome { value: tree, diagnostics } = conf::parse(file, &text);
        if diagnostics.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(Failure::Findings(sources, diagnostics));
        }
        if tree.directives().next().is_none() {
            return Err(Failure::Machine(anyhow!("`{main}` holds no configuration")));
        }
        let facts = Facts::read(&tree);
        Ok(Self { sources, file, text, findings: diagnostics, lua, facts })
    }

    /// The name of the main file, as the user gave it.
    pub(super) fn name(&self) -> &str {
        &self.sources.file(self.file).name
    }

    /// The place of a byte, where the text is as the file has it.
    pub(super) fn position(&self, at: u32) -> Option<Spot> {
        let file = self.sources.file(self.file);
        Some(Spot { file: file.name.clone(), position: file.position(at as usize) })
    }

    /// The tree of the main file.
    pub(super) fn tree(&self) -> Tree<'_> {
        conf::parse(self.file, &self.text).value
    }

    /// What the controller tells Lua, as far as it was given.
    pub(super) fn lua(&self, what: Lua) -> Option<&Value> {
        self.lua.iter().find(|(known, _)| *known == what).map(|(_, value)| value)
    }
}

fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<String, Failure> {
    Ok(files::read(path).map_err(|reason| anyhow!("`{}` {reason}", name(path)))?)
}

fn json(name: &str, text: &str) -> Result<Value, Failure> {
    let text = text.trim_start_matches('\u{feff}');
    Ok(serde_json::from_str(text).map_err(|error| anyhow!("`{name}` is not JSON: {error}"))?)
}

/// The name and the text of a main file, and what the controller tells Lua.
type Texts = (String, String, Vec<(Lua, Value)>);

/// What a folder holds.
fn read_folder(path: &Path) -> Result<Texts, Failure> {
    let folder = Folder::open(path).map_err(|error| anyhow!("`{}` {}", name(path), text::cannot_be_read(&error)))?;
    let shown = |file: &str| name(&path.join(file));
    let main = folder.read(MAIN).map_err(|reason| anyhow!("`{}` {reason}", shown(MAIN)))?;
    let mut lua = Vec::new();
    for what in Lua::ALL {
        let file = match what {
            Lua::Settings if !folder.holds(what.file()) => SETTINGS_OF_THE_IMAGE,
            _ => what.file(),
        };
        if folder.holds(file) {
            let text = folder.read(file).map_err(|reason| anyhow!("`{}` {reason}", shown(file)))?;
            lua.push((what, json(&shown(file), &text)?));
        }
    }
    Ok((shown(MAIN), main, lua))
}
