//! What manifests come to: the configuration, and the files for the Lua side of the controller.

use std::borrow::Cow;

use serde_json::Value;

use crate::conf::{self, Tree};
use crate::emit::{IngressNginx, Options, OutputFile, Sink, Target as _};
use crate::ir::Proxy;
use crate::source::Span;

/// What the controller tells Lua, by the names that `render -o` gives to the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lua {
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
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Backends, Self::Streams, Self::Certificates, Self::Settings];

    /// The name of the file.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Backends => "backends.json",
            Self::Streams => "streams.json",
            Self::Certificates => "certificates.json",
            Self::Settings => "lua.json",
        }
    }
}

/// Takes the files for Lua alone.
struct OnlyLua(Vec<OutputFile>);

impl Sink for OnlyLua {
    fn begin(&mut self, name: &'static str) -> bool {
        Lua::ALL.iter().any(|lua| lua.file() == name) && self.0.begin(name)
    }

    fn part(&mut self, text: &str) {
        self.0.part(text);
    }

    fn files(&mut self, files: Vec<OutputFile>) {
        self.0.files(files);
    }
}

/// What was written here is JSON.
fn dynamic(files: impl IntoIterator<Item = OutputFile>) -> Vec<(Cow<'static, str>, Value)> {
    files.into_iter().filter_map(|file| Some((file.name.into(), serde_json::from_str(&file.content).ok()?))).collect()
}

/// What manifests come to, as text.
#[derive(Debug, Default)]
pub struct Written {
    configuration: String,
    /// The other files, read back.
    dynamic: Vec<(Cow<'static, str>, Value)>,
}

impl Written {
    /// What the controller writes.
    #[must_use]
    pub fn of(proxy: &Proxy) -> Self {
        Self::of_files(IngressNginx.render(proxy, &Options::default()).value)
    }

    /// The first file is the configuration.
    #[must_use]
    pub fn of_files(files: Vec<OutputFile>) -> Self {
        let mut files = files.into_iter();
        let configuration = files.next().map(|file| file.content).unwrap_or_default();
        Self { configuration, dynamic: dynamic(files) }
    }

    /// What the controller tells Lua, without the configuration.
    #[must_use]
    pub(super) fn without_configuration(proxy: &Proxy) -> Self {
        let mut files = OnlyLua(Vec::new());
        let _ = IngressNginx.write(proxy, &Options::default(), &mut files);
        Self { configuration: String::new(), dynamic: dynamic(files.0) }
    }

    /// The configuration. It is in no file: its spans point nowhere.
    #[must_use]
    pub fn tree(&self) -> Tree<'_> {
        conf::parse(Span::NOWHERE.file, &self.configuration).value
    }

    /// What the controller would tell Lua.
    #[must_use]
    pub fn lua(&self, what: Lua) -> Option<&Value> {
        self.dynamic.iter().find(|(known, _)| *known == what.file()).map(|(_, value)| value)
    }
}
