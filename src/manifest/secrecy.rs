//! Which documents may be Secrets, judged by their text: what cannot be read has no kind, and a kind can be written in many ways.
//!
//! It errs on the side of hiding. What is hidden costs a reader the excerpt of a line; the place of a finding stays.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::tree::{Node, Value};
use crate::diagnostic::Diagnostic;

/// Kinds that are named after Secrets and made to lie in public.
const PUBLIC: [&str; 3] = ["sealedsecret", "externalsecret", "clusterexternalsecret"];

#[expect(clippy::unwrap_used, reason = "a fixed pattern that a test compiles")]
static KIND: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"(?i)(?:^|[^0-9A-Za-z_.-])kind[\\"']*\s*:(?:\s|\\[nrt])*"#).unwrap());

/// What only Secrets hold, and what writes a key or a kind so that a text does not show it.
const SIGNS: [&str; 6] = [
    r"(?i)stringData|secretGenerator",
    r"PRIVATE KEY-----",
    r#"(?i)(?-u:\b)type[\\"']*\s*:\s*[\\"']*(?:Opaque(?-u:\b)|kubernetes\.io/(?:service-account-token|dockercfg|dockerconfigjson|basic-auth|ssh-auth|tls)|bootstrap\.kubernetes\.io/token|helm\.sh/release)"#,
    // An escape in a key, as in `"k\u0069nd": Secret`.
    r#""[^"\n]*\\(?:[xuU]|\r?\n)[^"\n]*"\s*:"#,
    // Tags that decode a text, in their short and long forms.
    r"!!binary|!<|(?m:^%TAG)",
    // An alias as a key.
    r"[\s{,]\*[0-9A-Za-z_]+\s*:",
];

#[expect(clippy::unwrap_used, reason = "fixed patterns that a test compiles")]
static SIGN: LazyLock<Regex> = LazyLock::new(|| Regex::new(&SIGNS.join("|")).unwrap());

/// How a document reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As an object with a kind.
    Object,
    /// As nothing, or as something else.
    Other,
    /// Not at all.
    Broken,
    /// Nobody tried: its kind does not matter here.
    Unread,
}

/// A document, and what is known of its secrets.
#[derive(Debug)]
pub(super) struct Seen {
    /// Where it is.
    pub(super) range: Range<usize>,
    /// How it reads.
    pub(super) form: Form,
    /// A part of it may be a Secret, so that what follows may be the rest of it.
    pub(super) tells: bool,
    /// All of it must be hidden.
    pub(super) hides: bool,
}

impl Seen {
    /// A document that could not be read to a tree.
    pub(super) fn without_tree(text: &str, range: Range<usize>, form: Form) -> Self {
        let document = &text[range.clone()];
        let tells = tells_of_a_secret(document) || form == Form::Broken && !KIND.is_match(document);
        Self { range, form, tells, hides: tells }
    }

    /// A document with its tree. In a list, each item is hidden for itself.
    pub(super) fn of(text: &str, range: Range<usize>, tree: &Node, hidden: &mut Vec<Range<usize>>) -> Self {
        let tells = tells_of_a_secret(&text[range.clone()]);
        let form = if tree.get("kind").and_then(Node::text).is_some() { Form::Object } else { Form::Other };
        let is_within = |region: &Range<usize>| tells_of_a_secret(&text[region.clone()]);
        let regions = if tells || items(tree).iter().any(may_lack_its_kind) { regions(&range, tree) } else { None };
        let hides = match regions {
            Some(Regions { around, items: within }) if !around.iter().any(is_within) => {
                let within = within.into_iter().zip(items(tree));
                hidden.extend(within.filter(|(region, item)| is_within(region) || may_lack_its_kind(item)).map(|(region, _)| region));
                false
            }
            _ => tells || may_lack_its_kind(tree),
        };
        Self { range, form, tells, hides }
    }
}

/// Whether a document without a kind may be a Secret, or the rest of one: text or a list alone is no object.
fn may_lack_its_kind(tree: &Node) -> bool {
    let has = |key: &str| tree.get(key).is_some();
    match tree.value() {
        Value::Null => false,
        Value::Mapping(_) => !has("kind") && (has("data") || has("apiVersion")),
        _ => true,
    }
}

