//! Reads a configuration that a controller has written.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use serde_json::Value;

use super::folder::Folder;
use super::kubectl::{Kubectl, Replica};
use super::{Failure, files, kubectl, text};
use crate::compare::{Dump, Mistaken, Unusable, tells};
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
            lua.push((*what, json(*what, &name(path), &read(path)?)?));
        }
        Dump::new(&main, text, lua).map_err(|unusable| match unusable {
            Unusable::Broken(sources, findings) => Failure::Findings(sources, findings),
            Unusable::Mistaken(mistaken) => Failure::Machine(anyhow!("`{main}` {}", no_configuration(mistaken))),
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

fn json(what: Lua, name: &str, text: &str) -> Result<Value, Failure> {
    let text = text.trim_start_matches('\u{feff}');
    let value = serde_json::from_str(text).map_err(|error| anyhow!("`{name}` is not JSON: {error}"))?;
    if !tells(what, &value) {
        return Err(anyhow!("`{name}` {}", looks_like(Mistaken::of_json(&value), what.file())).into());
    }
    Ok(value)
}

/// What a file looks like that is taken for another, in words that follow its name.
fn looks_like(mistaken: Mistaken, wanted: &str) -> String {
    let what = match mistaken {
        Mistaken::Lua(what) => what.file(),
        Mistaken::Manifest => "a manifest",
        Mistaken::Json => return format!("is JSON, and not {wanted}"),
    };
    format!("looks like {what}, and not like {wanted}")
}

/// The same where it is taken for a configuration of nginx, and how to give it.
pub(super) fn no_configuration(mistaken: Mistaken) -> String {
    let how = match mistaken {
        Mistaken::Lua(what) => {
            let option = match what {
                Lua::Backends => "--live-backends",
                Lua::Certificates => "--live-certificates",
                Lua::Settings => "--live-lua",
                Lua::Streams => return looks_like(mistaken, MAIN),
            };
            format!("name the folder that holds both, or `--live {MAIN}` and with `{option}` this file")
        }
        Mistaken::Manifest => String::from("manifests are named without `--live`, and end in .yaml, .yml or .json"),
        Mistaken::Json => format!("a configuration that runs is given as {MAIN}, or as the folder that holds it"),
    };
    format!("{}: {how}", looks_like(mistaken, MAIN))
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
            lua.push((what, json(what, &replica.name(what.file()), &text)?));
        }
    }
    Ok((shown, main, lua))
}

/// What a folder holds.
fn read_folder(path: &Path) -> Result<Texts, Failure> {
    let folder = Folder::open(path).map_err(|error| anyhow!("`{}` {}", name(path), text::cannot_be_read(&error)))?;
    let shown = |file: &str| name(&path.join(file));
    if !folder.holds(MAIN) {
        return Err(anyhow!("`{}` holds no {MAIN}: a configuration that runs is that file, or the folder that holds it", name(path)).into());
    }
    let main = folder.read(MAIN).map_err(|reason| anyhow!("`{}` {reason}", shown(MAIN)))?;
    let mut lua = Vec::new();
    for what in Lua::ALL {
        let file = match what {
            Lua::Settings if !folder.holds(what.file()) => SETTINGS_OF_THE_IMAGE,
            _ => what.file(),
        };
        if folder.holds(file) {
            let text = folder.read(file).map_err(|reason| anyhow!("`{}` {reason}", shown(file)))?;
            lua.push((what, json(what, &shown(file), &text)?));
        }
    }
    Ok((shown(MAIN), main, lua))
}
