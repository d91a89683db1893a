//! Expectations that are generated hold, and touch all that there is: for each recorded case, each golden, and against nginx itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;
use serde_json::Value;

use crate::need::{Need, trial};

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// All files of one name, or with one end, in a folder and those in it.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("it can be read").path());
    let mut found: Vec<PathBuf> = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(files(&path, end));
        } else if path.to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The arguments of the controller that the first line of a case says.
fn arguments(case: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(case).expect("it is there");
    let flags = text.lines().next().and_then(|line| line.strip_prefix("# flags:")).unwrap_or_default();
    flags.split_whitespace().map(|flag| format!("--controller-arg={flag}")).collect()
}

fn run(case: &Path, expectations: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
    command.arg("test").arg(expectations).arg(case).args(more).args(arguments(case));
    command.current_dir(case.parent().expect("it is in a folder")).env_clear();
    let output = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// What is generated for a case holds for it, and touches all that a request was found for.
fn holds(case: &Path, target: &str) {
    let room = tempfile::tempdir().expect("there is room for files");
    let file = room.path().join("routes.yaml");
    let (_, _, errors) = run(case, &file, &["--target", target, "--generate"]);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{error}: {errors}"));
    let (_, report, errors) = run(case, &file, &["--target", target, "--format", "json"]);
    let report: Value = serde_json::from_str(&report).unwrap_or_else(|error| panic!("{error}: {errors}"));
    let (summary, coverage) = (&report["summary"], &report["coverage"]);
    assert_eq!((&report["findings"], &summary["passed"]), (&Value::Array(Vec::new()), &summary["total"]), "{report:#}\n{text}");
    assert_eq!(coverage["percent"], 100.0, "{coverage:#}\n{text}");
}

/// nginx answers as is expected, as far as can be seen from outside.
fn nginx_answers_as_expected() {
    let mut command = Command::new("python3");
    let recorded = folder("tests/recorded");
    command.arg(folder("tests/traffic/expects")).arg(&recorded).arg("--base").arg(recorded.join("base.yaml"));
    command.env("INGRESSC", env!("CARGO_BIN_EXE_ingressc")).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.output().expect("Python starts");
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}

/// What a parser of XML reads of a report.
const READ: &str = "import json, sys, xml.etree.ElementTree as tree
suites = tree.parse(sys.stdin.buffer).getroot()
cases = list(suites.iter('testcase'))
print(json.dumps([suites.tag, len(cases), [one.get('name') for one in cases], [text.text or text.get('message') for text in suites.iter('failure')]]))";

/// Reports of tests are XML, whatever stands in requests and expectations.
fn junit_is_xml() {
    let room = tempfile::tempdir().expect("there is room for files");
    let (file, manifests) = (room.path().join("routes.yaml"), folder("examples/shop"));
    let hostile = "/a<b>&'\\\"]]>\\u001b\\u0000\\uFFFE\\U0001F600é";
    let text = format!(
        "tests:\n- {{request: https://shop.example.com/, expect: {{path: \"{hostile}\"}}}}\n\
         - {{request: \"https://shop.example.com/?a=<b>&c='d'\", expect: {{service: shop/nobody}}}}\n\
         - {{request: http://shop.example.com/, expect: {{status: 308}}}}\n"
    );
    std::fs::write(&file, text).expect("it can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
    command.arg("test").arg(&file).arg(&manifests).args(["--format", "junit", "--quiet"]).env_clear();
    let report = command.output().expect("the program starts");
    let xml = room.path().join("report.xml");
    std::fs::write(&xml, &report.stdout).expect("it can be written");
    let mut python = Command::new("python3");
    python.args(["-c", READ]).stdin(std::fs::File::open(&xml).expect("it was written"));
    let read = python.output().expect("Python starts");
    let errors = || format!("{} {}", String::from_utf8_lossy(&read.stderr), String::from_utf8_lossy(&report.stderr));
    let read: Value = serde_json::from_slice(&read.stdout).unwrap_or_else(|error| panic!("{error}: {}", errors()));
    assert_eq!((&read[0], &read[1]), (&Value::from("testsuites"), &Value::from(3)), "{read}");
    assert!(read[2].to_string().contains("?a=<b>&c='d'"), "names are read back as they are: {read}");
    assert_eq!(read[3].as_array().map(Vec::len), Some(2), "{read}");
}

pub fn trials() -> Vec<Trial> {
    let recorded = files(&folder("tests/recorded"), ".yaml");
    let goldens = files(&folder("golden/render"), "in.yaml");
    let mut trials = Vec::new();
    for case in recorded.into_iter().chain(goldens) {
        let name = case.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&case).with_extension("").to_string_lossy().replace('\\', "/");
        for target in ["ingress-nginx", "nginx"] {
            let case = case.clone();
            trials.push(trial(format!("expectations::{target}::{name}"), &[], move || holds(&case, target)));
        }
    }
    trials.push(trial("expectations::junit_is_xml", &[Need::Program("python3")], junit_is_xml));
    let real = [Need::Program("python3"), Need::Program("openssl"), Need::Program("nginx"), Need::Network];
    trials.push(trial("expectations::nginx_answers_as_expected", &real, nginx_answers_as_expected));
    trials
}