/// The items of a list of objects.
fn items<'n, 'a>(tree: &'n Node<'a>) -> &'n [Node<'a>] {
    let is_list = tree.get("kind").and_then(Node::text).is_some_and(|kind| kind.ends_with("List"));
    tree.get("items").filter(|_| is_list).map(Node::items).unwrap_or_default()
}

/// The parts of a list.
struct Regions {
    /// What stands before and behind the items.
    around: [Range<usize>; 2],
    /// Each item, up to where the next one begins.
    items: Vec<Range<usize>>,
}

/// The parts of a list; none where it is no list, or its items do not stand in it one behind the other.
fn regions(range: &Range<usize>, tree: &Node) -> Option<Regions> {
    let list = tree.entries().iter().find(|entry| entry.key == "items")?;
    let starts: Vec<usize> = items(tree).iter().map(|item| item.span.range().start).collect();
    let key = list.key_span.range();
    let behind = tree.entries().iter().map(|entry| entry.key_span.range().start).filter(|start| *start > key.start).min();
    let end = behind.unwrap_or(range.end);
    let first = *starts.first()?;
    let is_sound = key.end <= first && starts.is_sorted_by(|a, b| a < b) && starts.last().is_some_and(|last| *last < end);
    let ends = starts.iter().skip(1).copied().chain([end]);
    let items = starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect();
    is_sound.then_some(Regions { around: [range.start..first, end..range.end], items })
}

/// What of the documents of a file must be hidden: those that may be Secrets, and what follows one that is broken or that ends in a
/// line of dashes, up to the next document that reads as an object.
pub(super) fn hidden(documents: &[Seen]) -> Vec<Range<usize>> {
    let (mut follows, mut is_broken) = (false, false);
    let mut hidden = Vec::new();
    for document in documents {
        let reads = document.form == Form::Object;
        let is_rest = follows && document.form == Form::Other || is_broken && !reads;
        if document.hides || is_rest {
            hidden.push(document.range.clone());
        }
        if document.tells {
            (follows, is_broken) = (true, is_broken && !reads || document.form == Form::Broken);
        } else if reads {
            (follows, is_broken) = (false, false);
        }
    }
    hidden
}

/// Whether a text may hold a Secret: it says so, or what it says is written so that only a reader of the format could tell.
pub(super) fn tells_of_a_secret(text: &str) -> bool {
    SIGN.is_match(text) || KIND.find_iter(text).any(|found| !is_plainly_other(&text[found.end()..]))
}

/// Whether a text begins with a kind that is written plainly and is not that of Secrets.
fn is_plainly_other(text: &str) -> bool {
    let value = text.trim_start_matches(['\\', '"', '\'']);
    let length = value.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (word, behind) = value.split_at(length);
    let ends = match behind.as_bytes() {
        [b'\\', next, ..] => !matches!(next, b'x' | b'u' | b'U' | b'\r' | b'\n'),
        [next, ..] => next.is_ascii_whitespace() || b"\"'`,;.}])\\".contains(next),
        [] => true,
    };
    !word.is_empty() && ends && !is_kind_of_secret(word)
}

/// Whether a kind is that of Secrets, in any letters and nearly so.
fn is_kind_of_secret(kind: &str) -> bool {
    let folded = kind.to_ascii_lowercase();
    let single = folded.strip_suffix("list").unwrap_or(&folded);
    if PUBLIC.contains(&single) {
        return false;
    }
    single.contains("secret") || strsim::osa_distance(single, "secret") <= 2
}

