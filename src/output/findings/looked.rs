//! What a run looked at: a run without findings says so, because it may have looked at nothing.

use std::collections::BTreeMap;

/// How much was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looked {
    /// Files that may hold objects.
    pub files: usize,
    /// Objects by kind.
    pub objects: BTreeMap<String, usize>,
    /// Objects of kinds that no rule is about.
    pub unread: BTreeMap<String, usize>,
}

/// Nothing at all.
pub static NOTHING: Looked = Looked { files: 0, objects: BTreeMap::new(), unread: BTreeMap::new() };

impl Looked {
    /// Whether there was not one object to look at.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.objects.is_empty()
    }

    /// Files, Ingresses and other objects in one line.
    #[must_use]
    pub fn text(&self, findings: usize) -> String {
        let ingresses = self.objects.get("Ingress").copied().unwrap_or_default();
        let others = self.objects.values().sum::<usize>() - ingresses;
        let mut parts = vec![count(self.files, "file", "files"), count(ingresses, "Ingress", "Ingresses")];
        if others > 0 {
            parts.push(count(others, "other object", "other objects"));
        }
        parts.push(count(findings, "finding", "findings"));
        format!("{}\n", parts.join(", "))
    }

    /// The objects that nobody looked at, in one line; none where there are none.
    #[must_use]
    pub fn rest(&self) -> Option<String> {
        let parts: Vec<String> = self.unread.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        (!parts.is_empty()).then(|| format!("not looked at: {}\n", parts.join(", ")))
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_is_one_line() {
        let counts = |counts: &[(&str, usize)]| counts.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect();
        let looked = Looked { files: 12, objects: counts(&[("Ingress", 34)]), unread: counts(&[("Gateway", 1), ("HTTPRoute", 2)]) };
        assert_eq!(looked.text(0), "12 files, 34 Ingresses, 0 findings\n");
        assert_eq!(looked.rest().as_deref(), Some("not looked at: 1 Gateway, 2 HTTPRoute\n"));
        let looked = Looked { files: 1, objects: counts(&[("Ingress", 1), ("Secret", 1), ("Service", 2)]), unread: counts(&[]) };
        assert_eq!((looked.text(1), looked.rest()), (String::from("1 file, 1 Ingress, 3 other objects, 1 finding\n"), None));
        assert!(NOTHING.is_nothing() && !looked.is_nothing());
    }
}
