//! Reads a configuration that a controller has written.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use serde_json::Value;

use super::folder::Folder;
use super::kubectl::{Kubectl, Replica};
use super::{Failure, files, kubectl, text};
use crate::compare::{Dump, Unusable};
use crate::compile::Lua;

/// The main file in a folder that holds what a controller has written.
pub(super) const MAIN: &str = "nginx.conf";
/// What the settings for Lua are called in the image of the controller.
const SETTINGS_OF_THE_IMAGE: &str = "cfg.json";

/// Where a live configuration is.
#[derive(Debug, Clone, Default)]
pub(super) struct Live {
    /// A file, a folder with all files, or a cluster.
    pub(super) path: PathBuf,
    /// Files of their own for Lua.
    pub(super) lua: Vec<(Lua, PathBuf)>,
}

impl Live {
    /// Reads it: of a cluster, what the first of its controllers runs.
    pub(super) fn read(&self) -> Result<Dump, Failure> {
        match Kubectl::of(&self.path) {
            Some(kubectl) => self.dump(read_replica(self.replicas(&kubectl)?.first().context("there is no controller")?)?),
            None if self.path.is_dir() => self.dump(read_folder(&self.path)?),
            None => self.dump((name(&self.path), read(&self.path)?, Vec::new())),
        }
    }

    /// Reads what each controller of a cluster runs; a file or a folder is what one of them runs.
    pub(super) fn read_all(&self) -> Result<Vec<Dump>, Failure> {
        let Some(kubectl) = Kubectl::of(&self.path) else { return Ok(vec![self.read()?]) };
        self.replicas(&kubectl)?.iter().map(|replica| self.dump(read_replica(replica)?)).collect()
    }

    fn replicas<'k>(&self, kubectl: &'k Kubectl) -> Result<Vec<Replica<'k>>, Failure> {
        Ok(kubectl.replicas().map_err(|reason| anyhow!("`{}` {reason}", name(&self.path)))?)
    }

    fn dump(&self, (main, text, mut lua): Texts) -> Result<Dump, Failure> {
        for (what, path) in &self.lua {
            lua.retain(|(known, _)| known != what);
            lua.push((*what, json(&name(path), &read(path)?)?));
        }
        Dump::new(&main, text, lua).map_err(|unusable| match unusable {
            Unusable::Broken(sources, findings) => Failure::Findings(sources, findings),
            Unusable::Empty => Failure::Machine(anyhow!("`{main}` holds no configuration")),
        })
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

/// What runs in a pod. Which files there are for Lua depends on the release: those that are missing are told of as not compared.
fn read_replica(replica: &Replica<'_>) -> Result<Texts, Failure> {
    let shown = replica.name(MAIN);
    let main = replica.output(kubectl::MAIN).map_err(|reason| anyhow!("`{shown}` {reason}"))?;
    let mut lua = Vec::new();
    for (what, words) in [(Lua::Settings, kubectl::SETTINGS), (Lua::Backends, kubectl::BACKENDS)] {
        if let Ok(text) = replica.output(words) {
            lua.push((what, json(&replica.name(what.file()), &text)?));
        }
    }
    Ok((shown, main, lua))
}

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
