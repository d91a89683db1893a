//! Recorded cases: what the real controller makes of small manifests, held in `tests/recorded`. Its README says the form.
//!
//! `cargo test --test cases recorded` compares with what is rendered. `RECORD=DIR` writes the cases anew, from what a controller made.

mod difference;
mod made;
mod manifests;
mod names;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libtest_mimic::Trial;
use pretty_assertions::StrComparison;

use self::made::Made;
use self::manifests::Case;
use self::tree::Node;
use crate::need::trial;

/// Where the cases are.
fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recorded"))
}

/// Where a controller has put what it makes of the cases, if they are to be recorded.
fn fresh() -> Option<PathBuf> {
    let folder = std::env::var_os("RECORD").map(PathBuf::from);
    assert!(folder.is_none() || std::env::var_os("CI").is_none(), "what is recorded is read by people first");
    folder
}

/// The cases of all groups, by name.
fn cases() -> Vec<Case> {
    let entries =
        |folder: &Path| -> Vec<PathBuf> { fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect() };
    let files = entries(folder()).into_iter().filter(|path| path.is_dir()).flat_map(|group| entries(&group));
    let mut cases: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).map(|path| Case::read(&path)).collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// What the controller made of the base alone.
static BASE: LazyLock<Vec<Node>> = LazyLock::new(|| {
    let folder = fresh().unwrap_or_else(|| folder().to_owned());
    Made::read(&folder.join("base")).nodes()
});

/// What of something that was made differs from the base.
fn excerpt(made: &Made) -> String {
    difference::of(&made.nodes(), &BASE)
}

/// Compares a case with what the controller made of it, or writes that down.
fn compare(case: &Case) {
    let recorded = folder().join(format!("{}.diff", case.name));
    if let Some(made) = fresh() {
        let made = Made::read(&made.join(&case.name));
        fs::write(recorded, excerpt(&made)).expect("the file can be written");
        return;
    }
    let recorded = fs::read_to_string(recorded).expect("the controller has been asked: see tests/recorded/README.md");
    let rendered = excerpt(&Made::rendered(case));
    assert!(rendered == recorded, "the controller < > this project\n{}", StrComparison::new(&recorded, &rendered));
}

/// What is rendered of the base is what the controller made of it, whole.
fn compare_base() {
    if let Some(made) = fresh() {
        return Made::read(&made.join("base")).write(&folder().join("base"));
    }
    let rendered = excerpt(&Made::rendered(&Case::base()));
    assert!(rendered.is_empty(), "{rendered}");
}

pub fn trials() -> Vec<Trial> {
    let base =
        [trial("recorded::base", &[], compare_base), trial("recorded::every_name_is_in_a_case", &[], names::every_name_is_in_a_case)];
    let each = cases().into_iter().map(|case| {
        let name = format!("recorded::{}", case.name.replace('/', "::"));
        trial(name, &[], move || compare(&case))
    });
    base.into_iter().chain(each).collect()
}