/// Takes out of a finding in a hidden document what it repeats of the text.
pub(super) fn silence(finding: &mut Diagnostic) {
    let message = match finding.rule {
        "duplicate-key" => "a key is written twice: the last one counts",
        "unknown-field" => "there is no such field here",
        "yaml-syntax" => "this is not YAML",
        "json-syntax" => "this is not JSON",
        _ => return,
    };
    message.clone_into(&mut finding.message);
    finding.subject = None;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_secrets_are_seen_however_they_are_written() {
        for text in [
            "kind: Secret",
            "apiVersion: v1\nkind: Secret\n",
            "kind : Secret",
            "kind:\tSecret",
            "kind:\n  Secret",
            "? kind\n: Secret",
            "kind: \"Secret\"",
            "'kind': 'Secret'",
            "kind: \"Secr\\u0065t\"",
            "kind: \"Secr\\x65t\"",
            "kind: \"Secr\\\n  et\"",
            "\"k\\u0069nd\": Secret",
            "kind: !!str Secret",
            "kind: &a Secret",
            "x: &a Secret\nkind: *a",
            "kind: >-\n  Secret",
            "kind: # which?\n  Secret",
            "kind: !!binary U2VjcmV0",
            "!!binary a2luZA==: Secret",
            "x: &k kind\n*k : Secret",
            "{x: &k kind, *k : Secret}",
            "kind: secret",
            "KIND: SECRET",
            "kind: Secrets",
            "kind: SecretList",
            "kind: Secert",
            "kind: Secre",
            "kind: \u{405}ecret",
            "kind: Secret\u{200b}",
            "{\"kind\":\"Secret\"}",
            "a: '{\"kind\":\"Secret\"}'",
            "\"a\": \"{\\\"kind\\\": \\\"Secret\\\"}\"",
            "\"a\": \"kind: Secret\\ndata: x\"",
            "\"a\": \"kind:\\n  Secret\"",
            "stringData: {}",
            "\"stringdata\": {}",
            "type: Opaque\ndata: {}",
            "\"type\": \"kubernetes.io/tls\"",
            "-----BEGIN RSA PRIVATE KEY-----",
        ] {
            assert!(tells_of_a_secret(text), "{text}");
        }
    }

    #[test]
    fn other_kinds_stay_in_sight() {
        for text in [
            "kind: Ingress",
            "kind: \"Ingress\"",
            "'kind': 'Ingress' # x",
            "{kind: Ingress, metadata: {}}",
            "{\"kind\":\"Ingress\",\"items\":[]}",
            "\"a\": \"{\\\"kind\\\":\\\"Ingress\\\",\\\"x\\\": 1}\"",
            "\"a\": \"kind: Ingress\\nmetadata: x\"",
            "kind: SealedSecret",
            "kind: ExternalSecret",
            "kind: Service\nspec: {type: ClusterIP}",
            "kind: Ingress\nmetadata:\n  annotations:\n    nginx.ingress.kubernetes.io/auth-secret: users",
            "kind: Ingress\nspec: {tls: [{secretName: shop-tls}]}",
            "kind: Deployment\nenv: [{valueFrom: {secretKeyRef: {name: x, key: y}}}]",
            "host: '*.shop.example'",
            "path: \"/\\\\d+\"",
        ] {
            assert!(!tells_of_a_secret(text), "{text}");
        }
    }

    fn seen(form: Form, tells: bool) -> Seen {
        Seen { range: 0..0, form, tells, hides: tells }
    }

    #[test]
    fn the_rest_of_a_secret_is_hidden_up_to_the_next_object() {
        use Form::{Broken, Object, Other, Unread};
        for (documents, expected) in [
            (vec![(Object, true), (Object, false), (Other, false)], vec![true, false, false]),
            (vec![(Object, true), (Other, false), (Other, false), (Object, false)], vec![true, true, true, false]),
            (vec![(Object, true), (Broken, false)], vec![true, false]),
            (vec![(Broken, true), (Broken, false), (Unread, false), (Other, false), (Object, false)], vec![true, true, true, true, false]),
            (vec![(Broken, true), (Object, true), (Broken, false)], vec![true, true, false]),
            (vec![(Other, false), (Broken, false)], vec![false, false]),
        ] {
            let documents: Vec<Seen> =
                documents.iter().enumerate().map(|(at, (form, tells))| Seen { range: at..at + 1, ..seen(*form, *tells) }).collect();
            let hidden = hidden(&documents);
            let shown: Vec<bool> = documents.iter().map(|document| hidden.contains(&document.range)).collect();
            assert_eq!(shown, expected, "{documents:?}");
        }
    }
}
