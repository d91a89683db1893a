//! Reading, printing and comparing whole files: one that is made here, and those of a real controller where they are at hand.

use std::path::{Path, PathBuf};

use ingressc::conf::{self, Tree};
use ingressc::diff;
use ingressc::source::FileId;

fn read(text: &str) -> Tree<'_> {
    let outcome = conf::parse(FileId(0), text);
    assert_eq!(outcome.diagnostics, []);
    outcome.value
}

/// What holds for each file that nginx accepts.
fn check_properties(name: &str, text: &str) {
    let tree = read(text);
    let printed = conf::print(&tree);
    let again = read(&printed);
    assert!(again == tree, "{name}: the printed text has another tree");
    assert_eq!(conf::print(&again), printed, "{name}: printing twice differs");
    assert!(diff::compare(&again, &tree).is_empty(), "{name}: a file differs from itself");
}

/// All `nginx.conf` below a folder.
fn configurations(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_path_buf()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if entry.file_name() == "nginx.conf" {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn files_of_a_real_controller_survive() {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/1.15.1");
    let mut broken = 0;
    let files = configurations(&reference);
    for path in &files {
        let text = std::fs::read_to_string(path).expect("the file was just listed");
        // A value that breaks out of its directive can leave a file that nginx refuses as well.
        if conf::parse(FileId(0), &text).diagnostics.is_empty() {
            check_properties(&path.display().to_string(), &text);
        } else {
            broken += 1;
            println!("broken: {}", path.display());
        }
    }
    assert!(broken * 100 <= files.len(), "{broken} of {} files are not understood", files.len());
}

#[test]
fn files_as_people_have_them_survive() {
    let dumps = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/realworld/dumps");
    for path in std::fs::read_dir(dumps).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|extension| extension != "conf") {
            continue;
        }
        let (name, text) = (path.display(), std::fs::read_to_string(&path).expect("the file was just listed"));
        // Some are templates with holes, or parts of files: what is understood of them must survive all the same.
        let tree = conf::parse(FileId(0), &text).value;
        let printed = conf::print(&tree);
        let again = conf::parse(FileId(0), &printed).value;
        assert!(again == tree, "{name}: the printed text has another tree");
        assert!(tree.directives().next().is_some() && diff::compare(&again, &tree).is_empty(), "{name} differs from itself");
    }
}

#[test]
fn one_changed_line_is_one_change() {
    let server = |name: &str, seconds: u32| {
        format!("## start server {name}\nserver {{ server_name {name}; listen 80; location / {{ proxy_read_timeout {seconds}s; }} }}\n")
    };
    let file = |changed: u32| {
        let servers: String = (0..200).map(|at| server(&format!("s{at}.example.com"), if at == 77 { changed } else { 60 })).collect();
        format!("events {{}}\nhttp {{\n{servers}}}\n")
    };
    let (live, declared) = (file(60), file(30));
    check_properties("made here", &live);
    let report = diff::compare(&read(&declared), &read(&live));
    let paths: Vec<_> = report.changes.iter().map(|change| change.path.join(" > ")).collect();
    assert_eq!(paths, ["http > server s77.example.com > location /"]);
}
