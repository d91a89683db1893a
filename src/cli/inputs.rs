//! The manifests that a command reads: files, folders and standard input.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use ignore::{DirEntry, WalkBuilder};
use rayon::prelude::*;

use super::build::Build;
use super::files;
use super::kubectl::Kubectl;
use super::patterns::PathPatterns;
use super::text::reason;
use crate::diagnostic::{Diagnostic, Effect};
use crate::manifest::Text;
use crate::source::{SourceMap, Span};

/// What is left out of a folder is no manifest.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// Files that say what else is left out.
const IGNORE_FILES: [&str; 2] = [".ignore", ".gitignore"];

/// How findings name standard input.
const STDIN: &str = "<stdin>";

/// Where manifests are.
#[derive(Debug, Args)]
pub(super) struct Inputs {
    /// File, folder, `-` for standard input, or `kubectl:` for what a cluster holds
    ///
    /// Of a folder, the files *.yaml, *.yml and *.json are read, those in folders below included. Hidden files, and files that
    /// .gitignore, .ignore or `exclude` in the settings file name, are left out.
    #[arg(default_value = ".", value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Build folders that hold a kustomization or a chart, with kustomize or kubectl, or with helm
    #[arg(long)]
    build: bool,
}

/// One text to read. The order is that of the names, whatever the order of the arguments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Input {
    name: String,
    /// None: standard input.
    path: Option<PathBuf>,
    /// How it is built, where it is a folder.
    build: Option<Build>,
    /// Nobody named it.
    is_met: bool,
}

impl Inputs {
    /// Those that other arguments name.
    pub(super) fn of(paths: Vec<PathBuf>) -> Self {
        Self { paths, build: false }
    }

    /// Reads all texts, each once. A finding of the severity error says that something could not be read.
    pub(super) fn read(&self, sources: &mut SourceMap, exclude: &PathPatterns) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        let inputs = collect(&self.paths, self.build, exclude, &mut findings);
        let whole = |text| (text, None);
        let read = |input: &Input| match (&input.path, input.build) {
            (None, _) => files::read_stdin().map(whole),
            (Some(folder), Some(build)) => build.run(folder).map(whole),
            (Some(path), None) => Kubectl::of(path).map_or_else(|| files::read_manifest(path).map(whole), |kubectl| kubectl.objects()),
        };
        let texts: Vec<_> = inputs.par_iter().map(read).collect();
        for (Input { name, path, build, is_met }, text) in inputs.into_iter().zip(texts) {
            if let Ok((_, Some(said))) = &text {
                let message = format!("`{name}` did not tell everything: `kubectl get` says: {said}");
                findings.push(Diagnostic::warning("unreadable-input", message).note("kinds that are missing count as not known"));
            }
            match text.map(|(text, _)| text) {
                Ok(Text { text, .. }) if path.as_deref().is_none_or(files::is_stream) && text.trim().is_empty() => {
                    let finding = unreadable(&name, "is empty");
                    findings.push(finding.note("what should have written it has probably failed"));
                }
                Ok(Text { text, broken }) => {
                    let file = sources.add(name, text);
                    sources.note_broken(file, broken);
                    if is_met {
                        sources.note_met(file);
                    }
                }
                // Whoever looks for it finds the name of the file and nothing in it.
                Err(reason) => {
                    let finding = unreadable(&build.map_or_else(|| name.clone(), |_| shown(path.as_deref())), &reason);
                    let is_file = build.is_none() && path.as_deref().is_some_and(Path::is_file);
                    findings.push(if is_file { finding.at(Span::new(sources.add(name, ""), 0..0)) } else { finding });
                }
            }
        }
        findings
    }

    /// Whether a name among the sources is that of standard input, and not of a file of that name.
    pub(super) fn is_stdin(&self, name: &str) -> bool {
        name == STDIN && self.have_stdin()
    }

    /// What was named.
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Whether standard input is among the texts.
    pub(super) fn have_stdin(&self) -> bool {
        self.paths.iter().any(|path| path == Path::new("-"))
    }
}

