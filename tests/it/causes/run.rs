//! One change between two sides, and what the program says about it.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::program;

/// The file that holds the line that changes.
const FILE: &str = "changed.yaml";

/// Manifests, the arguments that they are compiled with, and the line that changes.
#[derive(Debug, Clone)]
pub struct Side {
    others: Vec<String>,
    changed: String,
    arguments: Vec<String>,
    line: Option<usize>,
}

impl Side {
    /// The last manifest holds the line, which `mark` is found on.
    pub fn new(mut manifests: Vec<String>, arguments: &[&str], mark: &str) -> Self {
        let changed = manifests.pop().expect("there is one");
        let line = changed.lines().position(|line| line.contains(mark)).map(|line| line + 1);
        let arguments = arguments.iter().map(|argument| format!("--controller-arg={argument}")).collect();
        Self { others: manifests, changed, arguments, line }
    }

    fn write(&self, folder: &Path) {
        fs::create_dir_all(folder).expect("folders can be made");
        for (at, text) in self.others.iter().enumerate() {
            fs::write(folder.join(format!("other-{at}.yaml")), text).expect("files can be written");
        }
        fs::write(folder.join(FILE), &self.changed).expect("files can be written");
    }
}

/// What happens to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Added,
    Changed,
    Removed,
}

/// The changes of one name.
pub struct Case {
    pub name: &'static str,
    pub changes: Vec<(Kind, Side, Side)>,
}

impl Case {
    /// Two values, each added and removed, and one in place of the other.
    pub fn new(name: &'static str, second: &str, first: &str, side: impl Fn(Option<&str>) -> Side) -> Self {
        let (none, first, second) = (side(None), side(Some(first)), side(Some(second)));
        let changes = [
            (Kind::Added, &none, &first),
            (Kind::Added, &none, &second),
            (Kind::Changed, &first, &second),
            (Kind::Removed, &first, &none),
            (Kind::Removed, &second, &none),
        ];
        Self { name, changes: changes.into_iter().map(|(kind, before, after)| (kind, before.clone(), after.clone())).collect() }
    }

    /// Only one of the changes is tried, by a number.
    pub fn keep(&mut self, number: usize) {
        let at = number % self.changes.len();
        self.changes = vec![self.changes.swap_remove(at)];
    }

    /// What `diff` of both sides says wrongly; how many changes show at all.
    pub fn between_manifests(&self) -> (usize, Vec<String>) {
        self.tried(|folder, kind, before, after| {
            let arguments = ["diff", "--base", "before", "--head", "after", "--format", "json"].map(str::to_owned);
            let document = json(folder.path(), &[arguments.as_slice(), &after.arguments].concat())?;
            Some(judge(&document, kind, before, after, self.name))
        })
    }

    /// The same for the first side as a controller has written it.
    pub fn against_live(&self) -> (usize, Vec<String>) {
        self.tried(|folder, kind, before, after| {
            render(folder.path(), "before", &before.arguments);
            let arguments = ["diff", "after", "--live", "live/nginx.conf", "--live-backends", "live/backends.json", "--format", "json"];
            let document = json(folder.path(), &[arguments.map(str::to_owned).as_slice(), &after.arguments].concat())?;
            Some(judge_live(&document, kind, after, self.name))
        })
    }

    /// Which lines of `render --origins` that a change adds do not have the changed line as their origin.
    pub fn of_origins(&self) -> (usize, Vec<String>) {
        self.tried(|folder, kind, before, after| {
            if kind != Kind::Added {
                return None;
            }
            let lines = |side: &Side, name: &str, more: &[&str]| {
                let fixed = ["render", name, "--target", "ingress-nginx", "--quiet"];
                let arguments = side.arguments.iter().map(String::as_str);
                let all: Vec<&str> = fixed.into_iter().chain(more.iter().copied()).chain(arguments).collect();
                program::run(folder.path(), &all, "").stdout.lines().map(str::to_owned).collect::<Vec<_>>()
            };
            let directive = |line: &str| line.trim().split("  # ").next().unwrap_or_default().to_owned();
            let known: hashbrown::HashSet<String> = lines(before, "before", &["--origins"]).iter().map(|line| directive(line)).collect();
            let origin = format!("# after/{FILE}:{}:", after.line?);
            let annotated = lines(after, "after", &["--origins"]);
            let added: Vec<_> = annotated.iter().filter(|line| line.contains("  # ") && !known.contains(&directive(line))).collect();
            let wrong = added.iter().find(|line| !line.contains(&origin));
            (!added.is_empty()).then(|| wrong.map(|line| line.trim().to_owned()).into_iter().collect())
        })
    }

