//! What was made against what a folder holds.

use std::path::Path;

use super::console::Console;
use super::folder::Folder;
use super::text;
use crate::conf;
use crate::diff::{self, Report};
use crate::emit::OutputFile;
use crate::output::{Paint, changes, report, untrusted};
use crate::source::FileId;

/// Reports which files of a folder differ from those that were made; whether none does.
pub(super) fn compare(folder: &Path, files: &[OutputFile], console: &Console) -> anyhow::Result<bool> {
    let opened = Folder::open(folder).map_err(|error| text::cannot_be_read(&error));
    let held: Vec<_> = files.iter().map(|file| opened.as_ref().map_err(String::clone)?.read(&file.name)).collect();
    let differences: Vec<_> = files.iter().zip(&held).filter_map(|(file, held)| Some((&*file.name, Difference::of(file, held)?))).collect();
    if !differences.is_empty() {
        console.report(|paint| differences.iter().map(|(name, difference)| difference.text(&folder.join(name), paint)).collect())?;
    }
    Ok(differences.is_empty())
}

/// Writes the files of a folder that differ from those that were made, and says which.
///
/// # Errors
/// One cannot be written.
pub(super) fn update(folder: &Path, files: &[OutputFile], console: &Console) -> anyhow::Result<()> {
    let opened = Folder::create(folder)?;
    let is_old = |file: &&OutputFile| opened.read(&file.name).is_ok_and(|held| held == file.content);
    for file in files.iter().filter(|file| !is_old(file)) {
        opened.write(&file.name, &file.content, file.is_private)?;
        let path = folder.join(&*file.name);
        console.note(&format!("wrote {}\n", untrusted::one_line(&path.to_string_lossy())));
    }
    Ok(())
}

/// How a file that was made differs from the one that is there.
enum Difference<'a> {
    /// It cannot be read.
    Unreadable(&'a str),
    /// By meaning.
    Meaning(Report),
    /// By lines, where a text has no meaning that is known here.
    Lines(&'a str, &'a str),
}

impl<'a> Difference<'a> {
    /// The difference; none where both files mean the same.
    fn of(file: &'a OutputFile, held: &'a Result<String, String>) -> Option<Self> {
        match held {
            Err(reason) => Some(Self::Unreadable(reason)),
            Ok(held) if *held == file.content => None,
            Ok(held) => match by_meaning(file, held) {
                None => Some(Self::Lines(held, &file.content)),
                Some(report) => Some(report).filter(|report| !report.is_empty()).map(Self::Meaning),
            },
        }
    }

    fn text(&self, path: &Path, paint: Paint) -> String {
        let name = path.to_string_lossy();
        let name = untrusted::one_line(&name);
        match self {
            Self::Unreadable(reason) => format!("{name} {}\n", untrusted::one_line(reason)),
            Self::Meaning(report) => format!("{name} differs:\n{}", report::text(report, paint)),
            Self::Lines(held, made) => format!("{name} differs:\n{}", changes::lines(held, made, paint).unwrap_or_default()),
        }
    }
}

/// The difference by meaning; none where one side cannot be read as what the name says.
fn by_meaning(file: &OutputFile, held: &str) -> Option<Report> {
    match Path::new(&*file.name).extension()?.to_str()? {
        "json" => Some(diff::json::compare(&serde_json::from_str(&file.content).ok()?, &serde_json::from_str(held).ok()?)),
        "conf" => {
            // Differences are shown as text: the spans never leave this function.
            let (declared, live) = (conf::parse(FileId(0), &file.content), conf::parse(FileId(1), held));
            let is_sound = declared.diagnostics.is_empty() && live.diagnostics.is_empty();
            is_sound.then(|| diff::compare(&declared.value, &live.value))
        }
        _ => None,
    }
}