fn collect(paths: &[PathBuf], build: bool, exclude: &PathPatterns, findings: &mut Vec<Diagnostic>) -> Vec<Input> {
    let mut inputs = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            inputs.push(Input { name: STDIN.to_owned(), path: None, build: None, is_met: false });
        } else if let Some(build) = Build::of(path).filter(|_| build) {
            inputs.push(Input { name: build.name(&name(path)), path: Some(path.clone()), build: Some(build), is_met: false });
        } else if path.is_dir() {
            walk(path, exclude, &mut inputs, findings);
        } else {
            inputs.push(Input { name: name(path), path: Some(path.clone()), build: None, is_met: false });
        }
    }
    inputs.sort();
    // One file can be reached in several ways. What cannot be resolved cannot be read either, and is reported then.
    let mut seen = BTreeSet::new();
    inputs.retain(|input| seen.insert(input.path.as_ref().map(|path| fs::canonicalize(path).unwrap_or_else(|_| path.clone()))));
    inputs
}

fn walk(folder: &Path, exclude: &PathPatterns, inputs: &mut Vec<Input>, findings: &mut Vec<Diagnostic>) {
    // What is left out depends on the tree alone: not on the user's own settings of Git, nor on whether the tree is a clone.
    let before = (inputs.len(), findings.len());
    let odd: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
    let is_sound = {
        let odd = Arc::clone(&odd);
        move |folder: &Path| match odd_ignore_file(folder) {
            Some(path) => {
                odd.lock().unwrap_or_else(PoisonError::into_inner).push(path);
                false
            }
            None => true,
        }
    };
    let is_sound_above = is_sound.clone();
    // The walk reads these files of the folders above as well, and asks about no folder but those below.
    let around = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let excludes: Arc<AtomicBool> = Arc::default();
    let is_excluded = {
        let (exclude, excludes, folder, around) = (exclude.clone(), Arc::clone(&excludes), folder.to_owned(), around.clone());
        move |entry: &DirEntry, is_folder: bool| {
            // What is named is looked at, whatever the settings say.
            let below = entry.path().strip_prefix(&folder).ok().filter(|_| entry.depth() > 0);
            let is_excluded = below.is_some_and(|below| exclude.fit(&around.join(below), is_folder));
            excludes.fetch_or(is_excluded, Ordering::Relaxed);
            is_excluded
        }
    };
    let is_wanted = move |entry: &DirEntry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        !is_excluded(entry, is_folder) && (!is_folder || is_sound(entry.path()))
    };
    let mut builder = WalkBuilder::new(folder);
    builder.git_global(false).git_exclude(false).require_git(false);
    let entries = around.ancestors().all(&is_sound_above).then(|| builder.filter_entry(is_wanted).build());
    let entries = entries.into_iter().flatten();
    for entry in entries {
        match entry {
            Ok(entry) if !is_manifest(entry.path()) => {}
            Ok(entry) if leads_outside(&entry, folder) => {
                let message = format!("`{}` is left out: it is a link that leads out of the folder", name(entry.path()));
                findings.push(Diagnostic::warning("ignored-link", message).help("name the file itself as an argument"));
            }
            Ok(entry) if entry.path().is_file() => {
                inputs.push(Input { name: name(entry.path()), path: Some(entry.into_path()), build: None, is_met: true });
            }
            Ok(entry) if entry.path().is_dir() => {}
            Ok(entry) => findings.push(unreadable(&name(entry.path()), "is no file")),
            Err(error) => findings.push(unreadable(&name(folder), &format!("cannot be searched: {}", walk_error(&error)))),
        }
    }
    for path in odd.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        findings.push(unreadable(&name(&path), "is no file: what lies beside it is left out"));
    }
    if before == (inputs.len(), findings.len()) && !excludes.load(Ordering::Relaxed) {
        let finding = unreadable(&name(folder), "holds no manifests");
        findings.push(finding.note(format!("files in folders must end in .{}", EXTENSIONS.join(", ."))));
    }
}

/// What names files to leave out and is no file: to read it could take for ever.
fn odd_ignore_file(folder: &Path) -> Option<PathBuf> {
    let paths = IGNORE_FILES.iter().map(|name| folder.join(name));
    paths.into_iter().find(|path| fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()))
}

/// The walk does not follow links, so that it ends, and so that a repository cannot bring in the files of its reader.
fn leads_outside(entry: &DirEntry, folder: &Path) -> bool {
    let is_inside = || Some(fs::canonicalize(entry.path()).ok()?.starts_with(fs::canonicalize(folder).ok()?));
    entry.path_is_symlink() && is_inside() != Some(true)
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
}

