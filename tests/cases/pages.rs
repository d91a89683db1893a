//! The examples on the page of each rule do what the page says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use ingressc::conf;
use ingressc::lint::rule::Block;
use ingressc::lint::rules::{RULES, find};
use ingressc::source::FileId;
use libtest_mimic::Trial;

use crate::need::trial;

/// The names of the rules that fire for an example.
fn fired(example: &[Block]) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("there is room for files");
    let mut rules = BTreeSet::new();
    let mut args = vec!["check", "."];
    let mut manifests = 0;
    for Block { language, text } in example {
        let write = |name: &str| fs::write(folder.path().join(name), text).expect("files can be written");
        match *language {
            "yaml" => {
                manifests += 1;
                write(&if manifests == 1 { String::from("in.yaml") } else { format!("in-{manifests}.yaml") });
            }
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
        // What is said of one controller is one finding, which names the other rules.
        let folded = findings.iter().flat_map(|finding| finding["related"].as_array().into_iter().flatten()).filter_map(|related| {
            related["message"].as_str()?.strip_prefix('`')?.split_once("`: ").map(|(rule, _)| rule).filter(|rule| find(rule).is_some())
        });
        return findings.iter().filter_map(|finding| finding["rule"].as_str()).chain(folded).map(str::to_owned).collect();
    }
    // Where the settings cannot be read there is no report.
    let stderr = String::from_utf8_lossy(&output.stderr);
    let rules = stderr.lines().filter_map(|line| line.strip_prefix("error[")?.split_once(']')).map(|(rule, _)| rule.to_owned());
    rules.collect()
}

/// An example fires its rule or does not, and nothing that has no page.
fn try_out(rule: &str, example: &[Block], fires: bool) {
    let found = fired(example);
    assert_eq!(found.contains(rule), fires, "these fire: {found:?}");
    let nameless: Vec<_> = found.iter().filter(|name| find(name).is_none()).collect();
    assert!(nameless.is_empty(), "not in the table: {nameless:?}");
}

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for rule in RULES.iter() {
        let mut counts = [0, 0];
        for example in rule.page().examples {
            let (fires, word) = (example.fires, if example.fires { "fires" } else { "quiet" });
            let count = &mut counts[usize::from(fires)];
            *count += 1;
            let number = if *count == 1 { String::new() } else { format!("-{count}") };
            trials.push(trial(format!("rule::{}::{word}{number}", rule.name), &[], move || try_out(rule.name, &example.blocks, fires)));
        }
    }
    trials
}
