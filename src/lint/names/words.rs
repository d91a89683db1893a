//! What is said about names.

use crate::catalog::analogies::{Analogy, Unknown};
use crate::catalog::features;
use crate::catalog::version::Version;
use crate::diagnostic::{Diagnostic, Effect};
use crate::source::Span;

/// What findings about names have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker<'a> {
    /// The prefix of the controller's annotations.
    pub(super) prefix: &'a str,
    /// The version of the controller.
    pub(super) version: Version,
}

impl Speaker<'_> {
    /// A name with the prefix.
    pub(super) fn full(&self, name: &str) -> String {
        format!("{}/{name}", self.prefix)
    }

    /// An annotation that a controller of this version reads, but nothing here does.
    pub(super) fn unsupported(&self, key: &str, gone_in: Version) -> Diagnostic {
        let message = format!("`{key}` is left out of the configuration that is written here");
        let finding = Diagnostic::warning("unsupported-annotation", message).effect(Effect::NotExpressible);
        finding.note(format!("the controller reads it before {gone_in}"))
    }

    /// What to do about a name.
    pub(super) fn help(&self, meaning: &Unknown, value: &str) -> Option<String> {
        let help = match meaning {
            Unknown::Misspelt(name) => {
                let check = features::find(name).map(|spec| spec.check).filter(|check| !check.accepts(value));
                let other_value = check.map(|check| format!(", whose value must be {}", check.expected())).unwrap_or_default();
                format!("write {}{other_value}", self.known(name))
            }
            Unknown::Like(name) => format!("did you mean {}?", self.known(name)),
            Unknown::Removed(removed) => removed.advice.to_owned(),
            Unknown::Analogy(analogy) => self.analogy(analogy),
            Unknown::Setting(name) => format!("`{name}` is a key of the controller's ConfigMap, where it counts for all Ingresses"),
            Unknown::RemovedSetting(removed) => {
                let was = format!("`{}` was a key of the controller's ConfigMap until {}", removed.name, removed.last);
                removed.instead.map_or(was.clone(), |instead| format!("{was}; today it is `{instead}`"))
            }
            Unknown::Argument(name) => format!("`--{name}` is an argument of the controller"),
            Unknown::Directive(names) => format!("it is a directive of nginx: {}", self.annotations(names)),
            Unknown::SettingDirective(name) => format!("it is a directive of nginx: the key of the ConfigMap for it is `{name}`"),
            Unknown::LikeSetting(name) => format!("did you mean `{name}`, a key of the controller's ConfigMap?"),
            Unknown::Stranger => return None,
        };
        Some(help)
    }

    fn analogy(&self, analogy: &Analogy) -> String {
        let mut parts = Vec::new();
        if !analogy.instead.is_empty() {
            parts.push(self.annotations(analogy.instead));
        }
        if !analogy.advice.is_empty() {
            parts.push(analogy.advice.to_owned());
        }
        if !analogy.setting.is_empty() {
            parts.push(format!("the key `{}` of the ConfigMap counts for all Ingresses", analogy.setting));
        }
        parts.join("; ")
    }

    fn annotations(&self, names: &[&str]) -> String {
        match names {
            [only] => format!("the annotation for this is {}", self.known(only)),
            [first @ .., last] => {
                let first = first.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                format!("the annotations for this are {first} and `{last}`")
            }
            [] => String::new(),
        }
    }

    /// A known name with its prefix, and since when it is known if the controller is older.
    fn known(&self, name: &str) -> String {
        let since = features::find(name).and_then(|spec| spec.since).filter(|since| *since > self.version);
        let since = since.map(|since| format!(" (known from {since} on)")).unwrap_or_default();
        format!("`{}`{since}", self.full(name))
    }
}

/// A name as it may stand in a message: short.
pub(super) fn shown(key: &str) -> String {
    const LONGEST: usize = 100;
    match key.char_indices().nth(LONGEST) {
        None => key.replace('`', "'"),
        Some((end, _)) => format!("{}…", key[..end].replace('`', "'")),
    }
}

/// Whether a value switches off what its annotation is for.
pub(super) fn says_no(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "" | "false" | "off" | "no" | "none" | "0" | "disabled")
}

/// How a key is to be written so that it fits in the place of another one; none where that one has escapes or stands in more lines.
pub(super) fn replacement(span: Span, key: &str, right: &str) -> Option<String> {
    let quotes = span.range().len().checked_sub(key.len())?;
    match quotes {
        0 => Some(right.to_owned()),
        2 => Some(format!("\"{right}\"")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(shown("a`b"), "a'b");
        assert_eq!(shown(&"ö".repeat(101)), format!("{}…", "ö".repeat(100)));
    }

    #[test]
    fn a_replacement_keeps_quotes() {
        for (length, expected) in [(3, Some("new")), (5, Some("\"new\"")), (2, None), (9, None)] {
            assert_eq!(replacement(Span::new(FileId(0), 0..length), "old", "new").as_deref(), expected);
        }
    }
}
