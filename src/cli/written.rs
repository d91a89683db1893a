//! What manifests come to: the configuration, and the files for the Lua side of the controller.

use std::borrow::Cow;

use serde_json::Value;

use super::dump::Lua;
use crate::conf::{self, Tree};
use crate::emit::{IngressNginx, Options, OutputFile, Target as _};
use crate::ir::Proxy;
use crate::source::FileId;

/// The text of a rendered configuration is no file: nothing points into it.
pub(super) const NO_FILE: FileId = FileId(u32::MAX);

/// What manifests come to, as text.
#[derive(Debug, Default)]
pub(super) struct Written {
    configuration: String,
    /// The other files, read back.
    dynamic: Vec<(Cow<'static, str>, Value)>,
}

impl Written {
    /// What the controller writes.
    pub(super) fn of(proxy: &Proxy) -> Self {
        Self::of_files(IngressNginx.render(proxy, &Options::default()).value)
    }

    /// The first file is the configuration.
    pub(super) fn of_files(files: Vec<OutputFile>) -> Self {
        let mut files = files.into_iter();
        let configuration = files.next().map(|file| file.content).unwrap_or_default();
        // What was written here is JSON.
        Self {
            configuration,
            dynamic: files.filter_map(|file| Some((file.name.into(), serde_json::from_str(&file.content).ok()?))).collect(),
        }
    }

    /// Spans in it point nowhere.
    pub(super) fn tree(&self) -> Tree<'_> {
        conf::parse(NO_FILE, &self.configuration).value
    }

    /// What the controller would tell Lua.
    pub(super) fn lua(&self, what: Lua) -> Option<&Value> {
        self.dynamic.iter().find(|(known, _)| *known == what.file()).map(|(_, value)| value)
    }
}
