//! Where a side of a comparison comes from, and what is read there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::console::Console;
use super::controller::ControllerOptions;
use super::dump::{Live, MAIN};
use super::inputs::Inputs;
use super::project::Project;
use super::{Failure, Global, Status, dump, files};
use crate::compare::{Dump, Mistaken, Side};
use crate::compile::{Circumstances, Declared, Input, fitting, known};
use crate::diagnostic::ObjectRef;
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
    ///
    /// # Errors
    /// They name a file for Lua alone, in which manifests would be looked for in vain: all would seem to be removed.
    pub(super) fn of(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let origin = match paths {
            [path] if is_live(path) => Self::Live(Live { path: path.clone(), lua: Vec::new() }),
            paths => Self::Manifests(paths.to_vec()),
        };
        origin.is_meant()?;
        Ok(origin)
    }
}

impl Origin {
    fn is_meant(&self) -> anyhow::Result<()> {
        let Self::Manifests(paths) = self else { return Ok(()) };
        let is_json = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "json") && path.is_file();
        for path in paths.iter().filter(is_json) {
            let mistaken = files::read(path).ok().and_then(|text| Mistaken::of(&text));
            if let Some(mistaken @ Mistaken::Lua(_)) = mistaken {
                anyhow::bail!("`{}` {}", path.display(), dump::no_configuration(mistaken));
            }
        }
        Ok(())
    }
}

/// Whether a path leads to a configuration: a file that is no manifest by its name, or a folder with the main file.
pub(super) fn is_live(path: &Path) -> bool {
    path != Path::new("-") && (path.is_file() && !is_manifest(path) || path.join(MAIN).is_file())
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| MANIFESTS.iter().any(|known| extension == *known))
}

/// Reads manifests, for the controller that wrote the configuration on the other side.
pub(super) fn read(paths: &[PathBuf], controller: &ControllerOptions, global: &Global, facts: Option<&Facts>) -> Result<Input, Failure> {
    let shown = facts.and_then(|facts| fitting(&facts.layout));
    let mut project = Project::load_whole(&Inputs::of(paths.to_vec()), controller, global, shown)?;
    project.settle_for(IngressNginx.name())?;
    Ok(project.into_input())
}

/// Compiles what was read.
pub(super) fn compile(input: Input, circumstances: &Circumstances) -> anyhow::Result<Declared> {
    Declared::new(input, circumstances).context("cannot make a certificate that is supposed to be there")
}

/// One of two sides that are compared.
pub(super) struct Half<'a> {
    /// Manifests or a configuration.
    pub(super) paths: &'a [PathBuf],
    /// The controller of manifests.
    pub(super) controller: &'a ControllerOptions,
}

/// Says that something of the sides could not be read, as nothing that is said of the rest holds for it: the job is not done then.
pub(super) fn reading<'s>(sides: impl IntoIterator<Item = &'s Side>, console: &Console) -> Status {
    if !sides.into_iter().any(Side::is_in_part) {
        return Status::Clean;
    }
    console.remark("what could not be read is not compared: the answer is not that of the whole input");
    Status::Failed
}

/// Both sides, in the words of one release. What one of them holds, or is known to be `missing`, is not supposed to be on the other;
/// `settle` is called with what was read of manifests.
pub(super) fn pair(
    halves: [Half<'_>; 2],
    global: &Global,
    keep_environment: bool,
    missing: impl Fn(&Input) -> BTreeSet<ObjectRef> + Sync,
    settle: impl Fn(&mut [Option<Input>; 2]),
) -> Result<[Side; 2], Failure> {
    let origins = [Origin::of(halves[0].paths)?, Origin::of(halves[1].paths)?];
    let mut dumps = [None, None];
    for (origin, dump) in origins.iter().zip(&mut dumps) {
        if let Origin::Live(live) = origin {
            *dump = Some(live.read()?);
        }
    }
    let facts = dumps.iter().flatten().next().map(|dump| dump.facts.clone());
    let mut inputs = [None, None];
    for ((origin, half), input) in origins.iter().zip(&halves).zip(&mut inputs) {
        if let Origin::Manifests(paths) = origin {
            *input = Some(read(paths, half.controller, global, facts.as_ref())?);
        }
    }
    settle(&mut inputs);
    let known = [0, 1].map(|at| inputs[at].as_ref().map(|input| known(&input.cluster)).unwrap_or_default());
    let side = |dump: Option<Dump>, input: Option<Input>, elsewhere: &BTreeSet<ObjectRef>| -> anyhow::Result<Side> {
        if let Some(dump) = dump {
            return Ok(Side::Dump(Box::new(dump)));
        }
        let input = input.context("there is nothing to compare with")?;
        let missing = missing(&input).union(elsewhere).cloned().collect();
        let circumstances = Circumstances { facts: facts.as_ref(), keep_environment, missing, ..Circumstances::default() };
        Ok(Side::Declared(Box::new(compile(input, &circumstances)?)))
    };
    let ([base, head], [of_base, of_head]) = (dumps, inputs);
    let (before, after) = rayon::join(|| side(base, of_base, &known[1]), || side(head, of_head, &known[0]));
    let (mut before, mut after) = (before?, after?);
    Side::agree_on_words(&mut before, &mut after);
    Ok([before, after])
}