    fn tried(&self, told: impl Fn(&TempDir, Kind, &Side, &Side) -> Option<Vec<String>>) -> (usize, Vec<String>) {
        let (mut shown, mut wrong) = (0, Vec::new());
        for (at, (kind, before, after)) in self.changes.iter().enumerate() {
            let folder = tempfile::tempdir().expect("there is room for files");
            before.write(&folder.path().join("before"));
            after.write(&folder.path().join("after"));
            let Some(faults) = told(&folder, *kind, before, after) else { continue };
            shown += 1;
            if !faults.is_empty() {
                wrong.push(format!("{} {kind:?} {at}: {}", self.name, faults.join("; ")));
            }
        }
        (shown, wrong)
    }
}

fn render(folder: &Path, input: &str, arguments: &[String]) {
    let fixed = ["render", input, "--target", "ingress-nginx", "-o", "live", "--quiet"].map(str::to_owned);
    let all = [fixed.as_slice(), arguments].concat();
    program::run(folder, &all.iter().map(String::as_str).collect::<Vec<_>>(), "");
}

/// What the program says; nothing where both sides are equal.
fn json(folder: &Path, arguments: &[String]) -> Option<Value> {
    let run = program::run(folder, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), "");
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    (document["equal"] != Value::Bool(true)).then_some(document)
}

fn differences(document: &Value) -> &[Value] {
    document["differences"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Differences, those about hosts that come and go as one: each of them is told.
fn count(all: &[Value]) -> usize {
    let is_host = |difference: &&Value| difference["message"].as_str().is_some_and(|message| message.starts_with("host `"));
    let hosts = all.iter().filter(is_host).count();
    all.len() - hosts.saturating_sub(1)
}

/// Whether a cause stands at a line of the file that changes.
fn stands_at(cause: &Value, side: &str, line: Option<usize>) -> bool {
    let location = &cause["location"];
    let is_file = location["file"].as_str() == Some(&format!("{side}/{FILE}"));
    is_file && line.is_some_and(|line| location["line"].as_u64() == Some(line as u64))
}

fn shown(difference: &Value) -> String {
    let cause = |key: &str| {
        format!("{}:{} {}", difference[key]["location"]["file"], difference[key]["location"]["line"], difference[key]["message"])
    };
    format!("{} <- {} <- {}", difference["message"], cause("cause_before"), cause("cause"))
}

fn judge(document: &Value, kind: Kind, before: &Side, after: &Side, name: &str) -> Vec<String> {
    let all = differences(document);
    let mut faults = Vec::new();
    if count(all) != 1 {
        let messages: Vec<_> = all.iter().take(3).map(|difference| difference["message"].to_string()).collect();
        faults.push(format!("{} differences: {}", all.len(), messages.join(", ")));
    }
    for difference in all {
        let was = kind == Kind::Added || stands_at(&difference["cause_before"], "before", before.line);
        let is = kind == Kind::Removed || stands_at(&difference["cause"], "after", after.line);
        let names = |key: &str| difference[key]["message"].as_str().is_none_or(|message| message.contains(&format!("{name}`")));
        if !(was && is && names("cause") && names("cause_before")) {
            faults.push(shown(difference));
            break;
        }
    }
    faults
}

fn judge_live(document: &Value, kind: Kind, after: &Side, name: &str) -> Vec<String> {
    let all = differences(document);
    let mut faults = Vec::new();
    if count(all) != 1 {
        let messages: Vec<_> = all.iter().take(3).map(|difference| difference["message"].to_string()).collect();
        faults.push(format!("{} differences: {}", all.len(), messages.join(", ")));
    }
    for difference in all {
        let message = difference["cause"]["message"].as_str().unwrap_or_default();
        // Of some that do the same, one side does not tell which is new: the place is that of the first of them.
        let is_open = message.ends_with(": one side alone does not tell which");
        let is = kind == Kind::Removed || is_open || stands_at(&difference["cause"], "after", after.line);
        if !(is && message.contains(&format!("{name}`"))) {
            faults.push(shown(difference));
            break;
        }
    }
    faults
}
