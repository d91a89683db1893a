//! Goldens: `golden/render/<case>/` holds an input and everything that `render` makes of it.
//!
//! `in.yaml` is the input; `args`, if there, holds more arguments, one on each line. Everything else in the folder is output: the files
//! that are written, and what is said about the input in `stderr.txt`. They are those of the target `ingress-nginx`; a folder in the
//! folder has the name of another target and holds its files; with `args` of its own, it is the only one of the case.
//! `BLESS=1 cargo test --test cases golden` writes what is made now; read it before you commit it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;

use crate::need::trial;

const INPUTS: &[&str] = &["in.yaml", "args", "ingressc.toml"];

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/render");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder).expect("there are goldens").map(|entry| entry.expect("it can be read").path()).collect();
    cases.sort();
    cases
}

/// The targets of a case, each with the folder that holds its files.
fn targets(case: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(case).expect("the case is there").map(|entry| entry.expect("it can be read").path());
    let mut targets: Vec<_> = entries.filter(|path| path.is_dir()).map(|path| (file_name(&path), path)).collect();
    targets.sort();
    if targets.iter().all(|(_, folder)| !folder.join("args").exists()) {
        targets.insert(0, (String::from("ingress-nginx"), case.to_owned()));
    }
    targets
}

/// The files of a folder, without the folders in it.
fn files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("it can be read").path());
    entries.filter(|path| path.is_file())
}

/// A script that is the same in every output.
const SCRIPT: &str = "ingress.lua";

/// The files that hold something of the case, by name: of folders only that with tables. Pages for errors are always the same.
fn named(folder: &Path) -> BTreeMap<String, String> {
    let tables = files(&folder.join("maps")).map(|path| {
        let (name, text) = contents(path);
        (format!("maps/{name}"), text)
    });
    files(folder).map(contents).filter(|(name, _)| name != SCRIPT).chain(tables).collect()
}

/// Everything that the command makes of a case, by file name.
fn outputs(case: &Path, target: &str, of_target: &Path) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("there is room for files");
    let own = of_target.join("args");
    let args = fs::read_to_string(if own.exists() { own } else { case.join("args") }).unwrap_or_default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
    command.current_dir(case).args(["render", "in.yaml", "--target", target, "-o"]).arg(folder.path());
    let run = command.args(args.lines()).output().expect("the program starts");
    assert!(run.status.code().is_some_and(|code| code < 2), "{}: {}", case.display(), String::from_utf8_lossy(&run.stderr));
    let mut outputs = named(folder.path());
    if !run.stderr.is_empty() {
        outputs.insert(String::from("stderr.txt"), String::from_utf8(run.stderr).expect("it is UTF-8"));
    }
    outputs
}

fn contents(path: PathBuf) -> (String, String) {
    (file_name(&path), fs::read_to_string(&path).expect("it is text"))
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("it has a name").to_string_lossy().into_owned()
}

/// The first line that differs, with the line number.
fn first_difference(golden: &str, made: &str) -> String {
    let differs = golden.lines().zip(made.lines()).position(|(a, b)| a != b);
    let at = differs.unwrap_or_else(|| golden.lines().count().min(made.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
    format!("line {}:\n  golden: {}\n  now:    {}", at + 1, line(golden), line(made))
}

/// Compares one target of a case, or writes it.
fn compare(case: &Path, target: &str, folder: &Path) {
    let made = outputs(case, target, folder);
    let golden: BTreeMap<String, String> = named(folder).into_iter().filter(|(name, _)| !INPUTS.contains(&name.as_str())).collect();
    if std::env::var_os("BLESS").is_some() {
        assert!(std::env::var_os("CI").is_none(), "goldens are blessed by people, not in CI");
        return bless(folder, &golden, &made);
    }
    let mut problems = Vec::new();
    problems.extend(golden.keys().filter(|file| !made.contains_key(*file)).map(|file| format!("{file}: nothing made this file")));
    for (file, text) in &made {
        match golden.get(file) {
            None => problems.push(format!("{file}: this file is missing")),
            Some(golden) if golden != text => problems.push(format!("{file}: {}", first_difference(golden, text))),
            Some(_) => {}
        }
    }
    let name = file_name(case);
    assert!(
        problems.is_empty(),
        "{}\n\nIf this is meant: BLESS=1 cargo test --test cases golden::{name}, and read the difference",
        problems.join("\n")
    );
}

fn bless(folder: &Path, golden: &BTreeMap<String, String>, made: &BTreeMap<String, String>) {
    for name in golden.keys().filter(|name| !made.contains_key(*name)) {
        fs::remove_file(folder.join(name)).expect("it can be removed");
    }
    for (name, text) in made {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder can be made");
        fs::write(path, text).expect("it can be written");
    }
}

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for case in cases() {
        for (target, folder) in targets(&case) {
            let (name, case) = (format!("golden::{}::{target}", file_name(&case)), case.clone());
            trials.push(trial(name, &[], move || compare(&case, &target, &folder)));
        }
    }
    trials
}
