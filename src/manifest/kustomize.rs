//! Folders that kustomize builds: what in them is a patch is no manifest, and what the rest will be is not known before it is built.

use hashbrown::HashSet;

use super::tree::Node;
use super::yaml;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceFile, Span};

/// How the file is called that says what is built.
pub const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What of some files is for kustomize.
#[derive(Debug, Default)]
pub(super) struct Kustomized {
    /// Files that are not read: those that say what is built, and patches.
    pub(super) left_out: HashSet<FileId>,
    /// What is said of it, once for the run.
    pub(super) finding: Option<Diagnostic>,
}

/// Looks for such files among all.
pub(super) fn find(files: &[(FileId, &SourceFile)]) -> Kustomized {
    let mut found = Kustomized::default();
    let mut patches = HashSet::new();
    for (id, file) in files {
        let (folder, name) = file.name.rsplit_once('/').unwrap_or(("", &file.name));
        if !NAMES.contains(&name) {
            continue;
        }
        found.left_out.insert(*id);
        let place = Span::new(*id, 0..0);
        found.finding = Some(match found.finding.take() {
            None => finding(folder).at(place),
            Some(finding) => finding.related("this one is as well", place),
        });
        // Whoever builds it is told what is wrong with it.
        let document = yaml::read(*id, &file.text, 0..file.text.len(), &mut Vec::new());
        let root = document.ok().and_then(|document| document.root);
        patches.extend(root.iter().flat_map(names).map(|name| normal(folder, &name)));
    }
    let is_patch = |file: &SourceFile| patches.contains(&normal("", &file.name));
    found.left_out.extend(files.iter().filter(|(_, file)| !patches.is_empty() && is_patch(file)).map(|(id, _)| *id));
    found
}

fn finding(folder: &str) -> Diagnostic {
    let folder = if folder.is_empty() { "." } else { folder };
    let message = "kustomize makes manifests of this folder: its parts are looked at as they stand, and its patches are not";
    let finding = Diagnostic::info("unbuilt-kustomization", message);
    finding.help(format!("build it first: `kustomize build {folder} | ingressc check -`, or `ingressc check --build {folder}`"))
}

/// The files of patches that a kustomization names.
fn names(root: &Node) -> Vec<String> {
    let list = |key: &str| root.get(key).map(Node::items).unwrap_or_default();
    let paths = list("patches").iter().chain(list("patchesJson6902")).filter_map(|patch| patch.get("path")?.text());
    let merged = list("patchesStrategicMerge").iter().filter_map(Node::text).filter(|text| !text.contains('\n'));
    paths.chain(merged).map(str::to_owned).collect()
}

/// A name below a folder without steps that lead nowhere.
fn normal(folder: &str, name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn patches_are_known_by_their_names() {
        let mut sources = SourceMap::default();
        let text = "resources: [../base, in.yaml]\npatches:\n- path: ./port.yaml\n- {target: {kind: Ingress}, patch: '- op: add'}\n\
            patchesStrategicMerge:\n- ../shared/host.yaml\n- |\n  kind: Ingress\npatchesJson6902:\n- {path: ops.json}\n";
        for (name, text) in [
            ("a/prod/kustomization.yaml", text),
            ("a/prod/in.yaml", ""),
            ("a/prod/port.yaml", ""),
            ("a/prod/ops.json", ""),
            ("a/shared/host.yaml", ""),
            ("a/base/kustomization.yaml", "["),
            ("port.yaml", ""),
        ] {
            sources.add(name, text);
        }
        let files: Vec<_> = sources.files().collect();
        let Kustomized { left_out, finding } = find(&files);
        let mut left_out: Vec<u32> = left_out.into_iter().map(|file| file.0).collect();
        left_out.sort_unstable();
        assert_eq!(left_out, [0, 2, 3, 4, 5]);
        assert!(finding.is_some_and(|finding| finding.related.len() == 1));
        assert!(find(&files[1..3]).finding.is_none());
    }
}
