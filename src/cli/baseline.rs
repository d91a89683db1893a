//! `--baseline`: findings that were there when a repository began to be checked.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;
use hashbrown::HashSet;

use super::files;
use crate::diagnostic::{Diagnostic, ObjectRef, room};
use crate::output::findings::baseline::{self, Counts};
use crate::output::findings::identity::Identity;
use crate::source::SourceMap;

/// Findings of the file that are gone and named one by one.
const MOST: usize = 5;

/// Files with findings that were there before.
#[derive(Debug, Args)]
pub(super) struct BaselineArgs {
    /// Leave out the findings that this file of --write-baseline holds
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    baseline: Option<PathBuf>,
    /// Write all findings to this file, and show none of them
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with_all = ["baseline", "fix", "upgrade_to"])]
    write_baseline: Option<PathBuf>,
}

/// Findings that were there before.
pub(super) struct Baseline<'a> {
    file: &'a Path,
    counts: Counts,
}

impl BaselineArgs {
    /// Reads the file, where one is named.
    pub(super) fn read(&self) -> anyhow::Result<Option<Baseline<'_>>> {
        let Some(file) = &self.baseline else { return Ok(None) };
        let counts = files::read(file).and_then(|text| baseline::read(&text));
        Ok(Some(Baseline { file, counts: counts.map_err(|reason| anyhow!("`{}` {reason}", file.display()))? }))
    }

    /// The file that findings are written to.
    pub(super) fn file(&self) -> Option<&Path> {
        self.write_baseline.as_deref()
    }

    /// Whether objects of the run have to be known.
    pub(super) fn is_read(&self) -> bool {
        self.baseline.is_some()
    }
}

/// Writes findings to a file.
pub(super) fn write(file: &Path, findings: &[Diagnostic], sources: &SourceMap) -> anyhow::Result<()> {
    files::write(file, &baseline::write(findings, sources)?)
}

/// Says what a file holds: so many findings as are shown without it, and the places of those that are told together.
pub(super) fn written(file: &Path, findings: usize, places: usize) -> String {
    let file = file.display();
    match (findings, findings == places) {
        (1, true) => format!("1 finding is in `{file}`\n"),
        (_, true) => format!("{findings} findings are in `{file}`\n"),
        (1, false) => format!("1 finding at {places} places is in `{file}`\n"),
        (_, false) => format!("{findings} findings at {places} places are in `{file}`\n"),
    }
}

impl Baseline<'_> {
    /// Takes out of the findings what was there before, and returns it with what of the file is gone. What is about
    /// objects that this run does not hold is not known to be gone.
    pub(super) fn take(
        mut self,
        findings: &mut Vec<Diagnostic>,
        objects: &[ObjectRef],
        sources: &SourceMap,
    ) -> (Vec<Diagnostic>, Option<Diagnostic>) {
        let known = findings.extract_if(.., |finding| match self.counts.get_mut(&Identity::of(finding, sources)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        });
        let known = known.collect();
        (known, self.stale(objects, sources))
    }

    fn stale(&self, objects: &[ObjectRef], sources: &SourceMap) -> Option<Diagnostic> {
        let objects: HashSet<&ObjectRef> = objects.iter().collect();
        let files: HashSet<&str> = sources.files().map(|(_, file)| file.name.as_str()).collect();
        let is_here = |identity: &Identity| match (&identity.object, &identity.file) {
            (Some(object), _) => objects.contains(object),
            (None, Some(file)) => files.contains(file.as_str()),
            (None, None) => true,
        };
        let gone: Vec<&Identity> =
            self.counts.iter().filter(|(identity, count)| **count > 0 && is_here(identity)).map(|(gone, _)| gone).collect();
        let file = self.file.display();
        let message = match gone.len() {
            0 => return None,
            1 => format!("a finding of the baseline `{file}` is gone"),
            number => format!("{number} findings of the baseline `{file}` are gone"),
        };
        let shown = room(gone.len(), MOST);
        let finding = gone.iter().take(shown).fold(Diagnostic::info("stale-baseline", message), |finding, gone| finding.note(gone.text()));
        let finding = if gone.len() > shown { finding.note(format!("and {} more", gone.len() - shown)) } else { finding };
        Some(finding.help(format!("write it again, as with `--write-baseline {file}`, so that they are told where they come back")))
    }
}
