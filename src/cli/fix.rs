//! `ingressc check --fix`: writes what the fixes of findings make of the manifests.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::anyhow;
use clap::Args;

use super::console::Console;
use super::inputs::Inputs;
use super::{Status, files};
use crate::diagnostic::Diagnostic;
use crate::output::findings::{fixes, patch};
use crate::source::{FileId, SourceMap};

/// Whether and how to fix.
#[derive(Debug, Args)]
pub(super) struct Fixing {
    /// Put misspelt names right where only one can be meant; standard input goes fixed to standard output
    #[arg(long, conflicts_with = "build")]
    fix: bool,
    /// Print what --fix would change as a patch, and change nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,
}

/// What was done.
#[derive(Debug)]
pub(super) struct Fixed {
    /// The new texts.
    pub(super) texts: BTreeMap<FileId, String>,
    /// Whether all of them could be written.
    pub(super) status: Status,
}

impl Fixing {
    /// Whether anything shall be fixed.
    pub(super) fn is_wanted(&self) -> bool {
        self.fix
    }

    /// Whether standard output is for a patch or for a fixed text, and thus not for findings.
    pub(super) fn owns_stdout(&self, inputs: &Inputs) -> bool {
        self.fix && (self.dry_run || inputs.have_stdin())
    }

    /// Writes what the fixes make of the manifests, or the patch to it, and says how many there are.
    pub(super) fn run(&self, findings: &[Diagnostic], sources: &SourceMap, inputs: &Inputs, console: &Console) -> anyhow::Result<Fixed> {
        let plan = fixes::plan(findings, sources);
        let mut fixed = Fixed { texts: BTreeMap::new(), status: Status::Clean };
        if self.dry_run {
            let patches: String = plan.edits.iter().map(|(file, edits)| patch::unified(*file, edits, sources)).collect();
            console.result(&patches)?;
        } else {
            for (id, file) in sources.files() {
                let edits = plan.edits.get(&id).map(Vec::as_slice).unwrap_or_default();
                let text = fixes::apply(&file.text, edits);
                if inputs.is_stdin(&file.name) {
                    if !file.broken.is_empty() {
                        return Err(anyhow!("standard input is not UTF-8 text: nothing is written"));
                    }
                    console.result(&text)?;
                } else if edits.is_empty() {
                    continue;
                } else if !file.broken.is_empty() {
                    console.error(&anyhow!("cannot write `{}`: it is not UTF-8 text", file.name));
                    fixed.status = Status::Failed;
                    continue;
                } else if let Err(error) = files::replace(Path::new(&file.name), &file.text, &text) {
                    console.error(&error);
                    fixed.status = Status::Failed;
                    continue;
                }
                fixed.texts.insert(id, text);
            }
        }
        if fixed.status == Status::Failed {
            return Ok(fixed);
        }
        console.note(&fixes::summary(&plan, findings.len(), self.dry_run, sources));
        Ok(fixed)
    }
}
