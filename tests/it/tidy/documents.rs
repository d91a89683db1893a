//! What the documents for those who change the program name is there.

use std::collections::BTreeSet;

use regex::Regex;

use super::{files, read, root, sources};

const DOCUMENTS: [&str; 2] = ["CONTRIBUTING.md", "docs/architecture.md"];

/// Texts in backticks, outside of blocks of code.
fn literals(text: &str) -> Vec<String> {
    let outside: Vec<&str> = text.split("```").step_by(2).collect();
    let literal = Regex::new("`([^`\n]+)`").expect("it is a pattern");
    literal.captures_iter(&outside.concat()).map(|found| found[1].to_owned()).collect()
}

/// Whether a literal is the path of a file or a folder of ours, and not the form of one, as `src/cli/<command>.rs` or `GROUP/CASE.yaml`.
fn is_path(literal: &str) -> bool {
    let is_plain = literal.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
    let has_variable = literal.split(['/', '.']).any(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase()));
    is_plain && literal.contains('/') && !has_variable && !literal.starts_with("../") && !literal.starts_with("/")
}

#[test]
fn files_that_documents_name_are_there() {
    for document in DOCUMENTS {
        let literals = literals(&read(&root().join(document)));
        let paths: Vec<_> = literals.iter().filter(|literal| is_path(literal)).collect();
        assert!(paths.len() > 20, "{document} names few files: {paths:?}");
        for path in paths {
            let is_there = ["", "src", "tests", "tests/it", "src/catalog", "src/lower", "src/lint", "src/route"]
                .iter()
                .any(|folder| root().join(folder).join(path).exists() || root().join(folder).join(format!("{path}.rs")).exists());
            assert!(is_there, "{document} names `{path}`, which is not there");
        }
    }
}

#[test]
fn every_room_is_in_the_table() {
    let text = read(&root().join("CONTRIBUTING.md"));
    for (room, _) in super::ARROWS {
        let is_said = [format!("| `src/{room}/`"), format!("| `src/{room}.rs`")].iter().any(|row| text.contains(row));
        assert!(is_said, "CONTRIBUTING.md has no row for the room `{room}`");
    }
}

#[test]
fn names_that_documents_use_are_there() {
    let word = Regex::new(r"\w+").expect("it is a pattern");
    let paths = sources().into_iter().chain(files(&root().join("tests"))).filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let texts: Vec<String> = paths.map(|path| read(&path)).collect();
    let known: BTreeSet<&str> = texts.iter().flat_map(|text| word.find_iter(text).map(|found| found.as_str())).collect();
    let path = Regex::new(r"^[A-Za-z_]+(::[A-Za-z_]+)+$").expect("it is a pattern");
    for document in DOCUMENTS {
        for literal in literals(&read(&root().join(document))).iter().filter(|literal| path.is_match(literal)) {
            let lost: Vec<&str> = literal.split("::").filter(|name| !known.contains(name)).collect();
            assert!(lost.is_empty(), "{document} names `{literal}`, and nothing is called {lost:?}");
        }
    }
}
