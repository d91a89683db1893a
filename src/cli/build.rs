//! Folders that other programs make manifests of: kustomizations and charts.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::text;
use crate::manifest::{self, Text};

/// Lines that a program says about its failure and that are shown.
const MOST_LINES: usize = 3;

/// A way to build a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Build {
    /// What kustomize builds.
    Kustomization,
    /// What Helm renders.
    Chart,
}

impl Build {
    /// How a folder is built; none: it holds manifests as they are.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let has = |name: &str| folder.join(name).is_file();
        if manifest::KUSTOMIZATIONS.into_iter().any(has) {
            return Some(Self::Kustomization);
        }
        has("Chart.yaml").then_some(Self::Chart)
    }

    /// The programs that can, with their arguments before the name of the folder.
    fn programs(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Kustomization => &[&["kustomize", "build"], &["kubectl", "kustomize"]],
            Self::Chart => &[&["helm", "template"]],
        }
    }

    /// How findings name what comes of it.
    pub(super) fn name(self, folder: &str) -> String {
        match self {
            Self::Kustomization => format!("<kustomize build {folder}>"),
            Self::Chart => format!("<helm template {folder}>"),
        }
    }

    /// Builds a folder with the first program that is there.
    ///
    /// # Errors
    /// Why it cannot be built, in words that follow its name.
    pub(super) fn run(self, folder: &Path) -> Result<Text, String> {
        for words in self.programs() {
            let [program, arguments @ ..] = words else { continue };
            // A name that begins with a dash is no option.
            let folder = if folder.is_absolute() { folder.to_owned() } else { Path::new(".").join(folder) };
            let made = Command::new(program).args(arguments).arg(folder).stdin(Stdio::null()).output();
            match made {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(format!("cannot be built: `{program}` {}", text::reason(&error))),
                Ok(made) if made.status.success() => return manifest::decode(made.stdout),
                Ok(made) => {
                    let said = String::from_utf8_lossy(&made.stderr);
                    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES).collect();
                    return Err(format!("cannot be built: `{}` says: {}", words.join(" "), lines.join("; ")));
                }
            }
        }
        let names: Vec<String> = self.programs().iter().filter_map(|words| Some(format!("`{}`", words.first()?))).collect();
        Err(format!("cannot be built: {} is not there", names.join(" or ")))
    }
}
