//! Who is asked to read a document.

use super::intake::{Intake, Stranger};
use super::kinds::kinds;
use super::tree::{Node, Value};
use crate::diagnostic::{Diagnostic, Effect};

/// A kind in one of its versions.
struct Kind {
    name: &'static str,
    /// Its versions that are read alike.
    versions: &'static [&'static str],
    /// Who reads it. It gets the kind and the version.
    read: fn(&mut Intake, &str, &str, Node),
}

/// Declares the table of kinds.
macro_rules! table {
    ($($(#[$doc:meta])+ $list:ident: $type:ty { $($name:literal [$($version:literal),+] $(by $read:ident)?),* $(,)? })+) => {
        static KINDS: &[Kind] = &[$($(Kind { name: $name, versions: &[$($version),+], read: read!($list $($read)?) },)*)+];
    };
}

/// Who reads a kind: a function of the intake, else whoever takes what only rules look at.
macro_rules! read {
    ($list:ident) => {
        |intake, kind, _, tree| intake.for_rules(kind, &tree, |cluster| &mut cluster.$list)
    };
    ($list:ident $read:ident) => {
        Intake::$read
    };
}

kinds!(table);

/// Whether a document of this kind can hold something that matters.
pub(super) fn is_relevant(name: &str) -> bool {
    let of = name.strip_suffix("List").unwrap_or(name);
    name == "List" || KINDS.iter().any(|kind| kind.name == of)
}

/// The row of a kind in a version.
fn find(name: &str, version: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name && kind.versions.contains(&version))
}

/// The name of a kind that nobody looks at. Groups tell kinds of one name apart.
fn unread(kind: &str, version: &str) -> String {
    match is_relevant(kind) {
        true => format!("{kind} of {}", version.split('/').next().unwrap_or_default()),
        false => kind.to_owned(),
    }
}

impl Intake {
    /// Takes the object of a document, or the objects of a list.
    pub(super) fn take(&mut self, mut document: Node) {
        let text = |key: &str| document.get(key).and_then(Node::text).map(str::to_owned);
        let (kind, version) = (text("kind"), text("apiVersion"));
        let Some(kind) = kind else {
            if !matches!(document.value(), Value::Null) {
                // What a chart is called stands in such a document too.
                let is_chart = document.get("name").is_some() && document.get("version").is_some();
                let is_like_an_object = document.get("metadata").is_some() || document.get("apiVersion").is_some() && !is_chart;
                let stranger = Stranger { span: document.span, is_like_an_object };
                self.stranger = self.stranger.filter(|known| known.is_like_an_object || !is_like_an_object).or(Some(stranger));
            }
            return;
        };
        let Some(of) = kind.strip_suffix("List").filter(|_| is_relevant(&kind) && document.get("items").is_some()) else {
            return self.object(&kind, &version.unwrap_or_default(), document);
        };
        let Some(items) = document.take("items") else { return };
        let Value::Sequence(items) = items.value.into_value() else { return };
        for item in items {
            // The items of a typed list may leave out what the list says.
            let text = |key: &str| item.get(key).and_then(Node::text);
            let (kind, version) =
                (text("kind").unwrap_or(of).to_owned(), text("apiVersion").or(version.as_deref()).unwrap_or_default().to_owned());
            match kind.ends_with("List") && item.get("items").is_some() {
                true => self.take(item),
                false => self.object(&kind, &version, item),
            }
        }
    }

    fn object(&mut self, kind: &str, version: &str, mut tree: Node) {
        // The typed reader would compare them with what it expects; that is settled here.
        tree.take("kind");
        self.version = tree.take("apiVersion").map(|version| version.value.span);
        match find(kind, version) {
            Some(row) => (row.read)(self, kind, version, tree),
            None if version.is_empty() && matches!(kind, "Ingress" | "Service" | "Secret" | "ConfigMap") => {
                let message = format!("this {kind} has no `apiVersion`");
                self.findings.push(Diagnostic::error("missing-api-version", message).at(tree.span).effect(Effect::NotRead));
            }
            None if version.is_empty() => {}
            None => self.stranger_kind(kind, version, &tree),
        }
    }

    /// An object of a kind that is not known. What makes pods as a Deployment does counts among workloads, and of what makes Secrets it
    /// is kept which.
    fn stranger_kind(&mut self, kind: &str, version: &str, tree: &Node) {
        // Jobs end, and nobody asks their pods.
        if !is_relevant(kind) && kind != "Job" && self.makes_pods(kind, tree) {
            return;
        }
        self.makes_secret(kind, version, tree);
        self.cluster.count_unread(unread(kind, version));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_in_lists_too() {
        for (name, expected) in [("Ingress", true), ("IngressList", true), ("List", true), ("HTTPRoute", false), ("", false)] {
            assert_eq!(is_relevant(name), expected, "{name}");
        }
        assert!(find("Ingress", "extensions/v1beta1").is_some() && find("Ingress", "").is_none());
    }
}
