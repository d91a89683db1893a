//! `ingressc diff` against what the real controller wrote, where that data is at hand: equal for its own objects, and after any single
//! change of them different, at the right place and with the right cause.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use libtest_mimic::Trial;
use pretty_assertions::assert_eq;
use serde_json::Value;
use tempfile::TempDir;

use crate::need::{self, Need, trial};

/// One case in so many is taken, so that the tests end in seconds. All of them with `INGRESSC_ALL_CASES` set.
const STEP: usize = 16;
/// So many changes are tried of each case.
const CHANGES: usize = 3;

struct Case {
    name: String,
    manifests: PathBuf,
    outputs: PathBuf,
    arguments: Vec<String>,
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    all.sort();
    all
}

fn cases(root: &Path) -> Vec<Case> {
    let step = if std::env::var_os("INGRESSC_ALL_CASES").is_some() { 1 } else { STEP };
    let all = folders(&root.join("cases")).into_iter().flat_map(|group| folders(&group));
    let case = |manifests: PathBuf| {
        let text = fs::read_to_string(&manifests).ok()?;
        let flags = text.lines().next()?.strip_prefix("# flags:").unwrap_or_default();
        let name = Path::new(manifests.parent()?.file_name()?).join(manifests.file_stem()?);
        Some(Case {
            arguments: flags.split_whitespace().map(|flag| format!("--controller-arg={flag}")).collect(),
            outputs: root.join("1.15.1").join(&name),
            name: name.to_string_lossy().into_owned(),
            manifests,
        })
    };
    all.filter_map(case).step_by(step).collect()
}

