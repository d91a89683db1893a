//! The table of rules, the sources and the pages name the same rules.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ingressc::lint::rules::{RULES, find};
use regex::Regex;

/// The Rust files of the program without their tests.
fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("the sources can be read").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("the sources can be read");
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
            found.push((path, code));
        }
    }
}

#[test]
fn the_table_names_every_rule_of_the_sources_and_no_other() {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?:Diagnostic::(?:error|warning|info)\(\s*|Diagnostic::new\(\s*[^,]+,\s*|\brule: |const RULE: &str = )"([^"]+)""#)
            .expect("it is a pattern")
    });
    static TEXT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""([a-z]+(?:-[a-z0-9]+)*)""#).expect("it is a pattern"));
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut texts = BTreeSet::new();
    for (path, code) in files.iter().filter(|(path, _)| !path.ends_with("lint/rules/table.rs")) {
        for name in NAMED.captures_iter(code).map(|found| found.extract::<1>().1[0]) {
            assert!(find(name).is_some(), "{}: `{name}` is not in the table of rules", path.display());
        }
        texts.extend(TEXT.captures_iter(code).map(|found| found.extract::<1>().1[0].to_owned()));
    }
    for rule in RULES.iter() {
        assert!(texts.contains(rule.name), "no source says `{}`", rule.name);
    }
}

#[test]
fn every_page_belongs_to_a_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lint/rules");
    for entry in fs::read_dir(folder).expect("the pages are there") {
        let path = entry.expect("the pages can be read").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            assert!(find(&name).is_some(), "the page {} belongs to no rule", path.display());
        }
    }
}
