//! The table of rules and the sources agree, and the examples of every page are true.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use ingressc::conf;
use ingressc::lint::rules::{Block, RULES, find};
use ingressc::source::FileId;
use regex::Regex;

/// The names of the rules that fire for an example.
fn fired(example: &[Block]) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("there is room for files");
    let mut rules = BTreeSet::new();
    let mut args = vec!["check", "."];
    for Block { language, text } in example {
        let write = |name: &str| fs::write(folder.path().join(name), text).expect("files can be written");
        match *language {
            "yaml" => write("in.yaml"),
            "json" => write("in.json"),
            "toml" => write("ingressc.toml"),
            "sh" => {
                let status = Command::new("sh").args(["-ec", text]).current_dir(folder.path()).status();
                assert!(status.is_ok_and(|status| status.success()), "{text}");
            }
            "console" => args = text.trim().strip_prefix("$ ingressc ").expect("it is a command line").split(' ').collect(),
            // No command reads a configuration by itself.
            "nginx" => rules.extend(conf::parse(FileId(0), text).diagnostics.iter().map(|finding| finding.rule.to_owned())),
            other => panic!("nothing is known of the language `{other}`"),
        }
    }
    if example.iter().all(|block| block.language != "nginx") {
        rules.extend(checked(folder.path(), &args));
    }
    rules
}

fn checked(folder: &Path, args: &[&str]) -> BTreeSet<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
    command.args(args).args(["--format", "json"]).current_dir(folder).env_clear().stdin(Stdio::null());
    let output = command.output().expect("the program starts");
    if let Ok(report) = serde_json::from_slice::<serde_json::Value>(&output.stdout) {
        let findings = report["findings"].as_array().expect("a report has findings");
        return findings.iter().filter_map(|finding| finding["rule"].as_str()).map(str::to_owned).collect();
    }
    // Where the settings cannot be read there is no report.
    let stderr = String::from_utf8_lossy(&output.stderr);
    let rules = stderr.lines().filter_map(|line| line.strip_prefix("error[")?.split_once(']')).map(|(rule, _)| rule.to_owned());
    rules.collect()
}

#[test]
fn every_example_does_what_it_says() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let page = rule.page();
        for (example, fires) in [(page.fires, true), (page.quiet, false)].into_iter().filter(|(example, _)| !example.is_empty()) {
            let found = fired(&example);
            if found.contains(rule.name) != fires {
                wrong.push(format!("{}: {} {found:?}", rule.name, if fires { "does not fire, but" } else { "fires among" }));
            }
            wrong.extend(found.iter().filter(|name| find(name).is_none()).map(|name| format!("{name} is not in the table")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

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
    static TEXT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""([a-z]+(?:-[a-z]+)*)""#).expect("it is a pattern"));
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut texts = BTreeSet::new();
    for (path, code) in files.iter().filter(|(path, _)| !path.ends_with("lint/rules/table.rs")) {
        for name in NAMED.captures_iter(code).map(|found| found.extract::<1>().1[0]) {
            assert!(find(name).is_some(), "{}: `{name}` is not in the table of rules", path.display());
        }
        texts.extend(TEXT.captures_iter(code).map(|found| found.extract::<1>().1[0].to_owned()));
    }
    for rule in RULES {
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
