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

/// Takes one file alone.
struct Only(Lua, Vec<OutputFile>);

impl Sink for Only {
    fn begin(&mut self, name: &'static str) -> bool {
        self.0.file() == name && self.1.begin(name)
    }

    fn part(&mut self, text: &str) {
        self.1.part(text);
    }

    fn files(&mut self, files: Vec<OutputFile>) {
        self.1.files(files);
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

    /// What the controller would tell Lua of a proxy, where nothing else of that is asked.
    #[must_use]
    pub fn one(proxy: &Proxy, what: Lua) -> Option<Value> {
        let mut only = Only(what, Vec::new());
        let _ = IngressNginx.write(proxy, &Options::default(), &mut only);
        dynamic(only.1).pop().map(|(_, value)| value)
    }

    /// The configuration. It is in no file: its spans point nowhere.
    #[must_use]
    pub fn tree(&self) -> Tree<'_> {
        conf::parse(Span::NOWHERE.file, &self.configuration).value
    }

    /// Whether the configuration is the same to the letter.
    #[must_use]
    pub fn is_as(&self, other: &Self) -> bool {
        self.configuration == other.configuration
    }

    /// What the controller would tell Lua.
    #[must_use]
    pub fn lua(&self, what: Lua) -> Option<&Value> {
        self.dynamic.iter().find(|(known, _)| *known == what.file()).map(|(_, value)| value)
    }
}