/// A folder with settings that have other facts than those of the pod that wrote the reference.
fn folder() -> TempDir {
    let settings = "\
[controller]
version = \"ingress-nginx:1.15.1\"
args = [\"--configmap=ingress-nginx/ingress-nginx-controller\"]
[environment]
processors = 2
ipv6 = false
resolvers = [\"192.0.2.1\"]
pod-namespace = \"ingress-nginx\"
pod-name = \"ingress-nginx-controller-0\"
node-zone = \"zone-a\"
";
    let folder = tempfile::tempdir().expect("there is room for files");
    fs::write(folder.path().join("ingressc.toml"), settings).expect("files can be written");
    folder
}

fn run(folder: &Path, case: &Case, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
    command.args(args).args(["--config", "ingressc.toml", "--quiet"]).args(&case.arguments).current_dir(folder).env_clear();
    let output = command.output().expect("the program starts");
    (output.status.code(), String::from_utf8(output.stdout).expect("the program writes UTF-8"))
}

fn diff(folder: &Path, case: &Case, manifests: &str) -> (Option<i32>, Value) {
    let (conf, backends) = (case.outputs.join("nginx.conf"), case.outputs.join("backends.json"));
    let (conf, backends) = (conf.to_string_lossy(), backends.to_string_lossy());
    let (code, text) = run(folder, case, &["diff", manifests, "--live", &conf, "--live-backends", &backends, "--format", "json"]);
    (code, serde_json::from_str(&text).unwrap_or_default())
}

/// Does the work on all cases, on two threads.
fn each<T: Send>(cases: &[Case], work: impl Fn(&Path, usize, &Case) -> T + Sync) -> Vec<T> {
    let work = &work;
    let on_thread = move |first: usize| {
        let folder = folder();
        cases.iter().enumerate().skip(first).step_by(2).map(|(number, case)| work(folder.path(), number, case)).collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let other = scope.spawn(move || on_thread(1));
        let mut all = on_thread(0);
        all.extend(other.join().expect("what fails is told by its own thread"));
        all
    })
}

fn objects_are_equal_to_what_the_controller_made_of_them() {
    let root = need::reference();
    each(&cases(&root), |folder, _, case| {
        let (code, document) = diff(folder, case, &case.manifests.to_string_lossy());
        assert_eq!((code, &document["equal"]), (Some(0), &Value::Bool(true)), "{}: {document:#}", case.name);
    });
}

/// A change of one line.
#[derive(Debug, Clone)]
struct Mutation {
    kind: &'static str,
    /// The line, from zero.
    line: usize,
    /// The line afterwards; none: it is removed.
    text: Option<String>,
    /// The lines of the document that holds it.
    document: (usize, usize),
    /// What the report must name.
    named: &'static str,
}

/// What facts of the pod and these keys say together, a dump cannot tell apart.
const FACTS: [&str; 4] = ["disable-ipv6", "max-worker-connections", "max-worker-open-files", "worker-processes"];

/// All changes of single lines of Ingresses, ConfigMaps and endpoints.
fn mutations(text: &str) -> Vec<Mutation> {
    let lines: Vec<&str> = text.lines().collect();
    let mut all = Vec::new();
    let (mut kind, mut section, mut start) = ("", "", 0);
    for (at, line) in lines.iter().enumerate() {
        if *line == "---" {
            (kind, section, start) = ("", "", at + 1);
        }
        kind = line.strip_prefix("kind: ").unwrap_or(kind);
        if !line.starts_with([' ', '-']) {
            section = line.split(':').next().unwrap_or_default();
        }
        let end = lines[at..].iter().position(|line| *line == "---").map_or(lines.len(), |more| at + more);
        let value = line.trim_start().trim_start_matches("- ");
        let indent = &line[..line.len() - value.len()];
        let mut add = |kind, text: Option<String>, named| {
            all.push(Mutation { kind, line: at, text: text.map(|text| format!("{indent}{text}")), document: (start, end), named });
        };
        let (key, old) = value.split_once(": ").unwrap_or((value, ""));
        match (kind, section, key) {
            ("Ingress", "metadata", _) if key.starts_with("nginx.ingress") && !old.starts_with(['|', '>']) => {
                add("annotation removed", None, "");
                add("annotation changed", Some(format!("{key}: {}", other_value(old))), "");
            }
            ("Ingress", "spec", "host") => add("host", Some("host: mutated.example".into()), "mutated.example"),
            ("Ingress", "spec", "path") => add("path", Some("path: /mutated".into()), "/mutated"),
            ("Ingress", "spec", "pathType") if old == "Prefix" => add("path type", Some("pathType: Exact".into()), ""),
            ("Ingress", "spec", "number") => add("port", Some("number: 4711".into()), "4711"),
            ("Ingress", "spec", "name") => add("service", Some("name: mutated".into()), "mutated"),
            ("Ingress", "spec", "ingressClassName") => add("class", Some("ingressClassName: mutated".into()), ""),
            ("ConfigMap", "data", _) if indent.len() == 2 && !old.is_empty() && !old.starts_with(['|', '>']) && !FACTS.contains(&key) => {
                add("key removed", None, "");
                add("key changed", Some(format!("{key}: {}", other_value(old))), "");
            }
            ("EndpointSlice", "endpoints", _) if value.starts_with("10.") => add("endpoint", Some("10.99.99.99".into()), "10.99.99.99"),
            _ => {}
        }
    }
    all
}

/// Another value of the same form.
fn other_value(old: &str) -> String {
    let bare = old.trim_matches(['\'', '"']);
    let new = match bare {
        "true" => String::from("false"),
        "false" => String::from("true"),
        "on" => String::from("off"),
        "off" => String::from("on"),
        _ => match bare.parse::<i64>() {
            Ok(number) => (number + 1).to_string(),
            Err(_) => format!("{}x", bare.replace('\'', "''")),
        },
    };
    format!("'{new}'")
}

fn mutated(text: &str, mutation: &Mutation) -> String {
    let lines = text.lines().enumerate();
    let kept = lines.filter_map(|(at, line)| if at == mutation.line { mutation.text.as_deref() } else { Some(line) });
    kept.flat_map(|line| [line, "\n"]).collect()
}

/// The files that matter, without comments.
fn rendered(folder: &Path, case: &Case, manifests: &str) -> Vec<String> {
    run(folder, case, &["render", manifests, "--target", "ingress-nginx", "-o", "out"]);
    let read = |name| fs::read_to_string(folder.join("out").join(name)).unwrap_or_default();
    let text = [read("nginx.conf"), read("backends.json")].concat();
    text.lines()
        .map(|line| line.split(" #").next().unwrap_or_default().trim())
        .filter(|line| !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// How well a change was explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Blame {
    /// Its very line is named.
    Line,
    /// Its object is named.
    Object,
    /// Others are.
    Elsewhere,
}

/// What became of a change; none where it has no effect.
fn judge(folder: &Path, case: &Case, text: &str, mutation: &Mutation) -> Option<Blame> {
    let place = format!("{}:{} {}", case.name, mutation.line + 1, mutation.kind);
    fs::write(folder.join("in.yaml"), mutated(text, mutation)).expect("files can be written");
    let (code, document) = diff(folder, case, "in.yaml");
    if document["equal"] == Value::Bool(true) {
        let original = rendered(folder, case, &case.manifests.to_string_lossy());
        assert_eq!(rendered(folder, case, "in.yaml"), original, "{place} is not found");
        return None;
    }
    assert_eq!((code, &document["equal"]), (Some(1), &Value::Bool(false)), "{place}");
    // A canary that stands alone has no host and no path any more: then it is named itself.
    let object = text.lines().skip(mutation.document.0).find_map(|line| line.strip_prefix("  name: ")).unwrap_or_default();
    let report = document.to_string();
    assert!(report.contains(mutation.named) || report.contains(object), "{place}: `{}` is not named: {document:#}", mutation.named);
    let causes = document["differences"].as_array().into_iter().flatten().map(|difference| &difference["cause"]["location"]);
    let lines = causes.filter(|location| location["file"] == "in.yaml").filter_map(|location| location["line"].as_u64());
    let lines: Vec<usize> = lines.filter_map(|line| usize::try_from(line).ok()).map(|line| line - 1).collect();
    let (start, end) = mutation.document;
    Some(match () {
        () if mutation.text.is_some() && lines.contains(&mutation.line) => Blame::Line,
        () if lines.iter().any(|line| (start..end).contains(line)) => Blame::Object,
        () => Blame::Elsewhere,
    })
}

fn any_single_change_is_found_and_blamed() {
    let root = need::reference();
    let cases = cases(&root);
    let all = each(&cases, |folder, number, case| {
        let text = fs::read_to_string(&case.manifests).unwrap_or_default();
        // The kinds take turns, and of each kind the places do.
        let mut by_kind: BTreeMap<&str, Vec<Mutation>> = BTreeMap::new();
        mutations(&text).into_iter().for_each(|mutation| by_kind.entry(mutation.kind).or_default().push(mutation));
        let kinds: Vec<_> = by_kind.into_values().collect();
        let count = CHANGES.min(kinds.len());
        let chosen = (0..count).map(|turn| &kinds[(number + turn * kinds.len() / count.max(1)) % kinds.len()]);
        let chosen: Vec<_> = chosen.map(|places| places[number % places.len()].clone()).collect();
        chosen.into_iter().map(|mutation| (mutation.kind, judge(folder, case, &text, &mutation))).collect::<Vec<_>>()
    });
    let mut tally: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (kind, blame) in all.into_iter().flatten() {
        if let Some(blame) = blame {
            tally.entry(kind).or_default()[blame as usize] += 1;
        }
    }
    // What is removed has no line: the object that lacks it is to be named. A type of path changes what other lines come to.
    let lines_wanted = ["annotation changed", "endpoint", "host", "key changed", "path", "port", "service"];
    let sum = |which: fn(&[usize; 3]) -> usize, kinds: &dyn Fn(&str) -> bool| -> usize {
        tally.iter().filter(|(kind, _)| kinds(kind)).map(|(_, counts)| which(counts)).sum()
    };
    let wants_line = |kind: &str| lines_wanted.contains(&kind);
    let (lines, with_lines) = (sum(|counts| counts[0], &wants_line), sum(|counts| counts.iter().sum(), &wants_line));
    let (objects, found) = (sum(|counts| counts[0] + counts[1], &|_| true), sum(|counts| counts.iter().sum(), &|_| true));
    assert!(tally.len() >= 11 && found > 80, "too few changes were tried: {tally:?}");
    assert!(lines * 100 >= with_lines * 88, "{lines} of {with_lines} are blamed by their very line: {tally:?}");
    assert!(objects * 100 >= found * 95, "{objects} of {found} are blamed by their object: {tally:?}");
    if std::env::var_os("INGRESSC_ALL_CASES").is_some() {
        eprintln!("by line, by object, elsewhere: {tally:#?}");
    }
}

pub fn trials() -> Vec<Trial> {
    let needs = [Need::Reference];
    vec![
        trial(
            "reference::objects_are_equal_to_what_the_controller_made_of_them",
            &needs,
            objects_are_equal_to_what_the_controller_made_of_them,
        ),
        trial("reference::any_single_change_is_found_and_blamed", &needs, any_single_change_is_found_and_blamed),
    ]
}
