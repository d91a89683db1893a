//! The page of a rule, taken apart.

/// What the page of a rule says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page<'a> {
    /// The title.
    pub title: &'a str,
    /// What is wrong, in one sentence.
    pub summary: &'a str,
    /// Why it matters and what to do, in paragraphs.
    pub why: &'a str,
    /// The examples, in order.
    pub examples: Vec<Example<'a>>,
}

/// Manifests that the rule is tried on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example<'a> {
    /// Whether the rule finds something in them.
    pub fires: bool,
    /// When that is so; empty where the page says it.
    pub when: &'a str,
    /// The files, and what is done with them.
    pub blocks: Vec<Block<'a>>,
}

/// A block of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// What it is: `yaml`, `json` and `toml` are files, `sh` is what is done before the check.
    pub language: &'a str,
    /// The text.
    pub text: &'a str,
}

impl<'a> Page<'a> {
    /// Takes a page apart. Parts that it does not have are empty.
    pub(super) fn read(text: &'a str) -> Self {
        let (prose, examples) = text.split_once("\n## ").unwrap_or((text, ""));
        let (title, body) = prose.split_once('\n').unwrap_or((prose, ""));
        let (summary, why) = body.trim().split_once("\n\n").unwrap_or((body.trim(), ""));
        Self {
            title: title.trim_start_matches("# ").trim(),
            summary: summary.trim(),
            why: why.trim(),
            examples: examples.split("\n## ").filter_map(example).collect(),
        }
    }
}

/// A section that is an example.
fn example(section: &str) -> Option<Example<'_>> {
    let (heading, body) = section.split_once('\n')?;
    let (word, when) = heading.split_once(':').unwrap_or((heading, ""));
    let fires = match word.trim() {
        "Fires" => true,
        "Quiet" => false,
        _ => return None,
    };
    Some(Example { fires, when: when.trim(), blocks: blocks(body) }).filter(|example| !example.blocks.is_empty())
}

/// The blocks between fences, in order.
fn blocks(section: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = section;
    while let Some((_, opened)) = rest.split_once("```") {
        let Some((language, body)) = opened.split_once('\n') else { break };
        let Some((text, behind)) = body.split_once("```") else { break };
        blocks.push(Block { language: language.trim(), text });
        rest = behind;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_parts() {
        let text = "# bad-thing\n\nA thing is bad.\n\nIt hurts.\n\nSo stop.\n\n## Fires\n\n```yaml\na: 1\n```\n\n```toml\nb = 2\n```\n\n## Quiet: where it is good\n\n```yaml\nc: 3\n```\n";
        let page = Page::read(text);
        assert_eq!((page.title, page.summary, page.why), ("bad-thing", "A thing is bad.", "It hurts.\n\nSo stop."));
        let [fires, quiet] = page.examples.as_slice() else { panic!("two examples: {:?}", page.examples) };
        assert_eq!(fires.blocks, [Block { language: "yaml", text: "a: 1\n" }, Block { language: "toml", text: "b = 2\n" }]);
        assert!(fires.fires && fires.when.is_empty());
        assert_eq!(quiet.blocks, [Block { language: "yaml", text: "c: 3\n" }]);
        assert_eq!((quiet.fires, quiet.when), (false, "where it is good"));
    }

    #[test]
    fn what_a_page_does_not_have_is_empty() {
        assert_eq!(Page::read(""), Page::default());
        assert_eq!(Page::read("# x").title, "x");
        assert_eq!(Page::read("# x\n\n## Fires\n```yaml\nnever closed").examples, []);
    }
}