fn name(path: &Path) -> String {
    let short = path.strip_prefix(".").ok().filter(|short| !short.as_os_str().is_empty());
    short.unwrap_or(path).to_string_lossy().into_owned()
}

fn shown(path: Option<&Path>) -> String {
    path.map(name).unwrap_or_default()
}

fn walk_error(error: &ignore::Error) -> String {
    match error.io_error() {
        Some(cause) => reason(cause),
        None => error.to_string(),
    }
}

fn unreadable(name: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("unreadable-input", format!("`{name}` {reason}")).effect(Effect::NotRead)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::patterns::PathPattern;

    fn names(root: &Path, paths: &[&str]) -> (Vec<String>, Vec<&'static str>) {
        names_without(root, paths, &[])
    }

    fn names_without(root: &Path, paths: &[&str], exclude: &[PathPattern]) -> (Vec<String>, Vec<&'static str>) {
        let paths: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
        let mut findings = Vec::new();
        let inputs = collect(&paths, false, &PathPatterns::new(root, exclude), &mut findings);
        let relative = |input: Input| input.name.strip_prefix(&format!("{}/", root.display())).unwrap_or(&input.name).to_owned();
        (inputs.into_iter().map(relative).collect(), findings.iter().map(|finding| finding.rule).collect())
    }

    fn tree(files: &[&str]) -> anyhow::Result<tempfile::TempDir> {
        let root = tempfile::tempdir()?;
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap_or(root.path()))?;
            fs::write(path, "ignored/\n*.bak.yaml\n")?;
        }
        Ok(root)
    }

    #[test]
    fn folders_are_walked_in_order_without_hidden_and_ignored_files() -> anyhow::Result<()> {
        let files =
            ["b/z.yaml", "b/a.yml", "a.json", "README.md", ".hidden.yaml", ".git/x.yaml", "ignored/x.yaml", "b/x.bak.yaml", ".gitignore"];
        let root = tree(&files)?;
        assert_eq!(names(root.path(), &["."]).0, ["./a.json", "./b/a.yml", "./b/z.yaml"]);
        assert_eq!(names(root.path(), &["ignored"]).0, ["ignored/x.yaml"]);
        Ok(())
    }

    #[test]
    fn a_file_is_read_once_and_its_name_may_be_any() -> anyhow::Result<()> {
        let root = tree(&["b.yaml", "notes.txt"])?;
        let twice = names(root.path(), &["notes.txt", "b.yaml", "./b.yaml", "b.yaml"]);
        assert_eq!(twice.0.len(), 2, "{twice:?}");
        Ok(())
    }

    #[test]
    fn what_the_settings_exclude_is_left_out_unless_it_is_named() -> anyhow::Result<()> {
        let root = tree(&["a.yaml", "vendor/b.yaml", "c/vendor/d.yaml", "c/e.gen.yaml"])?;
        let patterns = ["vendor", "*.gen.yaml"].map(|text| PathPattern::try_from(String::from(text)).expect("it is a pattern"));
        let path = fs::canonicalize(root.path())?;
        assert_eq!(names_without(&path, &[""], &patterns).0, ["a.yaml"]);
        assert_eq!(names_without(&path, &["c"], &patterns), (vec![], vec![]), "all of it is excluded, and nothing is missing");
        assert_eq!(names_without(&path, &["c/e.gen.yaml"], &patterns).0, ["c/e.gen.yaml"]);
        Ok(())
    }

    #[test]
    fn a_folder_without_manifests_is_an_error() -> anyhow::Result<()> {
        let root = tree(&["notes.txt"])?;
        assert_eq!(names(root.path(), &[""]), (vec![], vec!["unreadable-input"]));
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_folder_are_not_followed() -> anyhow::Result<()> {
        use std::os::unix::fs::symlink;
        let (root, outside) = (tree(&["in/a.yaml"])?, tree(&["b.yaml"])?);
        symlink(outside.path().join("b.yaml"), root.path().join("in/b.yaml"))?;
        symlink(outside.path(), root.path().join("in/folder"))?;
        symlink("a.yaml", root.path().join("in/c.yaml"))?;
        assert_eq!(names(root.path(), &["in"]), (vec!["in/a.yaml".into()], vec!["ignored-link"]));
        Ok(())
    }
}
