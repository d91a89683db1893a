//! Where a side of a comparison comes from, and what is read there.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::controller::ControllerOptions;
use super::dump::{Live, MAIN};
use super::inputs::Inputs;
use super::project::Project;
use super::{Failure, Global, Status};
use crate::compare::Side;
use crate::compile::{Circumstances, Declared, Input, fitting};
use crate::diff::facts::Facts;
use crate::emit::{IngressNginx, Target as _};

/// Names of manifests end so; everything else that is a single file is a configuration.
const MANIFESTS: [&str; 3] = ["yaml", "yml", "json"];

/// Where a side comes from.
#[derive(Debug)]
pub(super) enum Origin {
    /// Manifests.
    Manifests(Vec<PathBuf>),
    /// A configuration: its file, or a folder with all that the controller has written.
    Live(Live),
}

impl Origin {
    /// What the arguments for one side name.
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        match paths {
            [path] if path != Path::new("-") && (path.is_file() && !is_manifest(path) || path.join(MAIN).is_file()) => {
                Self::Live(Live { path: path.clone(), lua: Vec::new() })
            }
            paths => Self::Manifests(paths.to_vec()),
        }
    }
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| MANIFESTS.iter().any(|known| extension == *known))
}

/// Reads manifests, for the controller that wrote the configuration on the other side.
pub(super) fn read(paths: &[PathBuf], controller: &ControllerOptions, global: &Global, facts: Option<&Facts>) -> Result<Input, Failure> {
    let shown = facts.and_then(|facts| fitting(&facts.layout));
    let mut project = Project::load_for(&Inputs::of(paths.to_vec()), controller, global, shown)?;
    project.settle_for(IngressNginx.name())?;
    Ok(project.into_input())
}

/// Compiles what was read.
pub(super) fn compile(input: Input, circumstances: &Circumstances) -> anyhow::Result<Declared> {
    Declared::new(input, circumstances).context("cannot make a certificate that is supposed to be there")
}

/// Whether everything that was named could be read.
pub(super) fn status(side: &Side) -> Status {
    if side.is_complete() { Status::Clean } else { Status::Failed }
}
