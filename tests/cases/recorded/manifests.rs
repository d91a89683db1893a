//! The manifests of a case: a small cluster that all cases share, and the objects that the case adds or has instead.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_yaml::Value;

/// One case.
#[derive(Debug)]
pub struct Case {
    /// The group and the name: `access/allowlist`.
    pub name: String,
    /// The controller's arguments.
    pub flags: Vec<String>,
    /// What the case says itself.
    pub text: String,
}

/// The argument that all cases have.
const CONFIG_MAP: &str = "--configmap=ingress-nginx/ingress-nginx-controller";

/// The objects that all cases share, each with what identifies it.
static BASE: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let text = fs::read_to_string(super::folder().join("base.yaml")).expect("the base is there");
    documents(&text)
});

impl Case {
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.with_extension("");
        let name = name.strip_prefix(super::folder()).expect("it was listed there").to_string_lossy().replace('\\', "/");
        let flags = text.lines().find_map(|line| line.strip_prefix("# flags:")).unwrap_or_default();
        let flags = std::iter::once(CONFIG_MAP).chain(flags.split_whitespace()).map(str::to_owned).collect();
        Self { name, flags, text }
    }

    /// The case that adds nothing.
    pub fn base() -> Self {
        Self { name: String::from("base"), flags: vec![CONFIG_MAP.to_owned()], text: String::new() }
    }

    /// All objects. Those of the case stand for those of the base that have their kind and name, as `kubectl apply` would have it.
    pub fn manifests(&self) -> String {
        let own = documents(&self.text);
        let others = BASE.iter().filter(|(identity, _)| own.iter().all(|(other, _)| identity != other));
        others.chain(&own).flat_map(|(_, text)| ["---\n", text]).collect()
    }
}

/// The documents of a text, each with what identifies its object.
fn documents(text: &str) -> Vec<(String, String)> {
    let mut documents = vec![String::new()];
    for line in text.lines() {
        match documents.last_mut() {
            Some(document) if line != "---" => document.extend([line, "\n"]),
            _ => documents.push(String::new()),
        }
    }
    documents.into_iter().filter_map(|text| Some((identity(&text)?, text))).collect()
}

/// The kind and the name of the object; none for a document that holds comments only.
fn identity(text: &str) -> Option<String> {
    let object: Value = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error} in:\n{text}"));
    let field = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let metadata = object.get("metadata")?;
    Some([field(&object, "kind"), field(metadata, "namespace"), field(metadata, "name")].join("/"))
}
