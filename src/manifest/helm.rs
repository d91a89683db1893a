//! Which template of a chart a document was rendered from, as Helm notes it above each.

use super::split;

/// How Helm begins the comment.
const MARK: &str = "# Source: ";

/// The templates of one text.
#[derive(Debug, Default)]
pub struct Templates<'a> {
    /// Where each document begins, and its template.
    documents: Vec<(usize, Option<&'a str>)>,
}

impl<'a> Templates<'a> {
    /// Reads the comments. Without any of them nothing else is looked at.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        if memchr::memmem::find(text.as_bytes(), MARK.as_bytes()).is_none() {
            return Self::default();
        }
        let documents = split::documents(text).into_iter().map(|range| (range.start, template(&text[range])));
        Self { documents: documents.collect() }
    }

    /// The template of what stands at an offset.
    #[must_use]
    pub fn at(&self, offset: usize) -> Option<&'a str> {
        let behind = self.documents.partition_point(|(start, _)| *start <= offset);
        self.documents.get(behind.checked_sub(1)?)?.1
    }
}

/// Only a comment above the first line of the object is Helm's; others may stand anywhere, in values as well.
fn template(document: &str) -> Option<&str> {
    let mut head = document.lines().take_while(|line| line.is_empty() || line.starts_with('#') || line.starts_with("---"));
    head.find_map(|line| line.strip_prefix(MARK)).map(str::trim).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_knows_its_template() {
        let text = "---\n# Source: shop/templates/a.yaml\na: 1\n---\nb: 2\n# Source: x\n---\n# Source: shop/templates/c.yaml\nc: 3\n";
        let templates = Templates::of(text);
        for (part, expected) in [
            ("---", Some("shop/templates/a.yaml")),
            ("a: 1", Some("shop/templates/a.yaml")),
            ("b: 2", None),
            ("c: 3", Some("shop/templates/c.yaml")),
        ] {
            assert_eq!(templates.at(text.find(part).unwrap_or_default()), expected, "{part}");
        }
    }

    #[test]
    fn without_comments_there_is_nothing_to_know() {
        for text in ["", "a: 1\n", "# Source:\na: 1\n", "a: '# Source: b'\n", "# Source:  \na: 1\n", "- a\n# Source: b\n"] {
            assert_eq!(Templates::of(text).at(0), None, "{text}");
            assert_eq!(Templates::of(text).at(usize::MAX), None, "{text}");
        }
    }
}
