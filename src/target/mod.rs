//! What the proxy shall do, as the configuration text of one product.

use crate::diagnostic::Outcome;
use crate::ir::Proxy;

/// One file of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// The name, without a folder.
    pub name: &'static str,
    /// The text.
    pub content: String,
}

/// A product that configuration is written for.
pub trait Target: Sync {
    /// The name on the command line.
    fn name(&self) -> &'static str;

    /// Writes the configuration. The first file is the one that people want to see.
    fn render(&self, proxy: &Proxy) -> Outcome<Vec<OutputFile>>;
}

/// All targets.
pub const TARGETS: &[&dyn Target] = &[];

/// The target of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Target> {
    TARGETS.iter().copied().find(|target| target.name() == name)
}
